"""The queue of reported rectifications at the desk and without page code: before, after, words, one decision each."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from tests.hazards.builders import NOW, TODAY, do, in_state, issued, person, photo
from tests.house import House

from xuncha.core.db import db
from xuncha.hazards.actions import step
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Hazard, HazardEvent, VerifyMethod

Browser = Callable[[str], House]
QUEUE = "/hazards/verification"
NEXT_WEEK = (TODAY + timedelta(days=7)).isoformat()


def again(hazard: Hazard) -> Hazard:
    """The hazard as it stands now in the database."""
    number = hazard.id
    db.session.rollback()
    return db.session.get_one(Hazard, number)


def fields(text: str, hazard: Hazard) -> dict[str, str]:
    """The hidden fields of a hazard's form."""
    card = text.split(f'data-hazard="{hazard.uuid}"')[1].split("</article>")[0]
    found = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", card):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        assert name and value
        found[name[1]] = value[1]
    return found


def html(browser: House) -> str:
    """The queue as it is sent."""
    return browser.get(QUEUE).get_data(as_text=True)


def last_event(hazard: Hazard) -> HazardEvent:
    return again(hazard).events[-1]


def test_the_queue_shows_before_after_and_words_of_what_waits_and_of_nothing_else(as_user: Browser) -> None:
    waits, other = in_state(State.REPORTED_DONE), issued(description="别的还没整改的")
    text = html(as_user("wang"))
    assert waits.number in text and "已关闭箱门" in text
    assert waits.photos[-1].photo.sha256 in text
    assert other.number not in text


def test_every_photo_of_the_report_is_on_the_screen(as_user: Browser) -> None:
    hazard = issued()
    sent = [photo(shade) for shade in (61, 62, 63)]
    brought = {"note": "已关闭箱门"}
    step(hazard, Act.REPORT_DONE, actor=person("officer"), now=NOW, brought=brought, photos=sent)
    db.session.commit()
    text = html(as_user("wang"))
    assert all(f"/photos/{one.sha256}/" in text for one in sent)
    assert "整改后照片" in text


def test_a_pass_on_site_closes_and_the_same_form_again_changes_nothing(as_user: Browser) -> None:
    hazard = in_state(State.REPORTED_DONE)
    wang = as_user("wang")
    data = {**fields(html(wang), hazard), "decision": "on_site"}
    assert wang.post(QUEUE, data=data).status_code == 302
    assert again(hazard).state is State.CLOSED
    assert last_event(hazard).brought["method"] == VerifyMethod.ON_SITE
    assert wang.post(QUEUE, data=data).status_code == 302
    events = sa.select(sa.func.count()).where(
        HazardEvent.hazard_id == hazard.id, HazardEvent.act == Act.VERIFY
    )
    assert db.session.scalar(events) == 1


def test_sent_back_with_a_ready_reason_and_own_words(as_user: Browser) -> None:
    hazard = in_state(State.REPORTED_DONE)
    wang = as_user("wang")
    data = fields(html(wang), hazard) | {
        "decision": "send_back",
        "reason": "partly",
        "note": "北侧未封",
        "due_on": NEXT_WEEK,
    }
    assert wang.post(QUEUE, data=data).status_code == 302
    hazard = again(hazard)
    assert (hazard.state, hazard.due_on) == (State.SENT_BACK, TODAY + timedelta(days=7))
    assert hazard.events[-1].note == "只整改了一部分。 北侧未封"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"due_on": NEXT_WEEK}, "请"),
        ({"note": "没有动", "due_on": ""}, "没有动"),
        ({"note": "没有动", "due_on": (TODAY - timedelta(days=1)).isoformat()}, "没有动"),
        ({"note": "没有动", "due_on": "下周"}, "没有动"),
        ({"note": "没有动" * 2000, "due_on": NEXT_WEEK}, "没有动没有动"),
    ],
)
def test_what_does_not_fit_is_said_and_stays(as_user: Browser, typed: dict[str, str], words: str) -> None:
    hazard = in_state(State.REPORTED_DONE)
    wang = as_user("wang")
    answer = wang.post(QUEUE, data=fields(html(wang), hazard) | {"decision": "send_back"} | typed)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in text and "error" in text
    assert again(hazard).state is State.REPORTED_DONE


