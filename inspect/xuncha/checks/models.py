"""A filed check with its answers, photos and signatures. Nothing here changes after filing but the mark of a correction."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..checklists.models import Item
from ..core.db import Base, Code, PackedJson, Pk
from ..core.labels import N_, Labelled
from ..enterprises.models import Site
from ..photos.models import PhotoUse
from ..schedule.models import Task


class VisitKind(Labelled):
    """Why the site was visited."""

    ROUTINE = "routine", N_("Routine check")
    SPECIAL = "special", N_("Special campaign check")
    EXPERT = "expert", N_("Expert check")
    HOLIDAY = "holiday", N_("Holiday patrol")
    IDLE_PATROL = "idle_patrol", N_("Idle site patrol")
    LOOK_BACK = "look_back", N_("Look-back check")
    RECHECK = "recheck", N_("Re-inspection only")


# 巡查排查: counted apart from the twice-monthly checks and from the experts' visits.
PATROLS = (VisitKind.SPECIAL, VisitKind.HOLIDAY, VisitKind.IDLE_PATROL, VisitKind.LOOK_BACK)


class LegalMode(Labelled):
    """The legal nature of a visit, decided before going (国办发〔2024〕54号; domain 2.0)."""

    ENFORCEMENT = "enforcement", N_("Administrative inspection (enforcement)")
    ZONE_CHECK = "zone_check", N_("Zone supervision check")
    SERVICE = "service", N_("Visit and guidance service")
    EXPERT = "expert", N_("Expert hazard screening")


class Result(Labelled):
    """The answer to an item."""

    COMPLY = "comply", N_("Complies")
    FAIL = "fail", N_("Does not comply")
    NA = "na", N_("Not applicable")
    UNCHECKED = "unchecked", N_("Not checked")


class Party(Labelled):
    """Who signs."""

    INSPECTOR = "inspector", N_("Inspector")
    COMPANION = "companion", N_("Second inspector")
    SITE = "site", N_("Person in charge on site")
    WITNESS = "witness", N_("Witness")


class PhotoRole(Labelled):
    """What a photo of a check is for."""

    SCENE = "scene", N_("Scene")
    ITEM = "item", N_("Item")


class Check(Base):
    """One visit, as filed. `payload` is the filing, `facts` what papers print; both frozen."""

    __tablename__ = "checks"
    __table_args__ = (
        sa.Index("ix_checks_visited_id", "visited_on", "id", "kind", "site_id", "inspector_id"),
        sa.Index("ix_checks_site_visited", "site_id", "visited_on"),
        sa.UniqueConstraint("year", "serial", "edition"),
    )

    id: Mapped[Pk]
    uuid: Mapped[str] = mapped_column(sa.String(36), unique=True)
    digest: Mapped[str] = mapped_column(sa.String(64))
    # Of the exact text that a phone posted: the code on its provisional paper. Empty for what a page posted.
    body_sha256: Mapped[str] = mapped_column(sa.String(64), default="")
    number: Mapped[str] = mapped_column(index=True)
    year: Mapped[int]
    serial: Mapped[int]
    edition: Mapped[int] = mapped_column(default=1)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    task_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tasks.id"), index=True)
    kind: Mapped[VisitKind]
    mode: Mapped[LegalMode]
    inspector_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    visited_on: Mapped[date]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    received_at: Mapped[datetime]
    clock_offset_s: Mapped[int] = mapped_column(default=0)
    late_reason: Mapped[str] = mapped_column(default="")
    flags: Mapped[list[Any]] = mapped_column(default=list)
    place: Mapped[str] = mapped_column(default="")
    companions: Mapped[list[Any]] = mapped_column(default=list)
    site_person: Mapped[str] = mapped_column(default="")
    entry_code: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    objection: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(PackedJson)
    payload: Mapped[dict[str, Any]]
    replaces_id: Mapped[int | None] = mapped_column(sa.ForeignKey("checks.id"), unique=True)
    correction_reason: Mapped[str] = mapped_column(default="")
    corrected_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))

    site: Mapped[Site] = relationship()
    task: Mapped[Task | None] = relationship()
    inspector: Mapped[User] = relationship(foreign_keys=[inspector_id])
    corrected_by: Mapped[User | None] = relationship(foreign_keys=[corrected_by_id])
    replaces: Mapped[Check | None] = relationship(remote_side="Check.id", back_populates="replaced_by")
    replaced_by: Mapped[Check | None] = relationship(back_populates="replaces")
    answers: Mapped[list[Answer]] = relationship(back_populates="check", order_by="Answer.position")
    photos: Mapped[list[CheckPhoto]] = relationship(back_populates="check", order_by="CheckPhoto.position")
    signatures: Mapped[list[Signature]] = relationship(back_populates="check", order_by="Signature.id")
    set_aside: Mapped[SetAside | None] = relationship(back_populates="check", cascade="all, delete-orphan")

    @property
    def author_id(self) -> int:
        """Who filed it."""
        return self.inspector_id

    @property
    def is_late_entry(self) -> bool:
        """补录: filed on a later day than the visit, with a reason."""
        return bool(self.late_reason)


class Answer(Base):
    """The result of one item."""

    __tablename__ = "answers"
    __table_args__ = (sa.UniqueConstraint("check_id", "item_id"),)

    id: Mapped[Pk]
    check_id: Mapped[int] = mapped_column(sa.ForeignKey("checks.id"))
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("items.id"))
    code: Mapped[Code]
    position: Mapped[int]
    result: Mapped[Result]
    note: Mapped[str] = mapped_column(default="")
    # As it was entered; its unit and limits stand in the facts of the check.
    reading: Mapped[str] = mapped_column(default="")
    reading_reason: Mapped[str] = mapped_column(default="")
    no_photo: Mapped[str] = mapped_column(default="")

    check: Mapped[Check] = relationship(back_populates="answers")
    item: Mapped[Item] = relationship()


class CheckPhoto(PhotoUse, Base):
    """A photo of the visit: the scene, or what an item showed."""

    __tablename__ = "check_photos"

    id: Mapped[Pk]
    check_id: Mapped[int] = mapped_column(sa.ForeignKey("checks.id"), index=True)
    role: Mapped[PhotoRole] = mapped_column(default=PhotoRole.SCENE)
    item_code: Mapped[str] = mapped_column(default="")

    check: Mapped[Check] = relationship(back_populates="photos")


class Signature(Base):
    """A signature as strokes in a 3:1 box, a line to be signed on the print, or the refusal to sign with its reason."""

    __tablename__ = "signatures"

    id: Mapped[Pk]
    check_id: Mapped[int] = mapped_column(sa.ForeignKey("checks.id"), index=True)
    party: Mapped[Party]
    name: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    strokes: Mapped[list[Any]] = mapped_column(default=list)
    refused_reason: Mapped[str] = mapped_column(default="")
    on_paper: Mapped[bool] = mapped_column(default=False)
    signed_at: Mapped[datetime | None]

    check: Mapped[Check] = relationship(back_populates="signatures")


class SetAside(Base):
    """A check that a manager does not count because another one of the same task does; it stays readable."""

    __tablename__ = "set_asides"

    id: Mapped[Pk]
    check_id: Mapped[int] = mapped_column(sa.ForeignKey("checks.id"), unique=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    at: Mapped[datetime]
    reason: Mapped[str]

    check: Mapped[Check] = relationship(back_populates="set_aside")
    by: Mapped[User] = relationship()
