"""The last working day before today: checks asked to be postponed, granted, declined and undecided; a day of visits planned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..core.clock import at, local_day
from ..core.db import db
from ..schedule import planner, visit_plan
from ..schedule.excuses import Grounds, ask_excuse, decide_excuse, postpone
from ..schedule.lifecycle import Window, window_of
from ..schedule.models import Cause, Task
from .context import Context

DAYS_ON = 4  # the working day of the next half-month to which checks are moved
SHOWN = 4


def plan_postponements(context: Context) -> None:
    """Late in the afternoon, when it is clear what is not done today."""
    day = context.planner.after(context.today, -1)
    context.clock.at(at(day, 17, 5), _postponing(context))
    context.clock.at(at(day, 17, 40), _planning_a_day(context))


def _postponing(context: Context) -> Callable[[datetime], None]:
    def ask(moment: datetime) -> None:
        window = window_of(local_day(moment))
        to = context.planner.days(window.next.start, window.next.end)[DAYS_ON]
        tasks = _undone(context, window)
        if len(tasks) < SHOWN:
            return
        ordered, granted, declined, waiting = tasks[:SHOWN]
        leader, said = context.zone.leader, context.texts["postponements"]
        order = Grounds(said["weather"], Cause.WEATHER, to, said["weather_evidence"])
        postpone([ordered], order, actor=leader, now=moment)
        for task, cause in ((granted, Cause.SHUTDOWN), (declined, Cause.OTHER), (waiting, Cause.ILLNESS)):
            grounds = Grounds(said[cause.value], cause, to, said.get(f"{cause.value}_evidence", ""))
            excuse = ask_excuse(task, grounds, actor=task.supervisor, now=moment)
            if task is not waiting:
                accept = task is granted
                note = "" if accept else said["declined"]
                lead = context.zone.lead_of(task.supervisor)
                decide_excuse(excuse, accept=accept, note=note, actor=lead, now=moment)

    return ask


def _undone(context: Context, window: Window) -> list[Task]:
    """The half-month's checks that nobody has made or excused; those of the first supervisor stay as they are."""
    first = context.zone.key[0].site.supervisor_id
    query = (
        sa.select(Task)
        .where(
            Task.window_start == window.start,
            Task.done_on.is_(None),
            Task.supervisor_id != first,
            ~Task.excuses.any(),
        )
        .options(joinedload(Task.supervisor))
        .order_by(Task.id)
    )
    return [task for task in db.session.scalars(query) if task.site.supervisor_id == task.supervisor_id]


def _planning_a_day(context: Context) -> Callable[[datetime], None]:
    def put(moment: datetime) -> None:
        supervisor = context.zone.key[0].site.supervisor
        if supervisor is None:
            return
        day, now = context.today, local_day(moment)
        proposed = planner.plan_of(supervisor, day, now).proposed
        visit_plan.put(proposed, day, actor=supervisor, today=now)
        for stop in planner.plan_of(supervisor, day, now).stops[:1]:
            visit_plan.tick(stop.visit, stop.entry.matters[0].key, taken=True, actor=supervisor)

    return put
