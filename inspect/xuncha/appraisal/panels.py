"""What the appraisal puts on the dashboard: appeals that wait for a leader's decision."""

from __future__ import annotations

from collections import Counter
from datetime import date

from flask import url_for
from flask_babel import gettext

from ..accounts.models import User
from ..reports.summaries.inspection_summary import period_name
from ..stats.period import Period
from ..stats.pushes import Part, Push, push
from . import periods, queries


@push(35)
def appeals_push(_day: date, reader: User) -> Push | None:
    """The appeals on which the reader is to decide, by period; none where nothing waits."""
    waiting = Counter((one.first_on, one.last_on) for one in queries.waiting_for(reader))
    parts = tuple(
        Part(
            period_name(Period(first, last, last)),
            number,
            url_for("appraisal.index", of=periods.key_of(first, last)) + "#appeals",
        )
        for (first, last), number in waiting.items()
    )
    return (
        Push(gettext("Appeals to decide"), waiting.total(), "chat-left-text", parts=parts) if parts else None
    )
