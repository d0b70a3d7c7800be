"""The page of one task."""

from __future__ import annotations

from flask import render_template
from flask_login import current_user

from ..core import history
from ..core.access import Permission, allowed
from ..core.clock import today as this_day
from ..core.db import db
from ..core.web import fetch, needs
from ..photos.models import Photo
from . import queries
from .blueprint import pages
from .forms import DecisionForm, ExcuseForm
from .lifecycle import window_of
from .models import Task


def task_of(number: int, permission: Permission = Permission.SEE_SCHEDULE) -> Task:
    """A task that the reader sees."""
    return fetch(queries.visible_to(current_user).where(Task.id == number), permission)


@pages.get("/schedule/tasks/<int:number>")
@needs(Permission.SEE_SCHEDULE)
def task(number: int) -> str:
    """One task: its state, its excuse, its history."""
    return task_page(task_of(number))


def task_page(task: Task, form: ExcuseForm | None = None, decision: DecisionForm | None = None) -> str:
    """Its page, with what was entered in its forms."""
    day = this_day()
    excuse = task.excuse
    asked = excuse is not None and (excuse.accepted is None or excuse.excuses_wholly)
    may_decide = excuse is not None and allowed(current_user, Permission.DECIDE_EXCUSE, excuse)
    own = excuse is not None and current_user.id in {excuse.asked_by_id, task.supervisor_id}
    photo_id = excuse.evidence_photo_id if excuse else None
    return render_template(
        "schedule/task.html",
        task=task,
        state=queries.state_of(task, day),
        make_up_until=window_of(task.due_on).make_up_until,
        photo=db.session.get(Photo, photo_id) if photo_id else None,
        form=(form or ExcuseForm())
        if task.done_on is None and not asked and allowed(current_user, Permission.ASK_EXCUSE, task)
        else None,
        decision=(decision or DecisionForm())
        if excuse is not None and excuse.accepted is None and may_decide and not own
        else None,
        panels=queries.task_panels.of(task, current_user),
        rows=history.of(task),
        today=day,
    )
