"""What the committee puts on Today and into digests: one's decisions that are due, what waits to be accepted or signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext

from ..accounts.models import User
from ..core import settings
from ..core.access import Permission, allowed
from ..core.asked import Asked
from ..core.i18n import write_day
from ..core.panels import Panel, Summary
from ..schedule.queries import today_sections
from . import queries
from .models import Decision, Meeting

SHOWN = 5


def _due_for(day: date, reader: User) -> Asked[Decision]:
    """A decision is shown some days before it is due."""
    return queries.due_for(reader, day + timedelta(days=settings.number("soon")))


def _may_wait(day: date, reader: User) -> Iterator[Asked[Any]]:
    """What waits for this person, or for another of the committee: whose it is, the maker finds out."""
    if allowed(reader, Permission.SEE_COMMITTEE):
        yield _due_for(day, reader)
    if allowed(reader, Permission.ACCEPT_DECISION):
        yield queries.reported()
    if allowed(reader, Permission.SIGN_MINUTES):
        yield queries.unsigned(day)


@today_sections.where(_may_wait)
def _of_today(day: date, reader: User) -> Panel | None:
    """What this person has to do for the committee."""
    due = _due_for(day, reader).rows()
    cards = [
        _of_decisions(gettext("Decisions of the committee to be carried out"), due, day),
        _of_decisions(gettext("Decisions reported done, to be accepted"), queries.to_accept(reader), day),
        _of_meetings(queries.to_sign(reader, day)),
    ]
    shown = [card for card in cards if card["rows"]]
    if not shown:
        return None
    told = tuple(Summary(card["title"], card["total"], card["lines"]) for card in shown)
    return Panel("committee/today_panel.html", {"cards": shown, "day": day}, position=35, summaries=told)


def _of_decisions(title: str, found: Sequence[Decision], day: date) -> dict[str, Any]:
    rows = [
        {
            "url": url_for("committee.decision", number=one.id),
            "title": one.what,
            "meta": queries.number_of(one),
            "late": one.overdue(day),
            "side": gettext("due %(day)s", day=write_day(one.due_on)),
        }
        for one in found[:SHOWN]
    ]
    # A digest passes through other services: it tells number and day, never what was decided.
    lines = tuple(f"{row['meta']} · {row['side']}" for row in rows)
    return {"title": title, "total": len(found), "rows": rows, "lines": lines}


def _of_meetings(found: Sequence[Meeting]) -> dict[str, Any]:
    rows = [
        {
            "url": url_for("committee.meeting", number=one.id),
            "title": gettext("Meeting of %(day)s", day=write_day(one.held_on)),
            "meta": one.place,
            "late": False,
            "side": "",
        }
        for one in found[:SHOWN]
    ]
    lines = tuple(row["title"] for row in rows)
    return {"title": gettext("Minutes to sign off"), "total": len(found), "rows": rows, "lines": lines}
