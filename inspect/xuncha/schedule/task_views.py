"""The page of one task, and its excuse."""

from __future__ import annotations

from flask import flash, render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core import history
from ..core.access import Permission, allowed
from ..core.clock import today as this_day
from ..core.clock import utcnow
from ..core.db import db
from ..core.errors import Refused
from ..core.forms import attempt
from ..core.i18n import sentence
from ..core.web import done, fetch, needs
from ..photos.actions import receive
from ..photos.models import Photo
from . import actions, queries
from .blueprint import pages
from .forms import DecisionForm, ExcuseForm
from .lifecycle import window_of
from .models import Excuse, Task


def _task(number: int, permission: Permission = Permission.SEE_SCHEDULE) -> Task:
    return fetch(queries.visible_to(current_user).where(Task.id == number), permission)


@pages.get("/schedule/tasks/<int:number>")
@needs(Permission.SEE_SCHEDULE)
def task(number: int) -> str:
    """One task: its state, its excuse, its history."""
    return _task_page(_task(number))


def _task_page(task: Task, form: ExcuseForm | None = None, decision: DecisionForm | None = None) -> str:
    day = this_day()
    excuse = task.excuse
    asked = excuse is not None and excuse.accepted is not False
    may_decide = excuse is not None and allowed(current_user, Permission.DECIDE_EXCUSE, excuse)
    own = excuse is not None and current_user.id in {excuse.asked_by_id, task.supervisor_id}
    photo_id = excuse.evidence_photo_id if excuse else None
    return render_template(
        "schedule/task.html",
        task=task,
        state=queries.state_of(task, day),
        window=window_of(task.window_start),
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


@pages.post("/schedule/tasks/<int:number>/excuse")
@needs(Permission.ASK_EXCUSE)
def ask_excuse(number: int) -> str | Response:
    """Ask that the task be excused."""
    task = _task(number, Permission.ASK_EXCUSE)
    form = ExcuseForm()
    if form.validate_on_submit():
        try:
            photo = _evidence()
        except Refused as problem:
            db.session.rollback()
            flash(sentence(problem), "error")
            return _task_page(_task(number), form)
        fields = {"reason": form.reason.data, "evidence": form.evidence.data or ""}
        if attempt(
            form, lambda: actions.ask_excuse(task, **fields, photo=photo, actor=current_user, now=utcnow())
        ):
            return done(
                gettext("The excuse is filed and waits for a decision."), "schedule.task", number=number
            )
    return _task_page(_task(number), form)


def _evidence() -> Photo | None:
    file = next((file for file in request.files.getlist("photo") if file.filename), None)
    return receive(file.read(), actor=current_user, now=utcnow()) if file else None


@pages.post("/schedule/tasks/<int:number>/excuse/decision")
@needs(Permission.DECIDE_EXCUSE)
def decide_excuse(number: int) -> str | Response:
    """Accept or decline the excuse of the task."""
    query = queries.excuses_visible_to(current_user).where(Excuse.task_id == number)
    excuse = fetch(query, Permission.DECIDE_EXCUSE)
    form = DecisionForm()
    if form.validate_on_submit():
        accept = form.decision.data == "accept"

        def decide() -> bool:
            note = form.note.data or ""
            actions.decide_excuse(excuse, accept=accept, note=note, actor=current_user, now=utcnow())
            return True

        if attempt(form, decide):
            text = gettext("The excuse is accepted.") if accept else gettext("The excuse is declined.")
            return done(text, "schedule.task", number=number)
    return _task_page(_task(number), decision=form)


@pages.get("/schedule/excuses")
@needs(Permission.SEE_SCHEDULE)
def excuses() -> str:
    """The excuses, undecided ones first."""
    query = queries.excuses_visible_to(current_user)
    found = db.session.scalars(query.limit(200)).all()
    return render_template(
        "schedule/excuses.html", excuses=found, may_decide=allowed(current_user, Permission.DECIDE_EXCUSE)
    )
