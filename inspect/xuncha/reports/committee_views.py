"""Pages of the papers of the committee: the minutes of a meeting, a plan of a sector."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import request
from flask_login import current_user
from werkzeug.wrappers import Response

from ..accounts.models import User
from ..committee import plans
from ..committee.minutes import CommitteeMinutes
from ..committee.plans import SectorPlan
from ..core.access import Permission, allowed
from ..core.web import fetch, needs
from . import printing
from .answers import answer
from .batch_views import pages
from .printing import Kind


def minutes_visible_to(actor: User) -> sa.Select[CommitteeMinutes]:
    """The issued minutes, to whom the committee is open."""
    query = sa.select(CommitteeMinutes)
    return query if allowed(actor, Permission.SEE_COMMITTEE) else query.where(sa.false())


@pages.get("/minutes/<int:number>")
@needs(Permission.SEE_COMMITTEE)
def committee_minutes(number: int) -> str | Response | tuple[str, int]:
    """The minutes of a meeting."""
    found = fetch(
        minutes_visible_to(current_user).where(CommitteeMinutes.id == number), Permission.SEE_COMMITTEE
    )
    return answer(printing.minutes(found, draft=request.args.get("draft") == "1"))


@pages.get("/plans/<int:number>")
@needs(Permission.PRINT_REPORTS)
def sector_plan(number: int) -> str | Response | tuple[str, int]:
    """A plan with its progress, of what the reader sees."""
    found = fetch(plans.visible_to(current_user).where(SectorPlan.id == number), Permission.PRINT_REPORTS)
    return answer(printing.plan(found, current_user, draft=request.args.get("draft") == "1"))


FOUND: dict[str, tuple[Any, Any, str]] = {
    Kind.MINUTES.value: (minutes_visible_to, CommitteeMinutes, "reports.committee_minutes"),
}
