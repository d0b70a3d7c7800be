"""The blueprint and what the pages of campaigns and cases share."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint
from flask_login import current_user

from ...accounts.models import User
from ...core.access import Permission
from ...core.db import db
from ...core.i18n import write_day
from ...core.web import fetch
from .. import queries
from ..models import Campaign

pages = Blueprint("campaigns", __name__, url_prefix="/campaigns")


def actor() -> User:
    """Who asks, as a row of this transaction."""
    return db.session.get_one(User, current_user.id)


def the_campaign(number: int, permission: Permission) -> Campaign:
    """A campaign by its number."""
    return fetch(queries.visible_to(current_user).where(Campaign.id == number), permission)


pages.app_template_filter("campaign_name")(queries.name_of)


@pages.context_processor
def _days() -> dict[str, Any]:
    return {"facts_day": _facts_day}


def _facts_day(frozen: str | None) -> str:
    """A day that a paper froze, written in the language of now."""
    return write_day(date.fromisoformat(frozen)) if frozen else ""
