"""The same hazard twice: added to the open one at a visit, merged by the office, counted once; repeats are numbered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.hazards.builders import (
    LATER,
    NOW,
    TODAY,
    do,
    draft,
    file,
    filing,
    finding,
    hazards_of,
    in_state,
    issued,
    person,
    photo,
    place,
)
from tests.hazards.by_link import BASE, holder
from tests.house import House, Page

from xuncha.checklists.models import Item
from xuncha.checks.actions import file_check, receipt_of
from xuncha.core.db import db
from xuncha.core.errors import Refused
from xuncha.hazards.actions import issue_notice, step
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Hazard, HazardPhotoRole
from xuncha.stats.figures import Figures, Period, Scope

Browser = Callable[[str], House]


def adds_to(hazard: Hazard, **more: Any) -> dict[str, Any]:
    return finding(adds_to=hazard.uuid, description="又见线缆裸露", **more)


def first_item() -> Item:
    return db.session.scalars(sa.select(Item).order_by(Item.id).limit(1)).one()


def hazards() -> list[Hazard]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Hazard)))


def found_today() -> int:
    db.session.expire_all()
    period = Period(TODAY - timedelta(days=30), TODAY, TODAY)
    return Figures(period, Scope()).number("hazards_found")


def test_a_finding_that_adds_to_an_open_hazard_is_an_event_of_it(app: object) -> None:
    hazard, shown = issued(), photo(5)
    check = file(filing(place("huaxin"), adds_to(hazard, before=[{"sha256": shown.sha256}])))
    assert hazards_of(check) == []
    event = hazard.events[-1]
    assert (event.act, event.from_state, event.to_state) == (Act.FOUND_AGAIN, State.OPEN, State.OPEN)
    assert "又见线缆裸露" in event.note
    assert [(use.photo.sha256, use.role) for use in event.photos] == [(shown.sha256, HazardPhotoRole.BEFORE)]
    assert (hazard.times_found, hazard.due_on, check.flags) == (2, LATER, [])
    assert receipt_of(check).hazards == [hazard.number]


@pytest.mark.parametrize("state", [State.CLOSED, State.VOID])
def test_what_was_closed_meanwhile_takes_nothing_and_the_finding_is_filed_as_new(
    app: object, state: State
) -> None:
    hazard, shown = in_state(state), photo(5)
    check = file(filing(place("huaxin"), adds_to(hazard, before=[{"sha256": shown.sha256}])))
    (new,) = hazards_of(check)
    assert check.flags == [f"filed_as_new:{hazard.number}"]
    assert (new.description, new.due_on, len(new.photos)) == ("又见线缆裸露", LATER, 1)
    assert hazard.state is state
    assert receipt_of(check).hazards == [new.number]


def test_a_hazard_of_another_site_is_named_by_its_number(app: object) -> None:
    foreign = in_state(State.OPEN)
    check = file(filing(place("lifeng"), adds_to(foreign)), actor="zhao")
    assert check.flags == [f"filed_as_new:{foreign.number}"]
    assert len(hazards_of(check)) == 1
    assert foreign.times_found == 1


def test_a_hazard_of_nobody_stops_no_filing(app: object) -> None:
    stray = str(uuid4())
    check = file(filing(place("huaxin"), finding(adds_to=stray)))
    assert check.flags == [f"filed_as_new:{stray}"]
    assert len(hazards_of(check)) == 1


def test_the_same_filing_sent_again_adds_nothing(app: object) -> None:
    hazard = issued()
    visit = filing(place("huaxin"), adds_to(hazard))
    check = file(visit)
    again = file_check(visit, actor=person("wang"), now=NOW + timedelta(hours=1))
    assert again.known
    assert again.hazards == receipt_of(check).hazards
    assert hazard.times_found == 2


def correction(check: Any, *findings: dict[str, Any]) -> Any:
    return filing(place("huaxin"), *findings, replaces=check.uuid, correction_reason="补充")


def test_a_correction_adds_nothing_twice(app: object) -> None:
    hazard = issued()
    part = adds_to(hazard)
    check = file(filing(place("huaxin"), part))
    new = file(correction(check, part))
    assert (hazard.times_found, new.flags, hazards_of(new)) == (2, [], [])
    assert receipt_of(new).hazards == [hazard.number]


def test_a_correction_that_takes_a_sight_back_leaves_it_to_a_person(app: object) -> None:
    hazard = issued()
    check = file(filing(place("huaxin"), adds_to(hazard)))
    new = file(correction(check))
    assert new.flags == [f"hazard_conflict:{hazard.number}"]


def test_a_correction_may_say_that_it_was_open_already(app: object) -> None:
    hazard, part = issued(), finding()
    check = file(filing(place("huaxin"), part))
    (wrong,) = hazards_of(check)
    file(correction(check, part | {"adds_to": hazard.uuid}))
    assert (wrong.state, hazard.times_found) == (State.VOID, 2)


def test_a_filing_of_a_released_phone_keeps_its_digest(app: object) -> None:
    plain = filing(place("huaxin"), finding())
    assert "adds_to" not in plain.canonical().text
    named = plain.model_dump(mode="json")
    named["findings"][0]["adds_to"] = None
    assert type(plain).model_validate(named).digest() == plain.digest()


def test_two_hazards_are_merged_and_counted_once(app: object) -> None:
    kept, second = issued(), draft(description="配电箱敞开")
    before = found_today()
    do(second, Act.MERGE, into=kept.number, note="同一处")
    assert second.state is State.VOID
    assert found_today() == before - 1
    event = kept.events[-1]
    assert (event.act, event.note, event.brought["merged"]) == (Act.FOUND_AGAIN, "配电箱敞开", second.number)
    assert kept.times_found == 2


@pytest.mark.parametrize("other", ["itself", "closed", "elsewhere", "nothing"])
def test_a_hazard_is_merged_only_into_an_open_one_of_its_site(app: object, other: str) -> None:
    kept, hazard = issued(), draft()
    elsewhere = draft("lifeng", actor="zhao")
    closed = in_state(State.CLOSED)
    numbers = {
        "itself": hazard.number, "closed": closed.number, "elsewhere": elsewhere.number, "nothing": "YH2026-9999",
    }  # fmt: skip
    with pytest.raises(Refused) as refusal:
        step(hazard, Act.MERGE, actor=person("leader"), now=NOW, brought={"into": numbers[other]})
    assert refusal.value.field == "into"
    db.session.rollback()
    assert kept.times_found == 1


@pytest.mark.parametrize(("act", "said"), [(Act.MERGE, "已并入"), (Act.VOID, "该隐患已撤销")])
def test_the_paper_of_a_hazard_that_counts_no_more_says_so(app: Flask, act: Act, said: str) -> None:
    app.config["PUBLIC_URL"] = BASE
    kept = issued(place="一车间").number
    hazard, phone, page = holder(app, description="灭火器压力不足")
    do(hazard, act, **({"into": kept} if act is Act.MERGE else {}))
    db.session.rollback()
    text = phone.text(page)
    assert said in text and "灭火器压力不足" in text and "提交整改" not in text
    assert (kept in text) is (act is Act.MERGE)


def test_the_office_merges_on_the_hazards_page(as_user: Browser) -> None:
    kept, second = issued(place="一车间"), draft(place="一车间")
    numbers = kept.id, second.id, kept.number
    leader = as_user("leader")
    page = leader.text(f"/hazards/{numbers[1]}/merge")
    assert numbers[2] in page
    answer = leader.post(f"/hazards/{numbers[1]}/merge", data={"into": numbers[2], "note": "同一处"})
    assert answer.status_code == 302
    db.session.rollback()
    assert numbers[2] in leader.text(f"/hazards/{numbers[1]}")
    assert "第2次" in leader.text(f"/hazards/{numbers[0]}")
    assert as_user("wang").get(f"/hazards/{numbers[1]}/merge").status_code == 403


def test_a_hazard_entered_where_one_is_open_is_shown_it_first(as_user: Browser) -> None:
    kept = issued(place="一车间东侧配电柜")
    other = issued(place="二车间")
    found = {
        "site_id": str(kept.site_id),
        "description": "线缆裸露",
        "place": "东侧配电柜",
        "hazard_class": "electrical",
        "source": "self_check",
        "due_on": LATER.isoformat(),
    }
    numbers, address = (kept.number, other.number), f"/hazards/{kept.id}"
    officer = as_user("officer")
    answer = officer.post("/hazards/new", data=found)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert numbers[0] in answer.text and numbers[1] not in answer.text and address in page.links
    assert page.fields["place"] == found["place"] and f"{found['description']}</textarea>" in answer.text
    before = len(hazards())
    assert officer.post("/hazards/new", data=found | {"as_new": page.fields["as_new"]}).status_code == 302
    assert len(hazards()) == before + 1
    assert officer.post("/hazards/new", data=found | {"place": "食堂"}).status_code == 302


def test_an_item_that_fails_again_is_numbered_within_twelve_months(app: object) -> None:
    chosen = first_item()
    times = []
    for days in (400, 200, 100, 0):
        at = NOW - timedelta(days=days)
        due = (at + timedelta(days=7)).date().isoformat()
        check = file(filing(place("huaxin"), finding(item_id=chosen.id, due_on=due), at=at), now=at)
        times.append(hazards_of(check)[0].occurrence)
    assert times == [1, 2, 3, 3]


def found_again(item: Item, **more: Any) -> list[Hazard]:
    """Two hazards of one item at Huaxin, thirty days apart."""
    hazards = []
    for days in (30, 0):
        at = NOW - timedelta(days=days)
        due = (at + timedelta(days=7)).date().isoformat()
        made = finding(item_id=item.id, due_on=due, **(more if days == 0 else {}))
        hazards += hazards_of(file(filing(place("huaxin"), made, at=at), now=at))
    db.session.commit()
    return hazards


def test_a_repeat_proposes_a_higher_grade_until_a_person_has_decided(as_user: Browser) -> None:
    first, second = found_again(first_item())
    admin, reason, badge = (
        as_user("admin"),
        "higher than general, because it repeats",
        "Higher grade proposed",
    )
    admin.post("/language", data={"lang": "en"})
    page, listed = f"/hazards/{second.id}", "/hazards?view=all"
    assert f"{reason} (time 2 in 12 months)" in admin.text(page)
    assert reason in admin.text(f"{page}/confirm_major")
    assert admin.text(listed).count(badge) == 1
    assert badge not in admin.text(f"/hazards/{first.id}")
    officer = as_user("officer")
    officer.post("/language", data={"lang": "en"})
    check = second.check
    assert check is not None
    issue_notice(check, actor=person("wang"), now=NOW)
    db.session.commit()
    for told in (officer.text(page), officer.text(listed), officer.text("/hazards/inbox")):
        assert second.number in told and badge not in told and reason not in told
    assert "Repeat, time 2" in officer.text(page)
    do(second, Act.CONFIRM_MAJOR)
    db.session.commit()
    assert badge not in admin.text(page) and badge not in admin.text(listed)


def test_who_dismissed_a_suspected_repeat_has_decided(as_user: Browser) -> None:
    _first, second = found_again(
        first_item(), suspected_major=True, major_criterion="工贸企业重大事故隐患判定标准 第三条"
    )
    admin, badge = as_user("admin"), "Higher grade proposed"
    admin.post("/language", data={"lang": "en"})
    assert badge not in admin.text(f"/hazards/{second.id}")
    do(second, Act.DISMISS_MAJOR)
    db.session.commit()
    assert badge not in admin.text(f"/hazards/{second.id}") and badge not in admin.text("/hazards?view=all")


def test_repeats_are_listed_by_item_and_each_number_opens_its_list(as_user: Browser) -> None:
    chosen = first_item()
    code = chosen.code
    for days in (60, 30, 0):
        at = NOW - timedelta(days=days)
        due = (at + timedelta(days=7)).date().isoformat()
        file(filing(place("huaxin"), finding(item_id=chosen.id, due_on=due), at=at), now=at)
    leader = as_user("leader")
    page = leader.page("/hazards/repeats")
    assert code in leader.text("/hazards/repeats")
    (link,) = [link for link in page.links if "repeat=1" in link and f"item={code}" in link]
    listed = leader.text(link)
    assert "第2次" in listed
    assert "第3次" in listed
    assert as_user("officer").get("/hazards/repeats").status_code == 403
