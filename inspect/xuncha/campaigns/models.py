"""Campaigns, the checks that belong to them, and illegal cases."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..checks.models import Check
from ..core.db import Base, Pk
from ..core.labels import N_, Labelled
from ..enterprises.models import Site
from ..photos.models import PhotoUse


class CampaignKind(Labelled):
    """What kind of drive."""

    HOLIDAY = "holiday", N_("Holiday patrol")
    SPECIAL = "special", N_("Special campaign")
    CRACKDOWN = "crackdown", N_("Crackdown on illegal work")
    IDLE = "idle", N_("Idle site screening")
    EXPERT = "expert", N_("Expert hazard screening")


class Campaign(Base):
    """A drive with a goal and a period."""

    __tablename__ = "campaigns"

    id: Mapped[Pk]
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    kind: Mapped[CampaignKind]
    starts_on: Mapped[date] = mapped_column(index=True)
    ends_on: Mapped[date]
    basis: Mapped[str] = mapped_column(default="")
    goal: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1)

    checks: Mapped[list[CampaignCheck]] = relationship(back_populates="campaign")

    __mapper_args__ = {"version_id_col": version}

    def covers(self, day: date) -> bool:
        """Whether a day lies in its period, both ends inclusive."""
        return self.starts_on <= day <= self.ends_on


class CampaignCheck(Base):
    """A check that counts for a campaign; it may count for several, and once in the zone's total."""

    __tablename__ = "campaign_checks"

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"), primary_key=True)
    check_id: Mapped[int] = mapped_column(sa.ForeignKey("checks.id"), primary_key=True, index=True)

    campaign: Mapped[Campaign] = relationship(back_populates="checks")
    check: Mapped[Check] = relationship()


class CaseKind(Labelled):
    """打非治违: what was found."""

    INSTALLATION = "installation", N_("Illegal installation")
    ACT = "act", N_("Illegal act")


class CaseOutcome(Labelled):
    """What became of it."""

    PENDING = "pending", N_("Being dealt with")
    REMOVED = "removed", N_("Removed")
    STOPPED = "stopped", N_("Stopped")
    CLOSED_DOWN = "closed_down", N_("Banned and closed down")
    REFERRED = "referred", N_("Referred")


OPEN_OUTCOMES = (CaseOutcome.PENDING, CaseOutcome.REFERRED)
# What may become of which: installations are removed (处), acts are stopped (起); both may be banned or referred.
FITTING = {
    CaseKind.INSTALLATION: (CaseOutcome.REMOVED, CaseOutcome.CLOSED_DOWN, CaseOutcome.REFERRED),
    CaseKind.ACT: (CaseOutcome.STOPPED, CaseOutcome.CLOSED_DOWN, CaseOutcome.REFERRED),
}


class IllegalCase(Base):
    """An illegal installation (counted in 处) or act (counted in 起), from found to dealt with."""

    __tablename__ = "illegal_cases"

    id: Mapped[Pk]
    kind: Mapped[CaseKind]
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    check_id: Mapped[int | None] = mapped_column(sa.ForeignKey("checks.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(sa.ForeignKey("campaigns.id"), index=True)
    place: Mapped[str]
    description: Mapped[str]
    found_on: Mapped[date] = mapped_column(index=True)
    recorded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    recorded_at: Mapped[datetime]
    outcome: Mapped[CaseOutcome] = mapped_column(default=CaseOutcome.PENDING)
    outcome_on: Mapped[date | None] = mapped_column(index=True)
    outcome_note: Mapped[str] = mapped_column(default="")
    department: Mapped[str] = mapped_column(default="")
    reply_by: Mapped[date | None]
    area_m2: Mapped[float | None]
    version: Mapped[int] = mapped_column(default=1)

    site: Mapped[Site | None] = relationship()
    check: Mapped[Check | None] = relationship()
    campaign: Mapped[Campaign | None] = relationship()
    recorded_by: Mapped[User] = relationship()
    photos: Mapped[list[CasePhoto]] = relationship(order_by="CasePhoto.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def author_id(self) -> int:
        """Who recorded it."""
        return self.recorded_by_id

    @property
    def is_open(self) -> bool:
        """Not dealt with yet, or referred and the department's result still awaited."""
        return self.outcome in OPEN_OUTCOMES


class CasePhoto(PhotoUse, Base):
    """A photo of an illegal case, before or after it was dealt with."""

    __tablename__ = "case_photos"

    id: Mapped[Pk]
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("illegal_cases.id"), index=True)
    after: Mapped[bool] = mapped_column(default=False)
