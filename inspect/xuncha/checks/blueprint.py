"""The blueprint that the views of checks, pulses and visit frequency share."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("checks", __name__, url_prefix="/checks")
