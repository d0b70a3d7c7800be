"""Illegal cases: the list with its totals, a case with its photos, recording and settling one."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

import sqlalchemy as sa
from flask import render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from ...accounts.models import User
from ...checks.models import Check
from ...checks.queries import visible_to as checks_visible_to
from ...core import history, paging
from ...core.access import Permission, allowed
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.forms import attempt
from ...core.panels import Panel
from ...core.parsing import read_number
from ...core.web import done, fetch, needs
from ...enterprises.models import Site
from ...enterprises.queries import site_panels
from ...enterprises.queries import visible_to as sites_visible_to
from ...photos.forms import Slot, posted
from .. import actions, case_papers, queries
from ..forms import CaseForm, ReopenForm, SettleForm
from ..models import Campaign, CaseKind, CaseOutcome, CasePhoto, IllegalCase
from .base import actor, pages


def _case(number: int, permission: Permission) -> IllegalCase:
    return fetch(queries.cases_visible_to(current_user).where(IllegalCase.id == number), permission)


@pages.get("/cases")
@needs(Permission.SEE_CAMPAIGNS)
def cases() -> str:
    """The cases that fit the filters, newest first, with the totals of all of them."""
    criteria = queries.CaseCriteria.from_args(request.args)
    query = queries.cases(current_user, criteria)
    totals = queries.case_totals(query)
    lines, total = query.options(joinedload(IllegalCase.site)), paging.Total(totals.found)
    page = paging.page(lines, queries.NEWEST_CASES, request.args, total=total)
    return render_template(
        "campaigns/cases.html",
        page=page,
        cases=page.rows,
        criteria=criteria,
        totals=totals,
        kinds=CaseKind,
        outcomes=CaseOutcome,
        campaigns=_campaigns(),
    )


def _campaigns() -> list[Campaign]:
    return list(db.session.scalars(queries.visible_to(current_user).order_by(Campaign.starts_on.desc())))


@pages.get("/cases/<int:number>")
@needs(Permission.SEE_CAMPAIGNS)
def case(number: int) -> str:
    """A case: what was found, what became of it, photos before and after."""
    found = _case(number, Permission.SEE_CAMPAIGNS)
    form = SettleForm(formdata=None, version=found.version, outcome_on=today()).fit(found)
    return _case_page(found, form, Slot("after"), ReopenForm(formdata=None))


def _case_page(found: IllegalCase, form: SettleForm, slot: Slot, reopen_form: ReopenForm) -> str:
    return render_template(
        "campaigns/case.html",
        case=found,
        form=form,
        slot=slot,
        reopen_form=reopen_form,
        before=[use for use in found.photos if not use.after],
        may_settle=found.is_open and allowed(current_user, Permission.RECORD_CASE, found),
        outcomes=CaseOutcome,
        papers=case_papers.of_case(found),
        pairs=_pairs(found),
        may_issue=allowed(current_user, Permission.RECORD_CASE, found),
        rows=history.of(found),
        today=today(),
    )


def _pairs(found: IllegalCase) -> list[tuple[dict[str, Any] | None, ...]]:
    """Photos before and after, side by side."""
    before = [_photo(use, gettext("As found")) for use in found.photos if not use.after]
    after = [_photo(use, gettext("As settled")) for use in found.photos if use.after]
    return list(zip_longest(before, after))


def _photo(use: CasePhoto, alt: str) -> dict[str, Any]:
    sha256 = use.photo.sha256
    return {
        "url": url_for("photos.show", sha256=sha256, kind="stamped", of=f"case-{use.case_id}"),
        "thumb": url_for("photos.show", sha256=sha256, kind="thumb"),
        "alt": alt,
        "caption": use.caption,
    }


@pages.route("/cases/new", methods=["GET", "POST"])
@needs(Permission.RECORD_CASE)
def new_case() -> str | Response | tuple[str, int]:
    """Record an illegal installation or act; `check` and `site` of the address say where it was found."""
    slot = Slot("photos")
    if request.method == "POST":
        slot = posted(["photos"], actor=current_user, now=utcnow())["photos"]
    form = CaseForm()
    _offer(form)
    if request.method == "GET":
        _begin(form)
    elif form.validate() and not slot.problem:
        made = attempt(form, lambda: _record(form, slot))
        if made:
            return done(gettext("The case is recorded."), "campaigns.case", number=made.id)
    page = render_template("campaigns/new_case.html", form=form, slot=slot, today=today())
    return page if request.method == "GET" else (page, 422)


def _offer(form: CaseForm) -> None:
    sites = sites_visible_to(current_user).order_by(Site.name).with_only_columns(Site.id, Site.name)
    form.site_id.choices = [
        ("", gettext("None of them")),
        *((row.id, row.name) for row in db.session.execute(sites)),
    ]
    campaigns = [(one.id, queries.name_of(one)) for one in _campaigns()]
    form.campaign_id.choices = [("", gettext("None")), *campaigns]


def _begin(form: CaseForm) -> None:
    form.found_on.data = today()
    form.site_id.data = request.args.get("site", type=read_number)
    form.campaign_id.data = request.args.get("campaign", type=read_number)
    number = request.args.get("check", type=read_number)
    check = db.session.scalar(checks_visible_to(current_user).where(Check.id == number)) if number else None
    if check:
        form.check_id.data = str(check.id)
        form.site_id.data = check.site_id
        form.found_on.data = check.visited_on
        linked = queries.campaigns_of(check)
        form.campaign_id.data = linked[0].id if linked else None


def _record(form: CaseForm, slot: Slot) -> IllegalCase:
    return actions.record_case(
        kind=CaseKind(form.kind.data),
        place=form.place.data,
        description=form.description.data,
        found_on=form.found_on.data,
        site_id=form.site_id.data,
        check_id=read_number(form.check_id.data),
        campaign_id=form.campaign_id.data,
        photos=slot.hashes,
        actor=actor(),
        now=utcnow(),
    )


@pages.post("/cases/<int:number>/settle")
@needs(Permission.RECORD_CASE)
def settle_case(number: int) -> Response | tuple[str, int]:
    """Write what became of a case."""
    slot = posted(["after"], actor=current_user, now=utcnow())["after"]
    found = _case(number, Permission.RECORD_CASE)
    form = SettleForm().fit(found)
    if form.validate() and not slot.problem:
        settled = attempt(form, lambda: _settle(found, form, slot))
        if settled:
            return done(gettext("The outcome is recorded."), "campaigns.case", number=number)
    return _case_page(_case(number, Permission.RECORD_CASE), form, slot, ReopenForm(formdata=None)), 422


def _settle(found: IllegalCase, form: SettleForm, slot: Slot) -> IllegalCase:
    return actions.settle_case(
        found,
        CaseOutcome(form.outcome.data),
        form.outcome_on.data,
        version=read_number(form.version.data) or 0,
        note=form.note.data or "",
        department=form.department.data or "",
        reply_by=form.reply_by.data,
        area_m2=form.area_m2.data,
        photos=slot.hashes,
        actor=actor(),
        now=utcnow(),
    )


@pages.post("/cases/<int:number>/papers")
@needs(Permission.RECORD_CASE)
def issue_record(number: int) -> Response:
    """Issue the record of a case."""
    found = _case(number, Permission.RECORD_CASE)
    paper = actions.issue_record(found, actor=actor(), now=utcnow())
    return done(gettext("%(number)s is issued.", number=paper.number), "campaigns.case", number=number)


@pages.post("/cases/<int:number>/reopen")
@needs(Permission.MANAGE_CAMPAIGNS)
def reopen_case(number: int) -> Response | tuple[str, int]:
    """Take a wrong outcome back."""
    found = _case(number, Permission.MANAGE_CAMPAIGNS)
    form = ReopenForm()
    if form.validate_on_submit() and attempt(
        form, lambda: actions.reopen_case(found, form.reason.data, actor=actor(), now=utcnow())
    ):
        return done(gettext("The case is open again."), "campaigns.case", number=number)
    found = _case(number, Permission.MANAGE_CAMPAIGNS)
    settle = SettleForm(formdata=None, version=found.version, outcome_on=today()).fit(found)
    return _case_page(found, settle, Slot("after"), form), 422


@site_panels.add
def _site_panel(site: Site, reader: User) -> Panel | None:
    """On a site's page: its latest illegal cases."""
    if not allowed(reader, Permission.SEE_CAMPAIGNS):
        return None
    query = queries.cases(reader, queries.CaseCriteria(site=site.id))
    total = db.session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0
    data = {"cases": db.session.scalars(query.limit(5)).all(), "total": total, "site": site}
    return Panel("campaigns/site_panel.html", data, position=70) if total else None
