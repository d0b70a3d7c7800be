"""Pages of deductions for false records: recording one, and its page with the one step that the reader may take now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, render_template
from flask_babel import gettext
from flask_login import current_user

from ..accounts.models import User
from ..core import settings
from ..core.access import Permission, allowed
from ..core.clock import today, utcnow
from ..core.db import db
from ..core.forms import PageForm, attempt
from ..core.labels import N_
from ..core.web import done, fetch, needs
from ..photos.forms import Slot, posted
from ..photos.queries import by_hash
from . import deductions, periods, queries
from .asked import actor, asked, common, pages
from .forms import (
    DeductionAppealDecisionForm,
    DeductionAppealForm,
    DeductionDecisionForm,
    DeductionForm,
    StatementForm,
    WithdrawalForm,
)
from .models import Deduction, DeductionState


@dataclass(frozen=True)
class Step:
    """A step that somebody may take on a deduction: its address, its form, what is said on the page and when it is done."""

    endpoint: str
    form: type[PageForm]
    title: str
    note: str
    said: str


STATEMENT = Step(
    "state_view",
    StatementForm,
    N_("Make a statement"),
    N_("You are heard before anything is decided. Say what happened and what shows it."),
    N_("The statement is filed. It is read before the decision."),
)
DECISION = Step(
    "decide_deduction",
    DeductionDecisionForm,
    N_("Decide on the deduction"),
    N_("Read the evidence and the statement first. The person may appeal."),
    N_("The decision is recorded."),
)
APPEAL = Step(
    "appeal_deduction",
    DeductionAppealForm,
    N_("Appeal against the deduction"),
    N_("Once. A leader decides on it."),
    N_("The appeal is filed. A leader decides on it."),
)
APPEAL_DECISION = Step(
    "decide_deduction_appeal",
    DeductionAppealDecisionForm,
    N_("Settle the appeal"),
    N_("An accepted appeal withdraws the deduction; both stay in the history."),
    N_("The appeal is decided."),
)
WITHDRAWAL = Step(
    "withdraw_deduction",
    WithdrawalForm,
    N_("Withdraw the deduction"),
    N_("The score counts it no more; it stays in the history and in what was issued before."),
    N_("The deduction is withdrawn."),
)


def _step(found: Deduction) -> Step | None:
    """The one step that the reader may take now."""
    answers = allowed(current_user, Permission.ANSWER_DEDUCTION, found)
    decides = allowed(current_user, Permission.DECIDE_DEDUCTION, found)
    if found.state is DeductionState.HEARING:
        if answers and found.stated_at is None:
            return STATEMENT
        heard = found.may_be_decided(today()) and current_user.id != found.recorded_by_id
        return DECISION if decides and heard else None
    if found.appeal_waits:
        return APPEAL_DECISION if allowed(current_user, Permission.DECIDE_APPEAL, found) else None
    if answers and deductions.may_appeal(found, today()):
        return APPEAL
    return WITHDRAWAL if decides and found.is_imposed else None


def _fetch(number: int, permission: Permission = Permission.SEE_APPRAISAL) -> Deduction:
    return fetch(queries.deductions_visible_to(current_user).where(Deduction.id == number), permission)


def _page(found: Deduction, form: PageForm | None = None) -> str:
    step = _step(found)
    half = "H1" if found.record_on.month <= 6 else "H2"
    # What was typed for a step that somebody else took first stays on the page.
    typed = [field.data for field in form if field.type == "TextAreaField"] if form else []
    fits = step is not None and isinstance(form, step.form)
    return render_template(
        "appraisal/deduction.html",
        deduction=found,
        step=step,
        form=form if fits else step.form(formdata=None) if step else None,
        typed="" if fits else "\n".join(filter(None, typed)),
        appeal_until=deductions.last_day(found),
        points=settings.number(settings.DEDUCTION_POINTS),
        **common(periods.read(f"{found.record_on.year}-{half}", today())),
    )


@pages.get("/deductions/<int:number>")
@needs(Permission.SEE_APPRAISAL)
def deduction(number: int) -> str:
    """A deduction with its record, its evidence, what the person said, and the decisions."""
    return _page(_fetch(number))


def _take(number: int, permission: Permission, step: Step, act: Callable[[Deduction, Any], Deduction]) -> Any:
    found, form = _fetch(number, permission), step.form()
    if form.validate_on_submit() and attempt(form, lambda: act(found, form)):
        return done(gettext(step.said), "appraisal.deduction", number=number)
    return _page(_fetch(number), form), 422


@pages.post("/deductions/<int:number>/statement")
@needs(Permission.ANSWER_DEDUCTION)
def state_view(number: int) -> Any:
    """State one's view before the decision."""

    def act(found: Deduction, form: Any) -> Deduction:
        return deductions.state_view(found, form.statement.data, actor=actor(), now=utcnow())

    return _take(number, Permission.ANSWER_DEDUCTION, STATEMENT, act)


