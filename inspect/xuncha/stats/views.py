"""Pages of the stats domain."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("stats", __name__, url_prefix="/figures")
