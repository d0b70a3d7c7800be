"""A filing and its photos in one request: the same check as in several, whole or not at all."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.faults.client import JSON, OCTETS, Entry, together
from tests.sync.phones import Browser, picture, sha256, visit
from tests.sync.test_cost import during
from werkzeug.test import TestResponse

from xuncha.checks.models import Check, CheckPhoto
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.photos import actions
from xuncha.photos import queries as photos
from xuncha.photos.models import Photo

Place = Callable[[str], Site]
ADDRESS = "/sync/filings/together"


@pytest.fixture
def send(as_user: Browser) -> Callable[..., TestResponse]:
    browser = as_user("wang")

    def sent(entry: Entry, body: bytes | None = None, **changed: str) -> TestResponse:
        data, sizes = together(entry)
        headers = {"X-Filing-SHA256": entry.sha256, "X-Photos": sizes}
        headers |= {name.replace("_", "-"): value for name, value in changed.items()}
        data = data if body is None else body
        return browser.post(ADDRESS, data=data, content_type=OCTETS, headers=headers)

    return sent


Send = Callable[..., TestResponse]


def entry_of(site: int, *album: bytes, **more: Any) -> Entry:
    """A visit with these photos."""
    named = [{"sha256": sha256(one)} for one in album]
    return Entry(visit(site, photos=named, **more), {sha256(one): one for one in album})


def rows(kind: type[Any]) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0


def test_a_filing_arrives_with_its_photos_and_its_receipt_repeats_them(send: Send, huaxin: int) -> None:
    album = [picture(1), picture(2), picture(3)]
    entry = entry_of(huaxin, *album)
    answer = send(entry)
    assert answer.status_code == 201
    assert answer.json["body_sha256"] == entry.sha256
    assert answer.json["receipt"]["photo_hashes"] == [sha256(one) for one in album]
    assert [photos.store().open(sha256(one)).read() for one in album] == album
    assert (rows(Check), rows(Photo), rows(CheckPhoto)) == (1, 3, 3)


def test_the_same_again_changes_nothing_whichever_way_it_comes(
    send: Send, as_user: Browser, huaxin: int
) -> None:
    entry = entry_of(huaxin, picture(1))
    first, second = send(entry), send(entry)
    headers = {"X-Filing-SHA256": entry.sha256}
    third = as_user("wang").post("/sync/filings", data=entry.body, content_type=JSON, headers=headers)
    assert [one.status_code for one in (first, second, third)] == [201, 200, 200]
    assert first.json == second.json == third.json
    assert (rows(Check), rows(Photo)) == (1, 1)


def test_a_photo_of_an_earlier_filing_may_come_again(send: Send, huaxin: int) -> None:
    shared = picture(1)
    assert send(entry_of(huaxin, shared)).status_code == 201
    assert send(entry_of(huaxin, shared, picture(2))).status_code == 201
    assert (rows(Check), rows(Photo)) == (2, 2)


def test_a_photo_that_is_not_among_the_parts_is_named_and_nothing_is_filed(send: Send, huaxin: int) -> None:
    entry = entry_of(huaxin, picture(1), picture(2))
    del entry.photos[sha256(picture(2))]
    answer = send(entry)
    assert (answer.status_code, answer.json["error"]) == (409, "photos_missing")
    assert answer.json["photos"] == [sha256(picture(2))]
    assert rows(Check) == 0


WRONG: dict[str, tuple[Callable[[bytes], bytes], str, int]] = {
    "empty": (lambda _data: b"", "body_empty", 400),
    "cut": (lambda data: data[:-10], "body_sha256", 400),
    "another photo": (lambda _data: picture(9), "body_sha256", 400),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_photo_with_other_bytes_refuses_all_of_it(send: Send, huaxin: int, name: str) -> None:
    change, error, status = WRONG[name]
    entry = entry_of(huaxin, picture(1), picture(2))
    entry.photos[sha256(picture(2))] = change(picture(2))
    answer = send(entry)
    assert (answer.status_code, answer.json["error"]) == (status, error)
    assert (rows(Check), rows(Photo)) == (0, 0)
    entry.photos[sha256(picture(2))] = picture(2)
    assert send(entry).status_code == 201


def test_what_is_no_picture_is_refused_in_words(send: Send, huaxin: int) -> None:
    answer = send(entry_of(huaxin, b"no picture at all"))
    assert answer.status_code == 422
    assert answer.json["error"].startswith("photo_")
    assert any("\u4e00" <= one <= "\u9fff" for one in answer.json["message"])
    assert (rows(Check), rows(Photo)) == (0, 0)


def test_a_refused_filing_leaves_no_row_of_its_photos(send: Send, huaxin: int) -> None:
    answer = send(entry_of(huaxin, picture(1), signatures=[]))
    assert (answer.status_code, answer.json["error"]) == (422, "refused")
    assert (rows(Check), rows(Photo)) == (0, 0)


def test_a_body_that_is_not_what_its_head_says_is_not_read(send: Send, huaxin: int) -> None:
    entry = entry_of(huaxin, picture(1))
    whole, sizes = together(entry)
    odd = [
        {"body": b""},
        {"body": whole[len(entry.body) :]},
        {"body": b" " + whole},
        {"X_Photos": ""},
        {"X_Photos": sizes + "0"},
        {"X_Photos": sizes.partition("=")[0]},
        {"X_Photos": f"{sizes}, {'0' * 64}=1"},
        {"X_Photos": f"{sizes}, {'0' * 64}=-1"},
        {"X_Photos": f"{sizes}, ="},
        {"X_Photos": "x"},
        {"X_Filing_SHA256": "0" * 64},
    ]
    for change in odd:
        answer = send(entry, **change)
        assert answer.status_code == 400, change
        assert answer.json["error"].startswith("body_")
    assert (rows(Check), rows(Photo)) == (0, 0)


def test_a_body_that_breaks_off_files_nothing(send: Send, huaxin: int) -> None:
    entry = entry_of(huaxin, picture(1), picture(2))
    whole, _sizes = together(entry)
    for end in range(0, len(whole), 97):
        answer = send(entry, whole[:end])
        assert answer.status_code == 400, (end, answer.status_code)
    assert rows(Check) == 0
    assert send(entry).status_code == 201


def test_nobody_sends_more_photos_in_a_day_this_way(
    send: Send, huaxin: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "A_DAY", 4)
    assert send(entry_of(huaxin, *map(picture, range(3)))).status_code == 201
    answer = send(entry_of(huaxin, *map(picture, range(3, 5))))
    assert (answer.status_code, answer.json["error"]) == (429, "refused")
    assert send(entry_of(huaxin, picture(3))).status_code == 201
    assert send(entry_of(huaxin, *map(picture, range(3)))).status_code == 201  # known ones
    assert rows(Photo) == 4
    monkeypatch.setattr(actions, "A_DAY", 1)
    assert send(entry_of(huaxin, *map(picture, range(5, 8)))).status_code == 429


@pytest.mark.about_sqlite
def test_it_takes_the_lock_of_writers_after_the_photos_and_costs_few_statements(
    send: Send, app: Flask, huaxin: int
) -> None:
    found: list[str] = []
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda *given: found.append(given[2]))
    for shade in (1, 11):
        entry = entry_of(huaxin, *(picture(shade + one) for one in range(3)))
        during(lambda entry=entry: send(entry), found, 201)
    begun = [one for one in found if one.startswith("BEGIN")]
    assert begun == ["BEGIN", "BEGIN IMMEDIATE"]
    assert len([one for one in found if one.startswith("INSERT INTO photos")]) == 1
    assert len(found) <= 19, found  # three photos one by one and a filing: 30
