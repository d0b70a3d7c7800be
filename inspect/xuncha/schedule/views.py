"""Pages of the schedule domain."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("schedule", __name__, url_prefix=None)
