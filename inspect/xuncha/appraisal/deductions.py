"""Deductions for false records: recorded with evidence, heard, decided, appealed against, withdrawn. Each step is a person's.

Nothing here reads a distance, a likeness of photos or any other signal, and no night's work calls it: a signal is a reason to
look, never a finding.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from ..accounts.models import User
from ..checks.models import Check
from ..core import settings
from ..core.access import Permission, demand
from ..core.clock import local_day
from ..core.db import db
from ..core.errors import ActedFirst, Refused
from ..core.history import record
from ..core.labels import N_
from ..hazards.models import Hazard, HazardEvent
from ..photos.models import Photo
from .actions import demand_text
from .models import LIVE, AppealState, Deduction, DeductionState

ACTED_FIRST = N_("Somebody else decided on this deduction first.")
RECORDED_ALREADY = N_("This record was said to be false already; it is decided once.")
NOT_THEIRS = N_("There is no such check or hazard that this person recorded.")
Record = Check | Hazard


def find(number: str, person: User) -> tuple[Record, date]:
    """The check or hazard that a number names, and the day on which the person recorded it. Raises Refused."""
    text = number.strip()
    checks = sa.select(Check).where(Check.number == text, Check.inspector_id == person.id)
    check = db.session.scalars(checks.order_by(Check.edition.desc())).first()
    if check is not None:
        return check, check.visited_on
    hazard = db.session.scalars(sa.select(Hazard).where(Hazard.number == text)).first()
    if hazard is None:
        raise Refused(NOT_THEIRS, field="record")
    if hazard.found_by_id == person.id:
        return hazard, hazard.found_on
    steps = sa.select(sa.func.max(HazardEvent.at)).where(
        HazardEvent.hazard_id == hazard.id, HazardEvent.actor_id == person.id
    )
    last = db.session.scalar(steps)
    if last is None:
        raise Refused(NOT_THEIRS, field="record")
    return hazard, local_day(last)


def record_false(
    person: User,
    number: str,
    *,
    found_on: date,
    reason: str,
    evidence: str,
    photo: Photo | None = None,
    actor: User,
    now: datetime,
) -> Deduction:
    """Record that a check or hazard of somebody was found false; the term to be heard begins. Raises NotAllowed, Refused."""
    demand(actor, Permission.RECORD_DEDUCTION, person)
    demand_text(reason=reason, evidence=evidence)
    found, day = find(number, person)
    today = local_day(now)
    if not day <= found_on <= today:
        raise Refused(N_("It was found between the day of the record and today."), field="found_on")
    # By number: a check keeps it when it is corrected.
    live = sa.select(Deduction.id).where(
        Deduction.person_id == person.id, Deduction.record == found.number, Deduction.state.in_(LIVE)
    )
    if db.session.scalar(live) is not None:
        raise ActedFirst(RECORDED_ALREADY)
    made = Deduction(
        person_id=person.id,
        check_id=found.id if isinstance(found, Check) else None,
        hazard_id=found.id if isinstance(found, Hazard) else None,
        record=found.number,
        record_on=day,
        found_on=found_on,
        reason=reason.strip(),
        evidence=evidence.strip(),
        evidence_photo_id=photo.id if photo else None,
        recorded_by_id=actor.id,
        recorded_at=now,
        hear_until=today + timedelta(days=settings.number(settings.HEARING_DAYS)),
    )
    db.session.add(made)
    after = {"record": made.record, "evidence": made.evidence, "hear_until": made.hear_until.isoformat()}
    try:
        record(made, "record", actor=actor, now=now, note=made.reason, after=after)
    except sa.exc.IntegrityError:  # sent from two places at one moment
        db.session.rollback()
        raise ActedFirst(RECORDED_ALREADY) from None
    return made


def state_view(deduction: Deduction, text: str, *, actor: User, now: datetime) -> Deduction:
    """What the person concerned says to it, once, before the decision. Raises NotAllowed, ActedFirst, Refused."""
    demand(actor, Permission.ANSWER_DEDUCTION, deduction)
    demand_text(statement=text)
    _lock(deduction)
    if deduction.state is not DeductionState.HEARING or deduction.stated_at is not None:
        raise ActedFirst(N_("The statement was made already, or the decision was taken."))
    deduction.statement, deduction.stated_at = text.strip(), now
    record(deduction, "state", actor=actor, now=now, note=deduction.statement)
    return deduction


def decide(deduction: Deduction, impose: bool, note: str, *, actor: User, now: datetime) -> Deduction:
    """Deduct the points that the office has set, or nothing. Raises NotAllowed, ActedFirst, Refused."""
    demand(actor, Permission.DECIDE_DEDUCTION, deduction)
    demand_text(note=note)
    if actor.id == deduction.recorded_by_id:
        raise Refused(N_("Whoever recorded it does not decide on it."))
    _lock(deduction)
    if deduction.state is not DeductionState.HEARING:
        raise ActedFirst(ACTED_FIRST)
    if not deduction.may_be_decided(local_day(now)):
        day = deduction.hear_until.isoformat()
        raise Refused(N_("First the person is heard: a statement may be made until %(day)s."), day=day)
    deduction.state = DeductionState.IMPOSED if impose else DeductionState.DROPPED
    deduction.points = settings.number(settings.DEDUCTION_POINTS) if impose else 0
    deduction.note, deduction.decided_by_id, deduction.decided_at = note.strip(), actor.id, now
    _record_decision(deduction, "decide", DeductionState.HEARING, deduction.note, actor, now)
    return deduction


def last_day(deduction: Deduction) -> date | None:
    """Until when an appeal may be filed against a deduction."""
    if deduction.decided_at is None:
        return None
    return local_day(deduction.decided_at) + timedelta(days=settings.number(settings.APPEAL_DAYS))


def may_appeal(deduction: Deduction, today: date) -> bool:
    """It takes points off, nobody appealed yet, and the term runs."""
    until = last_day(deduction)
    return deduction.is_imposed and deduction.appealed_at is None and until is not None and today <= until


def appeal(deduction: Deduction, reason: str, evidence: str, *, actor: User, now: datetime) -> Deduction:
    """Appeal against a deduction, once, within the term. Raises NotAllowed, ActedFirst, Refused."""
    demand(actor, Permission.ANSWER_DEDUCTION, deduction)
    demand_text(appeal_reason=reason, appeal_evidence=evidence)
    _lock(deduction)
    if not deduction.is_imposed or deduction.appealed_at is not None:
        raise ActedFirst(N_("There is an appeal against this already, or nothing is deducted any more."))
    until = last_day(deduction)
    if until is None or local_day(now) > until:
        raise Refused(
            N_("The term for appeals ended on %(day)s."), day=until.isoformat() if until else "\u2014"
        )
    deduction.appeal_reason, deduction.appeal_evidence = reason.strip(), evidence.strip()
    deduction.appealed_at, deduction.appeal_state = now, AppealState.WAITING
    after = {"evidence": deduction.appeal_evidence}
    record(deduction, "appeal", actor=actor, now=now, note=deduction.appeal_reason, after=after)
    return deduction


def decide_appeal(deduction: Deduction, accept: bool, note: str, *, actor: User, now: datetime) -> Deduction:
    """Withdraw the deduction on an appeal, or leave it. Raises NotAllowed, ActedFirst, Refused."""
    demand(actor, Permission.DECIDE_APPEAL, deduction)
    demand_text(note=note)
    _lock(deduction)
    if not deduction.appeal_waits:
        raise ActedFirst(N_("Somebody else decided on this appeal first."))
    deduction.appeal_state = AppealState.ACCEPTED if accept else AppealState.DECLINED
    deduction.appeal_note = note.strip()
    deduction.appeal_decided_by_id, deduction.appeal_decided_at = actor.id, now
    if accept:
        _withdraw(deduction, deduction.appeal_note, actor, now)
    action = "accept_appeal" if accept else "decline_appeal"
    _record_decision(deduction, action, DeductionState.IMPOSED, deduction.appeal_note, actor, now)
    return deduction


def withdraw(deduction: Deduction, note: str, *, actor: User, now: datetime) -> Deduction:
    """Take a deduction back: it counts no more, and stays in the history. Raises NotAllowed, ActedFirst, Refused."""
    demand(actor, Permission.DECIDE_DEDUCTION, deduction)
    demand_text(note=note)
    _lock(deduction)
    before = deduction.state
    if before not in LIVE:
        raise ActedFirst(ACTED_FIRST)
    if deduction.appeal_waits:
        raise Refused(N_("An appeal waits: decide on it."))
    _withdraw(deduction, note.strip(), actor, now)
    _record_decision(deduction, "withdraw", before, deduction.withdrawal_note, actor, now)
    return deduction


def _withdraw(deduction: Deduction, note: str, actor: User, now: datetime) -> None:
    deduction.state = DeductionState.WITHDRAWN
    deduction.withdrawal_note, deduction.withdrawn_by_id, deduction.withdrawn_at = note, actor.id, now


def _lock(deduction: Deduction) -> None:
    db.session.refresh(deduction, with_for_update={"of": Deduction})


def _record_decision(
    deduction: Deduction, action: str, was: DeductionState, note: str, actor: User, now: datetime
) -> None:
    before = {"state": was.value}
    after = {"state": deduction.state.value, "points": deduction.points}
    record(deduction, action, actor=actor, now=now, note=note, before=before, after=after)
