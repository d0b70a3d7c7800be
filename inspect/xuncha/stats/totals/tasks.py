"""What tasks contribute to the figures: the state of each from its half-month's first day on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from ...core.clock import local_day
from ...schedule.lifecycle import TaskState, due_as_of, state_on, window_of
from ...schedule.models import Excuse, Task
from ..definition import FIGURES
from ..kept import OfTasks
from .changes import BY_SUPERVISOR, WHOLE, Cell, Changes, Presence, add_course

DAY = timedelta(days=1)

# Made once: making a statement takes longer than running it.
_NUMBERS: sa.BindParameter[Any] = sa.bindparam("numbers", expanding=True)
_TASKS = sa.select(
    Task.id, Task.supervisor_id, Task.window_start, Task.window_end, Task.due_on, Task.done_on
).where(Task.id.in_(_NUMBERS))
_ACCEPTED = sa.select(Excuse.task_id, Excuse.decided_at, Excuse.due_before).where(
    Excuse.task_id.in_(_NUMBERS), Excuse.accepted.is_(True)
)


@cache
def _figures() -> dict[str, OfTasks]:
    """The figures of tasks; first asked for when all of them are defined."""
    return {name: one.kept for name, one in FIGURES.items() if isinstance(one.kept, OfTasks)}


class Touched:
    """The tasks whose contribution a flush changes."""

    def __init__(self, things: Iterable[Any]) -> None:
        things = list(things)
        self._tasks = [thing for thing in things if isinstance(thing, Task)]
        excuses = [thing for thing in things if isinstance(thing, Excuse)]
        self._tasks += [excuse.task for excuse in excuses if excuse.task]
        self._numbers = {excuse.task_id for excuse in excuses if not excuse.task}

    def __bool__(self) -> bool:
        return bool(self._tasks or self._numbers)

    def _known(self) -> set[int]:
        return {task.id for task in self._tasks if task.id} | self._numbers

    def add_before(self, connection: sa.Connection, changes: Changes) -> None:
        """Add what they contributed; the rows still are as they were."""
        add_changes(connection, self._known(), changes)

    def add_after(self, connection: sa.Connection, changes: Changes) -> None:
        """Add what they contribute now."""
        add_changes(connection, self._known(), changes)


def add_changes(connection: sa.Connection, numbers: Collection[int], changes: Changes) -> None:
    """Add what tasks contribute by their dates and accepted excuses."""
    if not numbers:
        return
    accepted = _accepted(connection, numbers)
    for row in connection.execute(_TASKS, {"numbers": list(numbers)}):
        course = _course(row.window_start, row.window_end, row.due_on, row.done_on, accepted[row.id])
        add_course(changes, _presences(course, row.window_start, str(row.supervisor_id)))


Accepted = tuple[date, date | None]  # when an excuse was accepted, and the due day that a postponement moved


def _accepted(connection: sa.Connection, numbers: Collection[int]) -> dict[int, list[Accepted]]:
    found: dict[int, list[Accepted]] = defaultdict(list)
    for task_id, decided_at, due_before in connection.execute(_ACCEPTED, {"numbers": list(numbers)}):
        if decided_at is not None:
            found[task_id].append((local_day(decided_at), due_before))
    return found


def _course(
    start: date, end: date, due_on: date, done_on: date | None, accepted: Sequence[Accepted]
) -> Iterator[tuple[date, TaskState]]:
    """The days on which the state may change, with the state from then on."""
    moved = [(on, before) for on, before in accepted if before is not None]
    excused_on = min((on for on, before in accepted if before is None), default=None)
    turns = {start, done_on, excused_on, *(on for on, _before in moved)}
    for due in (due_on, *(before for _on, before in moved)):
        turns |= {due + DAY, window_of(due).make_up_until + DAY}
    for day in sorted({max(turn, start) for turn in turns if turn is not None}):
        excused = excused_on is not None and excused_on <= day
        due = due_as_of(day, due_on, moved)
        yield day, state_on(day, window_end=end, due_on=due, done_on=done_on, excused=excused)


def _presences(course: Iterable[tuple[date, TaskState]], cohort: date, supervisor: str) -> Iterator[Presence]:
    for day, state in course:
        names = [name for name, kept in _figures().items() if state in kept.states]
        keys = ((WHOLE, ""), (BY_SUPERVISOR, supervisor))
        yield Presence(day, frozenset(Cell(name, *key, cohort) for name in names for key in keys))
