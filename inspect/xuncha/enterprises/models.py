"""Sites (enterprises and idle sites), contacts, assignments of supervisors, engagements of experts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..core.db import Base, Pk
from ..core.labels import N_, Labelled
from ..core.pinyin import keep_pinyin, pinyin_of


class SiteKind(Labelled):
    """What is visited."""

    ENTERPRISE = "enterprise", N_("Enterprise")
    IDLE = "idle", N_("Idle site")


class Sector(Labelled):
    """The supervision sector; it decides which checklist is added."""

    HAZCHEM = "hazchem", N_("Hazardous chemicals")
    INDUSTRY = "industry", N_("Industry and trade")
    FIRE = "fire", N_("Fire safety")
    CROWDED = "crowded", N_("Crowded place")
    OTHER = "other", N_("Other sector")


class Risk(Labelled):
    """The four-colour risk level."""

    RED = "red", N_("Major risk (red)")
    ORANGE = "orange", N_("Considerable risk (orange)")
    YELLOW = "yellow", N_("General risk (yellow)")
    BLUE = "blue", N_("Low risk (blue)")


class WorkingState(Labelled):
    """Whether anybody works there."""

    PRODUCING = "producing", N_("In production")
    STOPPED = "stopped", N_("Production stopped")
    CLOSED = "closed", N_("Closed down")


class Site(Base):
    """An enterprise, or an idle plant, store or piece of land."""

    __tablename__ = "sites"
    __table_args__ = (
        sa.Index("ix_sites_list", "kind", "working_state", "name"),
        sa.Index("ix_sites_by_name", "kind", "name", "id"),
        sa.Index("ix_sites_by_area", "kind", "area", "name", "id"),
    )

    id: Mapped[Pk]
    kind: Mapped[SiteKind] = mapped_column(default=SiteKind.ENTERPRISE)
    name: Mapped[str] = mapped_column(index=True)
    uscc: Mapped[str | None] = mapped_column(sa.String(18), unique=True)
    sector: Mapped[Sector] = mapped_column(default=Sector.OTHER)
    risk: Mapped[Risk] = mapped_column(default=Risk.BLUE)
    key: Mapped[bool] = mapped_column(default=False, index=True)
    crowded: Mapped[bool] = mapped_column(default=False)
    no_phone: Mapped[bool] = mapped_column(default=False)
    working_state: Mapped[WorkingState] = mapped_column(default=WorkingState.PRODUCING)
    area: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    staff: Mapped[int | None]
    entry_notes: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    supervisor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    key_since: Mapped[date | None]
    created_at: Mapped[datetime]
    pinyin: Mapped[str] = pinyin_of("name")
    version: Mapped[int] = mapped_column(default=1)

    supervisor: Mapped[User | None] = relationship(foreign_keys=[supervisor_id])
    contacts: Mapped[list[Contact]] = relationship(
        back_populates="site", order_by="Contact.position", cascade="all, delete-orphan"
    )
    assignments: Mapped[list[Assignment]] = relationship(back_populates="site", order_by="Assignment.from_on")

    __mapper_args__ = {"version_id_col": version}

    @property
    def site(self) -> Site:
        """Itself: relations ask every thing for its site."""
        return self

    @property
    def is_idle(self) -> bool:
        """An idle plant, store or piece of land."""
        return self.kind is SiteKind.IDLE

    def contact(self, duty: ContactDuty) -> Contact | None:
        """The first contact with a duty."""
        return next((contact for contact in self.contacts if contact.duty is duty), None)

    def facts(self) -> dict[str, Any]:
        """What papers print about the site, frozen into a check when it is filed."""
        principal = self.contact(ContactDuty.PRINCIPAL) or self.contact(ContactDuty.KEEPER)
        return {
            "name": self.name,
            "uscc": self.uscc or "",
            "kind": self.kind.value,
            "sector": self.sector.value,
            "risk": self.risk.value,
            "address": self.address,
            "area": self.area,
            "principal": principal.name if principal else "",
            "principal_title": principal.title if principal else "",
            "principal_phone": principal.phone if principal else "",
        }


class ContactDuty(Labelled):
    """What a contact is at the site."""

    PRINCIPAL = "principal", N_("Principal")
    LEGAL_REP = "legal_rep", N_("Legal representative")
    SAFETY_OFFICER = "safety_officer", N_("Safety officer")
    KEEPER = "keeper", N_("Keeper or owner")
    OTHER = "other", N_("Other contact")


class Contact(Base):
    """A person at the site who can be reached."""

    __tablename__ = "contacts"

    id: Mapped[Pk]
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    duty: Mapped[ContactDuty] = mapped_column(default=ContactDuty.OTHER)
    name: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    pinyin: Mapped[str] = pinyin_of("name")

    site: Mapped[Site] = relationship(back_populates="contacts")


class Assignment(Base):
    """One named supervisor for a site from a day on; `until_on` is the first day it no longer holds."""

    __tablename__ = "assignments"
    __table_args__ = (sa.UniqueConstraint("site_id", "from_on"),)

    id: Mapped[Pk]
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    supervisor_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    assigned_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    assigned_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")

    site: Mapped[Site] = relationship(back_populates="assignments")
    supervisor: Mapped[User] = relationship(foreign_keys=[supervisor_id])
    assigned_by: Mapped[User | None] = relationship(foreign_keys=[assigned_by_id])


class Handover(Base):
    """Sites that changed hands in one go; `moves` names of each the supervisor before and after. Rows are only added."""

    __tablename__ = "handovers"

    id: Mapped[Pk]
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    from_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    moves: Mapped[list[Any]]
    undoes_id: Mapped[int | None] = mapped_column(sa.ForeignKey("handovers.id"), unique=True)

    actor: Mapped[User] = relationship()


class Engagement(Base):
    """An expert may look at a site from a day to a day, both inclusive, for the zone."""

    __tablename__ = "engagements"
    __table_args__ = (sa.UniqueConstraint("expert_id", "site_id", "from_on"),)

    id: Mapped[Pk]
    expert_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]
    body: Mapped[str] = mapped_column(default="")

    expert: Mapped[User] = relationship()
    site: Mapped[Site] = relationship()


keep_pinyin(Site, "name")
keep_pinyin(Contact, "name")
