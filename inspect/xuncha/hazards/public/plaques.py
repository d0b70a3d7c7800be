"""公示牌: the plaque at an enterprise's gate and the secret address on it, which shows public facts without an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...accounts import secret_addresses
from ...accounts.models import Revocable, User
from ...accounts.secret_addresses import SecretAddresses
from ...checks.models import Check, VisitKind
from ...checks.queries import valid
from ...core import history, settings
from ...core.access import Permission, demand
from ...core.db import Base, Pk, db
from ...core.errors import Missing, Refused
from ...core.labels import N_
from ...enterprises.models import Risk, Site
from ..lifecycle import UNSETTLED
from ..models import Hazard

HOTLINE = "12350"  # the national number for reports on work safety
OPENINGS = 300  # of one plaque in ten minutes: it hangs where many people pass
PATH = "/e"
CLOSED = N_("This address shows nothing, or no longer does. The newest plaque at the gate has the right one.")


class Plaque(Revocable, Base):
    """The plaque of an enterprise; at most one of a site is not revoked."""

    __tablename__ = "plaques"

    id: Mapped[Pk]
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"), index=True)

    site: Mapped[Site] = relationship()
    made_by: Mapped[User] = relationship(foreign_keys="Plaque.made_by_id")


ADDRESSES = SecretAddresses(Plaque, PATH, "plaque")


@dataclass(frozen=True)
class PublicFacts:
    """What anybody may know of an enterprise; `unsettled` only where the office shows it."""

    name: str
    risk: Risk
    supervisor: str
    office_phone: str
    checked_on: date | None
    unsettled: int | None


def make_plaque(site: Site, *, actor: User, now: datetime) -> Plaque:
    """Make the plaque of an enterprise. Raises NotAllowed, Refused where one holds."""
    demand(actor, Permission.MANAGE_PLAQUES, site)
    if plaque_of(site) is not None:
        raise Refused(N_("This enterprise has a plaque. Revoke it before you make another one."))
    plaque = Plaque(site=site, made_at=now, made_by_id=actor.id)
    db.session.add(ADDRESSES.seal(plaque))
    history.record(plaque, "make_plaque", actor=actor, now=now)
    return plaque


def revoke_plaque(plaque: Plaque, *, actor: User, now: datetime) -> None:
    """Let the address of a plaque show nothing any more. Raises NotAllowed, ActedFirst."""
    demand(actor, Permission.MANAGE_PLAQUES, plaque)
    secret_addresses.revoke(plaque, actor=actor, now=now)
    history.record(plaque, "revoke_plaque", actor=actor, now=now)


def plaque_of(site: Site) -> Plaque | None:
    """The plaque of a site that holds."""
    query = sa.select(Plaque).where(Plaque.site_id == site.id, Plaque.revoked_at.is_(None))
    return db.session.scalars(query.order_by(Plaque.id.desc()).limit(1)).first()


def address_of(plaque: Plaque) -> str | None:
    """The address to print; none without a base address or the key that made it, or when it is revoked."""
    return ADDRESSES.address_of(plaque)


def is_public() -> bool:
    """Whether the office lets plaques show anything."""
    return settings.value("public_facts") == "1"


def open_plaque(token: str, *, address: str, now: datetime) -> Plaque | None:
    """The plaque of a token, its opening written down; None, and the try counted, where it shows nothing.

    Raises TooManyTries: after twenty wrong ones from an address, or so many openings of a plaque, in ten minutes;
    Missing where the office shows nothing to the public.
    """
    if not is_public():
        raise Missing(CLOSED)
    plaque = ADDRESSES.opened_by(token, address=address, now=now)
    if plaque is not None:
        secret_addresses.note_opening(plaque, OPENINGS, now)
    return plaque


def facts_of(site: Site) -> PublicFacts:
    """The public facts of an enterprise as they are now."""
    counted = valid(sa.select(Check).where(Check.site_id == site.id, Check.kind != VisitKind.RECHECK))
    checked = db.session.scalar(counted.with_only_columns(sa.func.max(Check.visited_on)))
    unsettled = None
    if settings.value("public_hazards") == "1":
        query = sa.select(sa.func.count()).where(Hazard.site_id == site.id, Hazard.state.in_(UNSETTLED))
        unsettled = db.session.scalar(query) or 0
    holder = site.supervisor
    return PublicFacts(
        site.name,
        site.risk,
        holder.name if holder else "",
        settings.value("office_phone"),
        checked,
        unsettled,
    )
