"""Pages of drills: their list, the plan of one, its review and measures; what is due of them on Today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from flask import render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..accounts.models import User
from ..core import history, paging, settings
from ..core.access import Permission, allowed
from ..core.asked import Asked
from ..core.clock import today, utcnow
from ..core.forms import attempt
from ..core.i18n import write_day
from ..core.panels import Panel, Summary
from ..core.parsing import read_number
from ..core.web import done, fetch, needs
from ..schedule.queries import today_sections
from . import drills, queries
from .blueprint import pages
from .drills import Drill, DrillMeasure
from .models import Training
from .plan_forms import DrillForm, HoldForm, ReviewForm, SettleForm

SHOWN = 5


def _drill(number: int, permission: Permission) -> Drill:
    return fetch(sa.select(Drill).where(Drill.id == number), permission)


@pages.get("/drills")
@needs(Permission.SEE_TRAININGS)
def drill_list() -> str:
    """All drills, the latest planned first."""
    page = paging.page(drills.drills(), [Drill.planned_on.desc(), Drill.id.desc()], request.args)
    return render_template("trainings/drills.html", page=page, day=today())


@pages.route("/drills/new", methods=["GET", "POST"])
@needs(Permission.RECORD_TRAINING)
def new_drill() -> str | Response | tuple[str, int]:
    """Plan a drill."""
    form = DrillForm(data={"plan_item_id": read_number(request.args.get("item"))})
    if form.is_submitted() and form.validate():
        drill = attempt(form, lambda: drills.plan_drill(form.plan(), actor=current_user, now=utcnow()))
        if drill is not None:
            return done(gettext("The drill is planned."), "trainings.drill", number=drill.id)
    page = render_template("trainings/drill_edit.html", form=form, drill=None)
    return page, 422 if form.is_submitted() else 200


@pages.route("/drills/<int:number>/edit", methods=["GET", "POST"])
@needs(Permission.CHANGE_TRAINING)
def edit_drill(number: int) -> str | Response | tuple[str, int]:
    """Change the plan of a drill that was not held yet."""
    drill = _drill(number, Permission.CHANGE_TRAINING)
    form = DrillForm(obj=drill)
    if form.is_submitted() and form.validate():
        seen = read_number(form.version.data) or 0

        def act() -> bool:
            drills.change_drill(drill, form.plan(), version=seen, actor=current_user, now=utcnow())
            return True

        if attempt(form, act):
            return done(gettext("The changes are saved."), "trainings.drill", number=number)
    drill = _drill(number, Permission.CHANGE_TRAINING)
    page = render_template("trainings/drill_edit.html", form=form, drill=drill)
    return page, 422 if form.is_submitted() else 200


@pages.get("/drills/<int:number>")
@needs(Permission.SEE_TRAININGS)
def drill(number: int) -> str:
    """A drill: its plan, its record, its review and measures."""
    return _page(number, _review_form(), SettleForm(formdata=None))


def _review_form() -> ReviewForm:
    form = ReviewForm(formdata=None)
    form.pad()
    return form


def _page(number: int, review: ReviewForm, settle: SettleForm, settled: int | None = None) -> str:
    found = _drill(number, Permission.SEE_TRAININGS)
    hold = HoldForm(formdata=None)
    hold.training.choices = [
        (str(one.id), f"{one.held_on.isoformat()} {one.topic}") for one in drills.records_to_choose()
    ]
    return render_template(
        "trainings/drill.html",
        drill=found,
        review=review,
        hold=hold,
        settle=settle,
        settled=settled,
        may_settle=lambda measure: drills.may_settle(measure, current_user),
        rows=history.of(found),
        day=today(),
    )


@pages.post("/drills/<int:number>/hold")
@needs(Permission.CHANGE_TRAINING)
def hold_drill(number: int) -> Response:
    """Say by which record a drill was held."""
    found = _drill(number, Permission.CHANGE_TRAINING)
    chosen = read_number(request.form.get("training")) or 0
    training = fetch(queries.visible_to(current_user).where(Training.id == chosen), Permission.SEE_TRAININGS)
    drills.hold(found, training, actor=current_user, now=utcnow())
    return done(
        gettext("The record belongs to this drill now. Review it next."), "trainings.drill", number=number
    )


@pages.post("/drills/<int:number>/review")
@needs(Permission.CHANGE_TRAINING)
def review_drill(number: int) -> str | Response | tuple[str, int]:
    """Write the review of a drill."""
    found = _drill(number, Permission.CHANGE_TRAINING)
    form, more = ReviewForm(), request.form.get("more", "")
    if not more and form.validate():
        well, badly = form.went_well.data or "", form.went_badly.data or ""

        def act() -> bool:
            drills.review(found, well, badly, form.told(), actor=current_user, now=utcnow())
            return True

        if attempt(form, act):
            return done(gettext("The review is written."), "trainings.drill", number=number)
    form.pad(more)
    return _page(number, form, SettleForm(formdata=None)), 200 if more else 422


@pages.post("/drills/measures/<int:number>/settle")
@needs(Permission.SEE_TRAININGS)
def settle_measure(number: int) -> Response | tuple[str, int]:
    """Note that a measure is done."""
    measure = fetch(sa.select(DrillMeasure).where(DrillMeasure.id == number), Permission.SEE_TRAININGS)
    form, of = SettleForm(), measure.drill_id
    if form.validate():

        def act() -> bool:
            drills.settle_measure(measure, form.note.data or "", actor=current_user, now=utcnow())
            return True

        if attempt(form, act):
            return done(gettext("The measure is done."), "trainings.drill", number=of)
    return _page(of, _review_form(), form, number), 422


def _due_measures(day: date, reader: User) -> Iterator[Asked[DrillMeasure]]:
    if allowed(reader, Permission.SEE_TRAININGS):
        yield drills.due_measures(reader, day, settings.number("soon"))


@today_sections.where(_due_measures)
def _of_today(day: date, reader: User) -> Panel:
    """The measures after drills that are due or overdue."""
    measures = drills.due_measures(reader, day, settings.number("soon")).rows()
    lines = tuple(f"{one.drill.title} {write_day(one.due_on)}" for one in measures[:SHOWN])
    told = (Summary(gettext("Measures after drills"), len(measures), lines),)
    return Panel(
        "trainings/today_panel.html", {"measures": measures, "day": day}, position=70, summaries=told
    )
