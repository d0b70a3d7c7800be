"""The plan of a year: items, what was held for them, proposals that a person decides, the page and its workbook."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from tests import cast
from tests.house import House

from xuncha.accounts.models import User
from xuncha.core.db import commit, db
from xuncha.trainings import plans
from xuncha.trainings.actions import Facts, Heads, record_training, void_training
from xuncha.trainings.models import Training, TrainingKind
from xuncha.trainings.plans import PlanFacts, PlanItem, PlanState

Browser = Callable[[str], House]
People = Callable[[str], User]


def planned(
    people: People,
    month: int,
    kind: TrainingKind = TrainingKind.LECTURE,
    topic: str = "Autumn lecture",
    expected: int = 40,
) -> int:
    """The number of an item of 2026."""
    facts = PlanFacts(2026, month, kind, topic, "Managers", expected, people("wang").id)
    item = plans.add_item(facts, actor=people("admin"), now=cast.NOW)
    commit()
    return item.id


def held(people: People, day: date, kind: TrainingKind = TrainingKind.LECTURE, heads: int = 30) -> int:
    """The number of a training that was held."""
    facts = Facts(
        kind=kind,
        topic="Held in the hall",
        held_on=day,
        place="Hall",
        organiser="Office",
        hours=2,
        audience=(Heads(heads, group_name="Managers"),),
    )
    training = record_training(facts, actor=people("wang"), now=cast.NOW)
    commit()
    return training.id


def form(people: People, **more: object) -> dict[str, object]:
    """What a browser posts for an item."""
    own = {
        "year": "2026",
        "month": "12",
        "kind": "film",
        "topic": "Winter film",
        "audience": "All staff",
        "expected": "200",
        "responsible_id": str(people("wang").id),
    }
    db.session.rollback()
    return {**own, **more}


def test_an_item_is_planned_changed_and_taken_out(as_user: Browser, user: People) -> None:
    office = as_user("admin")
    assert office.post("/trainings/plan/new", data=form(user)).status_code == 302
    item = db.session.query(PlanItem).one()
    number = item.id
    assert "Winter film" in office.text("/trainings/plan?year=2026")
    page = office.page(f"/trainings/plan/{number}/edit")
    changed = form(user, topic="Winter film, part two", version=page.fields["version"])
    assert office.post(f"/trainings/plan/{number}/edit", data=changed).status_code == 302
    late = office.post(f"/trainings/plan/{number}/edit", data=changed | {"topic": "Mine"})
    assert late.status_code == 422 and 'value="Mine"' in late.get_data(as_text=True)
    empty = office.post(f"/trainings/plan/{number}/drop", data={"reason": " "})
    assert empty.status_code == 422 and 'class="error"' in empty.get_data(as_text=True)
    assert office.post(f"/trainings/plan/{number}/drop", data={"reason": "No room"}).status_code == 302
    assert "Winter film" not in office.text("/trainings/plan?year=2026")


@pytest.mark.parametrize(
    "wrong",
    [
        {"month": "13"},
        {"month": ""},
        {"topic": " "},
        {"expected": "many"},
        {"expected": "-1"},
        {"kind": "party"},
        {"responsible_id": "987654"},
        {"year": "1999"},
    ],
)
def test_what_does_not_fit_is_said_and_kept(as_user: Browser, user: People, wrong: dict[str, str]) -> None:
    answer = as_user("admin").post("/trainings/plan/new", data=form(user, audience="Words to keep", **wrong))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Words to keep" in text and 'class="error"' in text
    assert db.session.query(PlanItem).count() == 0


@pytest.mark.parametrize("who", ["wang", "leader", "auditor", "expert", "officer"])
def test_only_the_office_plans(as_user: Browser, user: People, who: str) -> None:
    number = planned(user, 10)
    training = held(user, date(2026, 10, 20))
    db.session.rollback()
    browser = as_user(who)
    for address in (
        "/trainings/plan/new",
        f"/trainings/plan/{number}/edit",
        f"/trainings/plan/{number}/drop",
        f"/trainings/{training}/link",
    ):
        data = form(user, reason="x", item=str(number))
        assert browser.post(address, data=data).status_code in {403, 404}, address
    assert db.session.get_one(Training, training).plan_item_id is None


def test_kind_and_month_propose_and_a_person_decides(as_user: Browser, user: People) -> None:
    done = planned(user, 10)
    other = planned(user, 10, topic="Second lecture")
    planned(user, 10, TrainingKind.FILM)
    planned(user, 9)
    first = held(user, date(2026, 10, 20))
    items = plans.items_of(2026)
    training = db.session.get_one(Training, first)
    proposed = plans.proposal_for(training, items)
    assert proposed is not None and proposed.id == done
    plans.link(training, proposed, actor=user("admin"), now=cast.NOW)
    commit()
    second = held(user, date(2026, 10, 27), heads=12)
    again = plans.proposal_for(db.session.get_one(Training, second), plans.items_of(2026))
    assert again is not None and again.id == other
    db.session.rollback()
    office = as_user("admin")
    assert office.post(f"/trainings/{second}/link", data={"item": str(other)}).status_code == 302
    assert db.session.get_one(Training, second).plan_item_id == other
    made = plans.progress(plans.items_of(2026))
    assert (made.planned, made.done, made.expected, made.came) == (4, 2, 160, 42)
    assert plans.outside_of_plan(2026) == []
    db.session.rollback()
    assert office.post(f"/trainings/{second}/link", data={"item": ""}).status_code == 302
    assert [training.id for training in plans.outside_of_plan(2026)] == [second]


def test_nothing_is_linked_to_a_plan_of_another_year(as_user: Browser, user: People) -> None:
    item = planned(user, 10)
    training = held(user, date(2025, 10, 20))
    db.session.rollback()
    office = as_user("admin")
    assert office.post(f"/trainings/{training}/link", data={"item": str(item)}).status_code == 422
    assert office.post(f"/trainings/{training}/link", data={"item": "987654"}).status_code == 422
    assert db.session.get_one(Training, training).plan_item_id is None


def test_states_follow_from_the_day_and_a_void_training_counts_not(user: People) -> None:
    late, due, ahead = (db.session.get_one(PlanItem, planned(user, month)) for month in (10, 11, 12))
    day = date(2026, 11, 3)
    assert [one.state_on(day) for one in (late, due, ahead)] == [
        PlanState.LATE,
        PlanState.DUE,
        PlanState.AHEAD,
    ]
    training = db.session.get_one(Training, held(user, date(2026, 10, 20)))
    plans.link(training, late, actor=user("admin"), now=cast.NOW)
    commit()
    db.session.refresh(late)
    assert late.state_on(day) is PlanState.DONE
    void_training(training, "Entered twice", version=training.version, actor=user("wang"), now=cast.NOW)
    commit()
    db.session.refresh(late)
    assert late.state_on(day) is PlanState.LATE


def test_the_workbook_holds_what_the_page_shows(as_user: Browser, user: People) -> None:
    item = db.session.get_one(PlanItem, planned(user, 10))
    training = db.session.get_one(Training, held(user, date(2026, 10, 20)))
    plans.link(training, item, actor=user("admin"), now=cast.NOW)
    planned(user, 12, TrainingKind.DRILL, topic="Winter drill", expected=60)
    commit()
    db.session.rollback()
    answer = as_user("auditor").get("/trainings/plan.xlsx?year=2026")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert [row[2] for row in rows[1:3]] == ["Autumn lecture", "Winter drill"]
    assert (rows[1][7], rows[1][8]) == ("2026-10-20", 30)
    assert (rows[3][4], rows[3][8]) == (100, 30)


def test_a_record_opened_from_the_plan_begins_with_it(as_user: Browser, user: People) -> None:
    number = planned(user, 10)
    db.session.rollback()
    page = as_user("wang").page(f"/trainings/new?item={number}")
    assert page.fields["topic"] == "Autumn lecture" and page.fields["audience-0-group_name"] == "Managers"
