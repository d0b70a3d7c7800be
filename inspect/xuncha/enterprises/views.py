"""Pages of the enterprises domain."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("enterprises", __name__, url_prefix="/enterprises")
