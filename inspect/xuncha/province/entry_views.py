"""The door of a zone for readers of its province."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, session
from flask_login import login_user
from werkzeug.wrappers import Response

from ..accounts.signing_in import UNTIL
from ..core.access import Permission
from ..core.clock import utcnow
from ..core.db import write_in_get
from ..core.web import needs, safe_next
from . import tickets

pages = Blueprint("province_entry", __name__)


@pages.get("/from-province/<token>")
@needs(Permission.BE_ANYONE)
def enter(token: str) -> Response:
    """Sign a provincial reader in by a ticket, for half an hour."""
    now = utcnow()
    with write_in_get():
        found = tickets.use(token, now)
    if found is None:
        abort(404)
    user, path = found
    session.clear()
    login_user(user)
    session[UNTIL] = (now + tickets.STAYS).timestamp()
    answer = redirect(safe_next(path, "/"), 303)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
