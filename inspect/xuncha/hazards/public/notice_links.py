"""The link of a notice: the secret address on its paper that opens its hazards without an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...accounts import secret_addresses
from ...accounts.models import Revocable, User
from ...accounts.secret_addresses import SecretAddresses
from ...checks.filing import PhotoRef
from ...core import history
from ...core.access import Permission, demand
from ...core.clock import ZONE
from ...core.db import Base, Pk, db, write_in_get
from ...core.errors import ActedFirst, Missing, Refused
from ...core.labels import N_
from ...photos.models import Photo
from .. import transitions
from ..actors import LinkBearer
from ..lifecycle import UNSETTLED, Act, State
from ..models import Hazard, HazardEvent, HazardPhoto, Notice
from ..papers import deliveries

OPENINGS = 60  # of one link in ten minutes
AN_HOUR = timedelta(hours=1)
NAMELESS = N_("Write your name: it stands beside what you report.")
CLOSED = N_(
    "This address opens nothing, or no longer does. Scan the newest paper, or ask your supervisor for one."
)


class NoticeLink(Revocable, Base):
    """One generation of a notice's link; the one that is not revoked holds."""

    __tablename__ = "notice_links"
    __table_args__ = (
        sa.Index(
            "ix_notice_links_valid",
            "notice_id",
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[Pk]
    notice_id: Mapped[int] = mapped_column(sa.ForeignKey("notices.id"), index=True)

    notice: Mapped[Notice] = relationship()

    def bearer(self) -> LinkBearer:
        """Who opened it, before a name is typed."""
        return LinkBearer(self.id, self.notice_id, self.notice.number)


ADDRESSES = SecretAddresses(NoticeLink, "/n", lambda link: f"notice link {link.notice_id}")


def current(notice: Notice) -> NoticeLink | None:
    """The link that is not revoked."""
    query = sa.select(NoticeLink).where(NoticeLink.notice_id == notice.id, NoticeLink.revoked_at.is_(None))
    return db.session.scalars(query).one_or_none()


def address_of(notice: Notice) -> str | None:
    """The address to print; none without a base address, a link, or the key that made it."""
    link = current(notice)
    return ADDRESSES.address_of(link) if link is not None and _opens(link, None) else None


def add_link(notice: Notice, *, actor: User, now: datetime) -> NoticeLink:
    """Make the link of a notice that has none."""
    link = NoticeLink(notice=notice, notice_id=notice.id, made_at=now, made_by_id=actor.id)
    db.session.add(ADDRESSES.seal(link))
    history.record(notice, "make_link", actor=actor, now=now)
    return link


def change_link(notice: Notice, *, seen: int | None, renew: bool, actor: User, now: datetime) -> None:
    """Revoke the link that the actor saw, and make a new one where wanted. Raises NotAllowed, ActedFirst, Refused."""
    demand(actor, Permission.ISSUE_NOTICE, notice)
    db.session.execute(sa.select(Notice.id).where(Notice.id == notice.id).with_for_update())
    link = current(notice)
    if seen != (link.id if link else None):
        raise ActedFirst(N_("Somebody else changed this first. Look at it as it is now and decide again."))
    if link is None and not renew:
        raise Refused(N_("This notice has no link to revoke."))
    if link is not None:
        secret_addresses.revoke(link, actor=actor, now=now)
        history.record(notice, "revoke_link", actor=actor, now=now)
    if renew:
        add_link(notice, actor=actor, now=now)


def _opens(link: NoticeLink | None, now: datetime | None) -> bool:
    """Whether a link opens something: not revoked, and not so many days after the notice's last hazard was settled.

    It asks the database the same for a link that does not exist, so that no answer's time tells which do.
    """
    unsettled, last = db.session.execute(
        sa.select(sa.func.count().filter(Hazard.state.in_(UNSETTLED)), sa.func.max(HazardEvent.at))
        .select_from(Hazard)
        .join(HazardEvent)
        .where(Hazard.notice_id == (link.notice_id if link else 0))
    ).one()
    ends = last and last + timedelta(days=current_app.config["LINK_DAYS"])
    settled_long_ago = not unsettled and (ends is None or (now is not None and now > ends))
    return secret_addresses.is_valid(link) and not settled_long_ago


def open_link(token: str, *, address: str, now: datetime) -> NoticeLink | None:
    """The link of a token, its opening written down; None, and the try counted, where it opens nothing.

    Raises TooManyTries: after twenty wrong ones from an address, or sixty openings of a link, in ten minutes.
    """
    link = ADDRESSES.opened_by(token, address=address, now=now, opens=lambda found: _opens(found, now))
    if link is not None:
        secret_addresses.note_opening(link.notice, OPENINGS, now)
    return link


def note_visit(notice: Notice, now: datetime) -> None:
    """Write down that a phone that scanned the paper earlier came back; in an hour once, whoever it was."""
    _count, last = secret_addresses.openings(notice)
    if last is None or last < now - AN_HOUR:
        with write_in_get():
            secret_addresses.note_opening(notice, OPENINGS, now)


def held_link(number: int, now: datetime, *, for_act: bool = False) -> NoticeLink:
    """A link that was opened before and still holds; for an act nobody may revoke it meanwhile. Raises Missing."""
    link = ADDRESSES.held(number, for_act=for_act)
    if not _opens(link, now) or link is None:
        raise Missing(CLOSED)
    return link


def hazard_of(link: NoticeLink, number: int, *, lock: bool = False) -> Hazard:
    """A hazard of the notice. Raises Missing for every other one."""
    query = sa.select(Hazard).where(Hazard.id == number, Hazard.notice_id == link.notice_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    hazard = db.session.scalars(query).one_or_none()
    if hazard is None:
        raise Missing(CLOSED)
    return hazard


def act(
    hazard: Hazard,
    what: Act,
    *,
    bearer: LinkBearer,
    name: str,
    now: datetime,
    brought: Mapping[str, Any],
    photos: Sequence[PhotoRef] = (),
) -> LinkBearer:
    """Take a step for the enterprise; returns the holder of the paper, named. The notice's history keeps it too."""
    held_link(bearer.link_id, now, for_act=True)
    actor = _named(bearer, name)
    transitions.step(hazard, what, actor=actor, now=now, brought=brought, photos=photos)
    assert hazard.notice is not None
    history.record(hazard.notice, what.value, actor=actor, now=now, after={"hazard": hazard.number})
    if what is Act.ACCEPT:
        deliveries.acknowledged(hazard.notice, actor, now)
    return actor


def acknowledge(link: NoticeLink, *, name: str, responsible: str, now: datetime) -> None:
    """Acknowledge receipt of the notice: every hazard that waits for it is taken over. Raises ActedFirst, Refused."""
    actor = _named(held_link(link.id, now, for_act=True).bearer(), name)
    if not responsible.strip():
        raise Refused(N_("Name the person who will rectify it."), field="responsible")
    waiting = sa.select(Hazard).where(Hazard.notice_id == link.notice_id, Hazard.state == State.OPEN)
    query = waiting.order_by(Hazard.id).with_for_update().execution_options(populate_existing=True)
    hazards = db.session.scalars(query).all()
    if not hazards:
        raise _acknowledged_before(link)
    for hazard in hazards:
        transitions.step(hazard, Act.ACCEPT, actor=actor, now=now, brought={"responsible": responsible})
    history.record(
        link.notice, "acknowledge", actor=actor, now=now, after={"responsible": responsible.strip()}
    )
    deliveries.acknowledged(link.notice, actor, now)


def _named(bearer: LinkBearer, name: str) -> LinkBearer:
    if not name.strip():
        raise Refused(NAMELESS, field="who")
    return replace(bearer, name=name.strip())


def _acknowledged_before(link: NoticeLink) -> Refused:
    query = sa.select(HazardEvent).join(Hazard).where(Hazard.notice_id == link.notice_id)
    last = db.session.scalars(
        query.where(HazardEvent.act != Act.ISSUE).order_by(HazardEvent.id.desc()).limit(1)
    ).first()
    if last is None:
        return ActedFirst(N_("Nothing here waits to be acknowledged."))
    return ActedFirst(
        N_("%(name)s was first: “%(done)s”, %(moment)s. Look at it again; what you wrote is kept below."),
        name=last.actor_name,
        done=last.act,
        moment=f"{last.at.astimezone(ZONE):%Y-%m-%d %H:%M}",
    )


def photo_of(link: NoticeLink, sha256: str) -> Photo | None:
    """A photo of the notice's hazards, or one that came by this link."""
    used = sa.select(HazardPhoto.photo_id).join(Hazard).where(Hazard.notice_id == link.notice_id)
    query = sa.select(Photo).where(
        Photo.sha256 == sha256, sa.or_(Photo.link_id == link.id, Photo.id.in_(used))
    )
    return db.session.scalars(query).one_or_none()
