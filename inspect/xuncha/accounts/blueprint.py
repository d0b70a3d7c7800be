"""The blueprint that the files of pages share."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("accounts", __name__)
