"""Pages of the import of people; the first passwords are shown once, at its end."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core.access import Permission
from ..core.clock import utcnow
from ..core.db import commit, db, release
from ..core.errors import Refused
from ..core.labels import N_
from ..core.web import needs
from ..lists import import_pages, uploads
from ..lists.columns import written
from . import importing
from .blueprint import pages
from .models import User

USERS_IMPORT = import_pages.ListImport(
    importing.USERS,
    title=N_("Import users"),
    back=(N_("Users"), "accounts.users"),
    at="accounts.import_users",
    intro=N_("Take the template, or the list of people that your office keeps."),
)


@pages.get("/users/template.xlsx")
@needs(Permission.MANAGE_USERS)
def import_users_template() -> Response:
    """An empty workbook to fill."""
    return import_pages.send_workbook(importing.template(), "users-template.xlsx")


@pages.route("/users/import", methods=["GET", "POST"])
@needs(Permission.MANAGE_USERS)
def import_users() -> import_pages.Page:
    """Choose a file; nothing is written before its rows were shown."""
    return import_pages.upload_page(USERS_IMPORT)


@pages.route("/users/import/<digest>/columns", methods=["GET", "POST"])
@needs(Permission.MANAGE_USERS)
def import_users_columns(digest: str) -> import_pages.Page:
    """Say which column of the file holds what."""
    return import_pages.columns_page(USERS_IMPORT, digest)


def _cells(facts: dict[str, Any]) -> list[str]:
    names = ("name", "username", "role", "team", "enterprise")
    return [str(written(facts.get(name)) or "") for name in names]


def _plan_page(digest: str, problem: Refused | None = None) -> import_pages.Page:
    heads = [
        gettext("Name"),
        gettext("Sign-in name"),
        gettext("Role"),
        gettext("Team"),
        gettext("Enterprise"),
    ]
    return import_pages.plan_page(USERS_IMPORT, digest, importing.plan, _cells, heads, problem)


@pages.get("/users/import/<digest>")
@needs(Permission.MANAGE_USERS)
def import_users_plan(digest: str) -> import_pages.Page:
    """What each row would do."""
    return _plan_page(digest)


@pages.post("/users/import/<digest>")
@needs(Permission.MANAGE_USERS)
def import_users_take(digest: str) -> import_pages.Page:
    """Write every row or none, and show the first passwords once."""
    data, number = uploads.kept(digest), current_user.id
    try:
        made = importing.plan(data)
        release()
        secrets = importing.first_passwords(made) if made.ready else {}
        actor = db.session.get_one(User, number)
        added = importing.take_in(data, secrets, actor=actor, now=utcnow())
        commit()
    except Refused as problem:
        db.session.rollback()
        return _plan_page(digest, problem)
    return render_template("accounts/first_passwords.html", added=added)
