"""The periods of an appraisal as they stand in an address: half-years (2026-H1) and years (2026)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ..core.errors import Refused
from ..core.labels import N_
from ..stats.period import Period, add_months, month_end

WRITTEN = re.compile(r"(20\d\d)(?:-H([12]))?", re.ASCII)
OFFERED = 2  # years
JUST_BEGUN = 31  # days of a half-year in which the one before is looked at


@dataclass(frozen=True)
class AppraisalPeriod:
    """A half-year or a year."""

    key: str
    first: date
    last: date

    def as_of(self, today: date) -> Period:
        """The period as it stands now: at its end, or today while it runs."""
        return Period.between(self.first, self.last, None, today=today)

    def is_over(self, today: date) -> bool:
        """Nothing more can be done in it."""
        return self.last < today


def read(key: str, today: date) -> AppraisalPeriod:
    """The period that an address names. Raises Refused for others and for those that have not begun."""
    found = WRITTEN.fullmatch(key)
    if found is None:
        raise Refused(N_("Choose one of the entries offered."), field="of")
    year, half = int(found[1]), int(found[2] or 0)
    first = date(year, 7 if half == 2 else 1, 1)
    period = AppraisalPeriod(key, first, month_end(add_months(first, 5 if half else 11)))
    if period.first > today:
        raise Refused(N_("This period has not begun."), field="of")
    return period


def key_of(first: date, last: date) -> str:
    """How a period stands in an address."""
    if (last.month - first.month) == 11:
        return str(first.year)
    return f"{first.year}-H{1 if first.month == 1 else 2}"


def offered(today: date) -> list[AppraisalPeriod]:
    """The newest half-years and years that have begun, the newest first."""
    keys = [
        f"{year}{part}" for year in range(today.year, today.year - OFFERED, -1) for part in ("-H2", "-H1", "")
    ]
    return [read(key, today) for key in keys if not key.endswith("-H2") or date(int(key[:4]), 7, 1) <= today]


def usual(today: date) -> AppraisalPeriod:
    """The half-year that runs; in its first month the one that was last over."""
    halves = [one for one in offered(today) if "-H" in one.key]
    return halves[0] if (today - halves[0].first).days >= JUST_BEGUN else halves[1]
