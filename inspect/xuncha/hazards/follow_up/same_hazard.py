"""The same hazard twice: a visit that finds an open one again, and two hazards that the office merges into one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from ...accounts.models import User
from ...checks.filing import Finding, PhotoRef
from ...checks.models import Check
from ...core.db import db
from ...core.errors import Refused
from ...core.labels import N_
from .. import transitions
from ..lifecycle import UNSETTLED, Act
from ..models import Hazard, HazardEvent


def of_site(uuid: UUID, site_id: int) -> Hazard | None:
    """The hazard of this name at a site, locked until it is written."""
    query = sa.select(Hazard).where(Hazard.uuid == str(uuid), Hazard.site_id == site_id)
    return db.session.scalar(query.with_for_update())


def name_of(uuid: UUID) -> str:
    """How people call a hazard: by its number, if it has one here."""
    return db.session.scalar(sa.select(Hazard.number).where(Hazard.uuid == str(uuid))) or str(uuid)


def add_sights(
    check: Check, findings: Sequence[Finding], actor: User, moment: datetime, now: datetime
) -> tuple[list[Finding], list[str]]:
    """Add findings to the open hazards that they name; gives those that are hazards of their own, and flags.

    What the version before this one added is not added again; what it added and this one does not is for a person.
    """
    before = sights_of(check.replaces)
    rest, flags = [], []
    for finding in findings:
        earlier = before.get(str(finding.uuid))
        if finding.adds_to and earlier and earlier.hazard.uuid == str(finding.adds_to):
            del before[str(finding.uuid)]
        elif finding.adds_to is None:
            rest.append(finding)
        elif not _add(check, finding, actor, moment, now):
            rest.append(finding)
            flags.append(f"filed_as_new:{name_of(finding.adds_to)}")
    return rest, flags + [f"hazard_conflict:{event.hazard.number}" for event in before.values()]


def _add(check: Check, finding: Finding, actor: User, moment: datetime, now: datetime) -> bool:
    """Note a finding as one more sight of the open hazard that it names; False where that one takes it no more.

    Only a photo that does not fit is refused: whatever else stands in the way, the finding is filed as a new hazard.
    """
    hazard = of_site(finding.adds_to, check.site_id) if finding.adds_to else None
    if hazard is None or hazard.state not in UNSETTLED or hazard.check_id in {check.id, check.replaces_id}:
        return False
    note = "\n".join(part for part in (finding.description, finding.place) if part)
    brought = {"note": note, "finding": str(finding.uuid), "time": hazard.times_found + 1}
    # The events of a hazard never go back in time, also when the phone sends late.
    at = min(max(moment, hazard.events[-1].at), now)
    transitions.take(
        hazard,
        Act.FOUND_AGAIN,
        actor=actor,
        now=at,
        brought=brought,
        photos=finding.before,
        check_id=check.id,
    )
    return True


def sights_of(check: Check | None) -> dict[str, HazardEvent]:
    """What a check, in this version or an earlier one, added to open hazards, by the finding's UUID."""
    numbers = []
    while check is not None:
        if any(finding.get("adds_to") for finding in check.payload.get("findings", [])):
            numbers.append(check.id)
        check = check.replaces
    if not numbers:
        return {}
    query = sa.select(HazardEvent).where(
        HazardEvent.check_id.in_(numbers), HazardEvent.act == Act.FOUND_AGAIN
    )
    events = db.session.scalars(query.order_by(HazardEvent.id))
    return {str(event.brought["finding"]): event for event in events if "finding" in event.brought}


def demand_mergeable(hazard: Hazard, into: str) -> Hazard:
    """The hazard of this number, into which another may be merged. Raises Refused."""
    query = sa.select(Hazard).where(Hazard.number == into, Hazard.site_id == hazard.site_id)
    kept = db.session.scalar(query.with_for_update())
    if kept is None or kept is hazard:
        raise Refused(N_("Choose another open hazard of the same enterprise."), field="into")
    if kept.state not in UNSETTLED:
        raise Refused(
            N_("%(number)s is closed. A hazard is merged into one that is open."), field="into", number=into
        )
    return kept


def note_merge(
    hazard: Hazard, event: HazardEvent, actor: User, now: datetime, _photos: Sequence[PhotoRef]
) -> None:
    """Tell the hazard that stays that it was found a second time, with the words of the one merged into it."""
    kept = demand_mergeable(hazard, event.brought["into"])
    words = {"note": hazard.description, "merged": hazard.number, "time": kept.times_found + 1}
    transitions.write_event(kept, Act.FOUND_AGAIN, kept.state, actor, now, words)
