"""The province's own pages."""

from flask import Blueprint

pages = Blueprint("province", __name__, url_prefix="/zones")
