"""Periods and the day as of which they are counted: natural months and half-years, both days inclusive. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ..core.labels import N_, Labelled
from ..core.parsing import read_day

TREND_MONTHS = 6
LONGEST_TREND = 12
DAYS = ("from", "to", "as_of")  # as they are called in an address


class Span(Labelled):
    """A period that moves with the calendar."""

    MONTH = "month", N_("This month")
    HALF = "half", N_("This half-year")
    LAST_HALF = "last-half", N_("Last half-year")
    YEAR = "year", N_("This year")
    CUSTOM = "custom", N_("Other days")


MOVING: tuple[Span, ...] = tuple(span for span in Span if span is not Span.CUSTOM)


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def add_months(day: date, count: int) -> date:
    """The same day some months on; the end of a month stays the end of a month."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    longest = monthrange(year, month + 1)[1]
    ends = day == month_end(day)
    return date(year, month + 1, longest if ends else min(day.day, longest))


@dataclass(frozen=True)
class Period:
    """From `first` to `last`, as it stood at the end of `as_of`; what came later had not happened yet."""

    first: date
    last: date
    as_of: date

    @classmethod
    def between(cls, first: date, last: date, as_of: date | None, *, today: date) -> Period:
        """A period counted as of a day: by default its own last day, or today while it runs."""
        first, last = min(first, last), max(first, last)
        return cls(first, last, max(first, min(as_of or last, today)))

    @property
    def until(self) -> date:
        """The last day of which anything can be known."""
        return min(self.last, self.as_of)

    @property
    def is_cut(self) -> bool:
        """Counted before its end: papers then write 截至X月X日."""
        return self.as_of < self.last

    @property
    def full_months(self) -> int | None:
        """How many whole months it has; none when it begins or ends within one."""
        if self.first.day != 1 or self.last != month_end(self.last):
            return None
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def previous(self) -> Period:
        """The period of the same length before this one, counted after as many days of it as this one."""
        months = self.full_months
        if months is None:
            days = (self.last - self.first).days + 1
            return self._moved(self.first - timedelta(days=days), self.first - timedelta(days=1))
        return self._moved(add_months(self.first, -months), self.first - timedelta(days=1))

    @property
    def year_before(self) -> Period:
        """The same days a year earlier."""
        return self._moved(add_months(self.first, -12), add_months(self.last, -12))

    def _moved(self, first: date, last: date) -> Period:
        cut = min(first + (self.as_of - self.first), last)
        return Period(first, last, cut if self.is_cut else last + (self.as_of - self.last))

    def months(self) -> list[Period]:
        """Its months, counted as of the same day; a short period is led up to by the months before, a long one is cut."""
        first, last = self.first.replace(day=1), self.until
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        if count < TREND_MONTHS // 2:
            first = start = add_months(last.replace(day=1), 1 - TREND_MONTHS)
        else:
            start = max(self.first, add_months(last.replace(day=1), 1 - LONGEST_TREND))
            first = start.replace(day=1)
        found = []
        while first <= last:
            found.append(replace(self, first=max(first, start), last=min(month_end(first), self.last)))
            first = add_months(first, 1)
        return found

    def twelve_months(self) -> list[Period]:
        """The twelve months up to its last known day, each counted as of the same day."""
        last = self.until.replace(day=1)
        firsts = [add_months(last, count - LONGEST_TREND + 1) for count in range(LONGEST_TREND)]
        return [Period(first, month_end(first), self.as_of) for first in firsts]

    def to_args(self) -> dict[str, str]:
        """The period as it stands in an address."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat(), "as_of": self.as_of.isoformat()}


def of_span(span: Span, today: date) -> tuple[date, date]:
    """The first and last day of a span that holds, or precedes, today."""
    half = date(today.year, 1 if today.month <= 6 else 7, 1)
    if span is Span.MONTH:
        return today.replace(day=1), month_end(today)
    if span is Span.LAST_HALF:
        return add_months(half, -6), half - timedelta(days=1)
    if span is Span.YEAR:
        return date(today.year, 1, 1), date(today.year, 12, 31)
    return half, add_months(half, 6) - timedelta(days=1)


def unread(args: Mapping[str, str]) -> list[str]:
    """Which days an address gives that are no days: another period than the one meant must not be counted for them."""
    return [name for name in DAYS if args.get(name, "").strip() and read_day(args[name]) is None]


def from_args(args: Mapping[str, str], today: date) -> tuple[Span, Period]:
    """The period that an address names; without one, this half-year."""
    first, last, as_of = (read_day(args.get(name, "")) for name in DAYS)
    value = args.get("period", "")
    span = Span(value) if value in set(Span) else Span.HALF
    if first and last:
        moving = (one for one in MOVING if of_span(one, today) == (first, last))
        return next(moving, Span.CUSTOM), Period.between(first, last, as_of, today=today)
    first, last = of_span(span, today)
    return span, Period.between(first, last, as_of, today=today)
