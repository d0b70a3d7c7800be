"""Selects of channels and of who is reached by which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..accounts.models import User
from ..core.access import ENTERPRISE, FIELD, MANAGERS
from ..core.db import db
from .models import Audience, CalendarFeed, Channel

TOLD = FIELD | MANAGERS | ENTERPRISE
SILENT = timedelta(days=7)


def has_digest(person: User) -> bool:
    """Whether anything ever waits for a person of this role; experts and auditors are told nothing."""
    return person.role in TOLD


def channels() -> Sequence[Channel]:
    """Every channel that holds: the managers', those of teams, those of people."""
    query = sa.select(Channel).where(Channel.removed_at.is_(None))
    query = query.options(joinedload(Channel.user), joinedload(Channel.team))
    found = db.session.scalars(query).all()
    order = [Audience.MANAGERS, Audience.TEAM, Audience.PERSON]
    return sorted(
        found, key=lambda one: (order.index(one.audience), one.user.name if one.user else "", one.id)
    )


def own_channel(person: User) -> Channel | None:
    """A person's own channel."""
    query = sa.select(Channel).where(Channel.user_id == person.id, Channel.removed_at.is_(None))
    return db.session.scalars(query).one_or_none()


def recipients() -> Iterator[tuple[User, Channel]]:
    """Who gets a digest through which channel: one's own, else that of one's team, or that of all managers."""
    found = channels()
    own = {one.user_id: one for one in found if one.audience is Audience.PERSON}
    teams = {one.team_id: one for one in found if one.audience is Audience.TEAM}
    of_managers = next((one for one in found if one.audience is Audience.MANAGERS), None)
    if not found:
        return
    query = sa.select(User).where(User.active, User.role.in_(list(TOLD))).order_by(User.id)
    for person in db.session.scalars(query):
        channel = own.get(person.id)
        if channel is None and person.role in FIELD:
            channel = teams.get(person.team_id)
        if channel is None and person.role in MANAGERS:
            channel = of_managers
        if channel is not None:
            yield person, channel


def silent_for_a_week(now: datetime) -> list[Channel]:
    """The channels that nothing has reached for a week."""
    return [one for one in channels() if one.failing_since and one.failing_since <= now - SILENT]


def feed_of(person: User) -> CalendarFeed | None:
    """The calendar address of a person that is not revoked."""
    query = sa.select(CalendarFeed).where(
        CalendarFeed.user_id == person.id, CalendarFeed.revoked_at.is_(None)
    )
    return db.session.scalars(query).one_or_none()
