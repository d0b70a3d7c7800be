"""The one way to change the state of a hazard: the table, the rules, the event, the photos, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from ..checklists.queries import demand_in_scope
from ..checks.actions import columns_of
from ..checks.filing import PhotoRef
from ..core.clock import local_day
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from ..photos import queries as photo_queries
from . import rules
from .actors import Actor, LinkBearer
from .actors import columns_of as actor_columns
from .lifecycle import Act, State, demand_brought
from .models import (
    Extension,
    Grade,
    Hazard,
    HazardEvent,
    HazardPhoto,
    HazardPhotoRole,
    RectificationPlan,
)
from .papers import letters

PHOTO_ROLES = {
    Act.FIND: HazardPhotoRole.BEFORE,
    Act.FIX_ON_SPOT: HazardPhotoRole.AFTER,
    Act.REPORT_DONE: HazardPhotoRole.AFTER,
    Act.REPORT_PROGRESS: HazardPhotoRole.PROGRESS,
    Act.FOUND_AGAIN: HazardPhotoRole.BEFORE,
    Act.RELAPSE: HazardPhotoRole.BEFORE,
}


def step(
    hazard: Hazard,
    act: Act,
    *,
    actor: Actor,
    now: datetime,
    brought: Mapping[str, Any],
    photos: Sequence[PhotoRef] = (),
    check_id: int | None = None,
) -> HazardEvent:
    """Take a step of the life cycle. Raises NotAllowed, ActedFirst, or Refused naming the field that does not fit."""
    rules.demand_permission(act, hazard, actor)
    return take(hazard, act, actor=actor, now=now, brought=brought, photos=photos, check_id=check_id)


def take(
    hazard: Hazard,
    act: Act,
    *,
    actor: Actor,
    now: datetime,
    brought: Mapping[str, Any],
    photos: Sequence[PhotoRef] = (),
    check_id: int | None = None,
) -> HazardEvent:
    """The step without asking for the permission: a filed check was asked for its own."""
    given = {key: value.strip() if type(value) is str else value for key, value in brought.items()}
    to = rules.demand_state(act, hazard)
    demand_brought(act, {**given, "photos": photos})
    problem = rules.obstacle(act, hazard, actor, local_day(now))
    if problem is not None:
        raise problem
    rules.demand_fitting(act, hazard, actor, given, local_day(now))
    before = hazard.state
    if act in _EFFECTS:
        _EFFECTS[act](hazard, given, actor, now)
    hazard.state = to
    if to is not before:
        hazard.closed_at = now if to is State.CLOSED else None
    event = write_event(hazard, act, before, actor, now, given, photos, check_id)
    if act in letters.KINDS and not isinstance(actor, LinkBearer):
        letters.issue(event, actor)
    return event


def write_event(
    hazard: Hazard,
    act: Act,
    before: State | None,
    actor: Actor | None,
    now: datetime,
    brought: Mapping[str, Any],
    photos: Sequence[PhotoRef] = (),
    check_id: int | None = None,
) -> HazardEvent:
    """Write what happened, with its photos; without an actor the system did it.

    Raises Refused when a photo has not arrived or shows nothing new.
    """
    if isinstance(actor, LinkBearer):
        brought = {**brought, "notice": actor.notice_number}
    event = HazardEvent(
        at=now,
        **actor_columns(actor),
        act=act,
        from_state=before,
        to_state=hazard.state,
        note=str(brought.get("note") or brought.get("reason") or ""),
        due_on=hazard.due_on,
        check_id=check_id,
        brought={key: _plain(value) for key, value in brought.items() if value not in (None, "")},
    )
    hazard.events.append(event)
    _attach(hazard, event, PHOTO_ROLES.get(act, HazardPhotoRole.VERIFIED), photos)
    return event


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _attach(hazard: Hazard, event: HazardEvent, role: HazardPhotoRole, refs: Sequence[PhotoRef]) -> None:
    if not refs:
        return
    with db.session.no_autoflush:  # event and photos are written at once
        found = photo_queries.by_hashes([ref.sha256 for ref in refs])
    known = {photo.photo.sha256 for photo in hazard.photos if photo.role is HazardPhotoRole.BEFORE}
    for position, ref in enumerate(refs):
        if ref.sha256 not in found:
            raise Refused(N_("A photo has not arrived. Add it again."), field="photos")
        if role is not HazardPhotoRole.BEFORE and ref.sha256 in known:
            raise Refused(
                N_("This is the photo of how it was before. Add one of how it looks now."), field="photos"
            )
        photo = found[ref.sha256]
        row = HazardPhoto(role=role, photo=photo, **columns_of(ref, photo, position))
        event.photos.append(row)
        hazard.photos.append(row)


def _accept(hazard: Hazard, brought: dict[str, Any], _actor: Actor, _now: datetime) -> None:
    hazard.responsible = brought["responsible"]


def _report(hazard: Hazard, brought: dict[str, Any], actor: Actor, now: datetime) -> None:
    hazard.reported_done_at = now
    hazard.reported_by_id = actor.id
    if brought.get("cost") is not None:
        hazard.cost = brought["cost"] = float(brought["cost"])


def _ask(hazard: Hazard, brought: dict[str, Any], actor: Actor, now: datetime) -> None:
    assert hazard.due_on is not None  # the rule for asking saw to it
    hazard.extensions.append(
        Extension(
            asked_at=now,
            asked_by_id=actor.id,
            link_id=actor_columns(actor)["link_id"],
            reason=brought["reason"],
            interim_measures=brought["interim_measures"],
            old_due_on=hazard.due_on,
            new_due_on=brought["due_on"],
        )
    )


def _decide(granted: bool) -> Callable[[Hazard, dict[str, Any], Actor, datetime], None]:
    def decide(hazard: Hazard, brought: dict[str, Any], actor: Actor, now: datetime) -> None:
        extension = hazard.extensions[-1]
        extension.granted = granted
        extension.decided_at = now
        extension.decided_by_id = actor.id
        extension.decision_note = brought.get("note") or ""
        if granted:
            hazard.due_on = extension.new_due_on

    return decide


def _verify(hazard: Hazard, _brought: dict[str, Any], actor: Actor, now: datetime) -> None:
    hazard.verified_at = now
    hazard.verified_by_id = actor.id


def _begin_again(hazard: Hazard, brought: dict[str, Any], _actor: Actor, _now: datetime) -> None:
    hazard.round += 1
    hazard.due_on = brought["due_on"]
    hazard.reported_done_at = hazard.verified_at = None
    hazard.reported_by_id = hazard.verified_by_id = None


def _fix(hazard: Hazard, _brought: dict[str, Any], actor: Actor, now: datetime) -> None:
    hazard.fixed_on_spot = True
    _verify(hazard, _brought, actor, now)


def _refer(hazard: Hazard, brought: dict[str, Any], _actor: Actor, _now: datetime) -> None:
    hazard.referred_to = brought["department"]


def _confirm(hazard: Hazard, brought: dict[str, Any], _actor: Actor, _now: datetime) -> None:
    demand_in_scope(brought["criterion"], hazard.site.sector)
    hazard.grade = Grade.MAJOR
    hazard.major_criterion = brought["criterion"]


def _dismiss(hazard: Hazard, _brought: dict[str, Any], _actor: Actor, _now: datetime) -> None:
    hazard.grade = Grade.GENERAL


def _confirm_finding(hazard: Hazard, brought: dict[str, Any], _actor: Actor, _now: datetime) -> None:
    hazard.due_on = hazard.original_due_on = brought["due_on"]
    if brought.get("criterion") and not hazard.is_major:
        demand_in_scope(brought["criterion"], hazard.site.sector)
        hazard.grade = Grade.SUSPECTED
        hazard.major_criterion = brought["criterion"]


def _submit_plan(hazard: Hazard, brought: dict[str, Any], actor: Actor, now: datetime) -> None:
    brought["funds"] = float(brought["funds"])
    settled = {
        name: brought[name] for name in ("responsible", "measures", "funds", "due_on", "emergency_plan")
    }
    hazard.plans.append(RectificationPlan(submitted_at=now, submitted_by_id=actor.id, **settled))


def _decide_plan(accepted: bool) -> Callable[[Hazard, dict[str, Any], Actor, datetime], None]:
    def decide(hazard: Hazard, brought: dict[str, Any], actor: Actor, now: datetime) -> None:
        plan = hazard.plans[-1]
        plan.accepted = accepted
        plan.decided_at = now
        plan.decided_by_id = actor.id
        plan.decision_note = brought.get("note") or ""
        if accepted:
            # Domain 2.2: a major hazard is due on the date that its plan settles.
            hazard.due_on = plan.due_on
            hazard.responsible = plan.responsible

    return decide


def _list(hazard: Hazard, _brought: dict[str, Any], _actor: Actor, now: datetime) -> None:
    hazard.listed_at = now


def _delist(hazard: Hazard, _brought: dict[str, Any], _actor: Actor, _now: datetime) -> None:
    hazard.listed_at = None


_EFFECTS: dict[Act, Callable[[Hazard, dict[str, Any], Actor, datetime], None]] = {
    Act.FIX_ON_SPOT: _fix,
    Act.ACCEPT: _accept,
    Act.REPORT_DONE: _report,
    Act.ASK_EXTENSION: _ask,
    Act.GRANT_EXTENSION: _decide(True),
    Act.REFUSE_EXTENSION: _decide(False),
    Act.VERIFY: _verify,
    Act.CLOSE_OWN: _verify,
    Act.SEND_BACK: _begin_again,
    Act.REOPEN: _begin_again,
    Act.REFER: _refer,
    Act.CONFIRM_FINDING: _confirm_finding,
    Act.CONFIRM_MAJOR: _confirm,
    Act.DISMISS_MAJOR: _dismiss,
    Act.SUBMIT_PLAN: _submit_plan,
    Act.ACCEPT_PLAN: _decide_plan(True),
    Act.RETURN_PLAN: _decide_plan(False),
    Act.LIST: _list,
    Act.DELIST: _delist,
}
