"""What is done to hazards. Steps are in transitions.py, findings of checks in findings.py, documents in documents.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from ..accounts.models import User
from ..checklists.models import HazardClass
from ..checklists.queries import demand_in_scope
from ..checks.filing import PhotoRef
from ..core.access import Permission, demand
from ..core.clock import local_day
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from ..enterprises.models import Site
from . import rules, transitions
from .findings import new_hazard, numbers_of, record_findings
from .follow_up import look_backs, same_hazard
from .lifecycle import Act, State
from .models import Grade, Hazard, HazardEvent, Source
from .papers.documents import issue_notice, issue_notice_of, issue_opinion
from .transitions import write_event

__all__ = [
    "AD_HOC_SOURCES",
    "add_hazard",
    "issue_notice",
    "issue_notice_of",
    "issue_opinion",
    "numbers_of",
    "record_findings",
    "step",
]

# What a step means for something else than its hazard, in the same transaction.
Consequence = Callable[[Hazard, HazardEvent, User, datetime, Sequence[PhotoRef]], None]
CONSEQUENCES: Mapping[Act, Consequence] = {
    Act.MERGE: same_hazard.note_merge,
    Act.LOOK_BACK: look_backs.note_fine,
    Act.RELAPSE: look_backs.note_relapse,
}


def step(
    hazard: Hazard,
    act: Act,
    *,
    actor: User,
    now: datetime,
    brought: Mapping[str, Any],
    photos: Sequence[PhotoRef] = (),
) -> HazardEvent:
    """Take a step of the life cycle with all that follows from it. Raises NotAllowed, ActedFirst, Refused."""
    event = transitions.step(hazard, act, actor=actor, now=now, brought=brought, photos=photos)
    if act in CONSEQUENCES:
        CONSEQUENCES[act](hazard, event, actor, now, photos)
    return event


AD_HOC_SOURCES = (Source.COMPLAINT, Source.ASSIGNED, Source.SELF_CHECK)


def add_hazard(
    site: Site,
    *,
    actor: User,
    now: datetime,
    description: str,
    hazard_class: HazardClass,
    due_on: date,
    source: Source = Source.SELF_CHECK,
    place: str = "",
    measure: str = "",
    basis: str = "",
    suspected_major: bool = False,
    criterion: str = "",
    photos: Sequence[PhotoRef] = (),
) -> Hazard:
    """Enter a hazard that no check found. What an enterprise found itself needs no notice: it is open at once.

    Raises NotAllowed, Refused.
    """
    own = actor.is_enterprise
    demand(actor, Permission.RECTIFY_HAZARD if own else Permission.FILE_CHECK, site)
    today = local_day(now)
    if not description.strip():
        raise Refused(N_("Say what is wrong."), field="description")
    if due_on < today:
        raise Refused(N_("The due date must not be in the past."), field="due_on")
    rules.demand_near(due_on, today)
    if source not in AD_HOC_SOURCES or (own and source is not Source.SELF_CHECK):
        raise Refused(N_("Choose how it came to be known."), field="source")
    if suspected_major and not criterion.strip():
        raise Refused(N_("Name the criterion: document and clause."), field="criterion")
    if suspected_major:
        demand_in_scope(criterion, site.sector)
    hazard = new_hazard(
        actor=actor,
        now=now,
        uuid=str(uuid4()),
        site=site,
        found_on=today,
        source=source,
        description=description.strip(),
        place=place.strip(),
        hazard_class=hazard_class,
        grade=Grade.SUSPECTED if suspected_major else Grade.GENERAL,
        major_criterion=criterion.strip(),
        basis=basis.strip(),
        measure=measure.strip(),
        item_code="",
        due_on=due_on,
    )
    if own:
        hazard.state = State.OPEN
    write_event(hazard, Act.FIND, None, actor, now, {}, photos)
    db.session.flush()
    return hazard
