"""Appeals against a component of one's appraisal, each with the decision on it."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..core.db import Base, Code, Pk
from ..core.labels import N_, Labelled
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
