"""Setting, trying and removing channels; making, renewing and revoking the address of a calendar feed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from ..accounts.models import Team, User
from ..accounts.secret_addresses import SecretAddresses
from ..core import history
from ..core.access import Permission, allowed, demand
from ..core.db import db
from ..core.errors import ActedFirst, NotAllowed, Refused
from ..core.labels import N_
from . import channels, queries
from .channels import Outcome
from .models import Audience, CalendarFeed, Channel, Delivery, DeliveryState

FEEDS = SecretAddresses(CalendarFeed, "/calendar", lambda feed: f"calendar feed {feed.user_id}", after=".ics")


def schemes_for(actor: User, user_id: int | None) -> frozenset[str]:
    """Which addresses the actor may set for a person or, with None, for a group. Raises NotAllowed."""
    if user_id == actor.id and not allowed(actor, Permission.MANAGE_SETTINGS):
        demand(actor, Permission.BE_SIGNED_IN)
        return channels.CHATS
    demand(actor, Permission.MANAGE_SETTINGS)
    return channels.ALL


def set_channel(
    address: str, *, person: User | None = None, team: Team | None = None, actor: User, now: datetime
) -> Channel:
    """Set the channel of a person, a team or (with neither) of all managers; an earlier one takes the new address.

    Raises NotAllowed, Refused.
    """
    schemes = schemes_for(actor, person.id if person else None)
    if person is not None and not queries.has_digest(person):
        raise Refused(N_("For this role there is no digest."), field="audience")
    address = channels.typed(address)
    masked = channels.check(address, schemes=schemes)
    audience = Audience.PERSON if person else Audience.TEAM if team else Audience.MANAGERS
    channel = _present(audience, person, team)
    before = {"address": channel.masked} if channel else {}
    if channel is None:
        channel = Channel(
            audience=audience,
            user=person,
            team=team,
            secret="",
            masked="",
            added_at=now,
            added_by_id=actor.id,
        )
        db.session.add(channel)
    channel.secret, channel.masked = channels.seal(address), masked
    channel.failing_since, channel.fault, channel.fault_code = None, None, ""
    try:
        db.session.flush()
    except sa.exc.IntegrityError:
        db.session.rollback()
        raise ActedFirst(
            N_("Somebody else changed this first. Look at it as it is now and decide again.")
        ) from None
    history.record(channel, "set", actor=actor, now=now, before=before, after={"address": masked})
    _pending(channel, next_at=now)
    return channel


def _present(audience: Audience, person: User | None, team: Team | None) -> Channel | None:
    query = sa.select(Channel).where(Channel.audience == audience, Channel.removed_at.is_(None))
    query = query.where(Channel.user_id == person.id) if person else query
    query = query.where(Channel.team_id == team.id) if team else query
    return db.session.scalars(query.with_for_update()).one_or_none()


def _pending(channel: Channel, **values: object) -> None:
    """Change the digests that wait for a channel."""
    waiting = sa.update(Delivery).where(
        Delivery.channel_id == channel.id, Delivery.state == DeliveryState.PENDING
    )
    db.session.execute(waiting.values(**values).execution_options(synchronize_session=False))


def remove_channel(channel: Channel, *, actor: User, now: datetime) -> None:
    """Send nothing through a channel any more; what waits for it is dropped. Raises NotAllowed."""
    schemes_for(actor, channel.user_id)
    if channel.removed_at is None:
        channel.removed_at = now
        channel.secret = ""
        history.record(channel, "remove", actor=actor, now=now, before={"address": channel.masked})
        _pending(channel, state=DeliveryState.DROPPED)


def note_outcome(channel: Channel, outcome: Outcome, *, now: datetime) -> None:
    """Keep how the last sending ended."""
    channel.tried_at, channel.fault, channel.fault_code = now, outcome.fault, outcome.code
    if outcome.fault is None:
        channel.sent_at, channel.failing_since = now, None
    else:
        channel.failing_since = channel.failing_since or now


def note_trial(channel: Channel, outcome: Outcome, *, actor: User, now: datetime) -> None:
    """Keep how a test of a channel ended; where it works again, what waits goes at the next run. Raises NotAllowed."""
    schemes_for(actor, channel.user_id)
    note_outcome(channel, outcome, now=now)
    if outcome.fault is None:
        _pending(channel, next_at=now)


def change_feed(person: User, *, renew: bool, seen: int | None, actor: User, now: datetime) -> None:
    """Revoke the calendar address that the actor saw, and make a new one where wanted. Raises NotAllowed, ActedFirst."""
    demand(actor, Permission.BE_SIGNED_IN)
    if person.id != actor.id:
        raise NotAllowed(N_("You may not do this. Ask the safety office if you think you should."))
    db.session.execute(sa.select(User.id).where(User.id == person.id).with_for_update())
    feed = queries.feed_of(person)
    if seen != (feed.id if feed else None):
        raise ActedFirst(N_("Somebody else changed this first. Look at it as it is now and decide again."))
    if feed is not None:
        feed.revoked_at = now
        history.record(feed, "revoke", actor=actor, now=now)
    if renew:
        made = FEEDS.seal(CalendarFeed(user=person, user_id=person.id, made_at=now))
        db.session.add(made)
        history.record(made, "make", actor=actor, now=now)
