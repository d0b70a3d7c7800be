"""Workbooks: the template, what an import would do, the import, the export of what is filtered."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa
from flask import abort, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from ...accounts.models import User
from ...core.access import Permission
from ...core.clock import today, utcnow
from ...core.db import db, release
from ...core.errors import Refused
from ...core.forms import show_problem
from ...core.i18n import sentence
from ...core.parsing import read_page
from ...core.paths import data_folder
from ...core.spreadsheet import FILE_TYPES
from ...core.web import done, needs
from .. import history_text, importing, list_queries, workbooks
from ..forms import UploadForm
from ..importing import Outcome, Plan
from ..models import Assignment, Site, SiteKind
from .base import pages

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KEPT_S = 24 * 3600
PER_PAGE = 100


def _send(data: bytes, name: str) -> Response:
    response = make_response(data)
    response.headers["Content-Type"] = XLSX
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


@pages.get("/template.xlsx")
@needs(Permission.EDIT_SITE)
def template() -> Response:
    """An empty workbook to fill."""
    return _send(workbooks.template(), "enterprises-template.xlsx")


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
    return _send(data, workbooks.file_name(kind.value, today()))


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


def _folder() -> Path:
    folder = data_folder() / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _keep(data: bytes) -> str:
    """Put an upload aside until it is decided upon, under the name of its content; what is a day old goes."""
    digest = hashlib.sha256(data).hexdigest()
    now = utcnow().timestamp()
    for old in _folder().glob("*.xlsx"):
        if now - old.stat().st_mtime > KEPT_S:
            old.unlink(missing_ok=True)
    with tempfile.NamedTemporaryFile(dir=_folder(), delete=False) as file:
        file.write(data)
    Path(file.name).replace(_folder() / f"{digest}.xlsx")
    return digest


def _kept(digest: str) -> bytes:
    path = _folder() / f"{digest}.xlsx"
    if not re.fullmatch("[0-9a-f]{64}", digest) or not path.is_file():
        abort(404)
    return path.read_bytes()


@pages.route("/import", methods=["GET", "POST"])
@needs(Permission.EDIT_SITE)
def import_sites() -> str | Response | tuple[str, int]:
    """Choose a workbook; nothing is written before its rows were shown."""
    form = UploadForm()
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            data = form.file.data.read()
            try:
                release()
                importing.plan(data, today=today())
                return redirect(url_for("enterprises.import_plan", digest=_keep(data)))
            except Refused as problem:
                show_problem(form, problem)
    return render_template("enterprises/import.html", form=form, file_types=FILE_TYPES), status


@pages.get("/import/<digest>")
@needs(Permission.EDIT_SITE)
def import_plan(digest: str) -> str:
    """What each row would do."""
    return _plan_page(digest, importing.plan(_kept(digest), today=today(), decisions=_decisions()))


@pages.post("/import/<digest>")
@needs(Permission.EDIT_SITE)
def take_in(digest: str) -> str | Response | tuple[str, int]:
    """Show what the decisions lead to, then write every row or none."""
    data, decisions = _kept(digest), _decisions()
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
    found = {}
    for name, value in request.values.items():
        if re.fullmatch(r"row-[0-9]{1,7}", name) and value:
            found[int(name[4:])] = value[:12]
    return found


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
