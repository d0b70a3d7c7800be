"""Papers of an illegal case (domain 2.8): its record, and the letter that refers it; numbered once, their facts frozen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..accounts.models import User
from ..checks import snapshot
from ..core import history
from ..core.clock import local_day
from ..core.db import Base, Pk, db
from ..core.labels import N_, Labelled
from ..core.numbering import document_number, next_serial
from ..hazards.papers.document_facts import LAYOUT
from .models import IllegalCase


class CasePaperKind(Labelled):
    """The numbered papers of a case."""

    RECORD = "record", N_("Record of the case")
    REFERRAL = "referral", N_("Letter of referral")


WORDS = {CasePaperKind.RECORD: "案记", CasePaperKind.REFERRAL: "案移"}


class CasePaper(Base):
    """A paper of an illegal case as it was issued."""

    __tablename__ = "case_papers"
    __table_args__ = (sa.UniqueConstraint("kind", "year", "serial"),)

    id: Mapped[Pk]
    kind: Mapped[CasePaperKind]
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("illegal_cases.id"), index=True)
    number: Mapped[str] = mapped_column(index=True)
    year: Mapped[int]
    serial: Mapped[int]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    facts: Mapped[dict[str, Any]]

    case: Mapped[IllegalCase] = relationship()
    issued_by: Mapped[User] = relationship()

    @property
    def author_id(self) -> int:
        """Who issued it."""
        return self.issued_by_id


def of_case(case: IllegalCase) -> list[CasePaper]:
    """The papers of a case, oldest first."""
    query = sa.select(CasePaper).where(CasePaper.case_id == case.id)
    return list(db.session.scalars(query.order_by(CasePaper.id)))


def issue(case: IllegalCase, kind: CasePaperKind, *, actor: User, now: datetime) -> CasePaper:
    """Issue a paper of a case as it stands now; the step that calls this was asked for its permission."""
    db.session.flush()  # photos and history of the step are told too
    year = local_day(now).year
    serial = next_serial(f"case_{kind.value}", year)
    paper = CasePaper(
        kind=kind,
        case_id=case.id,
        number=document_number(snapshot.prefix(), WORDS[kind], year, serial),
        year=year,
        serial=serial,
        issued_at=now,
        issued_by_id=actor.id,
        facts=_facts(case, actor),
    )
    db.session.add(paper)
    db.session.flush()
    return paper


def _facts(case: IllegalCase, actor: User) -> dict[str, Any]:
    return {
        **snapshot.office(),
        "layout": LAYOUT,
        "issued_by": {"name": actor.name, "phone": actor.phone, "certificate": actor.certificate},
        "site": case.site.facts() if case.site else None,
        "check": case.check.number if case.check else None,
        "campaign": {"zh": case.campaign.name, "en": case.campaign.name_en} if case.campaign else None,
        "kind": case.kind.value,
        "place": case.place,
        "description": case.description,
        "found_on": case.found_on.isoformat(),
        "recorded_by": case.recorded_by.name,
        "outcome": case.outcome.value,
        "outcome_on": case.outcome_on.isoformat() if case.outcome_on else None,
        "outcome_note": case.outcome_note,
        "department": case.department,
        "reply_by": case.reply_by.isoformat() if case.reply_by else None,
        "area_m2": case.area_m2,
        "before": [use.photo.sha256 for use in case.photos if not use.after],
        "after": [use.photo.sha256 for use in case.photos if use.after],
        "course": [
            {
                "action": row.action,
                "outcome": row.after.get("outcome", ""),
                "at": row.at.isoformat(),
                "actor": row.actor_name,
                "note": row.note,
            }
            for row in history.of(case)
        ],
    }
