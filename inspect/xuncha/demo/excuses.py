"""The half-months in which no check could be made: excuses asked for, granted and declined."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from ..checks.models import VisitKind
from ..core.clock import at
from ..core.db import db
from ..schedule.excuses import Grounds, ask_excuse, decide_excuse
from ..schedule.models import Task
from .context import Context
from .plan import Excusal


def plan_excuses(context: Context) -> None:
    """Each is asked for at the half-month's end and decided on the next working day; a declined one is made up."""
    for excusal in context.planner.excusals:
        asked_on = context.planner.days(excusal.window.start, excusal.window.end)[-1]
        context.clock.at(at(asked_on, 15, 20), _asking(context, excusal))
        if not excusal.accepted:
            day = context.planner.after(asked_on, 4)
            context.planner.add(excusal.place, VisitKind.ROUTINE, day, task=excusal.window)


def _asking(context: Context, excusal: Excusal) -> Callable[[datetime], None]:
    def ask(moment: datetime) -> None:
        site = excusal.place.site
        task = db.session.scalar(
            sa.select(Task).where(Task.site_id == site.id, Task.window_start == excusal.window.start)
        )
        if task is None or site.supervisor is None:
            return
        lead, asker = context.zone.lead_of(site.supervisor), site.supervisor
        excuse = ask_excuse(
            task,
            Grounds(context.remark("excuse"), evidence=context.remark("excuse_evidence")),
            actor=asker,
            now=moment,
        )
        note = "" if excusal.accepted else context.remark("excuse_no")
        decided_at = context.workday_after(moment, 1)
        context.clock.at(
            decided_at,
            lambda when: decide_excuse(excuse, accept=excusal.accepted, note=note, actor=lead, now=when),
        )

    return ask
