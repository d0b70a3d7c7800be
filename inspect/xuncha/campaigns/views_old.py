"""Pages of the campaigns domain."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("campaigns", __name__, url_prefix="/campaigns")
