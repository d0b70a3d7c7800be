"""The steps of a decision, each written with its row: reported, accepted or sent back, changed, withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from ..accounts.models import User
from ..core.access import Permission, allowed, demand
from ..core.clock import local_day
from ..core.db import db
from ..core.errors import ActedFirst, Refused
from ..core.labels import N_
from ..photos.queries import by_hashes
from . import queries
from .lifecycle import DecisionAct, next_state
from .models import Decision, DecisionPhoto, DecisionStep

MOST_PHOTOS = 9
CHANGED = N_("Somebody else changed this first. Look at it as it is now and decide again.")


def take_step(
    decision: Decision, act: DecisionAct, *, actor: User, now: datetime, note: str = ""
) -> DecisionStep:
    """Write a step and the state after it; the action that calls this was asked for its permission."""
    state = next_state(decision.state, act)
    if state is None:
        raise ActedFirst(N_("This step does not fit any more. Look at the decision as it is now."))
    decision.state = state
    step = DecisionStep(
        decision=decision,
        act=act,
        at=now,
        actor_id=actor.id,
        note=note,
        responsible_id=decision.responsible_id,
        due_on=decision.due_on,
    )
    db.session.add(step)
    return step


def _demand_version(decision: Decision, version: int) -> None:
    if decision.version != version:
        raise ActedFirst(CHANGED)


def _said(note: str) -> str:
    if not note.strip():
        raise Refused(N_("Fill this in."), field="note")
    return note.strip()


def report(
    decision: Decision, note: str, *, version: int, photos: Sequence[str] = (), actor: User, now: datetime
) -> DecisionStep:
    """Report a decision done, with what was done and photos by their hashes."""
    demand(actor, Permission.REPORT_DECISION, decision)
    _demand_version(decision, version)
    step = take_step(decision, DecisionAct.REPORT, actor=actor, now=now, note=_said(note))
    wanted = list(dict.fromkeys(photos))
    if len(wanted) > MOST_PHOTOS:
        raise Refused(N_("At most %(most)s photos."), field="photos", most=MOST_PHOTOS)
    found = by_hashes(wanted)
    for position, sha256 in enumerate(wanted):
        photo = found.get(sha256)
        if photo is None or not allowed(actor, Permission.SEE_PHOTO, photo):
            raise Refused(N_("A photo has not arrived. Choose it again."), field="photos")
        columns = {"taken_at": photo.taken_at, "latitude": photo.latitude, "longitude": photo.longitude}
        step.photos.append(DecisionPhoto(photo=photo, position=position, **columns))
    return step


def accept(decision: Decision, note: str, *, version: int, actor: User, now: datetime) -> DecisionStep:
    """Accept what is reported done; the decision is settled."""
    demand(actor, Permission.ACCEPT_DECISION, decision)
    _demand_version(decision, version)
    return take_step(decision, DecisionAct.ACCEPT, actor=actor, now=now, note=note.strip())


def send_back(decision: Decision, note: str, *, version: int, actor: User, now: datetime) -> DecisionStep:
    """Send back what is not done yet, with the reason."""
    demand(actor, Permission.ACCEPT_DECISION, decision)
    _demand_version(decision, version)
    return take_step(decision, DecisionAct.RETURN, actor=actor, now=now, note=_said(note))


def change(
    decision: Decision,
    responsible_id: int,
    due_on: date,
    note: str,
    *,
    version: int,
    actor: User,
    now: datetime,
) -> DecisionStep:
    """Hand a decision to another person or give it another day, with the reason; the minutes stay as they were."""
    demand(actor, Permission.MANAGE_COMMITTEE)
    _demand_version(decision, version)
    reason = _said(note)
    same = (decision.responsible_id, decision.due_on) == (responsible_id, due_on)
    if same:
        raise Refused(N_("Nothing is changed: choose another person or another day."), field="due_on")
    if due_on != decision.due_on and due_on < local_day(now):
        raise Refused(N_("This date must not be in the past."), field="due_on")
    if responsible_id not in {one.id for one in queries.answerable()}:
        raise Refused(N_("This is not in your list. Choose another."), field="responsible_id")
    decision.responsible_id, decision.due_on = responsible_id, due_on
    return take_step(decision, DecisionAct.CHANGE, actor=actor, now=now, note=reason)


def withdraw(decision: Decision, note: str, *, version: int, actor: User, now: datetime) -> DecisionStep:
    """Withdraw a decision that holds no more, with the reason."""
    demand(actor, Permission.MANAGE_COMMITTEE)
    _demand_version(decision, version)
    return take_step(decision, DecisionAct.WITHDRAW, actor=actor, now=now, note=_said(note))
