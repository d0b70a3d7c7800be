"""Pages of the photos domain."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("photos", __name__, url_prefix="/photos")
