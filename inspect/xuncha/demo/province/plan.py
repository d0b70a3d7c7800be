"""The visits that are planned: by half-month and day, no two at one place on one day, carried out as their papers arrive."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from heapq import heappop, heappush
from typing import Any

from ...checks.models import VisitKind
from ...schedule import workdays
from ...schedule.lifecycle import windows_between
from .calendar import Calendar, Day, Moment, at, number_of
from .context import Person, Place, Province

SLOTS = ((8, 50), (10, 20), (13, 40), (15, 0), (16, 10))
PLAIN = ""
LATE_ENTRY, REFUSED, OBJECTION, CORRECTION, AGAIN = (
    "late_entry",
    "refused",
    "objection",
    "correction",
    "again",
)
KEPT = 3  # planned visits of a place: of this half-month and the next


class Window:
    """A half-month with its texts and working days."""

    def __init__(self, calendar: Calendar, start: date, end: date) -> None:
        self.start, self.end = number_of(start), number_of(end)
        self.works = calendar.between(self.start, self.end)
        self.due_on = self.works[-1] if self.works else self.end
        self.known = workdays.year_known(end.year)
        self.year = end.year
        opening = (start.replace(day=1) - timedelta(days=1)).replace(day=25)
        self.opened = at(number_of(opening), 8, 30)


class Visit:
    """A visit as planned; `rechecks` are the hazards that it looks at again. Once filed it has its check, `filed` is what
    a correction repeats of that, and `newest_id` the number of its newest version."""

    __slots__ = (
        "campaign", "check_id", "day", "ends", "filed", "inspector", "kind", "manner", "newest_id", "place", "received",
        "rechecks", "start", "task",
    )  # fmt: skip

    def __init__(
        self, place: Place, kind: VisitKind, day: Day, start: Moment, ends: Moment, received: Moment
    ) -> None:
        self.place, self.kind, self.day = place, kind.value, day
        self.start, self.ends, self.received = start, ends, received
        self.inspector: Person = place.holder(day)
        self.rechecks: list[tuple[str, str]] = []
        self.task: tuple[int, Person] | None = None
        self.campaign: int | None = None
        self.manner, self.check_id, self.newest_id = PLAIN, 0, 0
        self.filed: tuple[dict[str, Any], list[Any]] = ({}, [])


class Plan:
    """The half-months from the first day to the last month whose tasks are open, and the visits in them."""

    def __init__(self, province: Province) -> None:
        self.province = province
        week_ahead = province.today + timedelta(days=7)
        last = (week_ahead.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        windows = windows_between(province.first, last)
        self.windows = [Window(province.calendar, window.start, window.end) for window in windows]
        self.windows = [window for window in self.windows if window.opened < province.until]
        self._starts = [window.start for window in self.windows]
        self._visits: list[dict[tuple[int, Day], Visit]] = [{} for _ in self.windows]
        self._routine: dict[int, list[Visit]] = {}
        self._now, self._added = -1, 0
        self._queue: list[tuple[Moment, int, Visit]] = []

    def window_at(self, day: Day) -> int:
        """The place in the row of the half-month in which a day falls."""
        return bisect_right(self._starts, day) - 1

    def add(self, place: Place, kind: VisitKind, day: Day, manner: str = PLAIN) -> Visit | None:
        """Plan a visit; none where one is planned for that day already. Late entries arrive on the next working day."""
        visits = self._visits[self.window_at(day)]
        if (place.id, day) in visits:
            return None
        province = self.province
        hour, minute = province.one(SLOTS)
        start = at(day, hour, minute) + province.below(18)
        ends = start + 35 + province.below(35)
        received = ends + 2 + province.below(7)
        if manner == LATE_ENTRY:
            received = at(province.calendar.after(day), 10) + province.below(300)
        visit = visits[place.id, day] = Visit(place, kind, day, start, ends, received)
        visit.manner = manner
        if self.window_at(day) == self._now:
            self._push(visit)
        return visit

    def add_routine(self, place: Place, day: Day, manner: str) -> Visit | None:
        """One of the two checks a month, at which what waits may be looked at again."""
        visit = self.add(place, VisitKind.ROUTINE, day, manner)
        if visit is not None and manner != LATE_ENTRY:
            coming = self._routine.setdefault(place.id, [])
            coming.append(visit)
            del coming[:-KEPT]
        return visit

    def coming(self, place: Place, moment: Moment) -> Visit | None:
        """The next planned check of a place after a moment."""
        later = [visit for visit in self._routine.get(place.id, ()) if visit.start > moment]
        return min(later, key=lambda visit: visit.start, default=None)

    def carried_out(self, index: int) -> Iterator[Visit]:
        """The visits of a half-month in the order in which their papers arrive; more may be planned meanwhile."""
        self._now = index
        for visit in self._visits[index].values():
            self._push(visit)
        while self._queue:
            visit = heappop(self._queue)[2]
            if visit.received < self.province.until:
                yield visit
        self._visits[index] = {}

    def again(self, visit: Visit) -> None:
        """Let a visit be filed a second time on the next working day, unless the half-month is over by then."""
        day = self.province.calendar.after(visit.day)
        if self.window_at(day) == self._now:
            visit.manner, visit.received = AGAIN, at(day, 10) + self.province.below(300)
            self._push(visit)

    def _push(self, visit: Visit) -> None:
        self._added += 1
        heappush(self._queue, (visit.received, self._added, visit))
