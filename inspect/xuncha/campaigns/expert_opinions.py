"""隐患整改意见书 (family C, domain 2.6): what an expert found, confirmed or rejected by the zone, issued under one number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from ..accounts.models import User
from ..checks import queries as checks
from ..checks import snapshot
from ..checks.models import Check, VisitKind
from ..core.access import FIELD, READ_ALL, Permission, Role, demand
from ..core.clock import local_day
from ..core.db import Base, db
from ..core.errors import ActedFirst, Refused
from ..core.labels import N_
from ..core.numbering import document_number, next_serial
from ..enterprises.models import Engagement
from ..enterprises.queries import ids_visible_to
from ..hazards import queries as hazards
from ..hazards import transitions
from ..hazards.lifecycle import Act, State
from ..hazards.models import Hazard, HazardEvent
from ..hazards.papers.document_facts import check_facts, hazard_facts, head
from ..hazards.papers.documents import issue_notice
from ..hazards.papers.issued_document import IssuedDocument
from ..schedule.workdays import add_workdays
from .credentials import credential_of

WORD = "专家"
REINSPECTED_WITHIN = 5  # working days after the last due date (domain 2.3)


class ExpertOpinion(IssuedDocument, Base):
    """What an expert found on one check, with what the zone decided on each finding."""

    __tablename__ = "expert_opinions"
    __table_args__ = (sa.UniqueConstraint("year", "serial"),)

    check_id: Mapped[int] = mapped_column(sa.ForeignKey("checks.id"), unique=True)

    check: Mapped[Check] = relationship()


def visible_to(actor: User) -> sa.Select[ExpertOpinion]:
    """The opinions on sites that the actor sees, those he issued, and an expert's own."""
    query = sa.select(ExpertOpinion)
    if actor.role in READ_ALL:
        return query
    seen = ExpertOpinion.site_id.in_(ids_visible_to(actor))
    if actor.role in FIELD:
        return query.where(sa.or_(seen, ExpertOpinion.issued_by_id == actor.id))
    if actor.role is Role.EXPERT:
        own = sa.select(Check.id).where(Check.inspector_id == actor.id)
        return query.where(sa.or_(seen, ExpertOpinion.check_id.in_(own)))
    return query.where(seen)


def opinion_of(check: Check) -> ExpertOpinion | None:
    """The opinion on a check, whichever version of it the opinion was issued on."""
    versions = sa.select(Check.id).where(Check.year == check.year, Check.serial == check.serial)
    return db.session.scalar(sa.select(ExpertOpinion).where(ExpertOpinion.check_id.in_(versions)))


def waiting(actor: User) -> sa.Select[Check]:
    """The experts' checks with findings that the zone has neither confirmed nor rejected, oldest first."""
    undecided = hazards.unconfirmed().with_only_columns(Hazard.check_id)
    query = checks.valid(checks.visible_to(actor)).where(
        Check.kind == VisitKind.EXPERT, Check.id.in_(undecided)
    )
    return query.options(joinedload(Check.site), joinedload(Check.inspector)).order_by(
        Check.visited_on, Check.id
    )


def findings_of(check: Check) -> list[Hazard]:
    """What a check found, void ones too, in the order of their numbers."""
    return list(db.session.scalars(sa.select(Hazard).where(Hazard.check_id == check.id).order_by(Hazard.id)))


def undecided_of(check: Check) -> list[Hazard]:
    """The findings of a check that wait for a decision."""
    query = hazards.unconfirmed().where(Hazard.check_id == check.id)
    return list(db.session.scalars(query.order_by(Hazard.id)))


@dataclass(frozen=True)
class Decision:
    """What the zone says to one finding: taken over with a date (and a criterion, where it may be major), or not, and why."""

    confirmed: bool
    due_on: date | None = None
    criterion: str = ""
    reason: str = ""


def decide(check: Check, decisions: Mapping[int, Decision], *, actor: User, now: datetime) -> None:
    """Decide on findings of a check, by their number. Raises NotAllowed, ActedFirst, Refused naming `field-number`."""
    demand(actor, Permission.ISSUE_NOTICE, check)
    if check.kind is not VisitKind.EXPERT:
        raise Refused(N_("Only an expert's check has findings to be confirmed."))
    for hazard in undecided_of(check):
        decision = decisions.get(hazard.id)
        if decision is None:
            continue
        act = Act.CONFIRM_FINDING if decision.confirmed else Act.REJECT_FINDING
        brought: dict[str, Any] = (
            {"due_on": decision.due_on, "criterion": decision.criterion}
            if decision.confirmed
            else {"reason": decision.reason}
        )
        try:
            transitions.step(hazard, act, actor=actor, now=now, brought=brought)
        except Refused as problem:
            if problem.field:
                problem.field = f"{problem.field}-{hazard.id}"
            raise


