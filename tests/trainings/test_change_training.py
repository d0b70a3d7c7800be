"""A recorded training is changed by its recorder or the office, with history, and never over somebody else's change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests import cast
from tests.house import House

from xuncha.accounts.models import User
from xuncha.core import history
from xuncha.core.db import commit, db
from xuncha.core.errors import ActedFirst, NotAllowed, Refused
from xuncha.trainings.actions import (
    Facts,
    Handout,
    Heads,
    change_training,
    record_training,
    restore_training,
    void_training,
)
from xuncha.trainings.models import Training, TrainingKind

LATER = cast.NOW + timedelta(hours=1)
FACTS = Facts(
    kind=TrainingKind.LECTURE,
    topic="Autumn lecture",
    held_on=date(2026, 10, 20),
    place="Hall",
    organiser="Safety office",
    hours=2,
    audience=(Heads(30, group_name="Managers"), Heads(12, group_name="Operators")),
    materials=(Handout("Leaflet", 100),),
)


@pytest.fixture
def training(user: Callable[[str], User]) -> Training:
    made = record_training(FACTS, actor=user("wang"), now=cast.NOW)
    commit()
    return made


def test_a_change_keeps_what_stood_before(training: Training, user: Callable[[str], User]) -> None:
    change_training(training, replace(FACTS, place="Gym", hours=3), version=1, actor=user("wang"), now=LATER)
    commit()
    row = history.of(training)[-1]
    assert row.action == "change" and row.actor_name == user("wang").name
    assert row.before == {"place": "Hall", "hours": 2.0}
    assert row.after == {"place": "Gym", "hours": 3}


def test_a_change_of_rows_alone_raises_the_version(training: Training, user: Callable[[str], User]) -> None:
    fewer = replace(FACTS, audience=(Heads(31, group_name="Managers"),))
    change_training(training, fewer, version=1, actor=user("wang"), now=LATER)
    commit()
    db.session.refresh(training)
    assert training.version == 2 and training.attendances == 31


def test_saving_without_a_change_leaves_no_trace(training: Training, user: Callable[[str], User]) -> None:
    change_training(training, FACTS, version=1, actor=user("wang"), now=LATER)
    commit()
    assert [row.action for row in history.of(training)] == ["record"]


def test_the_second_of_two_people_is_told_and_loses_nothing(
    training: Training, as_user: Callable[[str], House], user: Callable[[str], User]
) -> None:
    number = training.id
    change_training(training, replace(FACTS, place="Gym"), version=1, actor=user("wang"), now=LATER)
    commit()
    fields = {
        "version": "1",
        "kind": "lecture",
        "topic": "My own words",
        "held_on": "2026-10-20",
        "hours": "2",
        "place": "Yard",
        "organiser": "Office",
        "audience-0-group_name": "Managers",
        "audience-0-headcount": "30",
    }
    answer = as_user("admin").post(f"/trainings/{number}/edit", data=fields)
    assert answer.status_code == 422
    assert "My own words" in answer.get_data(as_text=True)
    assert db.session.get_one(Training, number).place == "Gym"


def test_the_edit_page_shows_what_was_recorded_and_saves_it_back(
    training: Training, as_user: Callable[[str], House]
) -> None:
    number = training.id
    browser = as_user("wang")
    page = browser.page(f"/trainings/{number}/edit")
    assert page.fields["topic"] == "Autumn lecture"
    assert page.fields["audience-1-group_name"] == "Operators"
    assert page.fields["audience-1-headcount"] == "12"
    fields = page.fields | {"kind": "lecture", "audience-1-headcount": "15", "content": ""}
    assert browser.post(f"/trainings/{number}/edit", data=fields).status_code == 302
    assert db.session.get_one(Training, number).attendances == 45


@pytest.mark.parametrize("name", ["zhao", "lin", "chen", "leader", "auditor", "expert", "officer"])
def test_others_may_not_change_it(training: Training, user: Callable[[str], User], name: str) -> None:
    with pytest.raises(NotAllowed):
        change_training(training, FACTS, version=1, actor=user(name), now=LATER)
    with pytest.raises(NotAllowed):
        void_training(training, "wrong", version=1, actor=user(name), now=LATER)


def test_a_void_training_stays_readable_with_its_reason(
    training: Training, as_user: Callable[[str], House]
) -> None:
    number = training.id
    browser = as_user("wang")
    refused = browser.post(f"/trainings/{number}/void", data={"version": "1", "reason": " "})
    assert refused.status_code == 422
    assert 'id="reason-error"' in refused.get_data(as_text=True)
    browser.post(f"/trainings/{number}/void", data={"version": "1", "reason": "Entered twice"})
    assert "Entered twice" in browser.text(f"/trainings/{number}")
    assert "Autumn lecture" not in browser.text("/trainings")
    assert "Autumn lecture" in browser.text("/trainings?void=1")
    browser.post(f"/trainings/{number}/restore")
    assert "Autumn lecture" in browser.text("/trainings")


def test_void_is_not_changed_nor_made_void_twice(training: Training, user: Callable[[str], User]) -> None:
    wang = user("wang")
    void_training(training, "Entered twice", version=1, actor=wang, now=LATER)
    commit()
    with pytest.raises(Refused):
        change_training(training, FACTS, version=2, actor=wang, now=LATER)
    with pytest.raises(ActedFirst):
        void_training(training, "again", version=2, actor=wang, now=LATER)
    restore_training(training, actor=wang, now=LATER)
    commit()
    with pytest.raises(ActedFirst):
        restore_training(training, actor=wang, now=LATER)
    assert [row.action for row in history.of(training)] == ["record", "void", "restore"]
