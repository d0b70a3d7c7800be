"""Secret addresses: what opens without an account by a token that stands on paper or in a calendar, and is never kept.

The token is an HMAC of what it opens and a random salt under the secret key, so that the same paper can be printed
again, yet a copy of the database opens nothing: it holds the salt and the token's SHA-256, never the token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from flask import current_app, make_response, redirect, render_template, request
from itsdangerous import BadData
from werkzeug.wrappers import Response

from ..core import history, signing
from ..core.db import db, write_in_get
from ..core.errors import ActedFirst, Missing, Refused
from ..core.i18n import sentence
from ..core.labels import N_
from .actions import WINDOW, TooManyTries, demand_few_wrong_links, note_wrong_link
from .models import Revocable, SecretColumns, User

TOKEN_LENGTH = 26  # characters of five bits each: 130 bits
COOKIE_S = 200 * 24 * 3600
OPENED = "open_link"
# Fields of forms that nobody types.
UNTYPED = {"csrf_token", "version", "kept", "marks", "once"}

Opened = TypeVar("Opened", bound=SecretColumns)


def _token(key: str, what: str, salt: str) -> str:
    mac = hmac.new(key.encode(), f"{what} {salt}".encode(), hashlib.sha256)
    return base64.b32encode(mac.digest()).decode()[:TOKEN_LENGTH].lower()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def is_valid(thing: Any) -> bool:
    """Whether there is such a thing, and nobody revoked its address."""
    return thing is not None and getattr(thing, "revoked_at", None) is None


@dataclass(frozen=True)
class SecretAddresses(Generic[Opened]):
    """The addresses of one kind of thing. `what` is the word that its token is computed from: it never changes, because
    papers that hang somewhere bear the token."""

    kind: type[Opened]
    path: str  # between the base address and the token
    what: str | Callable[[Opened], str]
    after: str = ""  # behind the token

    def seal(self, thing: Opened) -> Opened:
        """Give a new thing its secret."""
        thing.salt = secrets.token_hex(16)
        thing.digest = _digest(_token(next(signing.secret_keys()), self._word(thing), thing.salt))
        return thing

    def _word(self, thing: Opened) -> str:
        return self.what if isinstance(self.what, str) else self.what(thing)

    def token_of(self, thing: Opened) -> str | None:
        """The token to print; none where the key that made it is gone."""
        tokens = (_token(key, self._word(thing), thing.salt) for key in signing.secret_keys())
        return next((token for token in tokens if _digest(token) == thing.digest), None)

    def address_of(self, thing: Opened, base: str = "") -> str | None:
        """The address to print; none without a base address or the key that made it, or when it is revoked."""
        base = base or current_app.config["PUBLIC_URL"]
        token = self.token_of(thing) if base and is_valid(thing) else None
        return f"{base}{self.path}/{token}{self.after}" if token else None

    def opened_by(
        self, token: str, *, address: str, now: datetime, opens: Callable[[Opened | None], bool] = is_valid
    ) -> Opened | None:
        """What a token opens, scanned or typed from paper; None, and the try counted, where it opens nothing.

        `opens` is asked for an unknown token too, so that no answer's time tells which exist.
        Raises TooManyTries after twenty wrong ones from an address in ten minutes.
        """
        demand_few_wrong_links(address, now)
        query = sa.select(self.kind).where(self.kind.digest == _digest(signing.as_typed(token)))
        thing = db.session.scalars(query).one_or_none()
        if not opens(thing):
            note_wrong_link(address, now)
            return None
        return thing

    def held(self, number: int, *, for_act: bool = False) -> Opened | None:
        """What was opened before by its number; for an act nobody may revoke it meanwhile."""
        query = sa.select(self.kind).where(sa.inspect(self.kind).primary_key[0] == number)
        if for_act:
            query = query.with_for_update(read=True).execution_options(populate_existing=True)
        return db.session.scalars(query).one_or_none()


def revoke(thing: Revocable, *, actor: User, now: datetime) -> None:
    """Let an address open nothing any more. Raises ActedFirst."""
    if thing.revoked_at is not None:
        raise ActedFirst(N_("This address was revoked before."))
    thing.revoked_at, thing.revoked_by_id = now, actor.id


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

        def answer() -> Response:
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
            return response

        return kept_secret(answer)


def kept_secret(answer: Callable[[], Response]) -> Response:
    """The answer to an address with its secret, or a page that says why it opens nothing.

    The secret stands in this address: no other site may learn it from where the reader came, and no search engine.
    """
    try:
        response = answer()
    except Refused as problem:
        response = make_response(*closed_page(problem))
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def closed_page(problem: Refused) -> tuple[str, int]:
    """The page of an address that opens nothing. What was sent to it stands there to be copied."""
    db.session.rollback()
    typed = [value for name, value in request.form.items(multi=True) if name not in UNTYPED and value.strip()]
    page = render_template("accounts/address_closed.html", message=sentence(problem), typed=typed)
    return page, problem.status
