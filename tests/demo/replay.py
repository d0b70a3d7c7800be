"""A stored hazard, taken once more through the product's own steps by what its events brought."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from xuncha.accounts.models import User
from xuncha.checks.filing import PhotoRef
from xuncha.core.db import db
from xuncha.hazards import transitions
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Grade, Hazard

REPLAYED = (
    "state", "grade", "fixed_on_spot", "due_on", "round", "responsible", "cost", "reported_done_at", "reported_by_id",
    "verified_at", "verified_by_id", "closed_at", "listed_at", "referred_to",
)  # fmt: skip
OF_EXTENSION = (
    "asked_at", "asked_by_id", "reason", "interim_measures", "old_due_on", "new_due_on", "granted", "decided_at",
    "decided_by_id", "decision_note",
)  # fmt: skip
OF_PLAN = (
    "submitted_at", "submitted_by_id", "responsible", "measures", "funds", "due_on", "emergency_plan", "accepted",
    "decided_at", "decided_by_id", "decision_note",
)  # fmt: skip
OF_EVENT = ("at", "actor_id", "actor_name", "act", "from_state", "to_state", "note", "due_on", "brought")
NEEDS_PHOTO = {Act.REPORT_DONE}


def replayed(stored: Hazard, photo: PhotoRef) -> Hazard:
    """A hazard as it was found, taken through the product's own steps with what each stored event brought."""
    suspected = bool(stored.major_criterion)
    hazard = Hazard(
        id=stored.id, site=stored.site, hazard_class=stored.hazard_class, state=State.DRAFT, round=1, fixed_on_spot=False,
        grade=Grade.SUSPECTED if suspected else Grade.GENERAL, major_criterion=stored.major_criterion,
        due_on=stored.original_due_on, responsible="", referred_to="", number=stored.number, uuid=stored.uuid,
        description=stored.description, place=stored.place, measure=stored.measure, basis=stored.basis, found_on=stored.found_on,
    )  # fmt: skip
    first, *later = stored.events
    actors: dict[int | None, User] = {user.id: user for user in db.session.scalars(sa.select(User))}
    transitions.write_event(hazard, Act.FIND, None, actors[first.actor_id], first.at, {})
    for event in later:
        days = {
            name: date.fromisoformat(value)
            for name, value in event.brought.items()
            if name in {"due_on", "deadline"}
        }
        photos = [photo] if event.act in NEEDS_PHOTO else []
        actor, brought = actors[event.actor_id], event.brought | days
        transitions.take(hazard, event.act, actor=actor, now=event.at, brought=brought, photos=photos)
    return hazard
