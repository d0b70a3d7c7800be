"""The minutes of a meeting as a paper: issued when they are signed off, numbered once, their facts frozen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..checks import snapshot
from ..core.clock import local_day
from ..core.db import Base, Pk, db
from ..core.numbering import document_number, next_serial
from ..hazards.papers.document_facts import LAYOUT
from . import queries
from .models import CommitteeDuty, CommitteeMember, Decision, Meeting

WORD = "安纪"


class CommitteeMinutes(Base):
    """The minutes of a meeting as they were issued."""

    __tablename__ = "committee_minutes"
    __table_args__ = (sa.UniqueConstraint("year", "serial"),)

    id: Mapped[Pk]
    meeting_id: Mapped[int] = mapped_column(sa.ForeignKey("committee_meetings.id"), unique=True)
    number: Mapped[str] = mapped_column(index=True)
    year: Mapped[int]
    serial: Mapped[int]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    facts: Mapped[dict[str, Any]]

    meeting: Mapped[Meeting] = relationship()
    issued_by: Mapped[User] = relationship()

    @property
    def author_id(self) -> int:
        """Who signed it off."""
        return self.issued_by_id


def of_meeting(meeting: Meeting) -> CommitteeMinutes | None:
    """The issued minutes of a meeting; none before they are signed off."""
    return db.session.scalars(
        sa.select(CommitteeMinutes).where(CommitteeMinutes.meeting_id == meeting.id)
    ).one_or_none()


def issue(meeting: Meeting, *, actor: User, now: datetime) -> CommitteeMinutes:
    """Issue the minutes as they stand now; signing off, which calls this, was asked for its permission."""
    db.session.flush()
    year = local_day(now).year
    serial = next_serial("committee_minutes", year)
    paper = CommitteeMinutes(
        meeting=meeting,
        number=document_number(snapshot.prefix(), WORD, year, serial),
        year=year,
        serial=serial,
        issued_at=now,
        issued_by_id=actor.id,
        facts=_facts(meeting, actor),
    )
    db.session.add(paper)
    db.session.flush()
    return paper


def _facts(meeting: Meeting, actor: User) -> dict[str, Any]:
    present = [one.member for one in meeting.attendances]
    absent = [one for one in queries.members_on(meeting.held_on) if one not in present]
    keeper = next((one.name for one in present if one.duty is CommitteeDuty.SECRETARY), "")
    return {
        **snapshot.office(),
        "layout": LAYOUT,
        "held_on": meeting.held_on.isoformat(),
        "place": meeting.place,
        "chair": _person(meeting.chair),
        "present": [_person(one) for one in present],
        "absent": [_person(one) for one in absent],
        "guests": meeting.guests,
        "agenda": meeting.agenda,
        "minutes": meeting.minutes,
        "decisions": [_decision(one) for one in meeting.decisions],
        "overdue": [
            {**_decision(one), "number": queries.number_of(one)} for one in queries.overdue_before(meeting)
        ],
        "recorded_by": keeper or meeting.recorded_by.name,
        "signed_by": actor.name,
    }


def _person(member: CommitteeMember) -> dict[str, str]:
    return {"name": member.name, "organ": member.organ, "post": member.post, "duty": member.duty.value}


def _decision(decision: Decision) -> dict[str, str]:
    return {
        "what": decision.what,
        "responsible": decision.responsible.name,
        "due_on": decision.due_on.isoformat(),
    }
