"""The periods of which summaries and circulars are issued: half-years, quarters, months, as they stand in an address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from ...core.errors import Refused
from ...core.labels import N_
from ...stats.period import Period, add_months
from ..models import EditionKind

WRITTEN = re.compile(r"(20\d\d)-(?:H([12])|Q([1-4])|(0[1-9]|1[0-2]))", re.ASCII)
HALVES, QUARTERS, MONTHS = 4, 4, 6  # so many are offered


@dataclass(frozen=True)
class IssuePeriod:
    """A half-year (a summary), a quarter or a month (a circular)."""

    key: str
    kind: EditionKind
    first: date
    last: date

    def as_of(self, day: date | None, today: date) -> Period:
        """The period as it stood at the end of a day: by default its own last, or today while it runs."""
        return Period.between(self.first, self.last, day, today=today)


def _made(year: int, first_month: int, months: int, key: str) -> IssuePeriod:
    first = date(year, first_month, 1)
    kind = EditionKind.SUMMARY if months == 6 else EditionKind.CIRCULAR
    return IssuePeriod(key, kind, first, add_months(first, months) - timedelta(days=1))


def read(key: str, today: date) -> IssuePeriod:
    """The period that an address names. Raises Refused for others and for those that have not begun."""
    found = WRITTEN.fullmatch(key)
    if found is None:
        raise Refused(N_("Choose one of the entries offered."), field="of")
    year, half, quarter, month = found.groups()
    if half:
        period = _made(int(year), 6 * int(half) - 5, 6, key)
    elif quarter:
        period = _made(int(year), 3 * int(quarter) - 2, 3, key)
    else:
        period = _made(int(year), int(month), 1, key)
    if period.first > today:
        raise Refused(N_("This period has not begun."), field="of")
    return period


def key_of(first: date, last: date) -> str:
    """How a period stands in an address."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months == 6:
        return f"{first.year}-H{1 if first.month == 1 else 2}"
    return f"{first.year}-Q{(first.month + 2) // 3}" if months == 3 else f"{first:%Y-%m}"


def offered(today: date) -> list[IssuePeriod]:
    """The newest half-years, quarters and months that have begun."""
    found = []
    for months, count in ((6, HALVES), (3, QUARTERS), (1, MONTHS)):
        first = date(today.year, (today.month - 1) // months * months + 1, 1)
        for back in range(count):
            start = add_months(first, -months * back)
            end = add_months(start, months) - timedelta(days=1)
            found.append(_made(start.year, start.month, months, key_of(start, end)))
    return found


def usual(today: date) -> IssuePeriod:
    """The half-year that was last over; in the last month of one, that one."""
    halves = [one for one in offered(today) if one.kind is EditionKind.SUMMARY]
    return halves[0] if (halves[0].last - today).days < 31 else halves[1]
