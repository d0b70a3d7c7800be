"""Pages of the import of open hazards."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core.access import Permission
from ..core.clock import today, utcnow
from ..core.db import db
from ..core.errors import Refused
from ..core.i18n import label, write_day
from ..core.labels import N_
from ..core.web import done, needs
from ..lists import import_pages, uploads
from ..lists.plan import Plan
from . import importing
from .papers.document_views import pages

HAZARDS_IMPORT = import_pages.ListImport(
    importing.HAZARDS,
    title=N_("Import open hazards"),
    back=(N_("Hazards"), "hazards.index"),
    at="hazards.import_hazards",
    intro=N_("Take the template, or the ledger that your office keeps. Import the enterprises first."),
)


@pages.get("/template.xlsx")
@needs(Permission.IMPORT_HAZARDS)
def import_hazards_template() -> Response:
    """An empty workbook to fill."""
    return import_pages.send_workbook(importing.template(), "hazards-template.xlsx")


@pages.route("/import", methods=["GET", "POST"])
@needs(Permission.IMPORT_HAZARDS)
def import_hazards() -> import_pages.Page:
    """Choose a file; nothing is written before its rows were shown."""
    return import_pages.upload_page(HAZARDS_IMPORT)


@pages.route("/import/<digest>/columns", methods=["GET", "POST"])
@needs(Permission.IMPORT_HAZARDS)
def import_hazards_columns(digest: str) -> import_pages.Page:
    """Say which column of the file holds what."""
    return import_pages.columns_page(HAZARDS_IMPORT, digest)


def _made(data: bytes) -> Plan:
    return importing.plan(data, today=today())


def _cells(facts: dict[str, Any]) -> list[str]:
    days = [write_day(facts.get("found_on")), write_day(facts.get("due_on"))]
    return [facts.get("description", ""), facts.get("site", ""), *days, label(facts.get("grade"))]


def _plan_page(digest: str, problem: Refused | None = None) -> import_pages.Page:
    heads = [
        gettext("Description"),
        gettext("Enterprise"),
        gettext("Found on"),
        gettext("Due date"),
        gettext("Grade"),
    ]
    return import_pages.plan_page(HAZARDS_IMPORT, digest, _made, _cells, heads, problem)


@pages.get("/import/<digest>")
@needs(Permission.IMPORT_HAZARDS)
def import_hazards_plan(digest: str) -> import_pages.Page:
    """What each row would do."""
    return _plan_page(digest)


@pages.post("/import/<digest>")
@needs(Permission.IMPORT_HAZARDS)
def import_hazards_take(digest: str) -> import_pages.Page:
    """Write every row or none."""
    data = uploads.kept(digest)
    try:
        count = importing.take_in(data, actor=current_user, now=utcnow())
    except Refused as problem:
        db.session.rollback()
        return _plan_page(digest, problem)
    return done(gettext("Imported: %(count)s open hazards.", count=count), "hazards.index")
