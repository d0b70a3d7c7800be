"""Selects of tasks and excuses, and the states of tasks as SQL: the same as the life cycle's, for lists and figures."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from ..accounts.models import User
from ..core import search
from ..core.access import READ_ALL, Role
from ..core.clock import day_end, local_day
from ..core.db import db
from ..core.panels import Panels
from ..core.parsing import read_day, read_number
from ..enterprises.models import Sector, Site, SiteKind, WorkingState
from ..enterprises.queries import assignment_on, ids_visible_to
from ..photos.models import Photo
from ..photos.queries import shown
from . import workdays
from .lifecycle import OPEN, TaskState, Window, due_as_of, state_on, window_of
from .models import CalendarDay, Excuse, Task

# Cards that higher domains add to Today; a maker gets the day and the reader.
today_sections = Panels()
# Parts of a task's page that higher domains fill: the checks made for it.
task_panels = Panels()


def visible_to(actor: User) -> sa.Select[Task]:
    """The tasks a person sees: all, the team's, one's own and those of one's sites."""
    query = sa.select(Task)
    if actor.role in READ_ALL:
        return query
    of_sites = Task.site_id.in_(ids_visible_to(actor))
    if actor.role is Role.SUPERVISOR:
        return query.where(sa.or_(of_sites, Task.supervisor_id == actor.id))
    if actor.role is Role.TEAM_LEAD:
        team = sa.select(User.id).where(User.team_id == actor.team_id)
        return query.where(sa.or_(of_sites, Task.supervisor_id.in_(team), Task.supervisor_id == actor.id))
    return query.where(sa.false())


def _accepted(task: Task) -> list[tuple[date, Excuse]]:
    """The accepted excuses of a task with the day of each decision."""
    return [(local_day(one.decided_at), one) for one in task.excuses if one.accepted and one.decided_at]


def state_of(task: Task, day: date) -> TaskState:
    """The state of a task on a day; what was done or decided later does not count yet."""
    accepted = _accepted(task)
    moved = [(on, one.due_before) for on, one in accepted if one.due_before]
    return state_on(
        day,
        window_end=task.window_end,
        due_on=due_as_of(day, task.due_on, moved),
        done_on=task.done_on,
        excused=any(on <= day and one.excuses_wholly for on, one in accepted),
    )


# Kept for the days that are asked about: pages of tasks name them several times, and making one takes longer than running it.
@lru_cache(64)
def due_expression(day: date) -> sa.ColumnElement[date]:
    """The due day as it was known on a day: postponements that were accepted later do not count yet."""
    before = sa.select(sa.func.min(Excuse.due_before)).where(
        Excuse.task_id == Task.id, Excuse.accepted.is_(True), Excuse.decided_at >= day_end(day)
    )
    return sa.func.coalesce(before.correlate(Task).scalar_subquery(), Task.due_on)


@lru_cache(64)
def state_expression(day: date) -> sa.Case[str]:
    """The value of `state_of` as SQL, for counting and grouping."""
    excused = sa.exists().where(
        Excuse.task_id == Task.id,
        Excuse.accepted.is_(True),
        Excuse.postponed_to.is_(None),
        Excuse.decided_at < day_end(day),
    )
    due_on = due_expression(day)
    # What was due in a half-month can be made up until the next one ends.
    can_be_made_up = due_on >= window_of(day).previous.start
    done = sa.and_(Task.done_on.is_not(None), Task.done_on <= day)
    return sa.case(
        (sa.and_(done, Task.done_on <= Task.window_end), TaskState.DONE.value),
        (sa.and_(done, Task.done_on <= due_on), TaskState.DONE.value),
        (excused, TaskState.EXCUSED.value),
        (done, TaskState.DONE_LATE.value),
        (sa.and_(due_on >= day, due_on > Task.window_end), TaskState.POSTPONED.value),
        (due_on >= day, TaskState.DUE.value),
        (can_be_made_up, TaskState.LATE.value),
        else_=TaskState.MISSED.value,
    )


