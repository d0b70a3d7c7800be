"""Pages of a list as a workbook: the export, and the import into its draft."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..accounts.models import User
from ..core.access import Permission
from ..core.clock import today, utcnow
from ..core.db import commit, db
from ..core.errors import Refused
from ..core.i18n import pick
from ..core.labels import N_
from ..core.web import done, fetch, needs
from ..lists import import_pages, uploads
from ..lists.columns import written
from . import item_importing, item_workbook, queries
from .blueprint import pages
from .models import Checklist


@dataclass(frozen=True)
class ItemsImport(import_pages.ListImport):
    """The import into one list."""

    code: str = ""

    def url(self, step: str = "", **values: Any) -> str:
        """The address of a step."""
        return url_for(self.at + step, code=self.code, **values)

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The way to the first page."""
        return [*super().crumbs, (self.code, url_for("checklists.show", code=self.code))]


def _import_of(checklist: Checklist) -> ItemsImport:
    return ItemsImport(
        item_workbook.ITEMS,
        title=N_("Import items"),
        back=(N_("Checklists"), "checklists.index"),
        at="checklists.import_items",
        intro=N_(
            "Take the list as it was exported, or the template. The items go into the draft; nothing is published."
        ),
        code=checklist.code,
    )


def _checklist(code: str, permission: Permission = Permission.EDIT_CHECKLISTS) -> Checklist:
    return fetch(queries.visible_to(current_user).where(Checklist.code == code), permission)


@pages.get("/<code>/items.xlsx")
@needs(Permission.SEE_CHECKLISTS)
def export_items(code: str) -> Response:
    """The version in use as a workbook."""
    checklist = _checklist(code, Permission.SEE_CHECKLISTS)
    version = checklist.current
    data = item_workbook.export(pick(checklist, "title"), version.items if version else [])
    return import_pages.send_workbook(data, f"checklist-{checklist.code}-{today().isoformat()}.xlsx")


@pages.get("/<code>/draft/items.xlsx")
@needs(Permission.EDIT_CHECKLISTS)
def export_draft(code: str) -> Response:
    """The draft as a workbook."""
    checklist = _checklist(code)
    items = checklist.draft.items if checklist.draft else []
    data = item_workbook.export(pick(checklist, "title"), items)
    return import_pages.send_workbook(data, f"checklist-{checklist.code}-draft-{today().isoformat()}.xlsx")


@pages.get("/<code>/items-template.xlsx")
@needs(Permission.EDIT_CHECKLISTS)
def import_items_template(code: str) -> Response:
    """An empty workbook to fill."""
    checklist = _checklist(code)
    return import_pages.send_workbook(
        item_workbook.export(pick(checklist, "title"), []), f"checklist-{checklist.code}-template.xlsx"
    )


@pages.route("/<code>/import", methods=["GET", "POST"])
@needs(Permission.EDIT_CHECKLISTS)
def import_items(code: str) -> import_pages.Page:
    """Choose a file; nothing is written before its rows were shown."""
    return import_pages.upload_page(_import_of(_checklist(code)))


@pages.route("/<code>/import/<digest>/columns", methods=["GET", "POST"])
@needs(Permission.EDIT_CHECKLISTS)
def import_items_columns(code: str, digest: str) -> import_pages.Page:
    """Say which column of the file holds what."""
    return import_pages.columns_page(_import_of(_checklist(code)), digest)


def _cells(facts: dict[str, Any]) -> list[str]:
    named = ("code", "text_zh", "law", "clause", "phrase_zh")
    return [str(written(facts.get(name)) or "") for name in named]


def _plan_page(code: str, digest: str, problem: Refused | None = None) -> import_pages.Page:
    checklist = _checklist(code)
    heads = [
        gettext("Item code"),
        gettext("What is looked at"),
        gettext("Law, rule or standard"),
        gettext("Clause"),
        gettext("Finding"),
    ]
    make = partial(item_importing.plan, checklist)
    return import_pages.plan_page(_import_of(checklist), digest, make, _cells, heads, problem)


@pages.get("/<code>/import/<digest>")
@needs(Permission.EDIT_CHECKLISTS)
def import_items_plan(code: str, digest: str) -> import_pages.Page:
    """What each row would do."""
    return _plan_page(code, digest)


@pages.post("/<code>/import/<digest>")
@needs(Permission.EDIT_CHECKLISTS)
def import_items_take(code: str, digest: str) -> import_pages.Page:
    """Write every row into the draft, or none."""
    data, actor = uploads.kept(digest), db.session.get_one(User, current_user.id)
    try:
        item_importing.take_in(_checklist(code), data, actor=actor, now=utcnow())
        commit()
    except Refused as problem:
        db.session.rollback()
        return _plan_page(code, digest, problem)
    return done(gettext("The items of the file are in the draft."), "checklists.draft", code=code)
