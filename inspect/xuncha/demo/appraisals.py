"""The appraisal of the demo zone's half-year: issued, two appeals of which one is accepted, issued once more."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from ..appraisal import facts, queries
from ..appraisal.actions import decide, file_appeal
from ..appraisal.models import Appeal
from ..appraisal.periods import AppraisalPeriod, read
from ..core.clock import at, local_day
from ..core.db import db
from ..reports.summaries import editions
from .context import Context

ISSUED, FILED, DECIDED, AGAIN = 6, 8, 13, 20  # days of the month after the half-year


def plan_appraisal(context: Context, first: date) -> None:
    """The appraisal of the half-year that begins on a day, in the July after it."""
    period = read(f"{first.year}-H1", context.today)
    july = period.last + timedelta(days=1)
    for day in (ISSUED, AGAIN):
        context.clock.at(at(july.replace(day=day), 9), partial(_issue, context, period))
    for row in context.texts["appeals"]:
        context.clock.at(at(july.replace(day=FILED), 15), partial(_file, context, period, row))
        context.clock.at(at(july.replace(day=DECIDED), 10), partial(_decide, context, period, row))


def _issue(context: Context, period: AppraisalPeriod, now: datetime) -> None:
    leader = context.zone.people["leader"]
    made = facts.draft(period.as_of(local_day(now)), leader)
    editions.issue(made, actor=leader, now=now)


def _file(context: Context, period: AppraisalPeriod, row: dict[str, Any], now: datetime) -> None:
    person = context.zone.people[row["who"]]
    score = queries.appraise([person], period.as_of(local_day(now)))[0].score
    line = next(one for one in score.lines if one.component.name == row["component"])
    if line.measured.rest:
        words = {name: row[name] for name in ("reason", "evidence")}
        file_appeal(person, period, line, **words, actor=person, now=now)


def _decide(context: Context, period: AppraisalPeriod, row: dict[str, Any], now: datetime) -> None:
    person = context.zone.people[row["who"]]
    filed = sa.select(Appeal).where(Appeal.person_id == person.id, Appeal.first_on == period.first)
    for appeal in db.session.scalars(filed.where(Appeal.component == row["component"])):
        decide(appeal, row["credited"], row["note"], actor=context.zone.people["leader"], now=now)
