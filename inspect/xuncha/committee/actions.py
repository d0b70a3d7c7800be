"""What is done in the committee: members enter and leave, meetings are recorded, minutes signed off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ..accounts.models import User
from ..core import history
from ..core.access import Permission, demand
from ..core.clock import local_day
from ..core.db import db
from ..core.errors import ActedFirst, Refused
from ..core.labels import N_
from . import decisions, minutes, queries
from .lifecycle import DecisionAct
from .minutes import CommitteeMinutes
from .models import Attendance, CommitteeDuty, CommitteeMember, Decision, Meeting

MEMBER_FIELDS = ("user_id", "name", "organ", "post", "duty", "from_on", "until_on")
MEETING_FIELDS = ("held_on", "place", "chair_id", "agenda", "minutes", "guests")
CHANGED = N_("Somebody else changed this first. Look at it as it is now and decide again.")


def save_member(
    member: CommitteeMember | None, facts: dict[str, Any], *, version: int, actor: User, now: datetime
) -> CommitteeMember:
    """Enter a member, or change one; who has an account bears the name of the account."""
    demand(actor, Permission.MANAGE_COMMITTEE)
    if member is not None and member.version != version:
        raise ActedFirst(CHANGED)
    person = db.session.get(User, facts["user_id"]) if facts["user_id"] else None
    facts = {**facts, "name": person.name if person else facts["name"].strip()}
    _demand_member(facts, member)
    before = _values(member, MEMBER_FIELDS) if member is not None else {}
    verb = "change" if member is not None else "create"
    if member is None:
        member = CommitteeMember()
        db.session.add(member)
    _write(member, facts, MEMBER_FIELDS)
    history.record(member, verb, actor=actor, now=now, before=before, after=_values(member, MEMBER_FIELDS))
    return member


def _demand_member(facts: dict[str, Any], member: CommitteeMember | None) -> None:
    if not facts["name"]:
        raise Refused(N_("Choose who it is, or enter the name."), field="name")
    if not facts["organ"].strip():
        raise Refused(N_("Fill this in."), field="organ")
    last = facts["until_on"]
    if last is not None and last < facts["from_on"]:
        raise Refused(N_("The last day lies before the first."), field="until_on")
    if facts["duty"] is CommitteeDuty.CHAIR:
        for other in queries.members_between(facts["from_on"], last):
            if other is not member and other.duty is CommitteeDuty.CHAIR:
                raise Refused(
                    N_("%(name)s is chair in this time. Enter first until when."),
                    field="duty",
                    name=other.name,
                )


@dataclass(frozen=True)
class Draft:
    """A decision as the minutes write it."""

    what: str
    responsible_id: int
    due_on: date


@dataclass(frozen=True)
class MeetingFacts:
    """A meeting as it is recorded; `present` names members."""

    held_on: date
    place: str
    chair_id: int
    agenda: str
    minutes: str = ""
    guests: str = ""
    present: tuple[int, ...] = ()
    decisions: tuple[Draft, ...] = ()


def save_meeting(
    meeting: Meeting | None, facts: MeetingFacts, *, version: int, actor: User, now: datetime
) -> Meeting:
    """Record a meeting that is called or was held, or change it; possible until its minutes are signed off."""
    demand(actor, Permission.MANAGE_COMMITTEE)
    if meeting is not None:
        _demand_open(meeting, version)
    _demand_sound(facts)
    before = _all_values(meeting) if meeting is not None else {}
    verb = "change" if meeting is not None else "create"
    if meeting is None:
        meeting = Meeting(recorded_by_id=actor.id, recorded_at=now)
        db.session.add(meeting)
    _write(meeting, vars(facts), MEETING_FIELDS)
    meeting.attendances.clear()
    meeting.decisions.clear()
    db.session.flush()
    meeting.attendances = [
        Attendance(member_id=number, position=place) for place, number in enumerate(facts.present)
    ]
    meeting.decisions = [
        Decision(position=place, what=one.what.strip(), responsible_id=one.responsible_id, due_on=one.due_on)
        for place, one in enumerate(facts.decisions, start=1)
    ]
    history.record(meeting, verb, actor=actor, now=now, before=before, after=_all_values(meeting))
    return meeting


def _demand_open(meeting: Meeting, version: int) -> None:
    if meeting.is_signed:
        raise ActedFirst(N_("The minutes are signed off: nothing in them changes any more."))
    if meeting.version != version:
        raise ActedFirst(CHANGED)


def _demand_sound(facts: MeetingFacts) -> None:
    for name in ("place", "agenda"):
        if not getattr(facts, name).strip():
            raise Refused(N_("Fill this in."), field=name)
    serving = {one.id for one in queries.members_on(facts.held_on)}
    if facts.chair_id not in {one.id for one in queries.presiding_on(facts.held_on)}:
        raise Refused(N_("Who chairs is chair or deputy chair on that day."), field="chair_id")
    if set(facts.present) - serving:
        raise Refused(N_("Somebody who is ticked was no member on that day."), field="present")
    people = {one.id for one in queries.answerable()}
    for one in facts.decisions:
        if not one.what.strip() or one.responsible_id not in people:
            raise Refused(N_("Each decision says what, who and until when."), field="decisions")
        if one.due_on < facts.held_on:
            raise Refused(N_("A decision is not due before the meeting."), field="decisions")


def sign_off(meeting: Meeting, *, version: int, actor: User, now: datetime) -> CommitteeMinutes:
    """Sign the minutes off: the paper is issued, and each decision becomes a task."""
    demand(actor, Permission.SIGN_MINUTES, meeting)
    _demand_open(meeting, version)
    if meeting.held_on > local_day(now):
        raise Refused(N_("The meeting is still to come."))
    if not meeting.minutes:
        raise Refused(N_("The minutes are not written yet."))
    if meeting.chair_id not in {one.member_id for one in meeting.attendances}:
        raise Refused(N_("Who chaired is not ticked as present. Change the minutes first."))
    meeting.signed_at = now
    paper = minutes.issue(meeting, actor=actor, now=now)
    for decision in meeting.decisions:
        decisions.take_step(decision, DecisionAct.MAKE, actor=actor, now=now)
    history.record(meeting, "sign_off", actor=actor, now=now, note=paper.number)
    return paper


def discard(meeting: Meeting, *, version: int, actor: User, now: datetime) -> None:
    """Take a meeting away that was entered by mistake or did not take place; signed minutes stay."""
    demand(actor, Permission.MANAGE_COMMITTEE)
    _demand_open(meeting, version)
    history.record(meeting, "discard", actor=actor, now=now, before=_all_values(meeting))
    db.session.delete(meeting)


def _write(row: Any, facts: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        value = facts[name]
        setattr(row, name, value.strip() if type(value) is str else value)


def _values(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {
        name: str(value) if isinstance(value, date | CommitteeDuty) else value
        for name, value in values.items()
    }


def _all_values(meeting: Meeting) -> dict[str, Any]:
    return _values(meeting, MEETING_FIELDS) | {
        "present": [one.member_id for one in meeting.attendances],
        "decisions": [[one.what, one.responsible_id, one.due_on.isoformat()] for one in meeting.decisions],
    }
