"""A supervisor's half-month in a list: what is due where, what was last found, what is open, whom to call."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from ..accounts.models import User
from ..core.db import db
from ..enterprises.models import Site
from ..schedule.lifecycle import OPEN, Window
from ..schedule.models import Task
from ..schedule.queries import state_filter, visible_to
from .lifecycle import UNSETTLED, State
from .models import Hazard, queued


@dataclass(frozen=True)
class Stop:
    """A task, and what the supervisor should know of its site before he goes."""

    task: Task
    last_found: Hazard | None
    unsettled: int
    overdue: int


def stops(reader: User, supervisor: User, window: Window, day: date) -> list[Stop]:
    """The tasks of a half-month at the sites of a supervisor, before them those of earlier ones that can be made up."""
    held = sa.or_(Site.supervisor_id == supervisor.id, Task.supervisor_id == supervisor.id)
    to_make_up = sa.and_(
        Task.window_start < window.start, Site.supervisor_id == supervisor.id, state_filter(OPEN, day)
    )
    query = (
        visible_to(reader)
        .join(Task.site)
        .where(sa.or_(sa.and_(Task.window_start == window.start, held), to_make_up))
        .options(
            contains_eager(Task.site).selectinload(Site.contacts),
            selectinload(Task.excuses),
            selectinload(Task.supervisor),
        )
        .order_by(Task.window_start, Task.due_on, Site.area, Site.name)
    )
    tasks = list(db.session.scalars(query))
    sites = {task.site_id for task in tasks}
    last, open_ = _last_found(sites), _open_at(sites, day)
    return [Stop(task, last.get(task.site_id), *open_.get(task.site_id, (0, 0))) for task in tasks]


def _last_found(sites: Collection[int]) -> dict[int, Hazard]:
    """The newest hazard of each site, void ones left out."""
    newest = sa.func.row_number().over(
        partition_by=Hazard.site_id, order_by=(Hazard.found_on.desc(), Hazard.id.desc())
    )
    ranked = (
        sa.select(Hazard.id, newest.label("place"))
        .where(Hazard.site_id.in_(sites), Hazard.state != State.VOID)
        .subquery()
    )
    query = sa.select(Hazard).join(ranked, ranked.c.id == Hazard.id).where(ranked.c.place == 1)
    return {hazard.site_id: hazard for hazard in db.session.scalars(query)}


def _open_at(sites: Collection[int], day: date) -> dict[int, tuple[int, int]]:
    """Not closed and overdue hazards of each site."""
    late = sa.func.count().filter(queued < day)
    query = (
        sa.select(Hazard.site_id, sa.func.count(), late)
        .where(Hazard.site_id.in_(sites), Hazard.state.in_(UNSETTLED))
        .group_by(Hazard.site_id)
    )
    return {number: (count, overdue) for number, count, overdue in db.session.execute(query)}
