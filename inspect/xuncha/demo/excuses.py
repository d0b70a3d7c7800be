"""The half-months in which no check could be made: excuses asked for, granted and declined."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from ..checks.models import VisitKind
from ..core.clock import at
from ..core.db import db
from ..schedule.actions import ask_excuse, decide_excuse
from ..schedule.models import Task
from .context import World
from .plan import Excusal


def plan_excuses(world: World) -> None:
    """Each is asked for at the half-month's end and decided on the next working day; a declined one is made up."""
    for excusal in world.planner.excusals:
        asked_on = world.planner.days(excusal.window.start, excusal.window.end)[-1]
        world.clock.at(at(asked_on, 15, 20), _asking(world, excusal))
        if not excusal.accepted:
            day = world.planner.after(asked_on, 4)
            world.planner.add(excusal.place, VisitKind.ROUTINE, day, task=excusal.window)


def _asking(world: World, excusal: Excusal) -> Callable[[datetime], None]:
    def ask(moment: datetime) -> None:
        site = excusal.place.site
        task = db.session.scalar(
            sa.select(Task).where(Task.site_id == site.id, Task.window_start == excusal.window.start)
        )
        if task is None or site.supervisor is None:
            return
        lead, asker = world.zone.lead_of(site.supervisor), site.supervisor
        excuse = ask_excuse(
            task, world.say("excuse"), actor=asker, now=moment, evidence=world.say("excuse_evidence")
        )
        note = "" if excusal.accepted else world.say("excuse_no")
        decided_at = world.workday_after(moment, 1)
        world.clock.at(
            decided_at,
            lambda when: decide_excuse(excuse, accept=excusal.accepted, note=note, actor=lead, now=when),
        )

    return ask
