"""Excuses and postponements: asked at a task or for several at once, decided one by one or together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from flask import flash, render_template, request
from flask_babel import gettext, ngettext
from flask_login import current_user
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from werkzeug.wrappers import Response

from ..accounts.queries import supervisors
from ..core.access import FIELD, Permission, allowed
from ..core.clock import today as this_day
from ..core.clock import utcnow
from ..core.db import db
from ..core.errors import Refused
from ..core.forms import attempt
from ..core.i18n import sentence
from ..core.parsing import read_day, read_number, read_numbers
from ..core.web import done, fetch, needs
from ..enterprises.models import Site
from ..photos.actions import receive
from ..photos.models import Photo
from . import excuses as excusing
from . import queries, workdays
from .blueprint import pages
from .excuses import Grounds
from .forms import DecisionForm, ExcuseForm, PostponeForm
from .lifecycle import OPEN, Window, window_of
from .models import Cause, Excuse, Task
from .task_views import task_of, task_page

SHOWN = 200


@pages.post("/schedule/tasks/<int:number>/excuse")
@needs(Permission.ASK_EXCUSE)
def ask_excuse(number: int) -> str | Response:
    """Ask that the task be excused or postponed."""
    task = task_of(number, Permission.ASK_EXCUSE)
    form = ExcuseForm()
    if form.validate_on_submit():
        grounds = _grounds(form)
        if grounds and attempt(
            form, lambda: excusing.ask_excuse(task, grounds, actor=current_user, now=utcnow())
        ):
            return done(
                gettext("The excuse is filed and waits for a decision."), "schedule.task", number=number
            )
    return task_page(task_of(number), form)


def _grounds(form: ExcuseForm) -> Grounds | None:
    """What the form gives, its photo kept; None where the photo cannot be taken, which is said."""
    try:
        photo = _evidence()
    except Refused as problem:
        db.session.rollback()
        flash(sentence(problem), "error")
        return None
    return Grounds(
        form.reason.data or "",
        Cause(form.cause.data or Cause.OTHER),
        form.postponed_to.data,
        form.evidence.data or "",
        photo,
    )


def _evidence() -> Photo | None:
    file = next((file for file in request.files.getlist("photo") if file.filename), None)
    return receive(file.read(), actor=current_user, now=utcnow()) if file else None


@pages.post("/schedule/tasks/<int:number>/excuse/decision")
@needs(Permission.DECIDE_EXCUSE)
def decide_excuse(number: int) -> str | Response:
    """Accept or decline the newest excuse of the task."""
    task = task_of(number)
    excuse = fetch(
        queries.excuses_visible_to(current_user).where(Excuse.id == (task.excuse.id if task.excuse else 0)),
        Permission.DECIDE_EXCUSE,
    )
    form = DecisionForm()
    if form.validate_on_submit():
        accept = form.decision.data == "accept"

        def decide() -> bool:
            note = form.note.data or ""
            excusing.decide_excuse(excuse, accept=accept, note=note, actor=current_user, now=utcnow())
            return True

        if attempt(form, decide):
            text = gettext("The excuse is accepted.") if accept else gettext("The excuse is declined.")
            return done(text, "schedule.task", number=number)
    return task_page(task_of(number), decision=form)


@pages.get("/schedule/excuses")
@needs(Permission.SEE_SCHEDULE)
def excuses() -> str:
    """The excuses and postponements, undecided ones first."""
    return _excuses_page()


def _excuses_page(form: DecisionForm | None = None, ticked: Sequence[int] = ()) -> str:
    loaded = (
        joinedload(Excuse.task).joinedload(Task.site),
        joinedload(Excuse.asked_by),
        joinedload(Excuse.decided_by),
    )
    query = queries.excuses_visible_to(current_user).options(*loaded)
    found = db.session.scalars(query.limit(SHOWN)).all()
    mine = [one for one in found if one.accepted is None and _may_decide(one)]
    return render_template(
        "schedule/excuses.html",
        waiting=mine,
        excuses=[one for one in found if one not in mine],
        total=len(found),
        form=(form or DecisionForm()) if mine else None,
        ticked=ticked,
    )


def _may_decide(excuse: Excuse) -> bool:
    own = current_user.id in {excuse.asked_by_id, excuse.task.supervisor_id}
    return not own and allowed(current_user, Permission.DECIDE_EXCUSE, excuse)


@pages.post("/schedule/excuses/decision")
@needs(Permission.DECIDE_EXCUSE)
def decide_excuses() -> str | Response | tuple[str, int]:
    """Accept or decline the ticked ones, all or none."""
    numbers = read_numbers(request.form.getlist("excuses"))
    form = DecisionForm()
    if form.validate_on_submit():
        query = queries.excuses_visible_to(current_user).where(Excuse.id.in_(numbers))
        chosen = list(db.session.scalars(query))
        accept, note = form.decision.data == "accept", form.note.data or ""
        decided = attempt(
            form,
            lambda: excusing.decide_all(chosen, accept=accept, note=note, actor=current_user, now=utcnow()),
        )
        if decided:
            return done(ngettext("%(num)s decided.", "%(num)s decided.", decided), "schedule.excuses")
    return _excuses_page(form, numbers), 422


@pages.route("/schedule/postpone", methods=["GET", "POST"])
@needs(Permission.POSTPONE_CHECKS)
def postpone() -> str | Response | tuple[str, int]:
    """Move one or many checks to a later day: a leader decides it, a supervisor asks for it."""
    day = this_day()
    start = read_day(request.values.get("window")) or day
    window, holder = window_of(start), read_number(request.values.get("supervisor"))
    ticked = read_numbers(request.values.getlist("tasks"))
    form = PostponeForm()
    if form.validate_on_submit():
        grounds = _grounds(form)
        chosen = [task for task in _postponable(window, holder, ticked, day) if task.id in ticked]
        made = grounds and attempt(
            form, lambda: excusing.postpone(chosen, grounds, actor=current_user, now=utcnow())
        )
        if made:
            return _postponed(made)
    if not form.is_submitted():
        form.postponed_to.data = workdays.last_workday(window.next.start, window.next.end)
    page = render_template(
        "schedule/postpone.html",
        form=form,
        tasks=_postponable(window, holder, ticked, day),
        ticked=ticked,
        window=window,
        windows=[window_of(day).previous, window_of(day), window_of(day).next, window_of(day).next.next],
        holder=holder,
        supervisors=supervisors() if allowed(current_user, Permission.SEE_LOAD) else [],
        decides=current_user.role not in FIELD or allowed(current_user, Permission.SEE_LOAD),
        day=day,
    )
    return page, 422 if form.is_submitted() else 200


def _postponable(window: Window, holder: int | None, ticked: Sequence[int], day: date) -> list[Task]:
    """The open checks of a half-month, and those that were ticked elsewhere, that the reader may move."""
    wanted = sa.or_(Task.id.in_(ticked), Task.window_start == window.start)
    open_ones = queries.state_filter(OPEN, max(day, window.start))
    query = queries.visible_to(current_user).join(Task.site).where(wanted, open_ones)
    if holder:
        query = query.where(Task.supervisor_id == holder)
    elif current_user.role in FIELD and not allowed(current_user, Permission.SEE_LOAD):
        query = query.where(Task.supervisor_id == current_user.id)
    query = query.options(
        contains_eager(Task.site), selectinload(Task.excuses), joinedload(Task.supervisor)
    ).order_by(Site.name)
    found = db.session.scalars(query.limit(SHOWN))
    return [task for task in found if allowed(current_user, Permission.POSTPONE_CHECKS, task)]


def _postponed(made: Sequence[Excuse]) -> Response:
    waiting = sum(one.accepted is None for one in made)
    words = [
        ngettext("%(num)s check is postponed.", "%(num)s checks are postponed.", len(made) - waiting)
        if waiting < len(made)
        else "",
        ngettext("%(num)s waits for a decision.", "%(num)s wait for a decision.", waiting) if waiting else "",
    ]
    return done(" ".join(filter(None, words)), "schedule.excuses")
