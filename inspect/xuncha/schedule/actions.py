"""What is done to the schedule: open a month, mark a task done, move tasks at a handover, the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from ..accounts.models import User
from ..core import history
from ..core.access import Permission, demand
from ..core.clock import local_day
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from ..enterprises.assignments import when_assigned
from ..enterprises.models import Site
from ..enterprises.queries import assignment_on
from . import workdays
from .lifecycle import Window, window_of, windows_of
from .models import CalendarDay, Task
from .notices import NamedDay
from .queries import checked_twice_a_month, holder_in, open_task_for

# The years that have a calendar page: what lies outside could never be looked at or taken back.
FIRST_YEAR, LAST_YEAR = 2020, 2099


def _demand_year(year: int, field: str) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(
            N_("The year must lie between %(first)s and %(last)s."),
            field=field,
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )


def open_month(year: int, month: int, *, actor: User | None, now: datetime) -> int:
    """Open the month's tasks that are missing and return how many; without an actor it is the command's doing.

    Raises Refused for a year without a calendar.
    """
    if actor is not None:
        demand(actor, Permission.OPEN_SCHEDULE)
    _demand_year(year, "month")
    return sum(_open_window(window, now) for window in windows_of(year, month))


def _open_window(window: Window, now: datetime) -> int:
    due_on = workdays.last_workday(window.start, window.end)
    known = workdays.year_known(window.end.year)
    there = set(db.session.scalars(sa.select(Task.site_id).where(Task.window_start == window.start)))
    opened = 0
    for site in db.session.scalars(checked_twice_a_month(due_on)):
        holder = None if site.id in there else holder_in(site, window, local_day(now))
        if holder is None:
            continue
        task = Task(
            site_id=site.id,
            supervisor_id=holder,
            window_start=window.start,
            window_end=window.end,
            due_on=due_on,
            calendar_known=known,
            opened_at=now,
        )
        db.session.add(task)
        opened += 1
    db.session.flush()
    return opened


def mark_done(task: Task, on: date, *, actor: User, now: datetime) -> Task | None:
    """Mark the half-month of a visit done and return its task.

    A visit outside the task's half-month and the time to make it up does the task of its own half-month instead, if that
    is open: a wrong clock or a stale page never ticks the wrong one.
    """
    if task.done_on is None and task.window_start <= on <= window_of(task.due_on).make_up_until:
        right: Task | None = task
    else:
        right = open_task_for(task.site, on)
    if right is not None:
        right.done_on = on
        history.record(right, "done", actor=actor, now=now, after={"done_on": on.isoformat()})
    return right


def move_done(task: Task, days: Sequence[date], *, actor: User, now: datetime) -> None:
    """Let a done task have been done on the first of these days that lies within its time: other checks of it count now."""
    until = window_of(task.due_on).make_up_until
    fitting = sorted(day for day in days if task.window_start <= day <= until)
    if task.done_on is None or not fitting or task.done_on == fitting[0]:
        return
    before, task.done_on = task.done_on, fitting[0]
    history.record(
        task,
        "done",
        actor=actor,
        now=now,
        before={"done_on": before.isoformat()},
        after={"done_on": fitting[0].isoformat()},
    )


def move_open_tasks(site: Site, supervisor: User, from_on: date, *, actor: User | None, now: datetime) -> int:
    """Hand the site's open tasks over: those whose half-month ends, or that are due, on or after the day. Earlier ones
    stay in the figures of the person then responsible, though the new holder can still make them up."""
    query = sa.select(Task).where(
        Task.site_id == site.id,
        sa.or_(Task.window_end >= from_on, Task.due_on >= from_on),
        Task.done_on.is_(None),
        Task.supervisor_id != supervisor.id,
    )
    moved = 0
    for task in db.session.scalars(query):
        if task.excuse is not None and task.excuse.excuses_wholly:
            continue
        before = {"supervisor_id": task.supervisor_id}
        task.supervisor_id = supervisor.id
        after = {"supervisor_id": supervisor.id}
        history.record(task, "hand_over", actor=actor, now=now, before=before, after=after)
        moved += 1
    db.session.flush()
    return moved


@when_assigned
def _tasks_follow(site: Site, previous: User | None, *, actor: User | None, now: datetime) -> None:
    """Open tasks follow the new holder from the day on which the duty began."""
    held = assignment_on(site, local_day(now))
    if held is not None:
        move_open_tasks(site, held.supervisor, held.from_on, actor=actor, now=now)


def enter_days(days: Sequence[NamedDay], *, source: str, actor: User, now: datetime) -> int:
    """Enter days of the calendar, over what stood there; return how many changed. Open tasks get their due days."""
    demand(actor, Permission.EDIT_CALENDAR)
    for named in days:
        _demand_year(named.day.year, "day")
    there = {row.day: row for row in db.session.scalars(sa.select(CalendarDay))}
    english = {row.name_zh: row.name_en for row in there.values()}
    changed = 0
    for named in days:
        row = there.get(named.day) or CalendarDay(day=named.day)
        if row.id and (row.kind, row.name_zh) == (named.kind, named.name):
            continue
        before = {"kind": row.kind.value, "name": row.name_zh} if row.id else {}
        row.kind, row.name_zh, row.name_en = named.kind, named.name, english.get(named.name, "")
        row.source = source
        db.session.add(row)
        after = {"day": named.day.isoformat(), "kind": named.kind.value, "name": named.name}
        history.record(row, "enter", actor=actor, now=now, before=before, after=after)
        changed += 1
    _set_due_days({named.day.year for named in days}, actor, now)
    return changed


def remove_day(row: CalendarDay, *, actor: User, now: datetime) -> None:
    """Take a day out of the table, so that the library or the plain week holds again."""
    demand(actor, Permission.EDIT_CALENDAR)
    before = {"day": row.day.isoformat(), "kind": row.kind.value, "name": row.name_zh}
    history.record(row, "remove", actor=actor, now=now, before=before)
    db.session.delete(row)
    db.session.flush()
    _set_due_days({row.day.year}, actor, now)


def _set_due_days(years: set[int], actor: User, now: datetime) -> None:
    """Due days follow the calendar while their half-month lasts; past ones stay as people knew them."""
    db.session.flush()
    query = sa.select(Task).where(Task.done_on.is_(None), Task.window_end >= local_day(now))
    for task in db.session.scalars(query):
        if task.window_end.year not in years or task.is_postponed:
            continue
        task.calendar_known = workdays.year_known(task.window_end.year)
        due_on = workdays.last_workday(task.window_start, task.window_end)
        if due_on != task.due_on:
            before, task.due_on = {"due_on": task.due_on.isoformat()}, due_on
            after = {"due_on": due_on.isoformat()}
            history.record(task, "due_day", actor=actor, now=now, before=before, after=after)
