"""A walk through every row of the table, from every state it names, by the machine of state_machine.py under its invariants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from tests.hazards.builders import (
    NOW,
    PATHS,
    USUAL,
    do,
    draft,
    file,
    filing,
    finding,
    in_state,
    issued,
    place,
)
from tests.hazards.state_machine import HazardMachine
from tests.hazards.test_own_findings import found

from xuncha.core.db import db
from xuncha.hazards.lifecycle import ACTIVE, STEPS, WORKING, Act, State, Step, next_state
from xuncha.hazards.models import Grade, Hazard, LookBack

Way = Callable[[State], Hazard]


def general(state: State) -> Hazard:
    """A general hazard; what waits for a second person's approval is always more."""
    return in_state(state)


def suspected(state: State) -> Hazard:
    """One that may be major."""
    if state is not State.VERIFIED:
        return in_state(state, suspected_major=True, major_criterion="判定标准第三条")
    reported = in_state(State.REPORTED_DONE, suspected_major=True, major_criterion="判定标准第三条")
    return do(reported, Act.VERIFY)


def major(state: State) -> Hazard:
    """One that is confirmed as major, without a plan where it is still worked on."""
    if state is State.VERIFIED:
        return in_state(state)
    return do(in_state(state), Act.CONFIRM_MAJOR)


def pending(state: State) -> Hazard:
    """A major one whose plan waits for the office."""
    return do(major(state), Act.SUBMIT_PLAN)


def planned(state: State) -> Hazard:
    """A major one whose plan is accepted."""
    return do(pending(state), Act.ACCEPT_PLAN)


def listed(state: State) -> Hazard:
    """One that is listed and need not be any more."""
    if state is State.CLOSED:
        return do(do(in_state(State.VERIFIED), Act.LIST), Act.APPROVE_CLOSURE)
    if state in {State.REFERRED, State.VOID}:
        hazard = do(major(State.OPEN), Act.LIST)
        return do(hazard, Act.REFER if state is State.REFERRED else Act.VOID)
    return do(do(major(state), Act.LIST), Act.DISMISS_MAJOR)


def beside_another(state: State) -> Hazard:
    """One of two hazards of the enterprise."""
    issued(description="同一处的另一条")
    return in_state(state)


def drawn(state: State) -> Hazard:
    """Closed, and drawn into the sample that is looked at again."""
    hazard = in_state(state)
    db.session.add(LookBack(hazard_id=hazard.id, drawn_on=NOW.date()))
    db.session.commit()
    return hazard


def of_expert(_state: State) -> Hazard:
    """What an expert found and the zone has not decided on."""
    visit = filing(place("huaxin"), finding(), finding(description="标识褪色"), kind="expert", mode="expert")
    check = file(visit, actor="expert")
    return db.session.query(Hazard).filter_by(check_id=check.id).order_by(Hazard.id).first() or draft()


def own(_state: State) -> Hazard:
    """What the enterprise found itself, reported by its officer."""
    return do(found(), Act.REPORT_DONE)


WAYS: dict[Act, Way] = {
    Act.CONFIRM_FINDING: of_expert,
    Act.REJECT_FINDING: of_expert,
    Act.CLOSE_OWN: own,
    Act.SIGN_OFF: planned,
    Act.CONFIRM_MAJOR: suspected,
    Act.DISMISS_MAJOR: suspected,
    Act.REPORT_MAJOR: major,
    Act.SUBMIT_PLAN: major,
    Act.ACCEPT_PLAN: pending,
    Act.RETURN_PLAN: pending,
    Act.REPORT_PROGRESS: major,
    Act.LIST: major,
    Act.DELIST: listed,
    Act.MERGE: beside_another,
    Act.LOOK_BACK: drawn,
    Act.RELAPSE: drawn,
}
ROWS = [(step, state) for step in STEPS for state in step.sources]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.act.value)
def test_every_row_is_walked_from_every_state_it_names(app: Flask, step: Step) -> None:
    """The step is taken, leads where the table says, and leaves history and figures whole."""
    machine = HazardMachine()
    for state in step.sources:
        hazard = WAYS.get(step.act, general)(state)
        assert hazard.state is state
        is_general = hazard.grade is Grade.GENERAL
        machine.number = hazard.id
        machine.moment = NOW + timedelta(days=12 if step.act is Act.SUPERVISE else 0)
        before = len(hazard.events)
        machine.attempt(step.act, USUAL.get(step.act, "wang"), hours=0)
        events = machine.hazard().events
        assert len(events) == before + 1, f"{step.act} from {state} was not taken"
        assert (events[-1].act, events[-1].from_state) == (step.act, state)
        assert events[-1].to_state is next_state(step.act, state, general=is_general)
        machine.history_is_a_chain()
        if step.act is not Act.CLOSE_OWN:  # the one closing that is the enterprise's
            machine.nobody_judges_his_own_work()
    machine.teardown()


def test_the_table_names_every_state_but_the_last_one() -> None:
    """From each state something follows, except from what is void, which is only delisted."""
    assert {state for _step, state in ROWS} == {*State}
    assert {step.act for step, state in ROWS if state is State.VOID} == {Act.DELIST}
    assert {*PATHS} | {State.DRAFT} == {*State}
    assert set(WORKING) < set(ACTIVE)
