"""Pulses of idle sites: a look of half a minute from the gate. Taken once per UUID, by a phone or a page; rows are only added.

`format` is the version of the schema; a format once released is read for ever.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..core import history
from ..core.access import Permission, allowed, demand
from ..core.clock import local_day
from ..core.db import Base, Code, Pk, choice, db
from ..core.errors import Missing, Refused
from ..core.labels import N_, Labelled
from ..enterprises.models import Site
from ..enterprises.queries import OnDay
from ..photos import queries as photos
from ..photos.models import PhotoUse
from .actions import ContentDiffers, PhotosMissing, columns_of
from .filing import Moment, Number, PhotoRef, Words
from .taken_once import OnceReceipt, TakenOnce, server_moment

FORMAT = 1
MOST_PHOTOS = 3


class Seen(Labelled):
    """What a look from outside tells."""

    YES = "yes", N_("Yes")
    NO = "no", N_("No")
    UNKNOWN = "unknown", N_("Cannot be told")


class PulsePart(TakenOnce):
    """A pulse as it was taken. `taken_at` is told by the phone's clock."""

    format: Literal[1] = 1
    site_id: Number
    locked: Seen
    power: Seen
    people: Seen
    summary: Words = ""
    photos: Annotated[list[PhotoRef], Field(max_length=MOST_PHOTOS)] = []
    taken_at: Moment


class Pulse(Base):
    """A look at an idle site. `taken_at` goes by the server's clock."""

    __tablename__ = "pulses"
    __table_args__ = (sa.Index("ix_pulses_site_taken", "site_id", "taken_at"),)

    id: Mapped[Pk]
    uuid: Mapped[str] = mapped_column(sa.String(36), unique=True)
    digest: Mapped[Code]
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    taken_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    taken_on: Mapped[date] = mapped_column(index=True)
    taken_at: Mapped[datetime]
    received_at: Mapped[datetime]
    clock_offset_s: Mapped[int] = mapped_column(default=0)
    locked: Mapped[Seen] = mapped_column(choice(Seen, "locked"))
    power: Mapped[Seen] = mapped_column(choice(Seen, "power"))
    people: Mapped[Seen] = mapped_column(choice(Seen, "people"))
    summary: Mapped[str] = mapped_column(default="")

    site: Mapped[Site] = relationship()
    taken_by: Mapped[User] = relationship()
    photos: Mapped[list[PulsePhoto]] = relationship(back_populates="pulse", order_by="PulsePhoto.position")

    @property
    def author_id(self) -> int:
        """Who took it."""
        return self.taken_by_id

    @property
    def shows_use(self) -> bool:
        """Power is on or somebody was there: the site needs a check."""
        return Seen.YES in (self.power, self.people)


# The same for a select.
SHOWS_USE = sa.or_(Pulse.power == Seen.YES, Pulse.people == Seen.YES)


class PulsePhoto(PhotoUse, Base):
    """The photo of a pulse."""

    __tablename__ = "pulse_photos"

    id: Mapped[Pk]
    pulse_id: Mapped[int] = mapped_column(sa.ForeignKey("pulses.id"), index=True)

    pulse: Mapped[Pulse] = relationship(back_populates="photos")


def take_pulse(
    told: PulsePart, *, actor: User, now: datetime, clock_offset_s: int = 0, delivered_by: User | None = None
) -> OnceReceipt:
    """Take a pulse. The same UUID with the same content gives the same receipt, for ever.

    `clock_offset_s` is the phone's clock less the server's at the time of sending. Raises ContentDiffers, PhotosMissing,
    Missing, NotAllowed, or Refused naming the field that does not fit.
    """
    if delivered_by is not None:
        demand(delivered_by, Permission.DELIVER_FILING)
    digest = told.digest()
    known = db.session.scalar(sa.select(Pulse).where(Pulse.uuid == str(told.uuid)))
    if known is not None:
        if known.digest != digest or known.taken_by_id != actor.id:
            raise ContentDiffers(N_("This pulse was taken before with other content. Look at the site."))
        return _receipt(known, known=True)
    moment = server_moment(told.taken_at, 0 if delivered_by else clock_offset_s, now)
    site = _site(told, actor, local_day(moment))
    if not told.photos and not told.summary:
        raise Refused(N_("Take one photo, or write why there is none."), field="photo")
    kept = photos.on_disk([ref.sha256 for ref in told.photos])
    if missing := sorted({ref.sha256 for ref in told.photos} - kept.keys()):
        raise PhotosMissing(missing)
    pulse = Pulse(
        uuid=str(told.uuid),
        digest=digest,
        site=site,
        taken_by=actor,
        taken_on=local_day(moment),
        taken_at=moment,
        received_at=now,
        clock_offset_s=clock_offset_s,
        **told.model_dump(include={"locked", "power", "people", "summary"}),
        photos=[
            PulsePhoto(**columns_of(ref, kept[ref.sha256], place)) for place, ref in enumerate(told.photos)
        ],
    )
    db.session.add(pulse)
    after = {"site": site.name} | ({"author": actor.name} if delivered_by else {})
    history.record(pulse, "file", actor=delivered_by or actor, now=now, after=after)
    db.session.flush()
    return _receipt(pulse)


def _site(told: PulsePart, actor: User, day: date) -> Site:
    """The idle site, where the actor is in charge now or was on the day; the day of a handover belongs to both."""
    site = db.session.get(Site, told.site_id)
    if site is None:
        raise Missing(N_("There is nothing here, or it is not yours to see."))
    then = (OnDay(site, one) for one in (day, day - timedelta(days=1)))
    if not any(allowed(actor, Permission.FILE_PULSE, thing) for thing in (site, *then)):
        demand(actor, Permission.FILE_PULSE, site)
    if not site.is_idle:
        raise Refused(N_("Pulses are taken at idle sites. File a check of this site instead."))
    return site


def _receipt(pulse: Pulse, *, known: bool = False) -> OnceReceipt:
    hashes = [use.photo.sha256 for use in pulse.photos]
    return OnceReceipt(
        uuid=UUID(pulse.uuid),
        number=f"P{pulse.id}",
        received_at=pulse.received_at,
        photos=len(hashes),
        photo_hashes=hashes,
        url=f"/enterprises/{pulse.site_id}#pulses",
        known=known,
    )
