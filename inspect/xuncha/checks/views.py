"""Pages of the checks domain."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("checks", __name__, url_prefix="/checks")
