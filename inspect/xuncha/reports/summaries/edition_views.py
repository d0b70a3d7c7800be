"""Pages of the half-year summary and of the circulars: the figures and the paragraph, its editing, issuing, what was issued."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ...accounts.models import User
from ...core.access import Permission
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.errors import ActedFirst, Refused
from ...core.i18n import LANGUAGES, language, sentence, use_language
from ...core.labels import N_
from ...core.parsing import read_day, read_page
from ...core.web import done, fetch, needs
from ...stats.figures import FIGURES, RATES, Figures, Period, Scope
from .. import printing, proofs
from ..answers import answer
from ..batch_views import pages
from ..layout import document_parts
from ..models import Edition
from . import changes_section, edited_text, edition_list, editions, issue_periods
from .edition_pages import figure_lines, linked, slot_address
from .inspection_summary import NUMBERS, SHORT_NUMBERS, SHORT_RATES, period_text
from .issue_periods import IssuePeriod

PER_PAGE = 50


def _asked(args: Any) -> tuple[IssuePeriod, Period]:
    """The period of the address, and the day as of which it is told."""
    named = issue_periods.read(args.get("of") or issue_periods.usual(today()).key, today())
    text = args.get("as_of", "").strip()
    day = read_day(text)
    if text and day is None:
        raise Refused(N_("Enter a day of the years 2000 to 2099, for example 2026-03-31."), field="as_of")
    if day and day < named.first:
        raise Refused(N_("This day lies before the period."), field="as_of")
    if day and day > today():
        raise Refused(N_("This date lies in the future."), field="as_of")
    return named, named.as_of(day, today())


def _rounded(args: Any) -> bool:
    """Large numbers as in speeches, unless exact ones are asked for."""
    return bool(args.get("exact") != "1")


def _address(named: IssuePeriod, period: Period, *, rounded: bool) -> dict[str, str]:
    return {"of": named.key, "as_of": period.as_of.isoformat(), **({} if rounded else {"exact": "1"})}


@pages.get("/summary")
@needs(Permission.SEE_EDITIONS)
def summary() -> Any:
    """The summary of a period as it stands now: figures with arrows, the paragraph whose numbers open their lists."""
    problem = ""
    try:
        named, period = _asked(request.args)
    except Refused as refused:
        problem = sentence(refused)
        named, period = _asked({})
    facts, rounded = editions.facts_of(named.kind, period), _rounded(request.args)
    lang = language()
    page = render_template(
        "reports/summary.html",
        named=named,
        period=period,
        title=period_text(period),
        offered=_offered(named),
        facts=facts,
        rates=figure_lines(facts, SHORT_RATES if facts["short"] else tuple(RATES)),
        numbers=figure_lines(facts, SHORT_NUMBERS if facts["short"] else NUMBERS),
        text=linked(facts["text"][lang]["parts"], slot_address(facts), rounded=rounded),
        plain=edited_text.plain(facts["text"][lang]["parts"], rounded=rounded),
        kept={**facts["text"][lang], "on": document_parts.day(facts["text"][lang]["on"] or None)},
        rounded=rounded,
        address=_address(named, period, rounded=rounded),
        last=editions.last_of(named.kind, period),
        problem=problem,
        day=today(),
    )
    return (page, 422) if problem else page


def _offered(chosen: IssuePeriod) -> list[tuple[str, str]]:
    """The periods to choose from, each by its name; the one that is open is among them."""
    offered = issue_periods.offered(today())
    if chosen.key not in {one.key for one in offered}:
        offered = [chosen, *offered]
    return [(one.key, period_text(Period(one.first, one.last, one.last))) for one in offered]


@pages.get("/summary/paper")
@needs(Permission.SEE_EDITIONS)
def summary_paper() -> Any:
    """The paper of the summary or circular as it would be issued now, marked as a draft."""
    named, period = _asked(request.args)
    facts, rounded = editions.facts_of(named.kind, period), _rounded(request.args)
    return answer(printing.draft_edition(facts, named.key, rounded=rounded))


@pages.route("/summary/text", methods=["GET", "POST"])
@needs(Permission.WRITE_SUMMARY)
def edit_text() -> Any:
    """Edit the paragraph by hand; numbers that were left alone follow their figures."""
    named, period = _asked(request.args)
    lang = request.args.get("lang", "")
    lang = lang if lang in LANGUAGES else language()
    rounded, problem = _rounded(request.args), ""
    facts = editions.facts_of(named.kind, period)
    typed = request.form.get("text")
    if typed is not None:
        try:
            actor = db.session.get_one(User, current_user.id)
            editions.write_text(facts, lang, typed, rounded=rounded, actor=actor, now=utcnow())
            back = _address(named, period, rounded=rounded)
            return done(gettext("The paragraph was kept."), "reports.summary", **back)
        except Refused as refused:
            db.session.rollback()
            problem = sentence(refused)
    with use_language(lang):
        shown = edited_text.plain(facts["text"][lang]["parts"], rounded=rounded)
    page = render_template(
        "reports/edit_text.html",
        title=period_text(period),
        lang=lang,
        text=shown if typed is None else typed,
        address=_address(named, period, rounded=rounded),
        longest=edited_text.LONGEST,
        problem=problem,
    )
    return (page, 422) if problem else page


@pages.route("/editions/new", methods=["GET", "POST"])
@needs(Permission.ISSUE_EDITION)
def issue_edition() -> Any:
    """Look at what would be issued, and issue it."""
    args = request.form if request.method == "POST" else request.args
    named, period = _asked(args)
    rounded, problem = _rounded(args), ""
    made = editions.draft(named.kind, period, rounded=rounded, now=utcnow())
    if request.method == "POST":
        try:
            if args.get("read") != "1":
                raise Refused(N_("Look through the preview, then tick that it was read."))
            actor = db.session.get_one(User, current_user.id)
            edition = editions.issue(made, actor=actor, now=utcnow(), seen=args.get("seen", ""))
            db.session.flush()
            said = gettext("Issued under the number %(number)s.", number=edition.number)
            return done(said, "reports.edition", number=edition.id)
        except (Refused, ActedFirst) as refused:
            db.session.rollback()
            made = editions.draft(named.kind, period, rounded=rounded, now=utcnow())
            problem = sentence(refused)
    lang = language()
    page = render_template(
        "reports/issue.html",
        named=named,
        title=period_text(period),
        made=made,
        facts=made.facts,
        text=linked(made.facts["text"][lang]["parts"], slot_address(made.facts), rounded=rounded),
        changes=made.facts.get("changes"),
        told=changes_section,
        names=made.facts["definitions"][lang],
        address=_address(named, period, rounded=rounded),
        rounded=rounded,
        problem=problem,
    )
    return (page, 422) if problem else page


@pages.get("/editions")
@needs(Permission.SEE_EDITIONS)
def issued_editions() -> str:
    """What was issued, the newest first."""
    page = read_page(request.args)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Edition)) or 0
    query = sa.select(Edition).order_by(Edition.issued_at.desc(), Edition.id.desc())
    found = db.session.scalars(query.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).all()
    return render_template(
        "reports/editions.html",
        editions=[(one, period_text(Period(one.first_on, one.last_on, one.as_of))) for one in found],
        page=page,
        pages=max(1, -(-total // PER_PAGE)),
        total=total,
    )


def _edition(number: int) -> Edition:
    return fetch(sa.select(Edition).where(Edition.id == number), Permission.SEE_EDITIONS)


@pages.get("/editions/<int:number>")
@needs(Permission.SEE_EDITIONS)
def edition(number: int) -> str:
    """An edition: each figure as it was issued and as it stands now for the same days, what changed before it."""
    one = _edition(number)
    period, lang = Period(one.first_on, one.last_on, one.as_of), language()
    live, facts = Figures(period, Scope()), one.facts
    return render_template(
        "reports/edition.html",
        edition=one,
        title=period_text(period),
        names=facts["definitions"][lang],
        lines=edition_list.against_live(one, live),
        text=linked(
            facts["text"][lang]["parts"],
            lambda slot: (
                url_for("reports.frozen", number=one.id, name=slot)
                if slot in facts["definitions"][lang]
                else None
            ),
            rounded=facts["rounded"],
        ),
        plain=edited_text.plain(facts["text"][lang]["parts"], rounded=facts["rounded"]),
        changes=facts.get("changes"),
        told=changes_section,
        digest=proofs.digest(one),
        key=issue_periods.key_of(one.first_on, one.last_on),
    )


@pages.get("/editions/<int:number>/paper")
@needs(Permission.SEE_EDITIONS)
def edition_paper(number: int) -> Any:
    """The paper of an edition: the same bytes at every printing."""
    return answer(printing.edition(_edition(number)))


@pages.get("/editions/<int:number>/lists/<name>")
@needs(Permission.SEE_EDITIONS)
def frozen(number: int, name: str) -> str | Response:
    """The rows that a figure of an edition counted, as they stood; what the live list has besides, and what it lost."""
    one = _edition(number)
    if name in RATES:
        return redirect(url_for("reports.frozen", number=number, name=RATES[name].whole))
    if name not in FIGURES or name not in one.lists["ids"]:
        abort(404)
    period = Period(one.first_on, one.last_on, one.as_of)
    days: dict[str, Any] = period.to_args()
    found = edition_list.listed(one, name, Figures(period, Scope()))
    page = read_page(request.args)
    return render_template(
        "reports/frozen.html",
        edition=one,
        definition=one.facts["definitions"][language()][name],
        name=name,
        value=one.facts["values"][name],
        found=found,
        lines=found.lines[(page - 1) * PER_PAGE : page * PER_PAGE],
        page=page,
        pages=max(1, -(-len(found.lines) // PER_PAGE)),
        title=period_text(period),
        live=url_for("stats.counted", name=name, **days),
    )
