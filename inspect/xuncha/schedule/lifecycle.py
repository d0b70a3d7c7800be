"""The half-months and the states of a task in them. Pure: no database, no clock."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ..core.labels import N_, Labelled

MIDDLE = 15


class TaskState(Labelled):
    """Where a task stands on a day."""

    DUE = "due", N_("Due")
    POSTPONED = "postponed", N_("Postponed")
    LATE = "late", N_("Late")
    MISSED = "missed", N_("Missed")
    DONE = "done", N_("Done")
    DONE_LATE = "done_late", N_("Done late")
    EXCUSED = "excused", N_("Excused")

    @property
    def is_open(self) -> bool:
        """It can and should still be done."""
        return self in OPEN


OPEN = (TaskState.DUE, TaskState.POSTPONED, TaskState.LATE)


@dataclass(frozen=True, order=True)
class Window:
    """A half-month, both days inclusive: 1-15, or 16 to the month's end."""

    start: date
    end: date

    @property
    def is_first_half(self) -> bool:
        """上半月 rather than 下半月."""
        return self.start.day == 1

    @property
    def next(self) -> Window:
        """The half-month after this one."""
        return window_of(self.end + timedelta(days=1))

    @property
    def previous(self) -> Window:
        """The half-month before this one."""
        return window_of(self.start - timedelta(days=1))

    @property
    def make_up_until(self) -> date:
        """The last day on which a late check still makes this half-month up: the end of the next one."""
        return self.next.end


def windows_of(year: int, month: int) -> tuple[Window, Window]:
    """The two half-months of a month."""
    last = monthrange(year, month)[1]
    return (
        Window(date(year, month, 1), date(year, month, MIDDLE)),
        Window(date(year, month, MIDDLE + 1), date(year, month, last)),
    )


def window_of(day: date) -> Window:
    """The half-month in which a day falls."""
    first, second = windows_of(day.year, day.month)
    return first if day <= first.end else second


def windows_between(start: date, end: date) -> list[Window]:
    """The half-months that two days and all between fall in."""
    found = [window_of(start)]
    while found[-1].end < end:
        found.append(found[-1].next)
    return found


def due_as_of(day: date, due_on: date, postponements: Iterable[tuple[date, date]]) -> date:
    """When a task was due as people knew it on a day; a postponement is the day of its acceptance and the due day before it."""
    return min((before for accepted_on, before in postponements if accepted_on > day), default=due_on)


def state_on(day: date, *, window_end: date, due_on: date, done_on: date | None, excused: bool) -> TaskState:
    """The state on a day; a check done after that day had not been done then. A due day behind the window is a postponed one."""
    done_on = done_on if done_on is not None and done_on <= day else None
    if done_on is not None and done_on <= max(window_end, due_on):
        return TaskState.DONE
    if excused:
        return TaskState.EXCUSED
    if done_on is not None:
        return TaskState.DONE_LATE
    if day <= due_on:
        return TaskState.POSTPONED if due_on > window_end else TaskState.DUE
    return TaskState.LATE if day <= window_of(due_on).make_up_until else TaskState.MISSED
