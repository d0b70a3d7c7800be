"""How pieces that are taken once per UUID are read, taken again where another request was first, and answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

import sqlalchemy as sa
from flask import Response, request
from flask_login import current_user
from sqlalchemy.orm.exc import StaleDataError

from ..accounts.models import User
from ..checks.taken_once import OnceReceipt
from ..core.clock import utcnow
from ..core.db import commit, db
from ..core.errors import ActedFirst
from . import forms
from .authors import author_of
from .blueprint import receipt_answer

Told = TypeVar("Told", contravariant=True)


class Take(Protocol[Told]):
    """The action that takes a piece."""

    def __call__(
        self,
        told: Told,
        /,
        *,
        actor: User,
        now: datetime,
        clock_offset_s: int,
        delivered_by: User | None,
    ) -> OnceReceipt:
        """The receipt."""


def take_once(read: Callable[[bytes], Told], take: Take[Told]) -> tuple[Response, int]:
    """Take what was posted: 201 at the first time, 200 with the same receipt ever after; `?for=<user>` as for filings."""
    body = request.get_data(cache=False)
    digest = forms.body_hash(body, request.headers.get("X-Filing-SHA256"), request.mimetype)
    told, now = read(body), utcnow()
    offset = forms.clock_offset_s(request.headers.get("X-Phone-Time"), now)

    def taken() -> OnceReceipt:
        author, deliverer = author_of(db.session.get_one(User, current_user.id))
        receipt = take(told, actor=author, now=now, clock_offset_s=offset, delivered_by=deliverer)
        commit()
        return receipt

    try:
        receipt = taken()
    except (sa.exc.IntegrityError, StaleDataError, ActedFirst):
        # Taken by another request at the same moment, on PostgreSQL while this one waited for a row: now it is known, or
        # what it is about has moved on.
        db.session.rollback()
        receipt = taken()
    return receipt_answer(receipt, digest)
