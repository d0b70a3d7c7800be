"""Monthly progress on a major hazard: asked by a rule over its events, so that no job can forget it (domain 2.5).

A report is due one month after the last of what began the month: the confirmation as major, the notice, a report of
progress, or sending back. It is missing from the day after on, as long as the enterprise is at work on it.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ...core.clock import day_start, local_day
from ..lifecycle import UNDER_WAY, Act
from ..models import Grade, Hazard, HazardEvent

BEGINNING = (
    Act.FIND,
    Act.ISSUE,
    Act.CONFIRM_MAJOR,
    Act.REPORT_PROGRESS,
    Act.REPORT_DONE,
    Act.SEND_BACK,
    Act.REOPEN,
)
DAY = timedelta(days=1)


def month_after(day: date) -> date:
    """The same day of the next month; its last day where it has none such."""
    year, month = day.year + day.month // 12, day.month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def last_begun(day: date) -> date:
    """The last day of a beginning whose month is over before a day."""
    begun = day - timedelta(days=27)
    while month_after(begun) >= day:
        begun -= DAY
    return begun


@dataclass(frozen=True)
class Report:
    """A report of progress: when it was due, and how many days late it came."""

    event: HazardEvent
    due_on: date
    days_late: int


@dataclass(frozen=True)
class Progress:
    """The reports on a hazard so far, and the day by which the next one is due where one is asked for."""

    reports: list[Report]
    due_on: date | None

    def is_missing(self, day: date) -> bool:
        """Whether a report should have come before a day."""
        return self.due_on is not None and self.due_on < day


def of(hazard: Hazard) -> Progress:
    """How the progress of a hazard was reported."""
    reports: list[Report] = []
    begun: date | None = None
    for event in hazard.events:
        if event.act not in BEGINNING:
            continue
        day = local_day(event.at)
        if event.act is Act.REPORT_PROGRESS and begun is not None:
            due_on = month_after(begun)
            reports.append(Report(event, due_on, max(0, (day - due_on).days)))
        begun = day
    asked = hazard.is_major and hazard.state in UNDER_WAY and begun is not None
    return Progress(reports, month_after(begun) if asked and begun else None)


def over_before(day: date) -> datetime:
    """The moment before which a month must have begun to be over on a day."""
    return day_start(last_begun(day) + DAY)


def missing(before: Any) -> sa.ColumnElement[bool]:
    """The hazards whose report of progress is missing: their month began before a moment (`over_before`)."""
    last = (
        sa.select(sa.func.max(HazardEvent.at))
        .where(HazardEvent.hazard_id == Hazard.id, HazardEvent.act.in_(BEGINNING))
        .correlate(Hazard)
        .scalar_subquery()
    )
    return sa.and_(
        Hazard.grade == Grade.MAJOR,
        Hazard.state.in_(UNDER_WAY),
        last < before,
    )
