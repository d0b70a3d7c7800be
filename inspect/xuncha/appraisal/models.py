"""Appeals against a component of one's appraisal, and deductions for false records, each with the decision on it."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..checks.models import Check
from ..core.db import Base, Code, Pk
from ..core.labels import N_, Labelled
from ..hazards.models import Hazard
from ..photos.models import Photo


class AppealState(Labelled):
    """What became of an appeal."""

    WAITING = "waiting", N_("Still to be decided")
    ACCEPTED = "accepted", N_("Accepted")
    DECLINED = "declined", N_("Declined")


class Appeal(Base):
    """An appeal of a person against a component of a period: `part` of `whole` as they were measured when it was filed.

    `credited` is how many more the decision counts as done; none of it changes what was measured.
    """

    __tablename__ = "appeals"
    __table_args__ = (sa.UniqueConstraint("person_id", "first_on", "last_on", "component"),)

    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    first_on: Mapped[date]
    last_on: Mapped[date]
    component: Mapped[Code]
    part: Mapped[int]
    whole: Mapped[int]
    reason: Mapped[str]
    evidence: Mapped[str]
    evidence_photo_id: Mapped[int | None] = mapped_column(sa.ForeignKey("photos.id"))
    filed_at: Mapped[datetime]
    state: Mapped[AppealState] = mapped_column(default=AppealState.WAITING)
    credited: Mapped[int] = mapped_column(default=0)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")

    person: Mapped[User] = relationship(foreign_keys=[person_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    evidence_photo: Mapped[Photo | None] = relationship()

    @property
    def is_waiting(self) -> bool:
        """Nobody has decided yet."""
        return self.state is AppealState.WAITING

    @property
    def most(self) -> int:
        """How many more could be counted."""
        return self.whole - self.part


class DeductionState(Labelled):
    """What became of a record that somebody said to be false."""

    HEARING = "hearing", N_("To be heard and decided")
    IMPOSED = "imposed", N_("Points deducted")
    DROPPED = "dropped", N_("Nothing deducted")
    WITHDRAWN = "withdrawn", N_("Deduction withdrawn")


LIVE = (DeductionState.HEARING, DeductionState.IMPOSED)
_is_live = sa.text(f"state IN ({', '.join(repr(one.value) for one in LIVE)})")


def _once(column: str) -> sa.Index:
    """Of one record of a person one is live at a time."""
    return sa.Index(
        f"uq_deductions_live_{column}",
        "person_id",
        column,
        unique=True,
        sqlite_where=_is_live,
        postgresql_where=_is_live,
    )


class Deduction(Base):
    """A check or hazard whose record somebody found false: who, when, with which evidence; what the person says; the decision.

    It counts in the periods that hold `record_on`, from the decision until it is withdrawn, with the points of that day.
    """

    __tablename__ = "deductions"
    __table_args__ = (
        sa.CheckConstraint("(check_id IS NULL) <> (hazard_id IS NULL)", name="one_record"),
        _once("check_id"),
        _once("hazard_id"),
    )

    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    check_id: Mapped[int | None] = mapped_column(sa.ForeignKey("checks.id"))
    hazard_id: Mapped[int | None] = mapped_column(sa.ForeignKey("hazards.id"))
    record: Mapped[str]
    record_on: Mapped[date] = mapped_column(index=True)
    found_on: Mapped[date]
    reason: Mapped[str]
    evidence: Mapped[str]
    evidence_photo_id: Mapped[int | None] = mapped_column(sa.ForeignKey("photos.id"))
    recorded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    recorded_at: Mapped[datetime]
    hear_until: Mapped[date]
    state: Mapped[DeductionState] = mapped_column(default=DeductionState.HEARING)
    statement: Mapped[str] = mapped_column(default="")
    stated_at: Mapped[datetime | None]
    points: Mapped[int] = mapped_column(default=0)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    appeal_reason: Mapped[str] = mapped_column(default="")
    appeal_evidence: Mapped[str] = mapped_column(default="")
    appealed_at: Mapped[datetime | None]
    appeal_state: Mapped[AppealState | None]
    appeal_note: Mapped[str] = mapped_column(default="")
    appeal_decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    appeal_decided_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawal_note: Mapped[str] = mapped_column(default="")

    person: Mapped[User] = relationship(foreign_keys=[person_id])
    check: Mapped[Check | None] = relationship()
    hazard: Mapped[Hazard | None] = relationship()
    recorded_by: Mapped[User] = relationship(foreign_keys=[recorded_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    appeal_decided_by: Mapped[User | None] = relationship(foreign_keys=[appeal_decided_by_id])
    withdrawn_by: Mapped[User | None] = relationship(foreign_keys=[withdrawn_by_id])
    evidence_photo: Mapped[Photo | None] = relationship()

    @property
    def is_imposed(self) -> bool:
        """It takes points off."""
        return self.state is DeductionState.IMPOSED

    @property
    def appeal_waits(self) -> bool:
        """The person appealed and nobody has decided yet."""
        return self.is_imposed and self.appeal_state is AppealState.WAITING

    def may_be_decided(self, today: date) -> bool:
        """The person was heard, or the term to be heard is over."""
        return self.state is DeductionState.HEARING and (
            self.stated_at is not None or today > self.hear_until
        )