@pages.post("/deductions/<int:number>/decision")
@needs(Permission.DECIDE_DEDUCTION)
def decide_deduction(number: int) -> Any:
    """Deduct points, or nothing."""

    def act(found: Deduction, form: Any) -> Deduction:
        impose = form.verdict.data == "impose"
        return deductions.decide(found, impose, form.note.data, actor=actor(), now=utcnow())

    return _take(number, Permission.DECIDE_DEDUCTION, DECISION, act)


@pages.post("/deductions/<int:number>/appeal")
@needs(Permission.ANSWER_DEDUCTION)
def appeal_deduction(number: int) -> Any:
    """Appeal against a deduction."""

    def act(found: Deduction, form: Any) -> Deduction:
        reason, evidence = form.appeal_reason.data, form.appeal_evidence.data
        return deductions.appeal(found, reason, evidence, actor=actor(), now=utcnow())

    return _take(number, Permission.ANSWER_DEDUCTION, APPEAL, act)


@pages.post("/deductions/<int:number>/appeal-decision")
@needs(Permission.DECIDE_APPEAL)
def decide_deduction_appeal(number: int) -> Any:
    """Withdraw a deduction on the appeal, or leave it."""

    def act(found: Deduction, form: Any) -> Deduction:
        accept = form.verdict.data == "accept"
        return deductions.decide_appeal(found, accept, form.note.data, actor=actor(), now=utcnow())

    return _take(number, Permission.DECIDE_APPEAL, APPEAL_DECISION, act)


@pages.post("/deductions/<int:number>/withdrawal")
@needs(Permission.DECIDE_DEDUCTION)
def withdraw_deduction(number: int) -> Any:
    """Take a deduction back."""

    def act(found: Deduction, form: Any) -> Deduction:
        return deductions.withdraw(found, form.note.data, actor=actor(), now=utcnow())

    return _take(number, Permission.DECIDE_DEDUCTION, WITHDRAWAL, act)


def _person(number: int) -> User:
    return fetch(queries.visible_to(current_user).where(User.id == number), Permission.RECORD_DEDUCTION)


def _new(number: int, form: DeductionForm, slot: Slot) -> str:
    named, _problem = asked()
    return render_template(
        "appraisal/deduction_new.html",
        person=_person(number),
        form=form,
        slot=slot,
        days=settings.number(settings.HEARING_DAYS),
        points=settings.number(settings.DEDUCTION_POINTS),
        most=settings.number(settings.DEDUCTION_MOST),
        **common(named),
    )


@pages.get("/<int:number>/deductions/new")
@needs(Permission.RECORD_DEDUCTION)
def new_deduction(number: int) -> str:
    """The form for a record that was found false."""
    return _new(number, DeductionForm(formdata=None), Slot("photo"))


@pages.post("/<int:number>/deductions/new")
@needs(Permission.RECORD_DEDUCTION)
def record_deduction(number: int) -> Any:
    """Record that a check or hazard of somebody was found false."""
    _person(number)
    db.session.rollback()
    slot = posted(["photo"], actor=actor(), now=utcnow())["photo"]
    person, form = _person(number), DeductionForm()
    if form.validate() and not slot.problem:
        photo = by_hash(slot.hashes[0]) if slot.hashes else None
        made = attempt(
            form,
            lambda: deductions.record_false(
                person,
                form.record.data or "",
                found_on=form.found_on.data,
                reason=form.reason.data or "",
                evidence=form.evidence.data or "",
                photo=photo,
                actor=actor(),
                now=utcnow(),
            ),
        )
        if made:
            said = gettext("It is recorded. %(name)s is heard before anything is decided.", name=person.name)
            return done(said, "appraisal.deduction", number=made.id)
    elif slot.problem:
        flash(slot.problem, "error")
    return _new(number, form, slot), 422
