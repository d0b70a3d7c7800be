"""Pages of the issue of an appraisal: the draft, issuing, what was issued, the frozen list behind each number."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import abort, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from ..accounts.models import User
from ..core.access import Permission
from ..core.clock import utcnow
from ..core.db import db
from ..core.errors import ActedFirst, Refused
from ..core.i18n import language, sentence
from ..core.labels import N_
from ..core.parsing import read_page
from ..core.web import done, fetch, needs
from ..reports import printing, proofs
from ..reports.answers import answer
from ..reports.models import Edition, EditionKind
from ..reports.summaries import edition_list, editions
from ..reports.summaries.inspection_summary import period_text
from ..stats.figures import RATES, Figures, Period, Scope
from . import facts, periods, queries
from .asked import actor, asked, common, pages
from .models import AppealState

PER_PAGE = 50


@pages.get("/paper")
@needs(Permission.SEE_EDITIONS)
def paper() -> Any:
    """The paper of the appraisal as it would be issued now, marked as a draft."""
    named, problem = asked()
    if problem:
        abort(404)
    made = facts.draft(common(named)["period"], actor())
    return answer(printing.draft_appraisal(made.facts, named.key))


@pages.route("/issue", methods=["GET", "POST"])
@needs(Permission.ISSUE_EDITION)
def issue() -> Any:
    """Look at what would be issued, and issue it."""
    named, problem = asked()
    shared = common(named)
    made = facts.draft(shared["period"], actor())
    if request.method == "POST" and not problem:
        try:
            if request.form.get("read") != "1":
                raise Refused(N_("Look through the preview, then tick that it was read."))
            seen = request.form.get("seen", "")
            edition = editions.issue(made, actor=actor(), now=utcnow(), seen=seen)
            db.session.flush()
            said = gettext("Issued under the number %(number)s.", number=edition.number)
            return done(said, "appraisal.issued", number=edition.id)
        except (Refused, ActedFirst) as refused:
            db.session.rollback()
            made = facts.draft(shared["period"], actor())
            problem = sentence(refused)
    told = [one for person in made.facts["people"] for one in person["appeals"]]
    page = render_template(
        "appraisal/issue.html",
        made=made,
        waiting=sum(one["state"] == AppealState.WAITING for one in told),
        undecided=queries.undecided(shared["period"]),
        problem=problem,
        **shared,
    )
    return (page, 422) if problem else page


def _edition(number: int) -> Edition:
    query = sa.select(Edition).where(Edition.id == number, Edition.kind == EditionKind.APPRAISAL)
    return fetch(query, Permission.SEE_EDITIONS)


@pages.get("/issued/<int:number>")
@needs(Permission.SEE_EDITIONS)
def issued(number: int) -> str:
    """An appraisal as it was issued, each score beside the one of now."""
    one = _edition(number)
    period = Period(one.first_on, one.last_on, one.as_of)
    people = db.session.scalars(
        queries.visible_to(current_user).where(User.id.in_([who["id"] for who in one.facts["people"]]))
    ).all()
    now = {found.person.id: found.score.tenths for found in queries.appraise(people, period)}
    return render_template(
        "appraisal/issued.html",
        edition=one,
        title=period_text(period),
        said=one.facts["definitions"][language()],
        now=now,
        rates=RATES,
        digest=proofs.digest(one),
        key=periods.key_of(one.first_on, one.last_on),
    )


@pages.get("/<int:number>/issued/<int:edition>/<name>")
@needs(Permission.SEE_APPRAISAL)
def frozen(number: int, edition: int, name: str) -> str:
    """The rows that a number of an issued appraisal counted, as they stood, beside the live list."""
    who = fetch(queries.visible_to(current_user).where(User.id == number), Permission.SEE_APPRAISAL)
    query = sa.select(Edition).where(Edition.id == edition, Edition.kind == EditionKind.APPRAISAL)
    one = db.session.scalars(query).one_or_none()
    ids = one.lists["people"].get(str(who.id), {}) if one else {}
    if one is None or name not in ids:
        abort(404)
    period = Period(one.first_on, one.last_on, one.as_of)
    live, days = Figures(period, Scope(supervisor=who.id)), period.to_args()
    found = edition_list.listed({"ids": ids, "rows": one.lists["rows"]}, name, live)
    page = read_page(request.args)
    return render_template(
        "appraisal/frozen.html",
        edition=one,
        person=who,
        name=name,
        found=found,
        value=len(ids[name]),
        lines=found.lines[(page - 1) * PER_PAGE : page * PER_PAGE],
        page=page,
        pages=max(1, -(-len(found.lines) // PER_PAGE)),
        label=queries.label_of(name),
        title=period_text(period),
        back=url_for("appraisal.person", number=who.id, of=periods.key_of(one.first_on, one.last_on)),
        live=url_for("stats.counted", name=name, supervisor=who.id, **dict[str, Any](days)),
    )
