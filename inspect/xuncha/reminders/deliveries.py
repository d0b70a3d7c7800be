"""Preparing, claiming and settling digests: once a person and day, by one sender at a time, whoever and however often.

A digest is claimed in one statement before anything is sent, and nothing is open while it is sent. A sender that dies
between the service's answer and the note of it leaves a claim that lapses: then the digest is sent once more, rather
than perhaps never.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..core import settings
from ..core.clock import ZONE, local_day
from ..core.db import db, insert_new, table_of
from . import actions, digest
from .channels import LONGEST_S, Outcome
from .models import Audience, Channel, Delivery, DeliveryKind, DeliveryState

CLAIM = timedelta(seconds=3 * LONGEST_S)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(hours=4)


@dataclass(frozen=True)
class Message:
    """What one claim sends: the digests of a channel, in one message."""

    claim: str
    channel_id: int
    secret: str
    title: str
    text: str
    digests: int


def is_quiet(now: datetime) -> bool:
    """Whether the office wants nothing sent at this hour."""
    begins, ends = settings.number("quiet_from"), settings.number("quiet_to")
    hour = now.astimezone(ZONE).hour
    if begins <= ends:
        return begins <= hour < ends
    return hour >= begins or hour < ends


def unprepared(found: Sequence[tuple[User, Channel]], now: datetime) -> list[tuple[int, int]]:
    """Numbers of the people whose digest of the day is not there yet, and of their channels."""
    query = sa.select(Delivery.user_id).where(
        Delivery.day == local_day(now), Delivery.kind == DeliveryKind.DIGEST
    )
    there = set(db.session.scalars(query))
    return [(person.id, channel.id) for person, channel in found if person.id not in there]


def prepare(user_id: int, channel_id: int, *, now: datetime) -> bool:
    """Write the digest of a person's day, unless it is there; whether there is something to send."""
    person = db.session.get_one(User, user_id)
    text = digest.text_of(person, now)
    values = {
        "user_id": user_id,
        "day": local_day(now),
        "kind": DeliveryKind.DIGEST,
        "channel_id": channel_id,
        "text": text,
        "state": DeliveryState.PENDING if text else DeliveryState.NOTHING,
        "next_at": now,
        "made_at": now,
    }
    made = db.session.scalar(insert_new(Delivery).returning(table_of(Delivery).c.id), values)
    return made is not None and bool(text)


def drop_old(day: date) -> None:
    """Yesterday's digest is not sent any more: today's says what still holds."""
    old = sa.update(Delivery).where(Delivery.state == DeliveryState.PENDING, Delivery.day < day)
    db.session.execute(old.values(state=DeliveryState.DROPPED).execution_options(synchronize_session=False))


def _free(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        Delivery.state == DeliveryState.PENDING,
        Delivery.day == local_day(now),
        Delivery.next_at <= now,
        sa.or_(Delivery.claimed_until.is_(None), Delivery.claimed_until <= now),
    )


def due_channels(now: datetime) -> list[int]:
    """The channels for which something waits to be sent now."""
    return sorted(db.session.scalars(sa.select(Delivery.channel_id).where(_free(now)).distinct()))


def claim(channel_id: int, *, now: datetime) -> Message | None:
    """Take all that waits for a channel, in one statement; None where another sender was first."""
    mark = uuid4().hex
    taken = (
        sa.update(Delivery)
        .where(Delivery.channel_id == channel_id, _free(now))
        .values(claim=mark, claimed_until=now + CLAIM, attempts=Delivery.attempts + 1)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    numbers = list(db.session.scalars(taken))
    channel = db.session.get_one(Channel, channel_id, populate_existing=True)
    if not numbers or channel.removed_at is not None:
        return None
    query = sa.select(Delivery).where(Delivery.id.in_(numbers)).order_by(Delivery.user_id)
    rows = list(db.session.scalars(query.options(joinedload(Delivery.user))))
    alone = channel.audience is Audience.PERSON
    parts = [row.text if alone else f"{digest.heading_of(row.user)}\n{row.text}" for row in rows]
    title = digest.title_of(rows[0].day, digest.language_of(rows[0].user))
    return Message(mark, channel_id, channel.secret, title, "\n\n".join(parts), len(rows))


def settle(message: Message, outcome: Outcome, *, now: datetime) -> None:
    """Note how a sending ended; what failed waits for longer each time."""
    actions.note_outcome(db.session.get_one(Channel, message.channel_id), outcome, now=now)
    rows = sa.select(Delivery).where(Delivery.claim == message.claim, Delivery.state == DeliveryState.PENDING)
    for row in db.session.scalars(rows.execution_options(populate_existing=True)):
        row.claim, row.claimed_until, row.fault = None, None, outcome.fault
        if outcome.fault is None:
            row.state, row.sent_at = DeliveryState.SENT, now
        else:
            row.next_at = now + min(FIRST_PAUSE * 2 ** (row.attempts - 1), LONGEST_PAUSE)
