"""The blueprint that the phone's views share."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("sync", __name__)
