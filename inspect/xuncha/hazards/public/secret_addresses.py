"""Secret addresses on paper: a token that is computed and never kept, and the cookie for which it is swapped at once.

The token is an HMAC of what it opens and a random salt under the secret key, so that the same paper can be printed
again, yet a copy of the database opens nothing: it holds the salt and the token's SHA-256, never the token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app, make_response, redirect, render_template, request
from itsdangerous import BadData
from werkzeug.wrappers import Response

from ...accounts.actions import WINDOW, TooManyTries
from ...core import history, signing
from ...core.db import db, write_in_get
from ...core.errors import Missing, Refused
from ...core.i18n import sentence
from ...core.labels import N_

TOKEN_LENGTH = 26  # characters of five bits each: 130 bits
COOKIE_S = 200 * 24 * 3600
OPENED = "open_link"


def _token(key: str, what: str, salt: str) -> str:
    mac = hmac.new(key.encode(), f"{what} {salt}".encode(), hashlib.sha256)
    return base64.b32encode(mac.digest()).decode()[:TOKEN_LENGTH].lower()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def digest_for(what: str, salt: str) -> str:
    """What is kept of the token of a new address that opens `what`."""
    return _digest(_token(next(signing.secret_keys()), what, salt))


def digest_of(typed: str) -> str:
    """What would be kept of a token as it was scanned, or typed from paper."""
    return _digest(signing.as_typed(typed))


def token_for(what: str, salt: str, digest: str) -> str | None:
    """The token to print; none where the key that made it is gone."""
    tokens = (_token(key, what, salt) for key in signing.secret_keys())
    return next((token for token in tokens if _digest(token) == digest), None)


def openings(thing: Any) -> tuple[int, datetime | None]:
    """How often the address of a thing was opened, and when last."""
    row = history.HistoryRow
    count, last = db.session.execute(sa.select(sa.func.count(), sa.func.max(row.at)).where(*_of(thing))).one()
    return count, last


def _of(thing: Any) -> tuple[sa.ColumnElement[bool], ...]:
    row = history.HistoryRow
    return row.thing == thing.__tablename__, row.thing_id == thing.id, row.action == OPENED


def note_opening(thing: Any, most: int, now: datetime) -> None:
    """Write an opening down. Raises TooManyTries when there were so many in ten minutes."""
    recent = sa.select(sa.func.count()).where(*_of(thing), history.HistoryRow.at > now - WINDOW)
    if (db.session.scalar(recent) or 0) >= most:
        raise TooManyTries(N_("This address was opened too often. Wait ten minutes."))
    history.record(thing, OPENED, actor=None, now=now)


@dataclass(frozen=True)
class AddressCookie:
    """The cookie of one kind of address: it holds the number of what was opened, for its pages alone."""

    name: str
    purpose: str

    def opened(self) -> int | None:
        """The number that this browser opened."""
        try:
            number = signing.serializer(self.purpose).loads(request.cookies.get(self.name, ""))
        except BadData:
            return None
        return number if isinstance(number, int) else None

    def swapped(
        self, open_address: Callable[[], int | None], page_of: Callable[[int], str], closed: str
    ) -> Response:
        """Swap the secret of the address for the cookie and go on to a page without it; a page that says `closed`
        where it opens nothing."""
        try:
            with write_in_get():
                number = open_address()
            if number is None:
                raise Missing(closed)
            page = page_of(number)
            response = redirect(page)
            response.set_cookie(
                self.name,
                str(signing.serializer(self.purpose).dumps(number)),
                max_age=COOKIE_S,
                path=page,
                secure=current_app.config["SESSION_COOKIE_SECURE"],
                httponly=True,
                samesite="Lax",
            )
        except Refused as problem:
            db.session.rollback()
            response = make_response(*closed_page(problem))
        # The secret stands in this address: no other site may learn it from where the reader came.
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


def closed_page(problem: Refused) -> tuple[str, int]:
    """The page of an address that opens nothing."""
    db.session.rollback()
    return render_template("hazards/link_closed.html", message=sentence(problem)), problem.status