def in_states(expression: sa.Case[str], *states: TaskState) -> sa.ColumnElement[bool]:
    """The state that an expression tells is one of some."""
    return expression.in_([one.value for one in states])


def state_filter(state: TaskState | Sequence[TaskState], day: date) -> sa.ColumnElement[bool]:
    """The tasks in a state, or in one of several, on a day."""
    states = [state] if isinstance(state, TaskState) else state
    return in_states(state_expression(day), *states)


class Mark(NamedTuple):
    """A task as a grid shows it on a day: the value of its state, when it was done or is due."""

    number: int
    site_id: int
    window_start: date
    state: str
    on: date
    supervisor: str


def marks(tasks: sa.Select[Task], day: date) -> list[Mark]:
    """The marks of tasks, read as columns: a grid has hundreds, and rows of the model cost several times as much."""
    holder = aliased(User)
    on = sa.case((Task.done_on <= day, Task.done_on), else_=due_expression(day))
    query = tasks.join(holder, holder.id == Task.supervisor_id).with_only_columns(
        Task.id, Task.site_id, Task.window_start, state_expression(day), on, holder.name
    )
    return [Mark(*row) for row in db.session.execute(query)]


def checked_twice_a_month(due_on: date) -> sa.Select[Site]:
    """Key enterprises that are not closed down: one that stopped production is visited all the same."""
    return sa.select(Site).where(
        Site.kind == SiteKind.ENTERPRISE,
        Site.key,
        Site.working_state != WorkingState.CLOSED,
        sa.or_(Site.key_since.is_(None), Site.key_since <= due_on),
    )


def holder_in(site: Site, window: Window, today: date) -> int | None:
    """Who holds the site in the window: on the day now if that lies in it, else on its nearest end."""
    held = assignment_on(site, min(max(today, window.start), window.end))
    return held.supervisor_id if held else site.supervisor_id


def without_holder(window: Window, today: date) -> list[Site]:
    """The key enterprises that get no task of the half-month, because nobody holds them."""
    due_on = workdays.last_workday(window.start, window.end)
    query = checked_twice_a_month(due_on).where(Site.supervisor_id.is_(None)).order_by(Site.name)
    return [site for site in db.session.scalars(query) if holder_in(site, window, today) is None]


def open_task_for(site: Site, day: date) -> Task | None:
    """The task that a visit on a day would do: that half-month's, else one postponed or that can still be made up."""
    query = sa.select(Task).where(Task.site_id == site.id, Task.window_start <= day, state_filter(OPEN, day))
    return db.session.scalars(query.order_by(Task.window_start.desc()).limit(1)).first()


def to_do(actor: User, day: date) -> list[Task]:
    """What the holder of the sites should do now, nearest due first; late ones of a predecessor too."""
    return list(db.session.scalars(_to_do(day), {"holder": actor.id}))


@lru_cache(8)
def _to_do(day: date) -> sa.Select[Task]:
    return (
        sa.select(Task)
        .join(Task.site)
        .where(
            Site.supervisor_id == sa.bindparam("holder"),
            Task.window_start <= day,
            state_filter(OPEN, day),
        )
        .options(contains_eager(Task.site), selectinload(Task.excuses), joinedload(Task.supervisor))
        .order_by(Task.due_on, Site.name)
    )


