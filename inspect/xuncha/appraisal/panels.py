"""What the appraisal puts on the dashboard and on Today: what waits for a leader's decision, and for the person's statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from flask import g, url_for
from flask_babel import gettext

from ..accounts.models import User
from ..core.access import Permission, allowed
from ..core.asked import Asked
from ..core.clock import today
from ..core.i18n import write_day
from ..core.panels import Panel, Summary
from ..reports.summaries.inspection_summary import period_name
from ..schedule.queries import today_sections
from ..stats.period import Period
from ..stats.pushes import Part, Push, push
from . import periods, queries
from .models import Deduction


def _waits(reader: User) -> tuple[bool, bool]:
    """Whether appeals and deductions wait for the reader: asked once for both pushes."""
    if "appraisal_waits" not in g:
        g.appraisal_waits = queries.decisions_wait(reader, today())
    found: tuple[bool, bool] = g.appraisal_waits
    return found


@push(35)
def appeals_push(_day: date, reader: User) -> Push | None:
    """The appeals on which the reader is to decide, by period; none where nothing waits."""
    if not _waits(reader)[0]:
        return None
    waiting = Counter((one.first_on, one.last_on) for one in queries.waiting_for(reader))
    parts = tuple(
        Part(
            period_name(Period(first, last, last)),
            number,
            url_for("appraisal.index", of=periods.key_of(first, last)) + "#appeals",
        )
        for (first, last), number in waiting.items()
    )
    return Push(gettext("Appeals to decide"), waiting.total(), "chat-left-text", parts=parts)


@push(36)
def deductions_push(_day: date, reader: User) -> Push | None:
    """The deductions for false records on which the reader is to decide."""
    if not _waits(reader)[1]:
        return None
    waiting = queries.deductions_waiting_for(reader, today())
    parts = tuple(Part(one.record, 1, url_for("appraisal.deduction", number=one.id)) for one in waiting)
    title = gettext("Deductions to decide")
    return Push(title, len(parts), "exclamation-octagon", parts=parts)


def _to_answer(_day: date, reader: User) -> Iterator[Asked[Deduction]]:
    if allowed(reader, Permission.ANSWER_DEDUCTION):
        yield queries.to_answer(reader)


@today_sections.where(_to_answer)
def _of_today(day: date, reader: User) -> Panel:
    """The records of this person that are said to be false, on which a statement may be made."""
    rows = [
        {
            "url": url_for("appraisal.deduction", number=one.id),
            "title": gettext("%(record)s is said to be false: make a statement", record=one.record),
            "meta": "",
            "late": day > one.hear_until,
            "side": gettext("until %(day)s", day=write_day(one.hear_until)),
        }
        for one in queries.to_answer(reader).rows()
    ]
    title = gettext("Your statement is asked for")
    lines = tuple(f"{row['title']} \u00b7 {row['side']}" for row in rows)
    card = {"title": title, "total": len(rows), "rows": rows}
    summary = Summary(title, len(rows), lines)
    return Panel("committee/today_panel.html", {"cards": [card]}, position=8, summaries=(summary,))
