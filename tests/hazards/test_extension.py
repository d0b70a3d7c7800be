"""Extensions: asked in time, for a later date, granted once, decided by the right person; both dates stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.hazards.builders import LATER, NOW, day, do, in_state, planned

from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.core.errors import NotAllowed, Refused
from xuncha.hazards.lifecycle import Act, State


def test_a_granted_extension_moves_the_date_and_keeps_the_original(app: object) -> None:
    hazard = do(in_state(State.EXTENSION_PENDING), Act.GRANT_EXTENSION, note="同意")
    asked = hazard.extensions[-1]
    assert (hazard.due_on, hazard.original_due_on) == (LATER + timedelta(days=10), LATER)
    assert (asked.old_due_on, asked.new_due_on, asked.granted, asked.decision_note) == (
        LATER,
        LATER + timedelta(days=10),
        True,
        "同意",
    )
    assert hazard.state is State.IN_PROGRESS


def test_a_refused_extension_leaves_the_date(app: object) -> None:
    hazard = do(in_state(State.EXTENSION_PENDING), Act.REFUSE_EXTENSION)
    assert (hazard.due_on, hazard.extensions[-1].granted, hazard.state) == (LATER, False, State.IN_PROGRESS)


def test_while_it_is_pending_the_present_date_holds(app: object) -> None:
    hazard = in_state(State.EXTENSION_PENDING)
    assert hazard.is_overdue(LATER + timedelta(days=1))


@pytest.mark.parametrize("offset", [0, -1])
def test_the_new_date_is_later_than_the_old(app: object, offset: int) -> None:
    with pytest.raises(Refused) as refusal:
        do(in_state(State.IN_PROGRESS), Act.ASK_EXTENSION, due_on=LATER + timedelta(days=offset))
    assert refusal.value.field == "due_on"


def test_the_last_day_to_ask_is_the_due_date_in_the_zone(app: object) -> None:
    hazard = in_state(State.IN_PROGRESS)
    with pytest.raises(Refused):
        do(hazard, Act.ASK_EXTENSION, now=at(LATER + timedelta(days=1), 0, 1))
    db.session.rollback()
    assert do(hazard, Act.ASK_EXTENSION, now=at(LATER, 23, 59)).state is State.EXTENSION_PENDING


def test_a_date_is_extended_once(app: object) -> None:
    hazard = do(in_state(State.EXTENSION_PENDING), Act.GRANT_EXTENSION)
    with pytest.raises(Refused):
        do(hazard, Act.ASK_EXTENSION, due_on=day(40))


def test_after_a_refusal_one_may_ask_again(app: object) -> None:
    hazard = do(in_state(State.EXTENSION_PENDING), Act.REFUSE_EXTENSION)
    assert do(hazard, Act.ASK_EXTENSION, due_on=day(9)).state is State.EXTENSION_PENDING


def test_the_date_of_a_major_hazard_is_moved_by_managers_only(app: object) -> None:
    hazard = do(planned(), Act.ASK_EXTENSION, due_on=day(60))
    with pytest.raises(NotAllowed):
        do(hazard, Act.GRANT_EXTENSION, actor="wang")
    db.session.rollback()
    do(hazard, Act.GRANT_EXTENSION, actor="leader")
    assert hazard.extensions[-1].decided_by is not None
    assert hazard.extensions[-1].decided_at == NOW