def open_by_site(numbers: Collection[int], day: date) -> dict[int, int]:
    """How many tasks can be done now at each of the sites."""
    query = (
        sa.select(Task.site_id, sa.func.count())
        .where(Task.site_id.in_(numbers), Task.window_start <= day, state_filter(OPEN, day))
        .group_by(Task.site_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def latest_of(site: Site, day: date, number: int) -> list[Task]:
    """The newest tasks of a site that have begun."""
    query = sa.select(Task).where(Task.site_id == site.id, Task.window_start <= day)
    return list(db.session.scalars(query.order_by(Task.window_start.desc()).limit(number)))


_IDLE_SITES = (
    sa.select(Site)
    .where(Site.kind == SiteKind.IDLE, Site.supervisor_id == sa.bindparam("person"))
    .order_by(Site.name)
)


def idle_sites_of(actor: User) -> list[Site]:
    """The idle sites a person patrols."""
    return list(db.session.scalars(_IDLE_SITES, {"person": actor.id}))


def overview(actor: User, window: Window, day: date) -> list[tuple[User, dict[TaskState, int]]]:
    """How many of a half-month's tasks of each supervisor the actor sees are in which state."""
    state = state_expression(day).label("state")
    tasks = visible_to(actor).where(Task.window_start == window.start)
    rows = db.session.execute(
        tasks.with_only_columns(Task.supervisor_id, state, sa.func.count()).group_by(
            Task.supervisor_id, state
        )
    )
    counts: dict[int, dict[TaskState, int]] = {}
    for supervisor_id, value, count in rows:
        one = next(state for state in TaskState if state.value == value)
        counts.setdefault(supervisor_id, {})[one] = count
    people = db.session.scalars(sa.select(User).where(User.id.in_(counts)).order_by(User.team_id, User.name))
    return [(person, counts[person.id]) for person in people]


@dataclass(frozen=True)
class Criteria:
    """The filters of the list of tasks and of the grid, as they stand in the address."""

    state: str = ""
    start: date | None = None
    end: date | None = None
    supervisor: int | None = None
    holder: int | None = None
    site: int | None = None
    sector: str = ""
    text: str = ""
    as_of: date | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> Criteria:
        """Read the filters of an address; what does not fit is left out."""
        read: dict[str, Any] = {}
        for spec in fields(cls):
            value = args.get(spec.name, "").strip()
            if spec.name in {"start", "end", "as_of"}:
                read[spec.name] = read_day(value)
            elif spec.name in {"supervisor", "holder", "site"}:
                read[spec.name] = read_number(value)
            else:
                read[spec.name] = value[:100]
        return cls(**read)

    @property
    def states(self) -> list[TaskState]:
        """The states that are asked for, separated by commas in the address."""
        return [state for state in TaskState if state.value in self.state.split(",")]


NEWEST = (Task.window_start.desc(), Site.name, Task.id)


def filtered(actor: User, criteria: Criteria, today: date) -> sa.Select[Task]:
    """The tasks that fit the filters: the list, the grid and the figures' links; `start`, `end` are days of windows."""
    query = visible_to(actor).join(Task.site).join(Task.supervisor)
    query = query.options(
        contains_eager(Task.site), contains_eager(Task.supervisor), selectinload(Task.excuses)
    )
    if criteria.states:
        query = query.where(state_filter(criteria.states, criteria.as_of or today))
    if criteria.start:
        query = query.where(Task.window_end >= criteria.start)
    if criteria.end:
        query = query.where(Task.window_start <= criteria.end)
    if criteria.supervisor:
        query = query.where(Task.supervisor_id == criteria.supervisor)
    if criteria.holder:
        query = query.where(Site.supervisor_id == criteria.holder)
    if criteria.site:
        query = query.where(Task.site_id == criteria.site)
    if criteria.sector in set(Sector):
        query = query.where(Site.sector == criteria.sector)
    if criteria.text:
        query = query.where(Task.site_id.in_(search.mention(Site, criteria.text, Site.name).numbers))
    return query.order_by(*NEWEST)


def excuses_visible_to(actor: User) -> sa.Select[Excuse]:
    """The excuses of the tasks a person sees, undecided ones first, then the newest."""
    tasks = visible_to(actor).with_only_columns(Task.id)
    query = sa.select(Excuse).where(Excuse.task_id.in_(tasks))
    return query.order_by(Excuse.accepted.is_not(None), Excuse.asked_at.desc(), Excuse.id)


def calendar_days(year: int) -> list[CalendarDay]:
    """The days of a year that the office entered or that the notice names."""
    inside = CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))
    return list(db.session.scalars(sa.select(CalendarDay).where(inside).order_by(CalendarDay.day)))


@shown
def _sees_evidence(actor: User, photo: Photo) -> bool:
    query = excuses_visible_to(actor).where(Excuse.evidence_photo_id == photo.id).with_only_columns(Excuse.id)
    return db.session.scalar(query.limit(1)) is not None
