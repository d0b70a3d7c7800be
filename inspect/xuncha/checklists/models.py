"""Laws, checklists, versions, items, phrases. A published version never changes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.db import Base, Code, Pk
from ..core.labels import N_, Labelled
from ..core.pinyin import keep_pinyin, pinyin_of
from ..enterprises.models import Sector
from .limits import Limits


class Block(Labelled):
    """The part of a check a list belongs to."""

    RULES = "rules", N_("Safety rules established")
    FACILITIES = "facilities", N_("Facilities maintained")
    SECTOR = "sector", N_("Sector items")
    IDLE = "idle", N_("Idle site items")
    HOLIDAY = "holiday", N_("Holiday items")


class Major(Labelled):
    """Whether a failing item meets a criterion of a major hazard; people decide, never the program."""

    NO = "no", N_("Not a criterion")
    POSSIBLE = "possible", N_("Can be major: an expert decides")
    YES = "yes", N_("Meets a listed criterion")


class HazardClass(Labelled):
    """Level 2 of the hazard classes; the first four are basic management, the others on-site management."""

    DUTY_SYSTEM = "duty_system", N_("Rules and duties")
    TRAINING = "training", N_("Education and training")
    EMERGENCY = "emergency", N_("Emergency management")
    RELATED_PARTIES = "related_parties", N_("Related parties")
    EQUIPMENT = "equipment", N_("Equipment and facilities")
    ELECTRICAL = "electrical", N_("Electrical")
    FIRE = "fire", N_("Fire")
    HAZCHEM = "hazchem", N_("Dangerous chemicals on site")
    DUST = "dust", N_("Combustible dust")
    CONFINED_SPACE = "confined_space", N_("Confined space")
    SPECIAL_EQUIPMENT = "special_equipment", N_("Special equipment")
    WORK_BEHAVIOUR = "work_behaviour", N_("Work behaviour")
    BUILDING = "building", N_("Buildings and premises")
    OCCUPATIONAL = "occupational", N_("Occupational protection")
    OTHER = "other", N_("Other class")

    @property
    def is_management(self) -> bool:
        """Basic management (基础管理类) rather than on-site management (现场管理类)."""
        return self in MANAGEMENT_CLASSES


MANAGEMENT_CLASSES = frozenset(
    {HazardClass.DUTY_SYSTEM, HazardClass.TRAINING, HazardClass.EMERGENCY, HazardClass.RELATED_PARTIES}
)


CRITERION = "criterion"


class Law(Base):
    """A law, rule or standard in one edition, with the days between which it is in force."""

    __tablename__ = "laws"

    id: Mapped[Pk]
    code: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[Code]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    edition: Mapped[str]
    in_force_from: Mapped[date | None]
    in_force_to: Mapped[date | None]
    checked_on: Mapped[date | None]
    checked: Mapped[str] = mapped_column(default="")
    note_zh: Mapped[str] = mapped_column(default="")
    note_en: Mapped[str] = mapped_column(default="")
    sectors: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(
        default=""
    )  # who gave it from above and alone may change it; empty: this zone

    def is_citable(self, major_at: Sector | None) -> bool:
        """Whether the law may be cited: a criterion only for a major hazard, at a site in its scope.

        `sectors` holds the scope, separated by spaces; empty: every sector.
        """
        if self.kind != CRITERION:
            return True
        return major_at is not None and (not self.sectors or major_at.value in self.sectors.split())

    @property
    def names(self) -> tuple[str, str]:
        """The title in both languages, without the number that stands in brackets behind it."""
        return self.title_zh.partition("\uff08")[0], self.title_en.partition(" (")[0]

    def in_force(self, day: date) -> bool:
        """Whether the edition is in force on a day."""
        return (self.in_force_from is None or self.in_force_from <= day) and (
            self.in_force_to is None or day <= self.in_force_to
        )


class Criterion(Base):
    """One criterion of major hazards: an item of a document, with its wording. Scope and force are the document's."""

    __tablename__ = "major_criteria"

    id: Mapped[Pk]
    code: Mapped[Code] = mapped_column(unique=True)
    law_id: Mapped[int] = mapped_column(sa.ForeignKey("laws.id"))
    clause: Mapped[str]
    wording_zh: Mapped[str]
    wording_en: Mapped[str]

    law: Mapped[Law] = relationship()


