"""A filing is taken once, whole, and proved by its receipt; anything else leaves the phone's copy as the only one."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from tests import cast
from tests.house import House
from tests.sync.phones import Browser, Phone, picture, sha256, visit

from xuncha.accounts.models import User
from xuncha.checks.clock_correction import as_recorded
from xuncha.checks.models import Check
from xuncha.core.clock import local_day
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.schedule.actions import open_month
from xuncha.schedule.models import Task

Place = Callable[[str], Site]


@pytest.fixture
def phone(as_user: Browser) -> Phone:
    return Phone(as_user("wang"))


def checks() -> list[Check]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Check)))


def test_the_receipt_repeats_uuid_bytes_and_photos(phone: Phone, huaxin: int) -> None:
    data = [picture(1), picture(2)]
    for one in data:
        assert phone.put(one).status_code == 201
    given = visit(huaxin, photos=[{"sha256": sha256(one)} for one in data])
    response = phone.file(given)
    assert response.status_code == 201
    receipt = response.json["receipt"]
    assert receipt["uuid"] == given["uuid"]
    assert sorted(receipt["photo_hashes"]) == sorted(sha256(one) for one in data)
    assert response.json["body_sha256"] == sha256(json.dumps(given).encode())
    assert [check.number for check in checks()] == [receipt["number"]]


def test_the_same_filing_again_gets_the_same_receipt(phone: Phone, huaxin: int) -> None:
    given = visit(huaxin)
    first, second = phone.file(given), phone.file(given)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert len(checks()) == 1


def test_the_same_content_in_other_bytes_is_the_same_filing(phone: Phone, huaxin: int) -> None:
    given = visit(huaxin)
    first = phone.file(given)
    second = phone.file(json.dumps(given, indent=2, sort_keys=True).encode())
    assert second.status_code == 200
    assert second.json["receipt"] == first.json["receipt"]


def test_equal_posts_at_one_instant_make_one_check(app: Flask, as_user: Browser, huaxin: int) -> None:
    given = visit(huaxin)
    phones = [Phone(as_user("wang")) for _ in range(8)]
    answers: list[tuple[int, str]] = []

    def send(phone: Phone) -> None:
        response = phone.file(given)
        answers.append((response.status_code, response.json["receipt"]["number"]))

    threads = [Thread(target=send, args=(phone,)) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _number in answers) == [200] * 7 + [201]
    assert len({number for _status, number in answers}) == 1
    assert len(checks()) == 1


def changed(given: dict[str, Any], **more: Any) -> dict[str, Any]:
    return deepcopy(given) | more


def test_other_content_under_a_known_uuid_changes_nothing(
    phone: Phone, as_user: Browser, huaxin: int
) -> None:
    given = visit(huaxin, summary="原文")
    phone.file(given)
    for other in (changed(given, summary="改过"), changed(given, signatures=given["signatures"][:1])):
        response = phone.file(other)
        assert (response.status_code, response.json["error"]) == (422, "content_differs")
    assert Phone(as_user("admin")).file(given).status_code == 422
    assert [check.summary for check in checks()] == ["原文"]


def test_photos_that_have_not_arrived_are_named_and_nothing_is_filed(phone: Phone, huaxin: int) -> None:
    here, missing = picture(1), picture(2)
    phone.put(here)
    given = visit(huaxin, photos=[{"sha256": sha256(here)}, {"sha256": sha256(missing)}])
    response = phone.file(given)
    assert (response.status_code, response.json["error"]) == (409, "photos_missing")
    assert response.json["photos"] == [sha256(missing)]
    assert checks() == []
    phone.put(missing)
    assert phone.file(given).status_code == 201


def test_a_body_that_is_not_the_declared_one_is_not_read(phone: Phone, huaxin: int) -> None:
    body = json.dumps(visit(huaxin)).encode()
    for sent, declared in (
        (b"", sha256(body)),
        (body[:-1], sha256(body)),
        (body, ""),
        (body, "0" * 64),
        (b"", sha256(b"")),
    ):
        response = phone.file(sent, declared=declared)
        assert (response.status_code, response.json["error"]) == (400, "body_differs")
    assert checks() == []


def test_a_body_that_a_form_of_another_site_could_post_is_refused(phone: Phone, huaxin: int) -> None:
    body = json.dumps(visit(huaxin)).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        response = phone.browser.post(
            "/sync/filings", data=body, content_type=kind, headers={"X-Filing-SHA256": sha256(body)}
        )
        assert response.status_code == 400
    assert checks() == []


def test_a_newer_format_stays_on_the_phone_with_plain_words(phone: Phone, huaxin: int) -> None:
    response = phone.file(visit(huaxin, format=2, something_new=True))
    assert (response.status_code, response.json["error"]) == (422, "newer_format")
    assert response.json["message"]


BROKEN: dict[str, Any] = {
    "[]": b"[]",
    "null": b"null",
    "cut": b'{"format": 1',
    "deep": b"[" * 100_000,
    "bytes": b"\xff\xfe{",
    "NaN": b'{"format": 1, "site_id": NaN}',
    "findings of numbers": b'{"format": 1, "findings": [1]}',
    "format of text": b'{"format": "x"}',
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_filing_is_refused_with_words(phone: Phone, name: str) -> None:
    response = phone.file(BROKEN[name])
    assert (response.status_code, response.json["error"]) == (422, "invalid")
    assert response.json["fields"]


def test_fields_that_do_not_fit_are_named_in_the_readers_language(phone: Phone, huaxin: int) -> None:
    given = visit(huaxin, summary="x" * 5001, unknown=1, latitude="here")
    response = phone.file(given)
    assert (response.status_code, response.json["error"]) == (422, "invalid")
    fields = {field["path"]: field["message"] for field in response.json["fields"]}
    assert {"summary", "unknown"} <= fields.keys()
    assert all(any("\u4e00" <= char <= "\u9fff" for char in message) for message in fields.values())


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_text_that_cannot_be_kept_is_refused_not_broken(phone: Phone, huaxin: int, text: str) -> None:
    assert phone.file(visit(huaxin, summary=text)).status_code == 422


def test_a_rule_of_the_domain_is_told_as_a_refusal(phone: Phone, huaxin: int) -> None:
    response = phone.file(visit(huaxin, signatures=[]))
    assert (response.status_code, response.json["error"]) == (422, "refused")
    assert response.json["message"]
    assert checks() == []


def test_who_is_not_responsible_is_refused(as_user: Browser, huaxin: int) -> None:
    response = Phone(as_user("chen")).file(visit(huaxin))
    assert (response.status_code, response.json["error"]) == (403, "not_allowed")
    assert Phone(as_user("officer")).file(visit(huaxin)).status_code == 403
    assert checks() == []


def test_signed_out_or_ended_accounts_get_json_401(
    client: House, phone: Phone, huaxin: int, user: Callable[[str], User]
) -> None:
    assert Phone(client).file(visit(huaxin)).status_code == 401
    user("wang").active = False
    db.session.commit()
    response = phone.file(visit(huaxin))
    assert (response.status_code, response.json["error"]) == (401, "sign_in")
    assert checks() == []


@pytest.mark.parametrize("years", [-10, 0, 10])
def test_a_phone_clock_that_is_years_wrong_files_and_is_flagged(
    phone: Phone, huaxin: int, years: int
) -> None:
    told = (cast.NOW + timedelta(days=365 * years)).isoformat()
    response = phone.file(visit(huaxin), **{"X-Phone-Time": told})
    assert response.status_code == 201
    [check] = checks()
    assert abs(check.clock_offset_s - 365 * 86400 * years) < 60
    assert ("clock" in response.json["receipt"]["flags"]) == (years != 0)


def by_a_clock(days: int, huaxin: int, **more: Any) -> dict[str, Any]:
    """A visit of today as a phone tells it whose clock is days off."""
    off = timedelta(days=days)
    ended = cast.NOW - timedelta(minutes=1) + off
    given = visit(
        huaxin, started_at=(ended - timedelta(minutes=30)).isoformat(), finished_at=ended.isoformat()
    )
    signatures = [part | {"signed_at": ended.isoformat()} for part in given["signatures"]]
    return given | {"signatures": signatures} | more


@pytest.mark.parametrize("days", [-400, -20, -3, 3, 13, 400])
def test_a_phone_clock_that_is_days_off_files_the_visit_on_its_right_day(
    phone: Phone, huaxin: int, days: int
) -> None:
    open_month(2026, 11, actor=None, now=cast.NOW)
    first = db.session.scalars(
        sa.select(Task).where(Task.site_id == huaxin).order_by(Task.window_start)
    ).first()
    assert first is not None
    number = first.id
    db.session.commit()
    due_on = local_day(cast.NOW + timedelta(days=days + 3)).isoformat()
    found = {"uuid": str(uuid4()), "description": "通道堵塞", "hazard_class": "fire", "due_on": due_on}
    shot = {"sha256": sha256(picture()), "taken_at": (cast.NOW + timedelta(days=days)).isoformat()}
    phone.put(picture())
    given = by_a_clock(days, huaxin, task_id=number, findings=[found], photos=[shot])
    response = phone.file(given, **{"X-Phone-Time": (cast.NOW + timedelta(days=days)).isoformat()})
    assert response.status_code == 201, response.text
    [check] = checks()
    today = local_day(cast.NOW)
    assert (check.visited_on, db.session.get_one(Task, number).done_on) == (today, today)
    assert {local_day(part.signed_at) for part in check.signatures if part.signed_at} == {today}
    assert check.flags == ["clock"]
    assert {local_day(one.taken_at) for one in as_recorded(check).photos if one.taken_at} == {today}
    assert datetime.fromisoformat(check.payload["started_at"]) == datetime.fromisoformat(given["started_at"])
    assert phone.file(given).json == response.json  # asked for again by a phone whose clock was set meanwhile


def test_a_clock_that_was_set_after_the_visit_does_not_move_it(phone: Phone, huaxin: int) -> None:
    phone.file(by_a_clock(0, huaxin), **{"X-Phone-Time": (cast.NOW - timedelta(days=5)).isoformat()})
    [check] = checks()
    assert (check.visited_on, check.flags) == (local_day(cast.NOW), ["clock"])


@pytest.mark.parametrize("days", [-20, 3])
def test_a_clock_that_was_set_during_the_visit_stops_no_filing(phone: Phone, huaxin: int, days: int) -> None:
    began = by_a_clock(days, huaxin)["started_at"]
    response = phone.file(by_a_clock(0, huaxin, started_at=began))
    assert response.status_code == 201, response.text
    [check] = checks()
    assert (check.visited_on, check.flags) == (local_day(cast.NOW), ["clock_moved"])


@pytest.mark.parametrize("told", ["", "yesterday", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+00:00"])
def test_an_odd_phone_time_stops_no_filing(phone: Phone, huaxin: int, told: str) -> None:
    assert phone.file(visit(huaxin), **{"X-Phone-Time": told}).status_code == 201


def test_an_error_of_the_database_is_never_taken_for_known(
    phone: Phone, huaxin: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xuncha.sync import views

    given, real = visit(huaxin), views.file_check

    def broken(*_given: Any, **_more: Any) -> Any:
        db.session.execute(sa.text("INSERT INTO checks (id, site_id) VALUES (1, 999999)"))

    monkeypatch.setattr(views, "file_check", broken)
    monkeypatch.setattr("tests.house.check_answer", lambda _response: None)
    assert phone.file(given).status_code == 500
    monkeypatch.setattr(views, "file_check", real)
    assert checks() == []
    assert phone.file(given).status_code == 201


def test_the_token_is_of_the_signed_in_person_and_opens_the_door(
    app: Flask, as_user: Browser, huaxin: int
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    phone = Phone(as_user("wang"))
    given = visit(huaxin)
    assert phone.file(given).status_code == 400
    told = phone.browser.get("/sync/token").json
    wang = db.session.scalars(sa.select(User).where(User.username == "wang")).one()
    assert told["user"] == wang.id
    db.session.rollback()
    assert phone.file(given, **{"X-CSRFToken": told["token"]}).status_code == 201
    assert len(checks()) == 1


def test_the_token_is_not_given_to_strangers(client: House) -> None:
    response = client.get("/sync/token")
    assert (response.status_code, response.json["error"]) == (401, "sign_in")


def test_the_time_of_the_receipt_is_the_servers(phone: Phone, huaxin: int) -> None:
    receipt = phone.file(visit(huaxin)).json["receipt"]
    received = datetime.fromisoformat(receipt["received_at"])
    assert abs((received - cast.NOW).total_seconds()) < 60


FAR = "9999-12-31T23:59:59+00:00"
SENSELESS: dict[str, dict[str, Any]] = {
    "a site beyond all numbers": {"site_id": 2**70},
    "a task beyond all numbers": {"task_id": 2**70},
    "a campaign beyond all numbers": {"campaign_ids": [10**25]},
    "an item beyond all numbers": {"answers": [{"item_id": 2**70, "result": "comply"}]},
    "the year 1": {"started_at": "0001-01-01T00:00:00+08:00"},
    "the year 9999": {"started_at": FAR, "finished_at": FAR},
    "a photo of the year 9999": {"photos": [{"sha256": "a" * 64, "taken_at": FAR}]},
}


@pytest.mark.parametrize("changes", SENSELESS.values(), ids=SENSELESS)
def test_what_no_database_or_calendar_holds_is_refused_in_words(
    phone: Phone, huaxin: int, changes: dict[str, Any]
) -> None:
    response = phone.file(visit(huaxin) | changes)
    assert response.status_code == 422
    assert response.json["error"] == "invalid"
    assert response.json["message"]
    assert checks() == []


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_phone_whose_clock_is_decades_wrong_files(phone: Phone, huaxin: int, year: int) -> None:
    moment = datetime(year, 1, 1, 4, tzinfo=cast.NOW.tzinfo).isoformat()
    response = phone.file(visit(huaxin, started_at=moment, finished_at=moment, late_reason="手机时间错误"))
    assert response.status_code == 201


@pytest.mark.parametrize("count, status", [(60, 409), (61, 422)])
def test_a_check_takes_sixty_photos_wherever_they_stand(
    phone: Phone, huaxin: int, count: int, status: int
) -> None:
    refs = [{"sha256": f"{number:064x}"} for number in range(count)]
    found = {"uuid": str(uuid4()), "description": "通道堵塞", "hazard_class": "fire", "due_on": "2026-11-18"}
    raw = visit(huaxin, photos=refs[:40], findings=[{**found, "before": refs[30:50], "after": refs[50:]}])
    response = phone.file(raw)
    assert response.status_code == status
    assert response.json["error"] == ("photos_missing" if status == 409 else "refused")


def test_a_visit_over_midnight_that_was_signed_before_it_needs_no_reason(phone: Phone, huaxin: int) -> None:
    midnight = (cast.NOW + timedelta(hours=8)).replace(hour=0, minute=0) - timedelta(days=1, hours=8)
    times = {
        "started_at": (midnight - timedelta(minutes=40)).isoformat(),
        "finished_at": (midnight + timedelta(minutes=5)).isoformat(),
    }
    raw = visit(huaxin, **times)
    for part in raw["signatures"]:
        part["signed_at"] = (midnight - timedelta(minutes=10)).isoformat()
    assert phone.file(raw).status_code == 201
