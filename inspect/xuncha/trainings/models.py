"""Trainings with their audience, materials and photos."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..core.db import Base, Pk
from ..core.labels import N_, Labelled
from ..enterprises.models import Site
from ..photos.models import PhotoUse


class TrainingKind(Labelled):
    """The six kinds that the zone counts."""

    LECTURE = "lecture", N_("Publicity lecture")
    CONSULTATION = "consultation", N_("Consultation day")
    CONTEST = "contest", N_("Skills contest")
    DRILL = "drill", N_("Emergency drill")
    COURSE = "course", N_("Staff training and exam")
    FILM = "film", N_("Warning film")


class Training(Base):
    """One training or drill that was held."""

    __tablename__ = "trainings"

    id: Mapped[Pk]
    kind: Mapped[TrainingKind]
    topic: Mapped[str]
    held_on: Mapped[date] = mapped_column(index=True)
    place: Mapped[str]
    organiser: Mapped[str]
    lecturer: Mapped[str] = mapped_column(default="")
    hours: Mapped[float]
    content: Mapped[str] = mapped_column(default="")
    exam_taken: Mapped[int | None]
    exam_passed: Mapped[int | None]
    exam_average: Mapped[float | None]
    recorded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    recorded_at: Mapped[datetime]
    void_reason: Mapped[str] = mapped_column(default="")
    plan_item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("training_plan_items.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    recorded_by: Mapped[User] = relationship()
    audience: Mapped[list[Audience]] = relationship(
        back_populates="training", order_by="Audience.position", cascade="all, delete-orphan"
    )
    materials: Mapped[list[Material]] = relationship(
        back_populates="training", order_by="Material.position", cascade="all, delete-orphan"
    )
    photos: Mapped[list[TrainingPhoto]] = relationship(
        order_by="TrainingPhoto.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def author_id(self) -> int:
        """Who recorded it."""
        return self.recorded_by_id

    @property
    def is_void(self) -> bool:
        """Kept, with the reason, and counted nowhere."""
        return bool(self.void_reason)

    @property
    def pass_rate(self) -> float | None:
        """Passed of those who took the exam, a share of one; none without an exam."""
        return (self.exam_passed or 0) / self.exam_taken if self.exam_taken else None

    @property
    def attendances(self) -> int:
        """人次: the sum of the heads of all groups."""
        return sum(group.headcount for group in self.audience)

    @property
    def handed_out(self) -> int:
        """份数: all materials given."""
        return sum(material.count for material in self.materials)


class Audience(Base):
    """How many came from one site, or from a group that is none."""

    __tablename__ = "audiences"

    id: Mapped[Pk]
    training_id: Mapped[int] = mapped_column(sa.ForeignKey("trainings.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    group_name: Mapped[str] = mapped_column(default="")
    headcount: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)

    training: Mapped[Training] = relationship(back_populates="audience")
    site: Mapped[Site | None] = relationship()


class Material(Base):
    """Something handed out, and how many."""

    __tablename__ = "materials"

    id: Mapped[Pk]
    training_id: Mapped[int] = mapped_column(sa.ForeignKey("trainings.id"), index=True)
    name: Mapped[str]
    count: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)

    training: Mapped[Training] = relationship(back_populates="materials")


class TrainingPhotoRole(Labelled):
    """What a photo of a training shows."""

    SCENE = "scene", N_("Scene")
    SIGN_IN = "sign_in", N_("Sign-in sheet")


class TrainingPhoto(PhotoUse, Base):
    """A photo of the event or of a sign-in sheet."""

    __tablename__ = "training_photos"

    id: Mapped[Pk]
    training_id: Mapped[int] = mapped_column(sa.ForeignKey("trainings.id"), index=True)
    role: Mapped[TrainingPhotoRole] = mapped_column(default=TrainingPhotoRole.SCENE)
