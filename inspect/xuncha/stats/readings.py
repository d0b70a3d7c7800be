"""How what was measured at a site went: the readings of each item in the order of the visits, within their limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from ..checklists.limits import Limits
from ..checklists.models import Item
from ..checks.models import Answer, Check, Result, SetAside
from ..core.db import db
from ..core.i18n import pick
from ..enterprises.models import Site

WIDTH, HEIGHT = 330, 90  # of the drawing
ROOM = 0.08  # of the height, above and below
LONGEST = timedelta(days=2 * 366)


@dataclass(frozen=True)
class Reading:
    """One reading: when, on which check, what was answered, and between which limits it was judged."""

    day: date
    check_id: int
    text: str
    result: Result
    reason: str
    limits: Limits

    @property
    def outside(self) -> bool:
        """Whether it lies outside the limits of its day."""
        return not self.limits.hold(self.text)


@dataclass(frozen=True)
class Trend:
    """The readings of an item, oldest first; text and limits are those of the last one."""

    code: str
    title: str
    readings: list[Reading]

    @property
    def limits(self) -> Limits:
        """The limits of the last reading."""
        return self.readings[-1].limits

    @cached_property
    def _span(self) -> tuple[float, float]:
        values = [float(one.text) for one in self.readings]
        values += [float(limit) for limit in (self.limits.lower, self.limits.upper) if limit]
        low, high = min(values), max(values)
        room = (high - low or 1) * ROOM
        return low - room, high + room

    def height(self, value: str) -> float:
        """Where a value stands in the drawing, from its top."""
        low, high = self._span
        return round((high - float(value)) / (high - low) * HEIGHT, 1)

    @property
    def points(self) -> list[tuple[float, float, Reading]]:
        """Each reading with its place in the drawing, by its day."""
        first, last = self.readings[0].day, self.readings[-1].day
        whole = (last - first).days or 1
        return [
            (round((one.day - first).days / whole * WIDTH, 1), self.height(one.text), one)
            for one in self.readings
        ]

    @property
    def line(self) -> str:
        """The course as the path of an SVG."""
        return "M" + "L".join(f"{x} {y}" for x, y, _reading in self.points)


def trends(site: Site, day: date) -> list[Trend]:
    """The trends of a site up to a day, over two years, those with readings only.

    Corrected checks and those set aside are left out; what is no number under the limits of its day too.
    """
    newer = aliased(Check)
    query = (
        sa.select(Answer, Check.visited_on, Item)
        .join(Answer.check)
        .join(Answer.item)
        .where(
            Check.site_id == site.id,
            Check.visited_on > day - LONGEST,
            Check.visited_on <= day,
            Answer.reading != "",
            Item.unit != "",
            ~sa.exists().where(newer.replaces_id == Check.id),
            ~sa.exists().where(SetAside.check_id == Check.id),
        )
        .order_by(Check.visited_on, Check.id)
    )
    found: dict[tuple[str, str], tuple[str, list[Reading]]] = {}
    for answer, visited, item in db.session.execute(query):
        limits = item.limits
        if limits is None or not limits.is_reading(answer.reading):
            continue
        reading = Reading(
            visited, answer.check_id, answer.reading, answer.result, answer.reading_reason, limits
        )
        # A list that measures in another unit from some day on begins another course.
        before = found.get((answer.code, limits.unit), ("", []))[1]
        found[answer.code, limits.unit] = pick(item, "text"), [*before, reading]
    return [Trend(code, title, readings) for (code, _unit), (title, readings) in sorted(found.items())]
