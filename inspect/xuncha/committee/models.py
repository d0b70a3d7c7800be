"""Members of the committee, its meetings, and the decisions with their steps; steps are only added."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..core.db import Base, Pk
from ..core.labels import N_, Labelled
from ..photos.models import PhotoUse
from .lifecycle import OUTSTANDING, DecisionAct, DecisionState


class CommitteeDuty(Labelled):
    """What a member does in the committee."""

    CHAIR = "chair", N_("Chair")
    DEPUTY = "deputy", N_("Deputy chair")
    SECRETARY = "secretary", N_("Secretary")
    MEMBER = "member", N_("Member")


PRESIDING = (CommitteeDuty.CHAIR, CommitteeDuty.DEPUTY)


class CommitteeMember(Base):
    """A member for some time: somebody with an account, or a person named with organ and post."""

    __tablename__ = "committee_members"

    id: Mapped[Pk]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    name: Mapped[str]
    organ: Mapped[str]
    post: Mapped[str] = mapped_column(default="")
    duty: Mapped[CommitteeDuty]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    user: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def serves(self, day: date) -> bool:
        """Whether the person is a member on a day; the last day still counts."""
        return self.from_on <= day and (self.until_on is None or self.until_on >= day)


class Meeting(Base):
    """A meeting of the committee. Its minutes may be changed until whoever chaired it has signed them off."""

    __tablename__ = "committee_meetings"

    id: Mapped[Pk]
    held_on: Mapped[date] = mapped_column(index=True)
    place: Mapped[str]
    chair_id: Mapped[int] = mapped_column(sa.ForeignKey("committee_members.id"))
    agenda: Mapped[str]
    minutes: Mapped[str] = mapped_column(default="")
    guests: Mapped[str] = mapped_column(default="")
    recorded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    recorded_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    chair: Mapped[CommitteeMember] = relationship()
    recorded_by: Mapped[User] = relationship()
    attendances: Mapped[list[Attendance]] = relationship(
        back_populates="meeting", order_by="Attendance.position", cascade="all, delete-orphan"
    )
    decisions: Mapped[list[Decision]] = relationship(
        back_populates="meeting", order_by="Decision.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_signed(self) -> bool:
        """Its minutes are signed off: nothing in them changes any more."""
        return self.signed_at is not None


class Attendance(Base):
    """A member who was present."""

    __tablename__ = "committee_attendances"
    __table_args__ = (sa.UniqueConstraint("meeting_id", "member_id"),)

    id: Mapped[Pk]
    meeting_id: Mapped[int] = mapped_column(sa.ForeignKey("committee_meetings.id"))
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("committee_members.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)

    meeting: Mapped[Meeting] = relationship(back_populates="attendances")
    member: Mapped[CommitteeMember] = relationship()


class Decision(Base):
    """What a meeting decided: who does it until when. It is a task from the day on which the minutes are signed off."""

    __tablename__ = "committee_decisions"

    id: Mapped[Pk]
    meeting_id: Mapped[int] = mapped_column(sa.ForeignKey("committee_meetings.id"), index=True)
    position: Mapped[int]
    what: Mapped[str]
    responsible_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    due_on: Mapped[date] = mapped_column(index=True)
    state: Mapped[DecisionState] = mapped_column(default=DecisionState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)

    meeting: Mapped[Meeting] = relationship(back_populates="decisions")
    responsible: Mapped[User] = relationship()
    steps: Mapped[list[DecisionStep]] = relationship(back_populates="decision", order_by="DecisionStep.id")

    __mapper_args__ = {"version_id_col": version}

    def overdue(self, day: date) -> bool:
        """Not reported done though its day is over."""
        return self.state is DecisionState.OPEN and self.due_on < day

    @property
    def is_outstanding(self) -> bool:
        """Decided, and not accepted or withdrawn yet."""
        return self.state in OUTSTANDING


class DecisionStep(Base):
    """A step of a decision, with person and day as they stand after it."""

    __tablename__ = "decision_steps"

    id: Mapped[Pk]
    decision_id: Mapped[int] = mapped_column(sa.ForeignKey("committee_decisions.id"), index=True)
    act: Mapped[DecisionAct]
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    note: Mapped[str] = mapped_column(default="")
    responsible_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    due_on: Mapped[date]

    decision: Mapped[Decision] = relationship(back_populates="steps")
    actor: Mapped[User] = relationship(foreign_keys=[actor_id])
    responsible: Mapped[User] = relationship(foreign_keys=[responsible_id])
    photos: Mapped[list[DecisionPhoto]] = relationship(order_by="DecisionPhoto.id")


class DecisionPhoto(PhotoUse, Base):
    """A photo of what was done, with the report that brought it."""

    __tablename__ = "decision_photos"

    id: Mapped[Pk]
    step_id: Mapped[int] = mapped_column(sa.ForeignKey("decision_steps.id"), index=True)
