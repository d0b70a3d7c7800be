"""Experts' opinions: what waits for the zone's decision, the decision itself, the opinion as it was issued."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ...accounts.asker import asked_of, first_of
from ...accounts.models import User
from ...checks.models import Check, VisitKind
from ...checks.queries import check_panels
from ...checks.queries import visible_to as checks_visible_to
from ...core import paging
from ...core.access import FIELD, MANAGERS, Permission, allowed
from ...core.asked import Asked
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.errors import Refused
from ...core.forms import show_problem
from ...core.i18n import sentence
from ...core.panels import Panel, Summary
from ...core.web import done, fetch, needs
from ...schedule.queries import today_sections
from .. import expert_opinions
from ..expert_forms import FindingForm, OpinionForm
from ..expert_opinions import ExpertOpinion
from .base import actor, pages

SHOWN = 5


@pages.get("/opinions")
@needs(Permission.SEE_CAMPAIGNS)
def list_opinions() -> str:
    """What waits for a decision, and the opinions that were issued, newest first."""
    query = expert_opinions.visible_to(current_user)
    page = paging.page(query, (ExpertOpinion.issued_at.desc(), ExpertOpinion.id.desc()), request.args)
    return render_template(
        "campaigns/opinions.html",
        page=page,
        opinions=page.rows,
        waiting=list(db.session.scalars(expert_opinions.waiting(current_user))),
    )


@pages.get("/opinions/<int:number>")
@needs(Permission.SEE_HAZARD)
def opinion(number: int) -> str:
    """An expert's opinion as it was issued."""
    query = expert_opinions.visible_to(current_user).where(ExpertOpinion.id == number)
    row = fetch(query, Permission.SEE_HAZARD)
    return render_template("campaigns/opinion.html", opinion=row, facts=row.facts)


@pages.route("/checks/<int:number>/opinion", methods=["GET", "POST"])
@needs(Permission.ISSUE_NOTICE)
def decide_findings(number: int) -> str | Response | tuple[str, int]:
    """Decide on each finding of an expert's check; once all are decided, the opinion is issued."""
    query = checks_visible_to(current_user).where(Check.id == number, Check.kind == VisitKind.EXPERT)
    check = fetch(query, Permission.ISSUE_NOTICE)
    if (issued := expert_opinions.opinion_of(check)) is not None:
        flash(gettext("The expert's opinion on this check is issued already."), "info")
        return redirect(url_for("campaigns.opinion", number=issued.id))
    form, status = OpinionForm(), 200
    forms = _finding_forms(check)
    if request.method == "POST":
        answer = _decided(check, form, forms)
        if answer is not None:
            return answer
        check, status = fetch(query, Permission.ISSUE_NOTICE), 422
    else:
        form.reinspect_on.data = expert_opinions.usual_reinspection(expert_opinions.findings_of(check))
    found = expert_opinions.findings_of(check)
    page = render_template(
        "campaigns/decide_findings.html", check=check, found=found, form=form, forms=forms, today=today()
    )
    return page, status


def _finding_forms(check: Check) -> dict[int, FindingForm]:
    posted = request.form if request.method == "POST" else None
    undecided = expert_opinions.undecided_of(check)
    return {
        one.id: FindingForm.of(one, posted, rejects=allowed(current_user, Permission.VOID_HAZARD, one))
        for one in undecided
    }


def _decided(check: Check, form: OpinionForm, forms: dict[int, FindingForm]) -> Response | None:
    """Write what was decided; the answer, or none where something is to be corrected."""
    sound = [one.complete() for one in forms.values()]
    if not (form.validate() and all(sound)):
        return None
    decisions = {number: told for number, one in forms.items() if (told := one.decided())}
    try:
        expert_opinions.decide(check, decisions, actor=actor(), now=utcnow())
        if len(decisions) < len(forms):
            said = gettext("Saved. The opinion is issued when the other findings are decided.")
            return done(said, "campaigns.decide_findings", number=check.id)
        made = expert_opinions.issue(check, reinspect_on=form.day(), actor=actor(), now=utcnow())
        return done(gettext("%(number)s is issued.", number=made.number), "campaigns.opinion", number=made.id)
    except Refused as problem:
        if problem.status in {403, 404}:
            raise
        field, _, number = (problem.field or "").partition("-")
        if number:
            db.session.rollback()
            forms[int(number)].show(field, problem)
            flash(sentence(problem), "error")
        else:
            show_problem(form, problem)
        return None


@check_panels.add
def _of_check(check: Check, reader: User) -> Panel | None:
    """On an expert's check: its opinion, or that its findings wait for the zone."""
    if check.kind is not VisitKind.EXPERT or check.replaced_by is not None:
        return None
    issued = expert_opinions.opinion_of(check)
    if issued is not None and not allowed(reader, Permission.SEE_HAZARD, issued):
        return None
    undecided = len(expert_opinions.undecided_of(check)) if issued is None else 0
    may = issued is None and allowed(reader, Permission.ISSUE_NOTICE, check)
    if issued is None and not (may or undecided):
        return None
    data = {"check": check, "opinion": issued, "undecided": undecided, "may": may}
    return Panel("campaigns/opinion_panel.html", data, position=12)


def _waiting(_day: date, reader: User) -> Iterator[Asked[Check]]:
    if reader.role in FIELD | MANAGERS:
        yield asked_of(expert_opinions.waiting, reader)


@today_sections.where(_waiting)
def _of_today(_day: date, reader: User) -> Panel:
    """Experts' findings that wait for the zone."""
    checks, total = first_of(asked_of(expert_opinions.waiting, reader), SHOWN)
    lines = tuple(f"{one.site.name} · {one.number}" for one in checks)
    told = (Summary(gettext("Experts' findings to confirm"), total, lines),)
    data = {"checks": checks, "total": total}
    return Panel("campaigns/opinions_panel.html", data, position=22, summaries=told)
