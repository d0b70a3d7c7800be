"""What phones reported, shown on the load of supervisors and on Today."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext

from ..accounts.models import User
from ..core.access import Permission, allowed
from ..core.clock import utcnow
from ..core.panels import Panel, Summary
from ..enterprises.queries import load_panels
from ..schedule.queries import today_sections
from ..stats.pushes import Push, longest, push
from .queries import need_a_hand

SHOWN = 5


@load_panels.add
@today_sections.add
def unsent_panel(_day: date, reader: User) -> Panel | None:
    """The people on whose phones checks were lost or have waited for more than two days."""
    if not allowed(reader, Permission.SEE_LOAD):
        return None
    now = utcnow()
    phones: list[dict[str, Any]] = [
        {"report": report, "days": (now - report.oldest_at).days if report.oldest_at else None}
        for report in need_a_hand(reader, now)
    ]
    if not phones:
        return None
    lines = tuple(
        f"{phone['report'].user.name} · "
        + ngettext("%(num)d not sent", "%(num)d not sent", phone["report"].unsent)
        for phone in phones[:SHOWN]
    )
    told = (Summary(gettext("Checks that wait on phones"), len(phones), lines),)
    return Panel("sync/unsent_panel.html", {"phones": phones}, position=5, summaries=told)


@push(40)
def unsent_push(_day: date, reader: User) -> Push | None:
    """The same on the dashboard, as a number."""
    if not allowed(reader, Permission.SEE_LOAD):
        return None
    now = utcnow()
    phones = need_a_hand(reader, now)
    waits = [(one.oldest_at, one.user.name) for one in phones if one.oldest_at]
    first = longest(min(waits)[1], (now - min(waits)[0]).days) if waits else ""
    return Push(
        gettext("Phones with unsent work"), len(phones), "phone", url_for("enterprises.load"), longest=first
    )
