"""What needs a push today: numbers, each with the list that it opens. Higher domains add theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext, ngettext

from ..accounts.models import User
from ..core import paging
from ..core.access import Permission, allowed
from ..core.clock import local_day
from ..core.db import db
from ..core.i18n import label
from ..enterprises.models import Site
from ..hazards.lists import list_queries
from ..hazards.lists.filters import Criteria, View
from ..hazards.models import Hazard, Notice
from ..schedule.lifecycle import window_of
from ..schedule.models import Excuse, Task
from ..schedule.queries import excuses_visible_to
from .definition import FIGURES
from .figures import Figures, Period, Scope

DECISIONS = (View.CLOSURE, View.EXTENSION, View.PLAN)


@dataclass(frozen=True)
class Part:
    """One of the lists that a push is made of."""

    label: str
    number: int
    url: str


@dataclass(frozen=True)
class Push:
    """How many wait for somebody; `parts` where they stand in several lists, else one list at `url`; `longest` names where
    one has waited longest."""

    label: str
    number: int
    symbol: str
    url: str = ""
    parts: tuple[Part, ...] = ()
    longest: str = ""


Maker = Callable[[date, User], "Push | None"]
_makers: list[tuple[int, Maker]] = []


def push(position: int) -> Callable[[Maker], Maker]:
    """Register a maker (as a decorator); it returns None where the reader may not know."""

    def register(make: Maker) -> Maker:
        _makers.append((position, make))
        return make

    return register


def of(day: date, reader: User) -> list[Push]:
    """All pushes of a day in their order, those of nought among them."""
    makers = sorted(_makers, key=lambda one: one[0])
    return [made for _position, make in makers if (made := make(day, reader))]


def days_of(day: date) -> Period:
    """The half-months whose checks can still be made up on a day."""
    window = window_of(day)
    return Period(window.previous.start, window.end, day)


def longest(name: str, days: int) -> str:
    """Who or where it waits longest, and for how many days."""
    return ngettext(
        "Longest: %(name)s, %(num)d day", "Longest: %(name)s, %(num)d days", max(days, 0), name=name
    )


def _address(name: str, period: Period) -> str:
    return f"{url_for('stats.counted', name=name)}?{urlencode(period.to_args())}"


def _counted(name: str, text: str, symbol: str, since: Any, day: date, reader: User) -> Push:
    """A push of a figure whose rows belong to sites; `since` is the day or moment from which one of them waits. One
    statement gives the number and the first: every reader of the dashboard waits for it."""
    period, counts = days_of(day), FIGURES[name].counts
    rows = Figures(period, Scope(reader), only=[name]).rows(name).join(Site, Site.id == counts.site_id)
    query = rows.with_only_columns(sa.func.count().over(), Site.name, since).order_by(None)
    found = db.session.execute(query.order_by(since, Site.name).limit(1)).first()
    if found is None:
        return Push(text, 0, symbol, _address(name, period))
    begun = local_day(found[2]) if isinstance(found[2], datetime) else found[2]
    return Push(text, found[0], symbol, _address(name, period), longest=longest(found[1], (day - begun).days))


@push(10)
def _overdue(day: date, reader: User) -> Push:
    name, period = "hazards_overdue", days_of(day)
    number = Figures(period, Scope(reader), only=[name]).number(name)
    # What is overdue now stands in an index; as of a day it would be looked for among all hazards.
    now = list_queries.narrowed(reader, Criteria(), day).view(View.OVERDUE)
    query = now.join(Site, Site.id == Hazard.site_id).with_only_columns(Site.name, Hazard.due_on)
    first = db.session.execute(query.order_by(None).order_by(Hazard.due_on, Site.name).limit(1)).first()
    where = longest(first[0], (day - first[1]).days) if number and first and first[1] else ""
    return Push(
        gettext("Overdue hazards"),
        number,
        "exclamation-triangle-fill",
        _address(name, period),
        longest=where,
    )


@push(20)
def _late(day: date, reader: User) -> Push:
    return _counted("tasks_late", gettext("Checks late"), "clock-history", Task.due_on, day, reader)


@push(30)
def _decisions(day: date, reader: User) -> Push | None:
    if not allowed(reader, Permission.SEE_HAZARD):
        return None
    found = list_queries.counted(list_queries.narrowed(reader, Criteria(), day), DECISIONS)
    parts = [
        Part(label(view), total, url_for("hazards.index", view=view.value)) for view, total in found.items()
    ]
    if allowed(reader, Permission.SEE_SCHEDULE):
        waiting = excuses_visible_to(reader).where(Excuse.accepted.is_(None)).order_by(None)
        excuses = paging.count(waiting)
        parts.append(Part(gettext("Excuses to decide"), excuses, url_for("schedule.excuses")))
    some = tuple(part for part in parts if part.number)
    return Push(
        gettext("Waiting for approval"), sum(part.number for part in parts), "hourglass-split", parts=some
    )


@push(50)
def _undelivered(day: date, reader: User) -> Push:
    return _counted(
        "notices_undelivered", gettext("Notices not delivered"), "envelope", Notice.issued_at, day, reader
    )
