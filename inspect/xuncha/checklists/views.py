"""Pages of the checklists domain."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("checklists", __name__, url_prefix="/checklists")
