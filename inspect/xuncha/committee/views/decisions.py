"""Decisions: the list, one with its steps, and the steps that are taken there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ...core import paging
from ...core.access import Permission
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.forms import attempt
from ...core.parsing import read_number
from ...core.web import done, fetch, needs
from ...photos.forms import Slot, posted
from .. import decisions, queries
from ..forms import AnswerForm, ChangeForm, NoteForm, ReportForm, WithdrawForm
from ..models import Decision
from ..queries import Criteria, View
from .base import actor, pages


def _decision(number: int, permission: Permission) -> Decision:
    return fetch(queries.decisions_visible_to(current_user).where(Decision.id == number), permission)


@pages.get("/decisions")
@needs(Permission.SEE_COMMITTEE)
def list_decisions() -> str:
    """The decisions that fit, nearest due first."""
    day = today()
    criteria = Criteria.from_args(request.args, read_number(request.args.get("responsible", "")))
    query = queries.decisions(current_user, criteria, day)
    page = paging.page(query, queries.BY_DUE, request.args)
    tabs = [
        {
            "label": gettext(view.label),
            "url": url_for("committee.list_decisions", **Criteria(view, criteria.responsible).to_args()),
            "active": view is criteria.view,
            "count": paging.count(queries.decisions(current_user, Criteria(view, criteria.responsible), day)),
        }
        for view in View
    ]
    return render_template(
        "committee/decisions.html",
        page=page,
        decisions=page.rows,
        criteria=criteria,
        tabs_of=tabs,
        people=queries.answerable(),
        today=day,
    )


@dataclass
class _Forms:
    """The forms of a decision's page; the one that was sent is among them with what was typed."""

    report: ReportForm
    answer: AnswerForm
    change: ChangeForm
    withdraw: WithdrawForm
    slot: Slot


def _forms(found: Decision, sent: NoteForm | None = None, slot: Slot | None = None) -> _Forms:
    def form(kind: Any, prefix: str, **more: Any) -> Any:
        if isinstance(sent, kind):
            return sent
        return kind(formdata=None, prefix=prefix, version=found.version, **more)

    change = form(ChangeForm, "change-", responsible_id=found.responsible_id, due_on=found.due_on)
    return _Forms(
        form(ReportForm, "report-"),
        form(AnswerForm, "answer-"),
        change.offer(found),
        form(WithdrawForm, "withdraw-"),
        slot or Slot("photos"),
    )


def _page(found: Decision, forms: _Forms, typed: str = "") -> str:
    return render_template(
        "committee/decision.html",
        decision=found,
        name=queries.number_of(found),
        forms=forms,
        typed=typed,
        today=today(),
    )


@pages.get("/decisions/<int:number>")
@needs(Permission.SEE_COMMITTEE)
def decision(number: int) -> str:
    """A decision with all its steps."""
    found = _decision(number, Permission.SEE_COMMITTEE)
    return _page(found, _forms(found))


def _take(
    number: int,
    permission: Permission,
    form: NoteForm,
    act: Callable[[Decision, int], Any],
    said: str,
    slot: Slot | None = None,
) -> Response | tuple[str, int]:
    found = _decision(number, permission)
    if isinstance(form, ChangeForm):
        form.offer(found)
    if form.validate() and not (slot and slot.problem):
        seen = read_number(form.version.data or "") or 0
        if attempt(form, lambda: act(found, seen)):
            return done(said, "committee.decision", number=number)
    found = _decision(number, permission)
    # Somebody acted meanwhile: the page shows how it stands now, with what was typed, and may be sent again.
    overtaken = form.version.data != str(found.version)
    form.version.data = str(found.version)
    typed = (form.note.data or "") if overtaken else ""
    return _page(found, _forms(found, form, slot), typed), 422


@pages.post("/decisions/<int:number>/report")
@needs(Permission.REPORT_DECISION)
def report_decision(number: int) -> Response | tuple[str, int]:
    """Report a decision done, with photos if there are any."""
    _decision(number, Permission.REPORT_DECISION)
    db.session.rollback()
    slot = posted(["photos"], actor=actor(), now=utcnow())["photos"]
    form = ReportForm(prefix="report-")

    def act(found: Decision, seen: int) -> Any:
        said = form.note.data or ""
        return decisions.report(found, said, version=seen, photos=slot.hashes, actor=actor(), now=utcnow())

    said = gettext("Reported done. The secretary looks at it.")
    return _take(number, Permission.REPORT_DECISION, form, act, said, slot)


@pages.post("/decisions/<int:number>/accept")
@needs(Permission.ACCEPT_DECISION)
def accept_decision(number: int) -> Response | tuple[str, int]:
    """Accept what is reported done."""
    form = AnswerForm(prefix="answer-")

    def act(found: Decision, seen: int) -> Any:
        return decisions.accept(found, form.note.data or "", version=seen, actor=actor(), now=utcnow())

    return _take(number, Permission.ACCEPT_DECISION, form, act, gettext("The decision is settled."))


@pages.post("/decisions/<int:number>/return")
@needs(Permission.ACCEPT_DECISION)
def return_decision(number: int) -> Response | tuple[str, int]:
    """Send back what is not done yet."""
    form = AnswerForm(prefix="answer-")

    def act(found: Decision, seen: int) -> Any:
        return decisions.send_back(found, form.note.data or "", version=seen, actor=actor(), now=utcnow())

    return _take(
        number, Permission.ACCEPT_DECISION, form, act, gettext("Sent back to the person responsible.")
    )


@pages.post("/decisions/<int:number>/change")
@needs(Permission.MANAGE_COMMITTEE)
def change_decision(number: int) -> Response | tuple[str, int]:
    """Name another person or another day."""
    form = ChangeForm(prefix="change-")

    def act(found: Decision, seen: int) -> Any:
        return decisions.change(
            found,
            form.responsible_id.data or 0,
            form.due_on.data,
            form.note.data or "",
            version=seen,
            actor=actor(),
            now=utcnow(),
        )

    return _take(number, Permission.MANAGE_COMMITTEE, form, act, gettext("The changes are saved."))


@pages.post("/decisions/<int:number>/withdraw")
@needs(Permission.MANAGE_COMMITTEE)
def withdraw_decision(number: int) -> Response | tuple[str, int]:
    """Withdraw a decision that holds no more."""
    form = WithdrawForm(prefix="withdraw-")

    def act(found: Decision, seen: int) -> Any:
        return decisions.withdraw(found, form.note.data or "", version=seen, actor=actor(), now=utcnow())

    return _take(number, Permission.MANAGE_COMMITTEE, form, act, gettext("The decision is withdrawn."))
