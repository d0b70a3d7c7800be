"""Drills: planned, held by a record, reviewed once, and measures that stay open until somebody did them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from tests import cast
from tests.house import House
from tests.trainings.test_plan import held

from xuncha.accounts.models import User
from xuncha.core.db import db
from xuncha.trainings.drills import Drill, DrillMeasure
from xuncha.trainings.models import TrainingKind

Browser = Callable[[str], House]
People = Callable[[str], User]
PLAN = {
    "title": "Leak at the tank farm",
    "planned_on": "2026-11-02",
    "place": "Tank farm",
    "document": "Plan for leaks",
    "scenario": "A flange leaks",
    "roles": "Commander: Li\nRescue: Wang",
    "steps": "Alarm\nEvacuate\nClose the valve",
    "plan_item_id": "",
}


def planned(as_user: Browser) -> int:
    """The number of a drill that Wang planned."""
    answer = as_user("wang").post("/trainings/drills/new", data=PLAN)
    assert answer.status_code == 302
    return int(answer.headers["Location"].rsplit("/", 1)[-1])


def review(people: People, **more: object) -> dict[str, object]:
    """A review with one measure that is Zhao's."""
    zhao = people("zhao").id
    db.session.rollback()
    own = {
        "went_well": "Alarm within a minute",
        "went_badly": "The gate was locked",
        "measures-0-words": "Put a key box at the gate",
        "measures-0-responsible_id": str(zhao),
        "measures-0-due_on": "2026-11-05",
    }
    return {**own, **more}


def reviewed(as_user: Browser, people: People) -> int:
    """The number of a drill with its record and its review."""
    number = planned(as_user)
    record = held(people, date(2026, 11, 2), TrainingKind.DRILL)
    db.session.rollback()
    wang = as_user("wang")
    assert wang.post(f"/trainings/drills/{number}/hold", data={"training": str(record)}).status_code == 302
    assert wang.post(f"/trainings/drills/{number}/review", data=review(people)).status_code == 302
    return number


def test_a_drill_goes_from_plan_to_review(as_user: Browser, user: People) -> None:
    number = planned(as_user)
    wang = as_user("wang")
    page = wang.page(f"/trainings/drills/{number}/edit")
    changed = PLAN | {"place": "Tank farm, east", "version": page.fields["version"]}
    assert wang.post(f"/trainings/drills/{number}/edit", data=changed).status_code == 302
    early = wang.post(f"/trainings/drills/{number}/review", data=review(user))
    assert early.status_code == 422 and db.session.query(DrillMeasure).count() == 0
    record = held(user, date(2026, 11, 2), TrainingKind.DRILL)
    lecture = held(user, date(2026, 11, 2))
    db.session.rollback()
    address = f"/trainings/drills/{number}/hold"
    assert wang.post(address, data={"training": str(lecture)}).status_code == 422
    assert wang.post(address, data={"training": "987654"}).status_code == 404
    assert wang.post(address, data={"training": str(record)}).status_code == 302
    assert wang.post(address, data={"training": str(record)}).status_code == 409
    assert wang.post(f"/trainings/drills/{number}/edit", data=changed).status_code == 422
    assert wang.post(f"/trainings/drills/{number}/review", data=review(user)).status_code == 302
    text = wang.text(f"/trainings/drills/{number}")
    for words in ("Tank farm, east", "Close the valve", "The gate was locked", "Put a key box at the gate"):
        assert words in text
    again = wang.post(f"/trainings/drills/{number}/review", data=review(user))
    assert again.status_code == 422
    assert db.session.query(DrillMeasure).count() == 1


@pytest.mark.parametrize("name", ["title", "place", "document", "scenario", "roles", "steps", "planned_on"])
def test_a_plan_is_whole(as_user: Browser, name: str) -> None:
    kept = "place" if name != "place" else "title"
    answer = as_user("wang").post("/trainings/drills/new", data=PLAN | {name: " "})
    assert answer.status_code == 422 and PLAN[kept] in answer.get_data(as_text=True)
    assert db.session.query(Drill).count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"measures-0-due_on": ""},
        {"measures-0-due_on": "2026-11-02"},
        {"measures-0-responsible_id": ""},
        {"measures-0-words": " "},
        {"went_badly": ""},
    ],
)
def test_a_measure_has_words_a_person_and_a_day_to_come(
    as_user: Browser, user: People, wrong: dict[str, str]
) -> None:
    number = planned(as_user)
    record = held(user, date(2026, 11, 2), TrainingKind.DRILL)
    db.session.rollback()
    wang = as_user("wang")
    wang.post(f"/trainings/drills/{number}/hold", data={"training": str(record)})
    answer = wang.post(f"/trainings/drills/{number}/review", data=review(user, **wrong))
    assert answer.status_code == 422 and "Alarm within a minute" in answer.get_data(as_text=True)
    assert db.session.query(DrillMeasure).count() == 0


def test_a_measure_stands_on_today_until_it_is_done(as_user: Browser, user: People) -> None:
    number = reviewed(as_user, user)
    measure = db.session.query(DrillMeasure).one().id
    db.session.rollback()
    words = "Put a key box at the gate"
    assert words in as_user("zhao").text("/today") and words in as_user("admin").text("/today")
    assert words not in as_user("chen").text("/today")
    address = f"/trainings/drills/measures/{measure}/settle"
    assert as_user("chen").post(address, data={"note": "Done"}).status_code == 403
    assert as_user("auditor").post(address, data={"note": "Done"}).status_code == 403
    empty = as_user("zhao").post(address, data={"note": " "})
    assert empty.status_code == 422
    assert as_user("zhao").post(address, data={"note": "Box is up"}).status_code == 302
    assert as_user("zhao").post(address, data={"note": "Again"}).status_code == 422
    assert words not in as_user("zhao").text("/today")
    assert "Box is up" in as_user("wang").text(f"/trainings/drills/{number}")
    done = db.session.get_one(DrillMeasure, measure)
    assert (done.done_on, done.done_by_id) == (date(2026, 11, 3), user("zhao").id)


def test_what_is_far_ahead_is_not_on_today(as_user: Browser, user: People) -> None:
    reviewed(as_user, user)
    measure = db.session.query(DrillMeasure).one()
    measure.due_on = (cast.NOW + timedelta(days=60)).date()
    db.session.commit()
    db.session.rollback()
    assert "Put a key box at the gate" not in as_user("zhao").text("/today")


@pytest.mark.parametrize("who", ["zhao", "chen", "auditor", "leader", "expert", "officer"])
def test_others_change_no_drill(as_user: Browser, user: People, who: str) -> None:
    number = planned(as_user)
    browser = as_user(who)
    for step, data in (("edit", PLAN), ("hold", {"training": "1"}), ("review", review(user))):
        assert browser.post(f"/trainings/drills/{number}/{step}", data=data).status_code in {403, 404}
    seen = 200 if who not in {"expert", "officer"} else 403
    assert browser.get(f"/trainings/drills/{number}").status_code == seen