class Checklist(Base):
    """A named list; its items stand in versions."""

    __tablename__ = "checklists"

    id: Mapped[Pk]
    code: Mapped[Code] = mapped_column(unique=True)
    title_zh: Mapped[str]
    title_en: Mapped[str]
    block: Mapped[Block]
    position: Mapped[int]

    versions: Mapped[list[ChecklistVersion]] = relationship(
        back_populates="checklist", order_by="ChecklistVersion.number"
    )

    @property
    def current(self) -> ChecklistVersion | None:
        """The newest published version."""
        published = [version for version in self.versions if version.published_at]
        return published[-1] if published else None

    @property
    def is_inherited(self) -> bool:
        """Whether the province gave it."""
        return any(version.edition is not None for version in self.versions)

    @property
    def draft(self) -> ChecklistVersion | None:
        """The version being written, if any."""
        return next((version for version in self.versions if not version.published_at), None)


class ChecklistVersion(Base):
    """One edition of a checklist: a draft until it is published, fixed from then on."""

    __tablename__ = "checklist_versions"
    __table_args__ = (sa.UniqueConstraint("checklist_id", "number"),)

    id: Mapped[Pk]
    checklist_id: Mapped[int] = mapped_column(sa.ForeignKey("checklists.id"))
    number: Mapped[int]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(default="")
    asked_by: Mapped[str] = mapped_column(default="")
    edition: Mapped[int | None]  # of the province, where it brought this version

    checklist: Mapped[Checklist] = relationship(back_populates="versions")
    items: Mapped[list[Item]] = relationship(
        back_populates="version", order_by="Item.position", cascade="all, delete-orphan"
    )


class Item(Base):
    """One thing to look at. With a unit it is measured too: `lower` and `upper` are decimals as text, empty without one.

    `right_example` and `wrong_example` are the hashes of photos.
    """

    __tablename__ = "items"
    __table_args__ = (sa.UniqueConstraint("version_id", "code"),)

    id: Mapped[Pk]
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("checklist_versions.id"), index=True)
    code: Mapped[Code] = mapped_column(index=True)
    position: Mapped[int]
    text_zh: Mapped[str]
    text_en: Mapped[str]
    hazard_class: Mapped[HazardClass]
    major: Mapped[Major] = mapped_column(default=Major.NO)
    major_note_zh: Mapped[str] = mapped_column(default="")
    major_note_en: Mapped[str] = mapped_column(default="")
    photo_required: Mapped[bool] = mapped_column(default=False)
    quantity_zh: Mapped[str] = mapped_column(default="")
    quantity_en: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    lower: Mapped[str] = mapped_column(default="")
    upper: Mapped[str] = mapped_column(default="")
    decimals: Mapped[int] = mapped_column(default=0)
    guidance_zh: Mapped[str] = mapped_column(default="")
    guidance_en: Mapped[str] = mapped_column(default="")
    right_example: Mapped[str] = mapped_column(default="")
    wrong_example: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")  # as in laws
    pinyin: Mapped[str] = pinyin_of("text_zh", name=False)

    version: Mapped[ChecklistVersion] = relationship(back_populates="items")
    bases: Mapped[list[Basis]] = relationship(order_by="Basis.position", cascade="all, delete-orphan")
    phrases: Mapped[list[Phrase]] = relationship(order_by="Phrase.position", cascade="all, delete-orphan")

    @property
    def limits(self) -> Limits | None:
        """What is measured and between which limits it complies; None where nothing is."""
        return limits_of(self)


def limits_of(row: Any) -> Limits | None:
    """The limits of an item, or of a row with its columns."""
    if not row.unit:
        return None
    return Limits(row.quantity_zh, row.quantity_en, row.unit, row.lower, row.upper, row.decimals)


class Basis(Base):
    """The clause an item rests on."""

    __tablename__ = "bases"

    id: Mapped[Pk]
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("items.id"), index=True)
    law_id: Mapped[int] = mapped_column(sa.ForeignKey("laws.id"))
    clause: Mapped[str] = mapped_column(default="")
    checked: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)

    law: Mapped[Law] = relationship()


class Phrase(Base):
    """A ready wording of a finding: what is wrong, what to do, how grave, by when."""

    __tablename__ = "phrases"

    id: Mapped[Pk]
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("items.id"), index=True)
    text_zh: Mapped[str]
    text_en: Mapped[str]
    measure_zh: Mapped[str] = mapped_column(default="")
    measure_en: Mapped[str] = mapped_column(default="")
    grade: Mapped[Code] = mapped_column(default="general")
    days: Mapped[int] = mapped_column(default=7)
    position: Mapped[int] = mapped_column(default=0)


keep_pinyin(Item, "text_zh", name=False)
