"""The figures of every zone side by side: each is counted by the definition that its own dashboard uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..core import settings
from ..stats.figures import FIGURES, RATES, Figures, Period, Scope, Share
from .models import Content, Direction
from .other_zones import Zones, in_each
from .transfers import newest_of_each

COUNTS = ("visits", "key_enterprises", "hazards_found", "hazards_unsettled", "hazards_overdue", "major_found")
SHARES = ("completion_rate", "coverage", "rectification_rate", "on_time_rate", "recheck_rate")
COLUMNS = (*COUNTS, *SHARES)
NAMES = tuple(
    dict.fromkeys([*COUNTS, *(part for name in SHARES for part in (RATES[name].part, RATES[name].whole))])
)


@dataclass(frozen=True)
class ZoneFigures:
    """One zone's figures; `numbers` is None where it did not answer. `from_file_at`: when its file was made."""

    key: str
    names: Mapping[str, str]
    numbers: Mapping[str, int] | None
    from_file_at: datetime | None = None

    def number(self, name: str) -> int | None:
        """A number; None where nothing is known."""
        return None if self.numbers is None else self.numbers[name]

    def share(self, name: str) -> Share | None:
        """A rate; None where nothing is known."""
        if self.numbers is None:
            return None
        return Share(self.numbers[RATES[name].part], self.numbers[RATES[name].whole])

    def value(self, name: str) -> float | None:
        """What a column is sorted by."""
        if name in RATES:
            share = self.share(name)
            return share.value if share else None
        return self.number(name)


def of_this_zone(period: Period) -> dict[str, Any]:
    """The name of the zone that is asked, and its figures, all of its rows in scope."""
    figures = Figures(period, Scope(), only=NAMES)
    return {"names": settings.bilingual("zone"), "numbers": {name: figures.number(name) for name in NAMES}}


def of_all(found: Zones, period: Period) -> list[ZoneFigures]:
    """The zones of this installation, asked now, and those of others by the newest file for just these days."""
    asked = in_each(found, found.counties(), lambda: of_this_zone(period))
    lines = [
        ZoneFigures(key, one["names"], one["numbers"])
        if one
        else ZoneFigures(key, {"zh": key, "en": key}, None)
        for key, one in asked.items()
    ]
    for row in newest_of_each(Direction.IN, Content.FIGURES):
        content = row.content
        fits = content["period"] == period.to_args()
        numbers = {name: int(content["numbers"][name]) for name in NAMES} if fits else None
        lines.append(
            ZoneFigures(row.partner, content["names"], numbers, datetime.fromisoformat(content["made_at"]))
        )
    return lines


def total(lines: Iterable[ZoneFigures]) -> ZoneFigures:
    """The sums of those that are known; rates from the sums above and below their lines."""
    known = [one.numbers for one in lines if one.numbers is not None]
    sums = {name: sum(numbers[name] for numbers in known) for name in NAMES}
    return ZoneFigures("", {}, sums if known else None)


def ordered(lines: Sequence[ZoneFigures], by: str, *, falling: bool) -> list[ZoneFigures]:
    """By a column, those without a value last; by no column in the order of the file."""
    if by not in COLUMNS:
        return list(lines)
    known = [one for one in lines if one.value(by) is not None]
    known.sort(key=lambda one: one.value(by) or 0, reverse=falling)
    return [*known, *(one for one in lines if one.value(by) is None)]


def label_of(name: str) -> str:
    """The message that names a column."""
    return RATES[name].label if name in RATES else FIGURES[name].label
