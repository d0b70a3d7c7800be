"""Posters: a secret address at the wall of a workshop by which its workers report hazards without an account (随手拍)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...accounts import secret_addresses
from ...accounts.models import Revocable, User
from ...accounts.secret_addresses import SecretAddresses
from ...core import history
from ...core.access import Permission, demand
from ...core.db import Base, Pk, db
from ...core.errors import Missing, Refused
from ...core.labels import N_
from ...enterprises.models import Site

OPENINGS = 300  # of one poster in ten minutes: a shift may scan it together
POSTERS_AT_MOST = 200  # of one site
CLOSED = N_(
    "This address opens nothing, or no longer does. Scan the newest poster, or tell your safety officer."
)


class Poster(Revocable, Base):
    """A poster of an enterprise or of one of its areas; `area` is empty where it stands for the whole site."""

    __tablename__ = "posters"

    id: Mapped[Pk]
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    area: Mapped[str] = mapped_column(default="")

    site: Mapped[Site] = relationship()
    made_by: Mapped[User] = relationship(foreign_keys="Poster.made_by_id")


ADDRESSES = SecretAddresses(Poster, "/r", "poster")


@dataclass(frozen=True)
class PosterBearer:
    """Whoever scanned a poster, as the sender of photos."""

    poster_id: int

    @property
    def sent_by(self) -> tuple[str, int]:
        """The column of a photo that names the sender, and the number there."""
        return "poster_id", self.poster_id


def add_poster(site: Site, area: str, *, actor: User, now: datetime) -> Poster:
    """Make a poster of a site or an area. Raises NotAllowed, Refused."""
    demand(actor, Permission.MANAGE_POSTERS, site)
    if len(valid_at(site)) >= POSTERS_AT_MOST:
        raise Refused(N_("This enterprise has too many posters. Revoke those that no longer hang."))
    poster = Poster(site=site, area=area.strip(), made_at=now, made_by_id=actor.id)
    db.session.add(ADDRESSES.seal(poster))
    history.record(poster, "make_poster", actor=actor, now=now, after={"area": poster.area})
    return poster


def revoke_poster(poster: Poster, *, actor: User, now: datetime) -> None:
    """Let a poster open nothing any more. Raises NotAllowed, ActedFirst."""
    demand(actor, Permission.MANAGE_POSTERS, poster)
    secret_addresses.revoke(poster, actor=actor, now=now)
    history.record(poster, "revoke_poster", actor=actor, now=now)


def valid_at(site: Site) -> list[Poster]:
    """The posters of a site that open, newest first."""
    query = sa.select(Poster).where(Poster.site_id == site.id, Poster.revoked_at.is_(None))
    return list(db.session.scalars(query.order_by(Poster.id.desc())))


def address_of(poster: Poster) -> str | None:
    """The address to print; none without a base address or the key that made it, or when it is revoked."""
    return ADDRESSES.address_of(poster)


def open_poster(token: str, *, address: str, now: datetime) -> Poster | None:
    """The poster of a token, its opening written down; None, and the try counted, where it opens nothing.

    Raises TooManyTries: after twenty wrong ones from an address, or so many openings of a poster, in ten minutes.
    """
    poster = ADDRESSES.opened_by(token, address=address, now=now)
    if poster is not None:
        secret_addresses.note_opening(poster, OPENINGS, now)
    return poster


def held_poster(number: int, *, for_act: bool = False) -> Poster:
    """A poster that was opened before and still holds; for a report nobody may revoke it meanwhile. Raises Missing."""
    poster = ADDRESSES.held(number, for_act=for_act)
    if poster is None or not secret_addresses.is_valid(poster):
        raise Missing(CLOSED)
    return poster
