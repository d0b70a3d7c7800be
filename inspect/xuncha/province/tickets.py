"""How a reader of the province enters a zone: by a secret that opens once, within a minute, as a reader and no more.

A secret that is kept by its digest needs no signature: the row that makes it single-use proves it as well.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import cast

import sqlalchemy as sa

from ..accounts.models import User
from ..core import history
from ..core.access import Role
from ..core.db import db
from .models import Ticket

HOLDS = timedelta(seconds=60)
STAYS = timedelta(minutes=30)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(reader: int, reader_name: str, path: str, now: datetime) -> str:
    """A ticket of this zone for a reader of the province, who wants to see a page; called inside the zone."""
    secret = secrets.token_urlsafe(32)
    db.session.add(
        Ticket(
            digest=_digest(secret),
            reader=reader,
            reader_name=reader_name,
            path=path,
            issued_at=now,
            used_at=None,
        )
    )
    return secret


def use(secret: str, now: datetime) -> tuple[User, str] | None:
    """The account of whoever holds a ticket, and the page to go to; None for one that is used, too old, or none at all."""
    mine = sa.and_(Ticket.digest == _digest(secret), Ticket.used_at.is_(None), Ticket.issued_at > now - HOLDS)
    used = cast(
        "sa.CursorResult[None]", db.session.execute(sa.update(Ticket).where(mine).values(used_at=now))
    )
    if not used.rowcount:
        return None
    ticket = db.session.scalars(sa.select(Ticket).where(Ticket.digest == _digest(secret))).one()
    user = _account(ticket, now)
    if not user.active or user.role is not Role.AUDITOR:
        return None
    history.record(user, "enter", actor=user, now=now, note=ticket.path)
    return user, ticket.path


def _account(ticket: Ticket, now: datetime) -> User:
    """The reader's own account in this zone: it has no password, so it opens by tickets alone."""
    name = f"province.{ticket.reader}"
    user = db.session.scalar(sa.select(User).where(User.username == name))
    if user is None:
        user = User(username=name, name=ticket.reader_name, role=Role.AUDITOR, created_at=now)
        db.session.add(user)
        history.record(user, "add", actor=None, now=now, after={"username": name, "role": str(user.role)})
    user.name = ticket.reader_name
    return user
