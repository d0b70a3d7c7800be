"""What checks cost who files them: medians by month, visits that were left, fields that nobody fills; nobody is named."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from ..checks.models import Check
from ..checks.queries import valid
from ..core.db import db
from ..core.labels import N_
from .models import VisitBurden

MONTHS = 12
# Of fewer visits a median would be the work of somebody whom the office could name.
FEWEST = 5
LATEST = 500  # checks whose fields are looked at
SELDOM = 0.05


@dataclass
class Month:
    """The visits told of in a month; the medians are None where there were few."""

    first: date
    minutes: list[int] = field(default_factory=list)
    taps: list[int] = field(default_factory=list)
    left: int = 0

    @property
    def filed(self) -> int:
        """How many filed visits were counted."""
        return len(self.minutes)

    @property
    def typical_minutes(self) -> float | None:
        """The median of minutes."""
        return statistics.median(self.minutes) if self.filed >= FEWEST else None

    @property
    def typical_taps(self) -> float | None:
        """The median of taps."""
        return statistics.median(self.taps) if self.filed >= FEWEST else None


def months(day: date) -> list[Month]:
    """The last twelve months with a visit, newest first. What was left and filed after all counts as filed."""
    begun = _month_before(day, MONTHS - 1)
    filed_after_all = sa.select(Check.uuid).where(Check.uuid == VisitBurden.uuid).exists()
    counted = sa.select(
        VisitBurden.counted_on, VisitBurden.abandoned, VisitBurden.minutes, VisitBurden.taps
    ).where(VisitBurden.counted_on >= begun, sa.or_(~VisitBurden.abandoned, ~filed_after_all))
    found: dict[date, Month] = {}
    for counted_on, abandoned, minutes, taps in db.session.execute(counted):
        first = counted_on.replace(day=1)
        month = found.setdefault(first, Month(first))
        if abandoned:
            month.left += 1
        else:
            month.minutes.append(minutes)
            month.taps.append(taps)
    return [found[first] for first in sorted(found, reverse=True)]


def _month_before(day: date, back: int) -> date:
    number = day.year * 12 + day.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)


@dataclass(frozen=True)
class Filled:
    """In how many of how many places a field was filled in."""

    label: str
    filled: int
    of: int

    @property
    def share(self) -> float:
        """The same as a share of one."""
        return self.filled / self.of

    @property
    def seldom(self) -> bool:
        """Hardly ever: the field might as well go."""
        return self.share < SELDOM


# Fields that may stay empty, as the page of a check names them: of the check, of each finding, of each answer.
OF_CHECK = {
    "place": N_("Places checked"),
    "entry_code": N_("Entry code, if scanned"),
    "certificate": N_("Your certificate number"),
    "companions": N_("Companions"),
    "site_person": N_("Person in charge on site"),
    "photos": N_("Photos of the visit"),
    "summary": N_("Summary"),
    "objection": N_("Objection of the enterprise"),
    "campaign_ids": N_("Counts for these campaigns"),
    "signatures": N_("Signatures"),
}
OF_FINDING = {
    "place": N_("Finding: place"),
    "basis": N_("Finding: legal basis"),
    "measure": N_("Finding: measure"),
    "before": N_("Finding: photo before"),
}
OF_ANSWER = {"note": N_("Item: note")}


def fields() -> list[Filled]:
    """How often each field that may stay empty was filled in, of the latest checks; the emptiest first."""
    query = valid(sa.select(Check)).order_by(Check.id.desc()).limit(LATEST)
    told: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for payload in db.session.scalars(query.with_only_columns(Check.payload)):
        for label, filled in _looked_at(payload):
            told[label][0] += filled
            told[label][1] += 1
    shares = [Filled(label, filled, of) for label, (filled, of) in told.items()]
    return sorted(shares, key=lambda one: one.share)


def _looked_at(payload: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    parts = [(OF_CHECK, [payload]), (OF_FINDING, payload.get("findings", ()))]
    for labels, things in (*parts, (OF_ANSWER, payload.get("answers", ()))):
        for thing in things:
            for name, label in labels.items():
                yield label, _is_filled(thing.get(name))


def _is_filled(value: Any) -> bool:
    return any(value.values()) if isinstance(value, dict) else bool(value)
