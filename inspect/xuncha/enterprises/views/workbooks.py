"""Workbooks: the template, what an import would do, the import, the export of what is filtered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import sqlalchemy as sa
from flask import current_app, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from ...accounts.models import User
from ...core.access import Permission
from ...core.clock import today, utcnow
from ...core.db import db
from ...core.errors import Refused
from ...core.i18n import sentence
from ...core.labels import N_
from ...core.parsing import read_page
from ...core.web import done, needs
from ...lists import import_pages, uploads
from ...lists.columns import Unrecognised
from ...lists.plan import Outcome
from .. import history_text, importing, list_queries, workbooks
from ..importing import Plan
from ..models import Assignment, Site, SiteKind
from .base import pages

PER_PAGE = 100


@pages.get("/template.xlsx")
@needs(Permission.EDIT_SITE)
def import_sites_template() -> Response:
    """An empty workbook to fill."""
    return import_pages.send_workbook(workbooks.template(), "enterprises-template.xlsx")


@pages.get("/export.xlsx")
@needs(Permission.EDIT_SITE)
def export() -> Response:
    """The sites that fit the filters of the address."""
    kind = SiteKind.IDLE if request.args.get("kind") == SiteKind.IDLE.value else SiteKind.ENTERPRISE
    query = list_queries.filtered(current_user, kind, list_queries.Criteria.from_args(request.args))
    sites = db.session.scalars(
        query.options(selectinload(Site.contacts), selectinload(Site.supervisor))
    ).all()
    current_app.logger.info("export of %s sites by user %s", len(sites), current_user.id)
    data = workbooks.export(_with_holder(list(sites)), _naming())
    return import_pages.send_workbook(data, workbooks.file_name(kind.value, today()))


def _with_holder(sites: list[Site]) -> Iterator[tuple[Site, Assignment | None]]:
    day = today()
    holds = sa.and_(
        Assignment.from_on <= day, sa.or_(Assignment.until_on.is_(None), Assignment.until_on > day)
    )
    held = {row.site_id: row for row in db.session.scalars(sa.select(Assignment).where(holds))}
    return ((site, held.get(site.id)) for site in sites)


def _naming() -> Callable[[User], str]:
    """Supervisors by name; those who share a name by sign-in name, so that the sheet can be read again."""
    names = Counter(db.session.scalars(sa.select(User.name)))
    return lambda person: person.name if names[person.name] == 1 else person.username


SITES_IMPORT = import_pages.ListImport(
    workbooks.SITES,
    title=N_("Import enterprises"),
    back=(N_("Enterprises"), "enterprises.index"),
    at="enterprises.import_sites",
    intro=N_("Take the template, an export of this list, or the list that your office keeps."),
)


@pages.route("/import", methods=["GET", "POST"])
@needs(Permission.EDIT_SITE)
def import_sites() -> import_pages.Page:
    """Choose a file; nothing is written before its rows were shown."""
    return import_pages.upload_page(SITES_IMPORT)


@pages.route("/import/<digest>/columns", methods=["GET", "POST"])
@needs(Permission.EDIT_SITE)
def import_sites_columns(digest: str) -> import_pages.Page:
    """Say which column of the file holds what."""
    return import_pages.columns_page(SITES_IMPORT, digest)


@pages.get("/import/<digest>")
@needs(Permission.EDIT_SITE)
def import_sites_plan(digest: str) -> import_pages.Page:
    """What each row would do."""
    data = uploads.kept(digest)
    try:
        plan = importing.plan(data, today=today(), decisions=_decisions())
    except Unrecognised:
        return redirect(url_for("enterprises.import_sites_columns", digest=digest))
    return _plan_page(digest, plan)


@pages.post("/import/<digest>")
@needs(Permission.EDIT_SITE)
def import_sites_take(digest: str) -> import_pages.Page:
    """Show what the decisions lead to, then write every row or none."""
    data, decisions = uploads.kept(digest), _decisions()
    if request.form.get("act") == "look":
        return _plan_page(digest, importing.plan(data, today=today(), decisions=decisions))
    try:
        counts = importing.take_in(data, decisions, actor=current_user, now=utcnow())
    except Refused as problem:
        db.session.rollback()
        plan = importing.plan(data, today=today(), decisions=decisions)
        return _plan_page(digest, plan, sentence(problem)), 422
    message = gettext(
        "Imported: %(new)s new, %(change)s changed.", new=counts[Outcome.NEW], change=counts[Outcome.CHANGE]
    )
    return done(message, "enterprises.index")


def _decisions() -> dict[int, str]:
    """What a person decided about rows: fields row-<number>."""
    return {int(name[4:]): value for name, value in import_pages.kept_decisions().items()}


def _plan_page(digest: str, plan: Plan, problem: str = "") -> str:
    counts, decisions = plan.counts, _decisions()
    urgent = next((one for one in (Outcome.ERROR, Outcome.DECIDE) if counts[one]), None)
    wanted = request.args.get("show") or (urgent.value if urgent else "all")
    shown = [one for one in plan.verdicts if wanted in ("all", one.outcome.value)]
    page = read_page(request.args)
    # Decisions are sent with one form: their rows are never cut.
    size = max(len(shown), 1) if wanted == Outcome.DECIDE.value else PER_PAGE
    return render_template(
        "enterprises/plan.html",
        digest=digest,
        plan=plan,
        counts=counts,
        outcomes=list(Outcome),
        wanted=wanted,
        verdicts=shown[(page - 1) * size : page * size],
        total=len(shown),
        page=page,
        pages=max(1, -(-len(shown) // size)),
        decisions=decisions,
        problem=problem,
        sentence=sentence,
        head=history_text.head,
        words=history_text.value_words,
    )
