"""Photos arrive by their hash: whole, once, and only when they are what the phone sent."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.house import House
from tests.sync.phones import Browser, Phone, picture, sha256

from xuncha.core.db import db
from xuncha.photos import actions
from xuncha.photos.models import Photo


def stored(app: Flask) -> list[Path]:
    folder = Path(app.config["DATA"]) / "photos" / "originals"
    return [path for path in folder.rglob("*") if path.is_file()]


def rows() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Photo)) or 0


def test_a_photo_is_kept_under_its_hash_and_the_answer_repeats_it(as_user: Browser, app: Flask) -> None:
    data = picture()
    response = Phone(as_user("wang")).put(data)
    assert (response.status_code, response.json) == (201, {"sha256": sha256(data), "size": len(data)})
    assert [path.read_bytes() for path in stored(app)] == [data]


def test_the_same_photo_again_changes_nothing(as_user: Browser, app: Flask) -> None:
    data, phone = picture(), Phone(as_user("wang"))
    first, second = phone.put(data), phone.put(data)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert (len(stored(app)), rows()) == (1, 1)


def test_a_phone_can_ask_whether_a_photo_has_arrived(as_user: Browser) -> None:
    data, phone = picture(), Phone(as_user("wang"))
    address = f"/sync/photos/{sha256(data)}"
    before = phone.browser.get(address)
    assert (before.status_code, before.json["error"]) == (404, "photo_unknown")
    phone.put(data)
    assert phone.browser.get(address).json == {"sha256": sha256(data), "size": len(data)}


def turned(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


DAMAGED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty, as iPhones send them": (lambda _data: b"", "body_empty"),
    "cut": (lambda data: data[:-10], "body_length"),
    "one bit turned": (turned, "body_sha256"),
    "another photo": (lambda data: picture(91)[: len(data)].ljust(len(data), b"\0"), "body_sha256"),
}


@pytest.mark.parametrize("way", DAMAGED)
def test_bytes_that_differ_from_the_declared_ones_are_not_taken(
    as_user: Browser, app: Flask, way: str
) -> None:
    data, (damage, error) = picture(), DAMAGED[way]
    response = Phone(as_user("wang")).put(damage(data), name=sha256(data), declared=len(data))
    assert (response.status_code, response.json["error"]) == (400, error)
    assert response.json["message"]
    assert (stored(app), rows()) == ([], 0)


@pytest.mark.parametrize("declared", ["", "-1", "12x", "9" * 40, "１２"])
def test_a_declared_length_that_is_no_number_is_refused(as_user: Browser, app: Flask, declared: str) -> None:
    response = Phone(as_user("wang")).put(picture(), declared=declared.encode().decode("latin-1"))
    assert (response.status_code, response.json["error"]) == (400, "body_length")
    assert stored(app) == []


def test_what_is_no_picture_is_refused_by_name(as_user: Browser, app: Flask) -> None:
    response = Phone(as_user("wang")).put(b"<html>not a photo</html>")
    assert (response.status_code, response.json["error"]) == (422, "photo_not_a_picture")
    half = picture(size=(640, 480))
    response = Phone(as_user("wang")).put(half[: len(half) // 2])
    assert (response.status_code, response.json["error"]) == (422, "photo_broken")
    assert (stored(app), rows()) == ([], 0)


@pytest.mark.parametrize("name", ["0" * 63, "Z" * 64, "..", "A" * 64])
def test_a_name_that_is_no_hash_is_never_a_path(as_user: Browser, app: Flask, name: str) -> None:
    phone = Phone(as_user("wang"))
    assert phone.put(picture(), name=name).status_code in {400, 404, 405}
    assert phone.browser.get(f"/sync/photos/{name}").status_code in {400, 404, 405}
    assert stored(app) == []


def test_signed_out_the_answer_is_json_and_nothing_is_taken(client: House, app: Flask) -> None:
    response = Phone(client).put(picture())
    assert (response.status_code, response.json["error"]) == (401, "sign_in")
    assert stored(app) == []


@pytest.mark.parametrize("name", ["officer", "leader", "auditor"])
def test_who_files_no_checks_sends_no_photos_here(as_user: Browser, app: Flask, name: str) -> None:
    assert Phone(as_user(name)).put(picture()).status_code == 403
    assert stored(app) == []


def test_a_person_sends_so_many_photos_a_day(as_user: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "A_DAY", 2)
    wang, zhao = Phone(as_user("wang")), Phone(as_user("zhao"))
    answers = [wang.put(picture(n)) for n in (1, 2, 3, 2)] + [zhao.put(picture(3))]
    assert [answer.status_code for answer in answers] == [201, 201, 429, 200, 201]
    assert answers[2].json["message"]
