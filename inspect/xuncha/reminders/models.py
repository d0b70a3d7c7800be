"""Channels through which digests go, one delivery a person and day, and the secret addresses of calendar feeds."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import SecretColumns, Team, User
from ..core.db import Base, Code, Pk
from ..core.labels import N_, Labelled


class Audience(Labelled):
    """For whom a channel is."""

    PERSON = "person", N_("One person")
    TEAM = "team", N_("A team")
    MANAGERS = "managers", N_("All managers")


class Fault(Labelled):
    """Why a channel did not take a message; never the channel's own words, which may tell its address."""

    UNREACHABLE = "unreachable", N_("No connection: it does not answer, or refuses the sign-in.")
    REFUSED = "refused", N_("It refused the message. Look whether the address still holds.")
    TIMEOUT = "timeout", N_("It did not finish in time.")
    UNREADABLE = (
        "unreadable",
        N_("Its address cannot be read since the secret key was changed. Enter it again."),
    )


class DeliveryState(Labelled):
    """How far a digest is."""

    PENDING = "pending", N_("Waits to be sent")
    SENT = "sent", N_("Sent")
    NOTHING = "nothing", N_("Nothing to tell")
    DROPPED = "dropped", N_("Not sent: its day or its channel ended")


class DeliveryKind(Labelled):
    """What is delivered."""

    DIGEST = "digest", N_("Digest of the day")


_HOLDS = sa.text("removed_at IS NULL")
_HOLDS_FOR_MANAGERS = sa.text("removed_at IS NULL AND audience = 'managers'")


class Channel(Base):
    """Where the digests of a person or group go. The address is a secret: kept encrypted, shown masked, never logged."""

    __tablename__ = "reminder_channels"
    __table_args__ = (
        sa.CheckConstraint(
            "(audience = 'person') = (user_id IS NOT NULL) AND (audience = 'team') = (team_id IS NOT NULL)",
            name="one_audience",
        ),
        sa.Index(
            "ix_reminder_channels_user", "user_id", unique=True, sqlite_where=_HOLDS, postgresql_where=_HOLDS
        ),
        sa.Index(
            "ix_reminder_channels_team", "team_id", unique=True, sqlite_where=_HOLDS, postgresql_where=_HOLDS
        ),
        sa.Index(
            "ix_reminder_channels_managers",
            "audience",
            unique=True,
            sqlite_where=_HOLDS_FOR_MANAGERS,
            postgresql_where=_HOLDS_FOR_MANAGERS,
        ),
    )

    id: Mapped[Pk]
    audience: Mapped[Audience]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("teams.id"))
    secret: Mapped[str]
    masked: Mapped[str]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    removed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    fault: Mapped[Fault | None]
    fault_code: Mapped[Code] = mapped_column(default="")

    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    team: Mapped[Team | None] = relationship()


class Delivery(Base):
    """The digest of a person and day; whoever claims it sends it, and nobody else meanwhile."""

    __tablename__ = "reminder_deliveries"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "day", "kind"),
        sa.Index("ix_reminder_deliveries_channel_state", "channel_id", "state"),
    )

    id: Mapped[Pk]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    day: Mapped[date]
    kind: Mapped[DeliveryKind]
    channel_id: Mapped[int] = mapped_column(sa.ForeignKey("reminder_channels.id"))
    text: Mapped[str]
    state: Mapped[DeliveryState]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    claim: Mapped[Code | None]
    claimed_until: Mapped[datetime | None]
    fault: Mapped[Fault | None]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class CalendarFeed(SecretColumns, Base):
    """One generation of a person's calendar address; the one that is not revoked holds."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        sa.Index(
            "ix_calendar_feeds_valid",
            "user_id",
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[Pk]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
