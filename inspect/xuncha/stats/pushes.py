"""What needs a push today: numbers, each with the list that it opens. Higher domains add theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext

from ..accounts.models import User
from ..core import paging
from ..core.access import Permission, allowed
from ..core.i18n import label
from ..hazards.lists import list_queries
from ..hazards.lists.filters import Criteria, View
from ..schedule.lifecycle import window_of
from ..schedule.models import Excuse
from ..schedule.queries import excuses_visible_to
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
    """How many wait for somebody; `parts` where they stand in several lists, else one list at `url`."""

    label: str
    number: int
    symbol: str
    url: str = ""
    parts: tuple[Part, ...] = ()


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


def _figure(name: str, text: str, symbol: str, day: date, reader: User) -> Push:
    period = days_of(day)
    number = Figures(period, Scope(reader), only=[name]).number(name)
    url = f"{url_for('stats.counted', name=name)}?{urlencode(period.to_args())}"
    return Push(text, number, symbol, url)


@push(10)
def _overdue(day: date, reader: User) -> Push:
    return _figure("hazards_overdue", gettext("Overdue hazards"), "exclamation-triangle-fill", day, reader)


@push(20)
def _late(day: date, reader: User) -> Push:
    return _figure("tasks_late", gettext("Checks late"), "clock-history", day, reader)


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
    return _figure("notices_undelivered", gettext("Notices not delivered"), "envelope", day, reader)
