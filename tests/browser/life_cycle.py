"""The journeys of test_life_cycle.py: who takes which step on a page, and where the hazard stands after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from tests.hazards.builders import (
    BROUGHT,
    do,
    draft,
    file,
    filing,
    finding,
    hazards_of,
    in_state,
    issued,
    photo,
    place,
    planned,
    unsigned,
)
from xuncha.core.clock import today
from xuncha.core.db import db
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Hazard, LookBack

LINK = "link"  # whoever holds the paper of the notice, without an account
# Days from today; a date that the enterprise asks for lies later than one that it is given.
AHEAD = {"due_on": 10, "deadline": 40, "reply_by": 20}
ASKED_AHEAD = {Act.ASK_EXTENSION: 30, Act.SUBMIT_PLAN: 30}


@dataclass(frozen=True)
class Stage:
    """A step that a person takes on a page, and the state in which the hazard is then."""

    who: str
    act: Act
    state: State


@dataclass(frozen=True)
class Journey:
    """How the hazard is prepared, and the steps that people take on their pages, one after another."""

    begins: State | None
    prepare: Callable[[], Hazard] | None
    stages: tuple[Stage, ...]


def typed(act: Act) -> dict[str, str]:
    """What a person types or picks for a step, the days counted from the day of the test."""
    brought = dict(BROUGHT.get(act, {}))
    if act is Act.REPORT_DONE:
        brought["cost"] = "0.3"
    ahead = {**AHEAD, "due_on": ASKED_AHEAD.get(act, AHEAD["due_on"])}
    days = {name: today() + timedelta(days=ahead[name]) for name in brought if name in ahead}
    return {name: str(value) for name, value in {**brought, **days}.items()}


def soon() -> date:
    """A due date that has not passed, whenever the test runs."""
    return today() + timedelta(days=7)


def found(**more: object) -> Hazard:
    """With a photo of how it was found; its notice waits."""
    return draft(due_on=soon().isoformat(), before=[{"sha256": photo(200).sha256}], **more)


def told() -> Hazard:
    """Its notice is issued."""
    return issued(due_on=soon().isoformat(), before=[{"sha256": photo(200).sha256}])


def suspected() -> Hazard:
    """A visit found it and thought that it may be major."""
    return found(suspected_major=True, major_criterion="判定标准第三条")


def overdue() -> Hazard:
    """Due a week after the day of the cast, which is past."""
    return issued()


def drawn() -> Hazard:
    """Closed, and drawn into the sample that is looked at again."""
    hazard = do(do(issued(), Act.REPORT_DONE), Act.VERIFY)
    db.session.add(LookBack(hazard_id=hazard.id, drawn_on=today()))
    db.session.commit()
    return hazard


def taken_over() -> Hazard:
    return in_state(State.IN_PROGRESS)


def reported() -> Hazard:
    return in_state(State.REPORTED_DONE)


def planned_and_taken_over() -> Hazard:
    """A major hazard that the enterprise is rectifying by its plan."""
    return do(planned(), Act.ACCEPT)


def found_by_an_expert() -> Hazard:
    """One of two findings of an expert, which the zone has still to decide."""
    findings = [
        finding(due_on=soon().isoformat()),
        finding(description="标识褪色", due_on=soon().isoformat()),
    ]
    check = file(filing(place("huaxin"), *findings, kind="expert", mode="expert"), actor="expert")
    return hazards_of(check)[0]


JOURNEYS = {
    "an expert's finding confirmed": Journey(
        State.DRAFT, found_by_an_expert, (Stage("admin", Act.CONFIRM_FINDING, State.DRAFT),)
    ),
    "an expert's finding rejected": Journey(
        State.DRAFT, found_by_an_expert, (Stage("leader", Act.REJECT_FINDING, State.VOID),)
    ),
    "a general hazard, reopened and void": Journey(
        State.DRAFT,
        found,
        (
            Stage("wang", Act.ISSUE, State.OPEN),
            Stage("officer", Act.ACCEPT, State.IN_PROGRESS),
            Stage("wang", Act.REMIND, State.IN_PROGRESS),
            Stage("officer", Act.REPORT_DONE, State.REPORTED_DONE),
            Stage("wang", Act.SEND_BACK, State.SENT_BACK),
            Stage("officer", Act.REPORT_DONE, State.REPORTED_DONE),
            Stage("wang", Act.VERIFY, State.CLOSED),
            Stage("leader", Act.REOPEN, State.SENT_BACK),
            Stage("leader", Act.VOID, State.VOID),
        ),
    ),
    "rectified on the spot": Journey(State.DRAFT, found, (Stage("wang", Act.FIX_ON_SPOT, State.CLOSED),)),
    "an extension, refused and granted": Journey(
        State.OPEN,
        told,
        (
            Stage("officer", Act.ASK_EXTENSION, State.EXTENSION_PENDING),
            Stage("wang", Act.REFUSE_EXTENSION, State.IN_PROGRESS),
            Stage("officer", Act.ASK_EXTENSION, State.EXTENSION_PENDING),
            Stage("wang", Act.GRANT_EXTENSION, State.IN_PROGRESS),
        ),
    ),
    "referred": Journey(
        State.OPEN,
        told,
        (
            Stage("wang", Act.REFER, State.REFERRED),
            Stage("wang", Act.CLOSE_REFERRED, State.CLOSED),
        ),
    ),
    "a major hazard": Journey(
        State.DRAFT,
        suspected,
        (
            Stage("admin", Act.CONFIRM_MAJOR, State.DRAFT),
            Stage("wang", Act.ISSUE, State.OPEN),
            Stage("wang", Act.REPORT_MAJOR, State.OPEN),
            Stage("leader", Act.LIST, State.OPEN),
            Stage("officer", Act.SUBMIT_PLAN, State.OPEN),
            Stage("admin", Act.RETURN_PLAN, State.OPEN),
            Stage("officer", Act.SUBMIT_PLAN, State.OPEN),
            Stage("leader", Act.ACCEPT_PLAN, State.OPEN),
            Stage("officer", Act.ACCEPT, State.IN_PROGRESS),
            Stage("officer", Act.REPORT_PROGRESS, State.IN_PROGRESS),
            Stage("principal", Act.SIGN_OFF, State.IN_PROGRESS),
            Stage("officer", Act.REPORT_DONE, State.REPORTED_DONE),
            Stage("wang", Act.VERIFY, State.VERIFIED),
            Stage("leader", Act.APPROVE_CLOSURE, State.CLOSED),
            Stage("leader", Act.DELIST, State.CLOSED),
        ),
    ),
    "suspected and not major": Journey(
        State.DRAFT, suspected, (Stage("admin", Act.DISMISS_MAJOR, State.DRAFT),)
    ),
    "overdue, found again and merged": Journey(
        State.OPEN,
        overdue,
        (
            Stage("leader", Act.SUPERVISE, State.OPEN),
            Stage("wang", Act.FOUND_AGAIN, State.OPEN),
            Stage("leader", Act.MERGE, State.VOID),
        ),
    ),
    "the enterprise's own": Journey(
        None,
        None,
        (
            Stage("officer", Act.FIND, State.OPEN),
            Stage("officer", Act.REPORT_DONE, State.REPORTED_DONE),
            Stage("principal", Act.CLOSE_OWN, State.CLOSED),
        ),
    ),
    "looked back": Journey(State.CLOSED, drawn, (Stage("wang", Act.LOOK_BACK, State.CLOSED),)),
    "back again": Journey(State.CLOSED, drawn, (Stage("wang", Act.RELAPSE, State.CLOSED),)),
    "by link": Journey(
        State.OPEN,
        told,
        (
            Stage(LINK, Act.ACCEPT, State.IN_PROGRESS),
            Stage(LINK, Act.ASK_EXTENSION, State.EXTENSION_PENDING),
            Stage("wang", Act.GRANT_EXTENSION, State.IN_PROGRESS),
            Stage(LINK, Act.REPORT_DONE, State.REPORTED_DONE),
            Stage("wang", Act.SEND_BACK, State.SENT_BACK),
            Stage(LINK, Act.REPORT_DONE, State.REPORTED_DONE),
            Stage("wang", Act.VERIFY, State.CLOSED),
        ),
    ),
    "a major hazard, signed and reported by link": Journey(
        State.OPEN,
        unsigned,
        (
            Stage(LINK, Act.SIGN_OFF, State.OPEN),
            Stage(LINK, Act.REPORT_DONE, State.REPORTED_DONE),
        ),
    ),
    # What no journey above passes through: from each state to each that may follow.
    "referred before its notice": Journey(
        State.DRAFT,
        suspected,
        (Stage("wang", Act.REFER, State.REFERRED), Stage("wang", Act.CLOSE_REFERRED, State.VERIFIED)),
    ),
    "rectified on the spot, perhaps major": Journey(
        State.DRAFT, suspected, (Stage("wang", Act.FIX_ON_SPOT, State.VERIFIED),)
    ),
    "void before its notice": Journey(State.DRAFT, found, (Stage("leader", Act.VOID, State.VOID),)),
    "seen rectified, nothing told": Journey(State.OPEN, told, (Stage("wang", Act.VERIFY, State.CLOSED),)),
    "sent back and seen rectified, nothing told": Journey(
        State.OPEN,
        told,
        (Stage("wang", Act.SEND_BACK, State.SENT_BACK), Stage("wang", Act.VERIFY, State.CLOSED)),
    ),
    "taken over and seen rectified": Journey(
        State.IN_PROGRESS, taken_over, (Stage("wang", Act.VERIFY, State.CLOSED),)
    ),
    "taken over, sent back, referred and void": Journey(
        State.IN_PROGRESS,
        taken_over,
        (
            Stage("wang", Act.SEND_BACK, State.SENT_BACK),
            Stage("wang", Act.REFER, State.REFERRED),
            Stage("leader", Act.VOID, State.VOID),
        ),
    ),
    "taken over and referred": Journey(
        State.IN_PROGRESS, taken_over, (Stage("wang", Act.REFER, State.REFERRED),)
    ),
    "taken over and void": Journey(State.IN_PROGRESS, taken_over, (Stage("leader", Act.VOID, State.VOID),)),
    "reported and referred": Journey(
        State.REPORTED_DONE, reported, (Stage("wang", Act.REFER, State.REFERRED),)
    ),
    "reported and void": Journey(State.REPORTED_DONE, reported, (Stage("leader", Act.VOID, State.VOID),)),
    "a major hazard, back after its closure was to be approved": Journey(
        State.OPEN,
        planned,
        (
            Stage("wang", Act.VERIFY, State.VERIFIED),
            Stage("wang", Act.SEND_BACK, State.SENT_BACK),
            Stage("officer", Act.ASK_EXTENSION, State.EXTENSION_PENDING),
            Stage("leader", Act.VOID, State.VOID),
        ),
    ),
    "a major hazard taken over, seen rectified and void": Journey(
        State.IN_PROGRESS,
        planned_and_taken_over,
        (Stage("wang", Act.VERIFY, State.VERIFIED), Stage("leader", Act.VOID, State.VOID)),
    ),
    "a major hazard sent back and seen rectified": Journey(
        State.OPEN,
        planned,
        (Stage("wang", Act.SEND_BACK, State.SENT_BACK), Stage("wang", Act.VERIFY, State.VERIFIED)),
    ),
}
