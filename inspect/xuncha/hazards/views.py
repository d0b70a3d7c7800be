"""Pages of the hazards domain."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("hazards", __name__, url_prefix="/hazards")
