"""Pages of the reports domain."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("reports", __name__, url_prefix="/papers")
