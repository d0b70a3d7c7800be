"""Pages of the appraisal: everybody's scores for who may see them, one's own, appeals, and what was issued."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..accounts.models import User
from ..core import settings
from ..core.access import READ_ALL, Permission, allowed
from ..core.clock import today, utcnow
from ..core.db import db
from ..core.errors import Refused
from ..core.forms import attempt
from ..core.i18n import sentence
from ..core.web import done, fetch, needs
from ..photos.forms import Slot, posted
from ..photos.queries import by_hash
from . import actions, deduction_views, facts, issue_views, panels, periods, queries, workbook
from .asked import actor, asked, common, pages
from .forms import AppealDecisionForm, AppealForm
from .models import Appeal
from .periods import AppraisalPeriod
from .queries import Appraisal
from .score import BY_NAME

__all__ = ["deduction_views", "issue_views", "pages", "panels"]


@pages.get("")
@needs(Permission.SEE_APPRAISAL)
def index() -> Any:
    """Everybody's scores beside what each carries; whoever sees only the own is led there."""
    named, problem = asked()
    if current_user.role not in READ_ALL:
        return redirect(url_for("appraisal.person", number=current_user.id, of=named.key))
    shared = common(named)
    found = queries.appraise(queries.appraised(current_user, shared["period"]), shared["period"])
    page = render_template(
        "appraisal/index.html",
        found=found,
        appeals=queries.appeals_of(current_user, shared["period"]),
        deductions=queries.deductions_of(current_user, shared["period"]),
        editions=queries.issued(named.first, named.last),
        weights=queries.weights(),
        fewest=settings.number(settings.FEWEST_TASKS),
        problem=problem,
        **shared,
    )
    return (page, 422) if problem else page


@pages.get("/scores.xlsx")
@needs(Permission.SEE_APPRAISAL)
def sheet() -> Response:
    """The same scores as a workbook; of a supervisor the own line."""
    named, _problem = asked()
    period = named.as_of(today())
    return workbook.send(queries.appraise(queries.appraised(current_user, period), period), period)


@pages.get("/scores.json")
@needs(Permission.SEE_APPRAISAL)
def data() -> Response:
    """The same scores for programs: what an issue would freeze."""
    named, _problem = asked()
    period = named.as_of(today())
    found = queries.appraise(queries.appraised(current_user, period), period)
    return jsonify(facts.facts(found, period))


def _person(number: int, permission: Permission = Permission.SEE_APPRAISAL) -> User:
    return fetch(queries.visible_to(current_user).where(User.id == number), permission)


def _why_closed(named: AppraisalPeriod) -> str:
    """Why no appeal may be filed now; empty where one may."""
    try:
        actions.demand_open(named, today())
    except Refused as problem:
        return sentence(problem)
    return ""


def _page(
    person: User, named: AppraisalPeriod, form: AppealForm | None = None, slot: Slot | None = None
) -> str:
    shared = common(named)
    found = queries.appraise([person], shared["period"])[0]
    editions = queries.issued(named.first, named.last)
    may_appeal = allowed(current_user, Permission.FILE_APPEAL, person)
    closed = _why_closed(named) if may_appeal else ""
    return render_template(
        "appraisal/person.html",
        person=person,
        found=found,
        form=(form or AppealForm(formdata=None)).offer(_open_lines(found)) if may_appeal else None,
        slot=slot or Slot("photo"),
        closed=closed,
        until=actions.last_day(named),
        deductions=queries.deductions_of(current_user, shared["period"], person),
        most=settings.number(settings.DEDUCTION_MOST),
        issued=[(one, facts.of_person(one, person.id)) for one in editions],
        fewest=found.score.fewest,
        **shared,
    )


def _open_lines(found: Appraisal) -> list[Any]:
    return [
        line for line in found.score.lines if line.measured.rest and line.component.name not in found.appeals
    ]


@pages.get("/<int:number>")
@needs(Permission.SEE_APPRAISAL)
def person(number: int) -> Any:
    """One person's score with its components, what is carried beside it, appeals, what was issued."""
    who = _person(number)
    named, problem = asked()
    if problem:
        flash(problem, "error")
    return (_page(who, named), 422) if problem else _page(who, named)


@pages.post("/<int:number>/appeal")
@needs(Permission.FILE_APPEAL)
def file_appeal(number: int) -> Any:
    """File an appeal against a component of the own appraisal."""
    who = _person(number, Permission.FILE_APPEAL)
    db.session.rollback()
    slot = posted(["photo"], actor=actor(), now=utcnow())["photo"]
    named, problem = asked()
    who = _person(number, Permission.FILE_APPEAL)
    found = queries.appraise([who], named.as_of(today()))[0]
    form = AppealForm().offer(found.score.lines)
    if problem:
        flash(problem, "error")
    elif form.validate() and not slot.problem:
        line = next(one for one in found.score.lines if one.component.name == form.component.data)
        photo = by_hash(slot.hashes[0]) if slot.hashes else None
        words = {"reason": form.reason.data or "", "evidence": form.evidence.data or ""}
        if attempt(
            form,
            lambda: actions.file_appeal(who, named, line, **words, photo=photo, actor=actor(), now=utcnow()),
        ):
            said = gettext("The appeal is filed. A leader decides on it.")
            return done(said, "appraisal.person", number=number, of=named.key)
    return _page(_person(number), named, form, slot), 422


def _appeal(number: int, permission: Permission = Permission.SEE_APPRAISAL) -> Appeal:
    return fetch(queries.appeals_visible_to(current_user).where(Appeal.id == number), permission)


def _appeal_page(found: Appeal, form: AppealDecisionForm | None = None) -> str:
    key = periods.key_of(found.first_on, found.last_on)
    may = found.is_waiting and allowed(current_user, Permission.DECIDE_APPEAL, found)
    return render_template(
        "appraisal/appeal.html",
        appeal=found,
        component=BY_NAME.get(found.component),
        form=(form or AppealDecisionForm(formdata=None)) if may else None,
        typed=form.note.data if form and not may else "",
        **common(periods.read(key, today())),
    )


@pages.get("/appeals/<int:number>")
@needs(Permission.SEE_APPRAISAL)
def appeal(number: int) -> str:
    """An appeal with its evidence and its decision."""
    return _appeal_page(_appeal(number))


@pages.post("/appeals/<int:number>/decision")
@needs(Permission.DECIDE_APPEAL)
def decide_appeal(number: int) -> Any:
    """Decide on an appeal: so many more count as done, or none."""
    found = _appeal(number, Permission.DECIDE_APPEAL)
    form = AppealDecisionForm()
    if form.validate_on_submit():
        credited, note = form.credited.data or 0, form.note.data or ""
        if attempt(form, lambda: actions.decide(found, credited, note, actor=actor(), now=utcnow())):
            return done(gettext("The appeal is decided."), "appraisal.appeal", number=number)
    return _appeal_page(_appeal(number), form), 422
