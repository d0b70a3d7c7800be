"""Filing an appeal, and deciding on it. What was measured stays; the decision says how many more count as done."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from ..accounts.models import User
from ..core import settings
from ..core.access import Permission, demand
from ..core.clock import local_day
from ..core.db import db
from ..core.errors import ActedFirst, Refused
from ..core.history import record
from ..core.labels import N_
from ..photos.models import Photo
from . import queries
from .models import Appeal, AppealState
from .periods import AppraisalPeriod
from .score import Line

TWICE = N_("There is an appeal against this component already; it is decided once.")


def demand_text(**texts: str) -> None:
    """Raise Refused at the first field of the form that says nothing."""
    for field, text in texts.items():
        if not text.strip():
            raise Refused(N_("Fill this in."), field=field)


def last_day(period: AppraisalPeriod) -> date | None:
    """Until when an appeal may be filed: so many days after the first issue of the period; none before it was issued."""
    editions = queries.issued(period.first, period.last)
    if not editions:
        return None
    return local_day(editions[-1].issued_at) + timedelta(days=settings.number(settings.APPEAL_DAYS))


def demand_open(period: AppraisalPeriod, today: date) -> None:
    """Raise Refused where no appeal may be filed on this day."""
    if not period.is_over(today):
        raise Refused(N_("The period still runs and its figures move. Appeal when it is over."))
    until = last_day(period)
    if until is not None and today > until:
        raise Refused(N_("The term for appeals ended on %(day)s."), day=until.isoformat())


def file_appeal(
    person: User,
    period: AppraisalPeriod,
    line: Line,
    *,
    reason: str,
    evidence: str,
    photo: Photo | None = None,
    actor: User,
    now: datetime,
) -> Appeal:
    """Appeal against a component of the own appraisal, once. Raises NotAllowed, ActedFirst, Refused."""
    demand(actor, Permission.FILE_APPEAL, person)
    demand_open(period, local_day(now))
    share, component = line.measured, line.component.name
    if share.part >= share.whole:
        raise Refused(
            N_("Everything counts as done there: nothing is left to appeal against."), field="component"
        )
    demand_text(reason=reason, evidence=evidence)
    days = (Appeal.first_on == period.first, Appeal.last_on == period.last)
    earlier = sa.select(Appeal.id).where(Appeal.person_id == person.id, Appeal.component == component, *days)
    if db.session.scalar(earlier) is not None:
        raise ActedFirst(TWICE)
    appeal = Appeal(
        person_id=person.id,
        first_on=period.first,
        last_on=period.last,
        component=component,
        part=share.part,
        whole=share.whole,
        reason=reason.strip(),
        evidence=evidence.strip(),
        evidence_photo_id=photo.id if photo else None,
        filed_at=now,
    )
    db.session.add(appeal)
    after = {"component": component, "counted": str(share), "evidence": appeal.evidence}
    try:
        record(appeal, "file", actor=actor, now=now, note=appeal.reason, after=after)
    except sa.exc.IntegrityError:  # sent from two places at one moment
        db.session.rollback()
        raise ActedFirst(TWICE) from None
    return appeal


def decide(appeal: Appeal, credited: int, note: str, *, actor: User, now: datetime) -> Appeal:
    """Count so many more as done, or none. Raises NotAllowed, ActedFirst, Refused."""
    demand(actor, Permission.DECIDE_APPEAL, appeal)
    demand_text(note=note)
    if not 0 <= credited <= appeal.most:
        raise Refused(N_("Write a number from 0 to %(most)s."), field="credited", most=appeal.most)
    # Not the person read along with it: PostgreSQL locks no row of an outer join.
    db.session.refresh(appeal, with_for_update={"of": Appeal})
    if not appeal.is_waiting:
        raise ActedFirst(N_("Somebody else decided on this appeal first."))
    before = {"state": appeal.state.value, "counted": f"{appeal.part}/{appeal.whole}"}
    appeal.state = AppealState.ACCEPTED if credited else AppealState.DECLINED
    appeal.credited, appeal.note = credited, note.strip()
    appeal.decided_by_id, appeal.decided_at = actor.id, now
    after = {"state": appeal.state.value, "counted": f"{appeal.part + credited}/{appeal.whole}"}
    record(appeal, "decide", actor=actor, now=now, note=appeal.note, before=before, after=after)
    return appeal
