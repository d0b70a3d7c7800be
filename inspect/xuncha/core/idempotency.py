"""Idempotency of forms: a form makes its row once; sent again, it leads to the row that it made."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

import sqlalchemy as sa
from flask import flash, redirect, request
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.wrappers import Response

from .clock import utcnow
from .db import Base, Code, db

FIELD = "once"  # a hidden UUID, made with the form


class TakenForm(Base):
    """A form that was taken, and the page to which it led."""

    __tablename__ = "taken_forms"

    digest: Mapped[Code] = mapped_column(primary_key=True)
    url: Mapped[str]
    taken_at: Mapped[datetime]


def _digest() -> str | None:
    """Who sent which form with what in it. Who goes back and types something else sends another form."""
    if request.method != "POST" or not request.form.get(FIELD):
        return None
    typed = sorted(pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token")
    files = sorted((name, file.filename) for name, file in request.files.items(multi=True))
    # By person, not by session: who signs in again and sends what was held sends the same form.
    content = json.dumps([getattr(current_user, "id", None), request.path, typed, files])
    return hashlib.sha256(content.encode()).hexdigest()


def sent_before() -> Response | None:
    """The page to which the same form led before; None for a new one."""
    digest = _digest()
    taken = db.session.get(TakenForm, digest) if digest else None
    if taken is None:
        return None
    flash(gettext("This was entered already when it was sent first; nothing was entered twice."), "info")
    return redirect(taken.url)


def remember(url: str) -> str:
    """Note in this transaction where the form leads, and give that address.

    Where the same form came first at the same moment, this transaction ends and its address is given instead.
    """
    digest = _digest()
    if digest is None:
        return url
    db.session.flush()
    taken = sa.insert(TakenForm).values(digest=digest, url=url, taken_at=utcnow())
    try:
        db.session.execute(taken)
    except sa.exc.IntegrityError:
        db.session.rollback()
        return db.session.get_one(TakenForm, digest).url
    return url