def usual_reinspection(found: Sequence[Hazard]) -> date | None:
    """The day for which re-inspection is announced: some working days after the last due date of what is not closed."""
    due = [one.due_on for one in found if one.state is State.DRAFT and one.due_on]
    return add_workdays(max(due), REINSPECTED_WITHIN) if due else None


def issue(check: Check, *, reinspect_on: date | None = None, actor: User, now: datetime) -> ExpertOpinion:
    """Issue the opinion on a check once each finding is decided, and the zone's notice for what it took over.

    Raises NotAllowed, ActedFirst, Refused.
    """
    demand(actor, Permission.ISSUE_NOTICE, check)
    if check.kind is not VisitKind.EXPERT:
        raise Refused(N_("Only an expert's check has findings to be confirmed."))
    if opinion_of(check) is not None:
        raise ActedFirst(N_("The expert's opinion on this check is issued already."))
    left = len(undecided_of(check))
    if left:
        raise Refused(N_("%(count)s findings are not decided yet."), count=left)
    found = findings_of(check)
    day = local_day(now)
    reinspect_on = reinspect_on or usual_reinspection(found)
    if reinspect_on is not None and reinspect_on < day:
        raise Refused(N_("This date must not be in the past."), field="reinspect_on")
    # First, so that a notice that cannot be issued leaves no opinion behind.
    notice = (
        issue_notice(check, actor=actor, now=now) if any(one.state is State.DRAFT for one in found) else None
    )
    serial = next_serial("expert_opinion", day.year)
    opinion = ExpertOpinion(
        number=document_number(snapshot.prefix(), WORD, day.year, serial),
        year=day.year,
        serial=serial,
        site=check.site,
        check=check,
        issued_at=now,
        issued_by=actor,
        facts={
            **head(check.site, actor),
            "check": check_facts(check),
            "expert": _expert(check),
            "findings": [_finding(hazard) for hazard in found],
            "reinspect_on": reinspect_on.isoformat() if reinspect_on else None,
            "notice": notice.number if notice else _earlier_notice(found),
        },
    )
    db.session.add(opinion)
    db.session.flush()
    return opinion


def _earlier_notice(found: Sequence[Hazard]) -> str | None:
    """The notice under which the findings went out before the opinion did."""
    return next((one.notice.number for one in found if one.notice), None)


def _expert(check: Check) -> dict[str, Any]:
    """Who found it, who sent him, by which contract and certificate, as they are at the time of issue."""
    expert, held = check.inspector, credential_of(check.inspector)
    engaged = sa.select(Engagement.body).where(
        Engagement.expert_id == expert.id,
        Engagement.site_id == check.site_id,
        Engagement.from_on <= check.visited_on,
        Engagement.until_on >= check.visited_on,
    )
    sender = held.organisation if held else None
    return {
        "name": expert.name,
        "title": expert.title,
        "body": (sender.name if sender else db.session.scalar(engaged.limit(1))) or "",
        "contract": sender.contract_number if sender else "",
        "certificate_kind": held.certificate_kind if held else "",
        "certificate": held.certificate_number if held else expert.certificate,
        "certificate_until": held.certificate_until.isoformat() if held else None,
    }


def _finding(hazard: Hazard) -> dict[str, Any]:
    decided = _last(hazard.events, (Act.CONFIRM_FINDING, Act.REJECT_FINDING, Act.VOID))
    return {
        **hazard_facts(hazard),
        "fixed_on_spot": hazard.fixed_on_spot,
        "taken": hazard.state is not State.VOID,
        "decided_by": decided.actor_name if decided else "",
        "reason": decided.note if decided and hazard.state is State.VOID else "",
    }


def _last(events: Sequence[HazardEvent], acts: tuple[Act, ...]) -> HazardEvent | None:
    return next((event for event in reversed(events) if event.act in acts), None)
