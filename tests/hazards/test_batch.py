"""One step for many hazards: the page before says what will be done and why not the rest; then exactly that is done."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.hazards.builders import do, draft, in_state, issued
from tests.house import House

from xuncha.core.db import db
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Hazard, HazardEvent, Notice

Browsers = Callable[[str], House]


@pytest.fixture
def mixed(app: Flask) -> dict[str, int]:
    """Two drafts of Huaxin, one open hazard of Huaxin, one of another team's enterprise."""
    hazards = {
        "first": draft(),
        "second": draft(),
        "open": issued(),
        "closed": in_state(State.CLOSED),
        "foreign": draft("minghe", actor="chen"),
    }
    db.session.commit()
    found = {name: hazard.id for name, hazard in hazards.items()}
    db.session.rollback()
    return found


def preview(browser: House, act: str, numbers: list[int]) -> tuple[set[int], set[int]]:
    """Which hazards the page says it will do, and which not."""
    query = "&".join(f"ids={number}" for number in numbers)
    html = browser.get(f"/hazards/batch?act={act}&{query}").get_data(as_text=True)
    doing = {int(one) for one in re.findall(r'name="ids" value="(\d+)"', html)}
    refused = html.partition('id="not-doing"')[2]
    return doing, {int(one) for one in re.findall(r'href="/hazards/(\d+)"', refused)}


def posted(act: str, numbers: list[int], **more: str) -> dict[str, object]:
    db.session.rollback()
    versions = {f"version-{one}": str(db.session.get_one(Hazard, one).version) for one in numbers}
    db.session.rollback()
    return {"act": act, "ids": [str(one) for one in numbers], "once": str(uuid4()), **versions, **more}


def state(number: int) -> State:
    db.session.rollback()
    return db.session.get_one(Hazard, number).state


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_the_page_tells_what_will_be_issued_and_what_not(mixed: dict[str, int], as_user: Browsers) -> None:
    doing, refused = preview(as_user("wang"), "issue", list(mixed.values()))
    assert doing == {mixed["first"], mixed["second"]}
    assert refused == {mixed["open"], mixed["closed"]}, "a foreign one is not named at all"


def test_no_words_are_said_to_be_kept_where_none_were_typed(mixed: dict[str, int], as_user: Browsers) -> None:
    query = "&".join(f"ids={number}" for number in mixed.values())
    page = as_user("wang").text(f"/hazards/batch?act=issue&{query}")
    assert "现为“" in page and "您填写的内容" not in page


def test_looking_changes_nothing(mixed: dict[str, int], as_user: Browsers) -> None:
    before = count(HazardEvent)
    preview(as_user("wang"), "issue", list(mixed.values()))
    assert count(HazardEvent) == before and state(mixed["first"]) is State.DRAFT


def test_one_notice_for_each_visit(mixed: dict[str, int], as_user: Browsers) -> None:
    before = count(Notice)
    data = posted("issue", [mixed["first"], mixed["second"]])
    assert as_user("wang").post("/hazards/batch", data=data).status_code == 302
    assert state(mixed["first"]) is state(mixed["second"]) is State.OPEN
    assert count(Notice) == before + 2
    assert as_user("wang").post("/hazards/batch", data=data).status_code == 302
    assert count(Notice) == before + 2, "the same form again issues nothing more"


def test_what_moved_on_meanwhile_is_told_and_the_others_are_done(
    mixed: dict[str, int], as_user: Browsers
) -> None:
    data = posted("issue", [mixed["first"], mixed["second"]])
    do(db.session.get_one(Hazard, mixed["first"]), Act.VOID, actor="admin", reason="x")
    db.session.commit()
    number = db.session.get_one(Hazard, mixed["first"]).number
    db.session.rollback()
    browser = as_user("wang")
    page = browser.post("/hazards/batch", data=data, follow_redirects=True).get_data(as_text=True)
    assert number in page and "您填写的内容" not in page
    assert state(mixed["first"]) is State.VOID and state(mixed["second"]) is State.OPEN


def test_reminders_are_noted_each_for_itself(mixed: dict[str, int], as_user: Browsers) -> None:
    doing, refused = preview(as_user("wang"), "remind", list(mixed.values()))
    assert doing == {mixed["open"]} and mixed["closed"] in refused
    lacking = as_user("wang").post("/hazards/batch", data=posted("remind", [mixed["open"]], note="甲乙"))
    assert lacking.status_code == 422 and "甲乙" in lacking.get_data(as_text=True)
    data = posted("remind", [mixed["open"]], channel="phone", reply="promised", note="甲乙")
    assert as_user("wang").post("/hazards/batch", data=data).status_code == 302
    event = db.session.scalars(sa.select(HazardEvent).where(HazardEvent.act == Act.REMIND)).one()
    assert (event.hazard_id, event.brought["channel"], event.brought["reply"]) == (
        mixed["open"],
        "phone",
        "promised",
    )


@pytest.mark.parametrize("who", ["chen", "auditor", "officer", "expert", "stranger"])
@pytest.mark.parametrize("act", ["issue", "remind"])
def test_nobody_acts_on_what_is_not_theirs(
    mixed: dict[str, int], as_user: Browsers, who: str, act: str
) -> None:
    own = [mixed["first"], mixed["open"]]
    before = count(HazardEvent)
    as_user(who).post("/hazards/batch", data=posted(act, own, channel="phone"))
    assert count(HazardEvent) == before


def test_nothing_selected_says_so(app: Flask, as_user: Browsers) -> None:
    answer = as_user("wang").get("/hazards/batch?act=issue")
    assert answer.status_code == 302 and answer.location == "/hazards"


def test_printing_and_the_workbook_take_the_selected_ones(mixed: dict[str, int], as_user: Browsers) -> None:
    chosen = f"ids={mixed['open']}&ids={mixed['closed']}&ids={mixed['foreign']}"
    browser = as_user("wang")
    export = browser.get(f"/hazards/batch?act=export&columns=place&{chosen}")
    both = f"{mixed['open']},{mixed['closed']}"
    assert export.location == f"/hazards/list.xlsx?view=all&chosen={both}&columns=place"
    assert browser.get(export.location).status_code == 200
    paper = browser.get(f"/hazards/batch?act=print&{chosen}").location
    assert paper == f"/papers/ledger?view=all&chosen={both}" and browser.get(paper).status_code == 200
    assert browser.get(f"/hazards/batch?act=assign&{chosen}").status_code == 403
    assert browser.get(f"/hazards/batch?act=nonsense&{chosen}").status_code == 404
