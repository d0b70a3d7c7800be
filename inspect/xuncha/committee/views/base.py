"""The blueprint and what the pages of the committee share."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint
from flask_login import current_user

from ...accounts.models import User
from ...core.db import db
from ...core.i18n import language
from ..plans import SectorPlan

pages = Blueprint("committee", __name__, url_prefix="/committee")


def actor() -> User:
    """Who asks, as a row of this transaction."""
    return db.session.get_one(User, current_user.id)


@pages.app_template_filter("plan_name")
def plan_name(plan: SectorPlan) -> str:
    """The name in the language of now; the Chinese where no English was written."""
    return (language() == "en" and plan.name_en) or plan.name


@pages.context_processor
def _days() -> dict[str, Any]:
    return {"frozen_day": date.fromisoformat}
