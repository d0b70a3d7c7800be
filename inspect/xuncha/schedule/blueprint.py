"""The blueprint that the schedule's two files of views share."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("schedule", __name__)
