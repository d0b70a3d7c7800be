"""What the demo zone's leader issued: the half-year summary, once more two months later, and the circulars of late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ..core.clock import at
from ..reports.models import EditionKind
from ..reports.summaries import editions
from ..stats.period import Period, add_months, month_end
from .context import Context

CIRCULARS = 2  # of the months that are over


def plan_issued_papers(context: Context, first: date) -> None:
    """The summary of the half-year that begins on a day, as of its end and of the end of August; the newest circulars."""
    last = first.replace(month=6, day=30)
    _plan(context, EditionKind.SUMMARY, first, last, last)
    _plan(context, EditionKind.SUMMARY, first, last, first.replace(month=8, day=31))
    month = context.today.replace(day=1)
    for back in range(1, CIRCULARS + 1):
        begun = add_months(month, -back)
        _plan(context, EditionKind.CIRCULAR, begun, month_end(begun), month_end(begun))


def _plan(context: Context, kind: EditionKind, first: date, last: date, as_of: date) -> None:
    """Issue it in the morning of the second day after its figures; what lies ahead of today is left out."""

    def issue(moment: datetime) -> None:
        made = editions.draft(kind, Period(first, last, as_of), rounded=True, now=moment)
        editions.issue(made, actor=context.zone.people["leader"], now=moment)

    day = as_of + timedelta(days=2)
    if day < context.today:
        context.clock.at(at(day, 9), issue)
