"""What the pages of this domain share."""

from __future__ import annotations

from flask import Blueprint
from flask_login import current_user

from ...core.access import Permission
from ...core.web import fetch
from .. import queries
from ..models import Site

pages = Blueprint("enterprises", __name__, url_prefix="/enterprises")


def site_for(number: int, permission: Permission) -> Site:
    """The site of a page, if the reader sees it and may do that."""
    return fetch(queries.visible_to(current_user).where(Site.id == number), permission)
