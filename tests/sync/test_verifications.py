"""A decision on a reported rectification is taken from a phone once, also weeks later and beside others."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from tests import cast
from tests.hazards.builders import NOW, TODAY, do, in_state
from tests.house import House
from tests.sync.phones import sha256
from werkzeug.test import TestResponse

from xuncha.core.db import db
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Hazard

Browser = Callable[[str], House]


def decision(hazard: Hazard, **more: Any) -> dict[str, Any]:
    """A pass on site, as the phone writes it."""
    return {
        "format": 1,
        "uuid": str(uuid4()),
        "hazard_uuid": hazard.uuid,
        "version": hazard.version,
        "decision": "on_site",
        "decided_at": (cast.NOW + timedelta(minutes=1)).isoformat(),
        **more,
    }


def send(browser: House, told: dict[str, Any] | bytes, path: str = "", **headers: str) -> TestResponse:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    sent = {"X-Filing-SHA256": sha256(body), **headers}
    return browser.post(
        f"/sync/verifications{path}", data=body, content_type="application/json", headers=sent
    )


@pytest.fixture
def reported() -> Hazard:
    hazard = in_state(State.REPORTED_DONE)
    db.session.commit()
    return hazard


def state_of(hazard: Hazard) -> State:
    number = hazard.id
    db.session.rollback()
    return db.session.get_one(Hazard, number).state


def test_the_same_decision_again_gets_the_same_receipt(as_user: Browser, reported: Hazard) -> None:
    told = decision(reported)
    wang = as_user("wang")
    first, again = send(wang, told), send(wang, told)
    assert (first.status_code, again.status_code) == (201, 200), first.get_data(as_text=True)
    assert first.json == again.json
    assert first.json["receipt"]["number"] == reported.number
    assert first.json["receipt"]["photo_hashes"] == []
    assert state_of(reported) is State.CLOSED


def test_other_content_or_another_person_under_a_known_uuid_changes_nothing(
    as_user: Browser, reported: Hazard
) -> None:
    told = decision(reported)
    assert send(as_user("wang"), told).status_code == 201
    other = send(as_user("wang"), {**told, "note": "改过"})
    assert (other.status_code, other.json["error"]) == (422, "content_differs")
    assert send(as_user("admin"), told).status_code == 422


def test_equal_posts_at_one_instant_are_one_event(as_user: Browser, reported: Hazard) -> None:
    told = decision(reported)
    phones = [as_user("wang") for _ in range(6)]
    answers: list[int] = []
    threads = [
        Thread(target=lambda one=phone: answers.append(send(one, told).status_code)) for phone in phones
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] * 5 + [201]
    number = reported.id
    db.session.rollback()
    acts = [event.act for event in db.session.get_one(Hazard, number).events]
    assert acts.count(Act.VERIFY) == 1


def test_what_has_moved_on_is_told_and_stays_as_it_is(as_user: Browser, reported: Hazard) -> None:
    told = decision(reported)
    do(reported, Act.SEND_BACK, actor="admin")
    answer = send(as_user("wang"), told)
    assert (answer.status_code, answer.json["error"]) == (409, "acted_first")
    assert state_of(reported) is State.SENT_BACK
    do(db.session.get_one(Hazard, reported.id), Act.REPORT_DONE)
    assert send(as_user("wang"), told).json["error"] == "acted_first"
    assert state_of(reported) is State.REPORTED_DONE


@pytest.mark.parametrize("off_days", [0, -3, 40])
def test_it_counts_when_it_was_decided_not_when_it_arrived(
    as_user: Browser, reported: Hazard, off_days: int
) -> None:
    """By the server's clock, whatever the phone's clock says."""
    decided, arrives = NOW + timedelta(minutes=10), NOW + timedelta(days=2)
    ahead = timedelta(days=off_days)
    with time_machine.travel(arrives, tick=False):
        told = decision(reported, decided_at=(decided + ahead).isoformat())
        answer = send(as_user("wang"), told, **{"X-Phone-Time": (arrives + ahead).isoformat()})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    number = reported.id
    db.session.rollback()
    assert db.session.get_one(Hazard, number).events[-1].at == decided


@pytest.mark.parametrize("decided_at", [NOW - timedelta(days=400), NOW + timedelta(days=4000)])
def test_a_moment_that_cannot_be_becomes_the_arrival(
    as_user: Browser, reported: Hazard, decided_at: datetime
) -> None:
    assert send(as_user("wang"), decision(reported, decided_at=decided_at.isoformat())).status_code == 201
    number = reported.id
    db.session.rollback()
    event = db.session.get_one(Hazard, number).events[-1]
    assert event.at >= db.session.get_one(Hazard, number).events[-2].at
    assert event.at != decided_at


@pytest.mark.parametrize(
    "wrong",
    [
        {"decision": "send_back", "note": "", "due_on": TODAY.isoformat()},
        {"decision": "send_back", "note": "仍有裸露"},
        {"decision": "send_back", "note": "仍有裸露", "due_on": (TODAY - timedelta(days=2)).isoformat()},
        {"decision": "approve"},
        {"version": 0},
        {"extra": 1},
        {"hazard_uuid": "x"},
        {"decided_at": "yesterday"},
        {"note": "a\x00b"},
    ],
)
def test_what_does_not_fit_is_refused_in_words(
    as_user: Browser, reported: Hazard, wrong: dict[str, Any]
) -> None:
    answer = send(as_user("wang"), decision(reported, **wrong))
    assert answer.status_code == 422
    assert answer.json["message"]
    assert state_of(reported) is State.REPORTED_DONE


@pytest.mark.parametrize("body", [b"[]", b"{", b"null", b"\xff", b"NaN"])
def test_what_is_no_decision_is_refused_in_words(as_user: Browser, body: bytes) -> None:
    answer = send(as_user("wang"), body)
    assert answer.status_code == 422
    assert answer.json["message"]


def test_a_later_format_stays_on_the_phone(as_user: Browser, reported: Hazard) -> None:
    answer = send(as_user("wang"), decision(reported, format=2))
    assert answer.json["error"] == "newer_format"


def test_only_those_who_may_decide(as_user: Browser, reported: Hazard) -> None:
    told = decision(reported)
    assert send(as_user("stranger"), told).status_code in {403, 404}
    assert send(as_user("officer"), told).status_code == 403
    assert send(as_user("wang"), decision(reported, hazard_uuid=str(uuid4()))).status_code == 404
    assert state_of(reported) is State.REPORTED_DONE


def test_a_colleague_brings_it_from_a_rescue_file(as_user: Browser, reported: Hazard) -> None:
    from tests.hazards.builders import person

    author = person("wang").id
    db.session.rollback()
    told = decision(reported)
    answer = send(as_user("admin"), told, f"?for={author}")
    assert answer.status_code == 201, answer.get_data(as_text=True)
    number = reported.id
    db.session.rollback()
    event = db.session.get_one(Hazard, number).events[-1]
    assert event.actor_id == author
    assert event.brought["delivered_by"]
