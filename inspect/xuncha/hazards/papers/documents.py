"""Rectification notices and re-inspection opinions: numbered once, their facts frozen when they are issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ...accounts.models import User
from ...checks import snapshot
from ...checks.legal_mode import may_enforce
from ...checks.models import Check, LegalMode
from ...core.access import Permission, demand
from ...core.clock import local_day
from ...core.db import db
from ...core.errors import Refused
from ...core.labels import N_
from ...core.numbering import document_number, next_serial
from ...enterprises.models import Site
from .. import queries, transitions
from ..lifecycle import Act, State
from ..models import Hazard, HazardEvent, Notice, Opinion
from ..public import notice_links
from .document_facts import check_facts, hazard_facts, head, in_both

# Domain 3.0: family A is the enforcement organ's order, family B the zone's notice.
ORDER_WORD, NOTICE_WORD, OPINION_WORD = "责改", "整改", "复查"
NOTICE_CONSEQUENCE = N_(
    "What is not rectified by its date, or not fully, is reported to the competent department, which handles it under the"
    " law. Until it is rectified, take measures that keep people safe."
)
ORDER_CONSEQUENCE = N_(
    "What is not rectified by its date is punished under the law. Until it is rectified, take measures that keep people"
    " safe. Against this order you may apply for administrative reconsideration within 60 days, or sue within six months."
)


def issue_notice(check: Check, *, actor: User, now: datetime) -> Notice:
    """Issue the notice for the hazards of a check that still wait for theirs. Raises Refused where there is none."""
    demand(actor, Permission.ISSUE_NOTICE, check)
    return issue_notice_of(queries.drafts_of(check.id), actor=actor, now=now)


def issue_notice_of(hazards: Sequence[Hazard], *, actor: User, now: datetime) -> Notice:
    """Issue one notice for hazards of one site, and take each to the enterprise. Raises NotAllowed, ActedFirst, Refused."""
    if not hazards:
        raise Refused(N_("No hazard waits for a notice here."))
    site = _one_site(hazards)
    check = hazards[0].check if len({hazard.check_id for hazard in hazards}) == 1 else None
    enforcing = check is not None and check.mode is LegalMode.ENFORCEMENT and may_enforce()
    word = ORDER_WORD if enforcing else NOTICE_WORD
    year = local_day(now).year
    serial = next_serial("notice", year)
    notice = Notice(
        number=document_number(snapshot.prefix(), word, year, serial),
        year=year,
        serial=serial,
        site=site,
        check=check,
        issued_at=now,
        issued_by=actor,
        facts={},
    )
    db.session.add(notice)
    for hazard in hazards:
        transitions.step(hazard, Act.ISSUE, actor=actor, now=now, brought={})
        hazard.notice = notice
    consequence = ORDER_CONSEQUENCE if enforcing else NOTICE_CONSEQUENCE
    notice.facts = {
        **head(site, actor),
        "family": "A" if enforcing else "B",
        "check": check_facts(check),
        "hazards": [hazard_facts(hazard) for hazard in hazards],
        **in_both("consequence", consequence),
    }
    db.session.flush()
    notice_links.add_link(notice, actor=actor, now=now)
    return notice


def issue_opinion(hazards: Sequence[Hazard], *, actor: User, now: datetime) -> Opinion:
    """Issue the opinion on what the last re-inspection found of each hazard. Raises NotAllowed, Refused."""
    if not hazards:
        raise Refused(N_("Choose at least one hazard that was looked at again."))
    site = _one_site(hazards)
    demand(actor, Permission.VERIFY_HAZARD, site)
    looked = {event.hazard_id: event for event in queries.reinspections(site)}
    unseen = [hazard.number for hazard in hazards if hazard.id not in looked]
    if unseen:
        raise Refused(N_("%(number)s was not looked at again since its last opinion."), number=unseen[0])
    notices = {hazard.notice_id: hazard.notice for hazard in hazards}
    notice = next(iter(notices.values())) if len(notices) == 1 else None
    year = local_day(now).year
    serial = next_serial("opinion", year)
    opinion = Opinion(
        number=document_number(snapshot.prefix(), OPINION_WORD, year, serial),
        year=year,
        serial=serial,
        site=site,
        notice=notice,
        issued_at=now,
        issued_by=actor,
        facts={
            **head(site, actor),
            "notice": _notice_facts(notice),
            "results": [_result_facts(hazard, looked[hazard.id]) for hazard in hazards],
        },
    )
    db.session.add(opinion)
    db.session.flush()
    return opinion


def _one_site(hazards: Sequence[Hazard]) -> Site:
    if len({hazard.site_id for hazard in hazards}) > 1:
        raise Refused(N_("A paper is for one enterprise: choose hazards of one."))
    return hazards[0].site


def _notice_facts(notice: Notice | None) -> dict[str, str] | None:
    if notice is None:
        return None
    return {"number": notice.number, "issued_on": local_day(notice.issued_at).isoformat()}


def _result_facts(hazard: Hazard, event: HazardEvent) -> dict[str, Any]:
    fixed = event.act is Act.VERIFY
    return {
        "uuid": hazard.uuid,
        "number": hazard.number,
        "description": hazard.description,
        "place": hazard.place,
        "notice": hazard.notice.number if hazard.notice else None,
        "fixed": fixed,
        "result": "fixed" if fixed else event.brought.get("result", "not_fixed"),
        "waits_for_approval": fixed and event.to_state is State.VERIFIED,
        "method": event.brought.get("method", "on_site"),
        "checked_on": local_day(event.at).isoformat(),
        "checked_by": event.actor_name,
        "note": event.note,
        "next_due_on": None if fixed or event.due_on is None else event.due_on.isoformat(),
        "photos": [use.photo.sha256 for use in event.photos],
        "event": event.id,
    }
