"""Pages of the sync domain."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("sync", __name__, url_prefix="/sync")
