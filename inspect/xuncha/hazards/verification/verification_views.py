"""The queue of reported rectifications: before, after and words of each, decided with one tap, the next at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import flash, render_template, request
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from pydantic import ValidationError
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, TextAreaField, validators

from ...accounts.models import User
from ...core import settings
from ...core.access import Permission
from ...core.clock import today, utcnow
from ...core.db import commit, db
from ...core.errors import Refused
from ...core.forms import DayField, OnceField, PageForm, choices
from ...core.i18n import label, sentence
from ...core.web import done, needs
from ..models import Hazard
from ..papers.document_views import pages
from . import verification_queue
from .verifications import BackReason, Decision, Verification, take_verification


class DecisionForm(PageForm):
    """What is decided on one hazard; the button says which way."""

    once = OnceField()
    version = HiddenField()
    reason = RadioField(
        _l("What is still wrong"), [validators.Optional()], choices=lambda: choices(BackReason)
    )
    note = TextAreaField(_l("In your own words"), [validators.Length(max=4000)])
    due_on = DayField(_l("New due date"), [validators.Optional()])

    @classmethod
    def of(cls, hazard: Hazard, *, posted: bool = False) -> DecisionForm:
        """The form of a hazard: as it was posted, else with the usual new date. Each on the page has ids of its own."""
        form = cls() if posted else cls(formdata=None)
        for field in form:
            field.id = field.label.field_id = f"{field.name}-{hazard.id}"
        if not posted:
            form.due_on.data = today() + timedelta(days=settings.number("term"))
            form.version.data = str(hazard.version)
        return form

    def told(self, hazard_uuid: str, decision: str) -> Verification:
        """The decision as a phone would hand it over. Raises ValidationError."""
        ready = label(BackReason(self.reason.data)) if self.reason.data else ""
        words: dict[str, Any] = {}
        if decision == Decision.SEND_BACK.value:
            note = " ".join(part for part in (ready, (self.note.data or "").strip()) if part)
            words = {"note": note, "due_on": self.due_on.data}
        return Verification.model_validate(
            {
                "uuid": self.once.data,
                "hazard_uuid": hazard_uuid,
                "version": self.version.data,
                "decision": decision,
                "decided_at": utcnow(),
                **words,
            }
        )


@pages.route("/verification", methods=["GET", "POST"])
@needs(Permission.VERIFY_HAZARD)
def verification() -> str | Response | tuple[str, int]:
    """What waits for this person's verification; a form for each, which page code shows one after another."""
    waiting = verification_queue.waiting_for(current_user)
    posted = request.form.get("hazard", "")
    if request.method == "GET":
        return _page(waiting)
    hazard = next((one for one in waiting if one.uuid == posted), None)
    form = DecisionForm.of(hazard, posted=True) if hazard else DecisionForm()
    if not form.validate():
        return _page(waiting, {posted: form}), 422
    try:
        told = form.told(posted, request.form.get("decision", ""))
        receipt = take_verification(told, actor=_actor(), now=utcnow())
    except ValidationError:
        flash(gettext("This could not be read. Decide again."), "error")
        return _page(waiting), 422
    except Refused as problem:
        if problem.status in {403, 404}:
            raise
        db.session.rollback()
        return _refused(problem, posted, form)
    return done(gettext("%(number)s is decided.", number=receipt.number), "hazards.verification")


def _refused(problem: Refused, posted: str, form: DecisionForm) -> tuple[str, int]:
    """The page with the refusal beside its field, or on top; what was typed stays."""
    field = form._fields.get(problem.field or "")
    if field is None:
        flash(sentence(problem), "error")
    else:
        field.errors = [*field.errors, sentence(problem)]
    return _page(verification_queue.waiting_for(current_user), {posted: form}), problem.status


@pages.post("/verification/visit")
@needs(Permission.VERIFY_HAZARD)
def verify_visit() -> Response:
    """Several hazards of one site that were looked at on one visit and are rectified."""
    chosen = request.form.getlist("hazard")
    waiting = {one.uuid: one.number for one in verification_queue.waiting_for(current_user)}
    passed = sum(_passed_on_site(uuid, number) for uuid, number in waiting.items() if uuid in chosen)
    words = ngettext("%(num)s hazard passed on site.", "%(num)s hazards passed on site.", passed)
    return done(words, "hazards.verification")


def _passed_on_site(uuid: str, number: str) -> bool:
    """Each for itself: what one of them refuses is said, and the others are taken."""
    try:
        told = Verification.model_validate(
            {
                "uuid": uuid4(),
                "hazard_uuid": uuid,
                "version": request.form.get(f"version-{uuid}"),
                "decision": Decision.ON_SITE,
                "decided_at": utcnow(),
            }
        )
        take_verification(told, actor=_actor(), now=utcnow())
        commit()
    except ValidationError:
        flash(gettext("This could not be read. Decide again."), "error")
        return False
    except Refused as problem:
        db.session.rollback()
        flash(f"{number}: {sentence(problem)}", "error")
        return False
    return True


def _actor() -> User:
    return db.session.get_one(User, current_user.id)


def _page(waiting: Sequence[Hazard], tried: dict[str, DecisionForm] | None = None) -> str:
    forms = {one.uuid: DecisionForm.of(one) for one in waiting} | (tried or {})
    return render_template(
        "hazards/verification.html",
        cards=verification_queue.cards(waiting),
        forms=forms,
        total=verification_queue.count_for(current_user),
        tried=next(iter(tried or {}), ""),
        decisions=Decision,
        day=today(),
    )
