"""The stock of materials: sums, never below none whatever happens, what trainings hand out, who may move it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import cast
from tests.evidence import CHANGES, attempt, guarded
from tests.house import House

from xuncha.accounts.models import User
from xuncha.core.db import commit, db
from xuncha.core.errors import Refused
from xuncha.trainings import materials, queries
from xuncha.trainings.actions import (
    Facts,
    Handout,
    Heads,
    change_training,
    record_training,
    restore_training,
    void_training,
)
from xuncha.trainings.materials import MaterialForm, MaterialKind, Movement
from xuncha.trainings.models import Training, TrainingKind

Browser = Callable[[str], House]
People = Callable[[str], User]
DAY = date(2026, 11, 2)
LATER = cast.NOW + timedelta(hours=1)
FACTS = Facts(
    kind=TrainingKind.LECTURE,
    topic="Autumn lecture",
    held_on=DAY,
    place="Hall",
    organiser="Office",
    hours=2,
    audience=(Heads(30, group_name="Managers"),),
    materials=(Handout("Fire leaflet", 30),),
)


@pytest.fixture
def leaflet(user: People) -> MaterialKind:
    """A hundred leaflets."""
    kind = materials.add_kind(
        "Fire leaflet", MaterialForm.LEAFLET, 20, actor=user("admin"), now=cast.NOW - timedelta(days=9)
    )
    materials.receive(kind, 100, DAY, actor=user("wang"), now=cast.NOW)
    commit()
    return kind


def test_the_pages_add_a_material_and_move_it(as_user: Browser) -> None:
    office = as_user("admin")
    answer = office.post("/trainings/materials", data={"name": "Poster A", "form": "poster", "low_at": "5"})
    assert answer.status_code == 302
    address = answer.headers["Location"]
    moved = {"reason": "receipt", "count": "12", "day": "2026-11-02", "note": "From the printer"}
    assert office.post(address, data=moved).status_code == 302
    assert as_user("wang").post(address, data=moved | {"reason": "handout", "count": "8"}).status_code == 302
    text = office.text(address)
    assert "+12" in text and "-8" in text
    assert db.session.scalar(sa.select(sa.func.sum(Movement.change))) == 4
    db.session.rollback()
    assert office.post(address, data=moved | {"reason": "count", "count": "3"}).status_code == 302
    assert materials.stocks() == {1: 3}


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": "0"},
        {"count": "-4"},
        {"count": "x"},
        {"count": ""},
        {"day": "2026-11-04"},
        {"day": ""},
        {"reason": "training"},
        {"reason": "handout", "count": "101"},
        {"count": "1000001"},
    ],
)
def test_what_does_not_fit_is_said_and_kept(
    leaflet: MaterialKind, as_user: Browser, wrong: dict[str, str]
) -> None:
    number = leaflet.id
    db.session.rollback()
    fields = {"reason": "receipt", "count": "1", "day": "2026-11-02", "note": "Words to keep"} | wrong
    answer = as_user("wang").post(f"/trainings/materials/{number}", data=fields)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Words to keep" in text and 'class="error"' in text
    assert materials.stocks() == {number: 100}


def test_a_name_is_there_once(leaflet: MaterialKind, as_user: Browser) -> None:
    db.session.rollback()
    answer = as_user("admin").post(
        "/trainings/materials", data={"name": " FIRE  leaflet", "form": "book", "low_at": "1"}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("who", "status"), [("auditor", 403), ("leader", 403), ("expert", 403), ("officer", 403)]
)
def test_others_move_nothing(leaflet: MaterialKind, as_user: Browser, who: str, status: int) -> None:
    number = leaflet.id
    db.session.rollback()
    moved = {"reason": "receipt", "count": "1", "day": "2026-11-02"}
    assert as_user(who).post(f"/trainings/materials/{number}", data=moved).status_code == status
    added = {"name": "X", "form": "book", "low_at": "1"}
    assert as_user("wang").post("/trainings/materials", data=added).status_code == 403
    assert materials.stocks() == {number: 100}


def test_a_training_takes_from_the_stock_and_gives_back(leaflet: MaterialKind, user: People) -> None:
    wang = user("wang")
    training = record_training(FACTS, actor=wang, now=cast.NOW)
    commit()
    assert materials.stock_of(leaflet) == 70
    more = replace(FACTS, materials=(Handout("fire  LEAFLET", 45), Handout("Pens", 7)))
    change_training(training, more, version=training.version, actor=wang, now=LATER)
    commit()
    assert materials.stock_of(leaflet) == 55
    # The figure of copies counts all that was handed out, kept in stock or not.
    assert db.session.scalar(queries.materials(DAY, DAY)) == 52
    void_training(training, "Entered twice", version=training.version, actor=wang, now=LATER)
    commit()
    assert materials.stock_of(leaflet) == 100
    restore_training(training, actor=wang, now=LATER)
    commit()
    assert materials.stock_of(leaflet) == 55


def test_a_training_recorded_before_stock_was_kept_moves_nothing(user: People) -> None:
    wang = user("wang")
    training = record_training(FACTS, actor=wang, now=cast.NOW)
    kind = materials.add_kind("Fire leaflet", MaterialForm.LEAFLET, 0, actor=user("admin"), now=LATER)
    change_training(training, replace(FACTS, hours=3), version=1, actor=wang, now=LATER)
    commit()
    assert materials.stock_of(kind) == 0


def test_more_than_there_is_leaves_the_form_as_typed(leaflet: MaterialKind, as_user: Browser) -> None:
    db.session.rollback()
    fields = {
        "kind": "lecture",
        "topic": "My own words",
        "held_on": "2026-11-02",
        "hours": "2",
        "place": "Yard",
        "organiser": "Office",
        "audience-0-group_name": "Managers",
        "audience-0-headcount": "30",
        "materials-0-name": "Fire leaflet",
        "materials-0-count": "101",
    }
    answer = as_user("wang").post("/trainings/new", data=fields)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "My own words" in text and "101" in text and "100" in text
    assert db.session.query(Training).count() == 0
    assert (
        as_user("wang").post("/trainings/new", data=fields | {"materials-0-count": "100"}).status_code == 302
    )
    assert list(materials.stocks().values()) == [0]


def test_low_and_empty_stock_is_said(leaflet: MaterialKind, user: People, as_user: Browser) -> None:
    number = leaflet.id
    assert "badge" in as_user("wang").get("/trainings/materials").get_data(as_text=True)
    for left, word in ((20, ("Low", "偏少")), (0, ("None left", "已无库存"))):
        materials.count_stock(
            db.session.get_one(MaterialKind, number), left, DAY, actor=user("wang"), now=cast.NOW
        )
        commit()
        db.session.rollback()
        text = as_user("wang").text("/trainings/materials")
        assert any(one in text for one in word)


@pytest.mark.parametrize("change", CHANGES)
def test_movements_are_only_added(leaflet: MaterialKind, change: str) -> None:
    with guarded():
        attempt(change, "material_movements")


STEPS = st.lists(
    st.tuples(st.sampled_from(["receive", "hand_out", "count", "give"]), st.integers(0, 40)), max_size=14
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_stock_is_the_sum_of_its_rows_and_never_below_none(
    app: Flask, user: People, steps: list[tuple[str, int]]
) -> None:
    """A plain count beside the rows: an act that would go below none is refused and changes nothing."""
    wang, expected = user("wang"), 0
    kind = materials.add_kind("Leaflet", MaterialForm.LEAFLET, 0, actor=user("admin"), now=cast.NOW)
    training = record_training(replace(FACTS, materials=()), actor=wang, now=cast.NOW)
    given_out = 0
    for act, count in steps:
        wanted = {
            "receive": expected + count if count else None,
            "hand_out": expected - count if count and count <= expected else None,
            "count": count,
            "give": expected + given_out - count if expected + given_out >= count else None,
        }[act]
        savepoint = db.session.begin_nested()
        try:
            if act == "receive":
                materials.receive(kind, count, DAY, actor=wang, now=cast.NOW)
            elif act == "hand_out":
                materials.hand_out(kind, count, DAY, actor=wang, now=cast.NOW)
            elif act == "count":
                materials.count_stock(kind, count, DAY, actor=wang, now=cast.NOW)
            else:
                told = replace(FACTS, materials=(Handout("Leaflet", count),) if count else ())
                change_training(training, told, version=training.version, actor=wang, now=LATER)
                given_out = count
            savepoint.commit()
            done = True
        except Refused:
            savepoint.rollback()
            db.session.refresh(training)
            done = False
        assert done == (wanted is not None), (act, count)
        expected = expected if wanted is None else wanted
        assert materials.stock_of(kind) == expected >= 0
    db.session.rollback()
