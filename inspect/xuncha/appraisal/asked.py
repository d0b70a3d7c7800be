"""What an address asks of the appraisals, and what every page of them shows."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask_login import current_user

from ..accounts.models import User
from ..core.clock import today
from ..core.db import db
from ..core.errors import Refused
from ..core.i18n import sentence
from ..reports.papers.appraisal_sheet import NO_REWARD
from ..reports.summaries.inspection_summary import period_text
from ..stats.figures.load import LOAD
from . import periods, queries
from .periods import AppraisalPeriod
from .score import BY_NAME, COMPONENTS

pages = Blueprint("appraisal", __name__, url_prefix="/appraisal")


def asked() -> tuple[AppraisalPeriod, str]:
    """The period of the address, and what was wrong with the one that it names."""
    text, problem = request.values.get("of", ""), ""
    if text:
        try:
            return periods.read(text, today()), ""
        except Refused as refused:
            problem = sentence(refused)
    return periods.usual(today()), problem


def actor() -> User:
    """Who asks, as a row of this transaction."""
    return db.session.get_one(User, current_user.id)


def common(named: AppraisalPeriod) -> dict[str, Any]:
    """What every page of a period shows."""
    period = named.as_of(today())
    offered = periods.offered(today())
    if named.key not in {one.key for one in offered}:
        offered = [named, *offered]
    return {
        "named": named,
        "period": period,
        "title": period_text(period),
        "offered": [(one.key, period_text(one.as_of(one.last))) for one in offered],
        "components": COMPONENTS,
        "component_of": BY_NAME,
        "load": LOAD,
        "label_of": queries.label_of,
        "no_reward": NO_REWARD,
    }
