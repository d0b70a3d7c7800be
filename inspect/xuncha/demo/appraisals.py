"""The appraisal of the demo zone's half-year: issued, two appeals of which one is accepted, issued once more.

A record is said to be false, points are deducted after a hearing, and an appeal brings what proves the record true.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from ..appraisal import deductions, facts, queries
from ..appraisal.actions import decide, file_appeal
from ..appraisal.models import Appeal, Deduction
from ..appraisal.periods import AppraisalPeriod, read
from ..checks.models import Check
from ..core.clock import at, local_day
from ..core.db import db
from ..reports.summaries import editions
from .context import Context

ISSUED, FILED, DECIDED, AGAIN = 6, 8, 13, 20  # days of the month after the half-year
CLAIMED, STATED, DEDUCTED, APPEALED, WITHDRAWN = 7, 8, 9, 14, 17


def plan_appraisal(context: Context, first: date) -> None:
    """The appraisal of the half-year that begins on a day, in the July after it."""
    period = read(f"{first.year}-H1", context.today)
    july = period.last + timedelta(days=1)
    for day in (ISSUED, AGAIN):
        context.clock.at(at(july.replace(day=day), 9), partial(_issue, context, period))
    for row in context.texts["appeals"]:
        context.clock.at(at(july.replace(day=FILED), 15), partial(_file, context, period, row))
        context.clock.at(at(july.replace(day=DECIDED), 10), partial(_decide, context, period, row))
    for day, step in (
        (CLAIMED, _say_false),
        (STATED, _state),
        (DEDUCTED, _deduct),
        (APPEALED, _appeal_deduction),
        (WITHDRAWN, _accept),
    ):
        context.clock.at(at(july.replace(day=day), 11), partial(step, context, period))


def _say_false(context: Context, period: AppraisalPeriod, now: datetime) -> None:
    told, people = context.texts["false_record"], context.zone.people
    person = people[told["who"]]
    checks = sa.select(Check).where(
        Check.inspector_id == person.id, Check.visited_on.between(period.first, period.last)
    )
    check = db.session.scalars(checks.order_by(Check.visited_on.desc(), Check.id)).first()
    if check:
        words = {name: told[name] for name in ("reason", "evidence")}
        day = local_day(now)
        deductions.record_false(
            person, check.number, found_on=day, **words, actor=context.zone.admin, now=now
        )


def _said_false() -> list[Deduction]:
    return list(db.session.scalars(sa.select(Deduction)))


def _state(context: Context, _period: AppraisalPeriod, now: datetime) -> None:
    for one in _said_false():
        deductions.state_view(one, context.texts["false_record"]["statement"], actor=one.person, now=now)


def _deduct(context: Context, _period: AppraisalPeriod, now: datetime) -> None:
    for one in _said_false():
        note, leader = context.texts["false_record"]["note"], context.zone.people["leader"]
        deductions.decide(one, True, note, actor=leader, now=now)


def _appeal_deduction(context: Context, _period: AppraisalPeriod, now: datetime) -> None:
    told = context.texts["false_record"]
    for one in _said_false():
        deductions.appeal(one, told["appeal_reason"], told["appeal_evidence"], actor=one.person, now=now)


def _accept(context: Context, _period: AppraisalPeriod, now: datetime) -> None:
    for one in _said_false():
        note, leader = context.texts["false_record"]["appeal_note"], context.zone.people["leader"]
        deductions.decide_appeal(one, True, note, actor=leader, now=now)


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
