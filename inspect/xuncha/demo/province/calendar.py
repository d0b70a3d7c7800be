"""Days and moments as whole numbers (days, and minutes of universal time since 1970), and as both databases store them.

Millions of moments are compared, added and written: numbers and ready texts cost a tenth of dates.
"""

from __future__ import annotations

from datetime import date, timedelta

from ...schedule import workdays

Day = int
Moment = int
A_DAY = 1440
AHEAD = 8 * 60  # China's time; no summer time since 1991
EPOCH = date(1970, 1, 1).toordinal()
MARGIN = timedelta(days=400)
NEVER: Day = 10**6

_STORED = [f" {minute // 60:02d}:{minute % 60:02d}:00.000000" for minute in range(A_DAY)]
_SENT = [f"T{minute // 60:02d}:{minute % 60:02d}:00Z" for minute in range(A_DAY)]


def number_of(day: date) -> Day:
    """A day as a number."""
    return day.toordinal() - EPOCH


def date_of(day: Day) -> date:
    """The date of a number."""
    return date.fromordinal(day + EPOCH)


def at(day: Day, hour: int, minute: int = 0) -> Moment:
    """A clock time of a day in the zone."""
    return day * A_DAY + hour * 60 + minute - AHEAD


def day_of(moment: Moment) -> Day:
    """The day in the zone on which a moment falls."""
    return (moment + AHEAD) // A_DAY


class Calendar:
    """The texts of days and moments and the legal working days, from a good year before a day to one after another."""

    def __init__(self, first: date, last: date) -> None:
        start, end = first - MARGIN, last + MARGIN
        self._low = number_of(start)
        self._days = [date_of(day).isoformat() for day in range(self._low, number_of(end) + 1)]
        self._works = [number_of(day) for day in workdays.workdays(start, end)]
        working, self._until, count = set(self._works), [], 0
        for day in range(self._low, number_of(end) + 1):
            count += day in working
            self._until.append(count)

    def day(self, day: Day) -> str:
        """A day as text."""
        return self._days[day - self._low]

    def year(self, day: Day) -> int:
        """The year of a day."""
        return int(self._days[day - self._low][:4])

    def moment(self, moment: Moment) -> str:
        """A moment as both databases take it."""
        return self._days[moment // A_DAY - self._low] + _STORED[moment % A_DAY]

    def sent(self, moment: Moment) -> str:
        """A moment as it stands in a filing."""
        return self._days[moment // A_DAY - self._low] + _SENT[moment % A_DAY]

    def after(self, day: Day, number: int = 1) -> Day:
        """The working day `number` working days after a day."""
        return self._works[self._until[day - self._low] + number - 1]

    def on_or_after(self, day: Day) -> Day:
        """The first working day from a day on."""
        return self.after(day - 1)

    def between(self, start: Day, end: Day) -> list[Day]:
        """The working days between two days, both inclusive."""
        return self._works[self._until[start - 1 - self._low] : self._until[end - self._low]]
