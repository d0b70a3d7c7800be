"""The blueprint of the checklists' pages; their modules join it by being imported."""

from flask import Blueprint

pages = Blueprint("checklists", __name__, url_prefix="/checklists")