@pytest.mark.parametrize("change", [{"version": "x"}, {"once": ""}, {"decision": "maybe"}, {"decision": ""}])
def test_a_form_that_no_page_makes_is_refused_with_words(as_user: Browser, change: dict[str, str]) -> None:
    hazard = in_state(State.REPORTED_DONE)
    wang = as_user("wang")
    answer = wang.post(QUEUE, data=fields(html(wang), hazard) | {"decision": "on_site"} | change)
    assert answer.status_code == 422
    assert again(hazard).state is State.REPORTED_DONE


def test_who_was_second_is_told_and_loses_no_words(as_user: Browser) -> None:
    hazard = in_state(State.REPORTED_DONE)
    wang = as_user("wang")
    data = fields(html(wang), hazard) | {
        "decision": "send_back",
        "note": "仍有裸露",
        "due_on": NEXT_WEEK,
    }
    do(again(hazard), Act.VERIFY, actor="admin")
    answer = wang.post(QUEUE, data=data)
    assert answer.status_code == 409
    assert again(hazard).state is State.CLOSED


def test_what_was_sent_back_and_reported_anew_is_another_thing_to_look_at(as_user: Browser) -> None:
    hazard = in_state(State.REPORTED_DONE)
    wang = as_user("wang")
    data = fields(html(wang), hazard) | {"decision": "on_site"}
    do(again(hazard), Act.SEND_BACK, actor="admin")
    do(again(hazard), Act.REPORT_DONE)
    answer = wang.post(QUEUE, data=data)
    assert answer.status_code == 409
    assert again(hazard).state is State.REPORTED_DONE


def test_several_of_one_enterprise_pass_after_one_visit(as_user: Browser) -> None:
    hazards = [in_state(State.REPORTED_DONE, description=f"第{n}处") for n in range(3)]
    wang = as_user("wang")
    assert "一次现场复查" in html(wang)
    chosen = [hazard.uuid for hazard in hazards[:2]]
    data = {f"version-{hazard.uuid}": str(again(hazard).version) for hazard in hazards} | {"hazard": chosen}
    assert wang.post(f"{QUEUE}/visit", data=data).status_code == 302
    assert [again(hazard).state for hazard in hazards] == [State.CLOSED, State.CLOSED, State.REPORTED_DONE]
    data["hazard"] = [hazards[2].uuid, "nonsense"]
    data[f"version-{hazards[2].uuid}"] = ""
    assert wang.post(f"{QUEUE}/visit", data=data).status_code == 302
    assert again(hazards[2]).state is State.REPORTED_DONE


def test_a_major_hazard_is_not_passed_with_one_tap(as_user: Browser) -> None:
    hazard = in_state(State.REPORTED_DONE)
    do(hazard, Act.CONFIRM_MAJOR)
    card = html(as_user("wang")).split(f'data-hazard="{hazard.uuid}"')[1].split("</article>")[0]
    assert 'value="on_site"' not in card and 'value="photo"' not in card
    assert f"/hazards/{hazard.id}" in card


def test_only_who_may_verify_sees_a_queue_and_only_the_own_sites(as_user: Browser) -> None:
    hazard = in_state(State.REPORTED_DONE)
    assert as_user("officer").get(QUEUE).status_code == 403
    assert as_user("auditor").get(QUEUE).status_code == 403
    chen = as_user("chen")
    data = fields(html(as_user("wang")), hazard) | {"decision": "on_site"}
    assert hazard.number not in html(chen)
    assert chen.post(QUEUE, data=data).status_code == 404
    assert again(hazard).state is State.REPORTED_DONE


def test_who_reported_it_does_not_verify_it(as_user: Browser) -> None:
    hazard = issued()
    hazard.reported_by_id = person("wang").id
    hazard.state = State.REPORTED_DONE
    db.session.commit()
    assert hazard.number not in html(as_user("wang"))
