"""Photo bytes are taken only as declared, in any order with their filing; a filing stands only when all are there."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.checks.filings import visit as whole_visit
from tests.house import House
from tests.sync.phones import Phone, picture, sha256
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.photos import queries as photos
from xuncha.photos.models import Photo

Browser = Callable[[str], House]
Place = Callable[[str], Site]


@pytest.fixture
def phone(as_user: Browser) -> Phone:
    return Phone(as_user("wang"))


def rows(kind: type) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0


def files(app: Flask) -> list[Path]:
    return [path for path in (Path(app.config["DATA"]) / "photos").rglob("*") if path.is_file()]


def spoiled(good: bytes, other: bytes, dice: random.Random) -> list[tuple[bytes, int | None]]:
    """Bodies that are not the photo, each with the length that the phone declared (none: as many as arrived)."""
    place, bit = dice.randrange(len(good)), 1 << dice.randrange(8)
    turned = good[:place] + bytes([good[place] ^ bit]) + good[place + 1 :]
    cut = good[: dice.randrange(1, len(good))]
    return [(b"", len(good)), (cut, len(good)), (cut, None), (turned, len(good)), (other, None)]


def test_a_hundred_bodies_that_differ_are_not_taken(phone: Phone, app: Flask) -> None:
    dice, tried = random.Random(5), 0
    goods = [picture(shade, (96 + shade, 64)) for shade in range(20)]
    for good, other in zip(goods, goods[1:] + goods[:1], strict=True):
        for body, declared in spoiled(good, other, dice):
            response = phone.put(body, name=sha256(good), declared=declared)
            assert response.status_code == 400, (len(body), declared)
            assert response.json["error"].startswith("body_")
            tried += 1
    assert tried == 100
    assert (rows(Photo), files(app)) == (0, [])
    assert all(phone.put(good).status_code == 201 for good in goods)
    assert rows(Photo) == len(files(app)) == len(goods)


@pytest.mark.parametrize(
    "order", sorted(set(permutations("abf")) | {tuple("aabbff"), tuple("ffab"), tuple("fbfaf")})
)
def test_a_filing_counts_only_when_all_its_photos_are_there(
    phone: Phone, site: Place, order: tuple[str, ...]
) -> None:
    pictures = {"a": picture(1), "b": picture(2)}
    raw = whole_visit(site("huaxin"), photos=[{"sha256": sha256(data)} for data in pictures.values()])
    db.session.rollback()
    arrived: set[str] = set()
    for step in (*order, "f"):
        if step in pictures:
            assert phone.put(pictures[step]).status_code in (200, 201)
            arrived.add(step)
            continue
        response = phone.file(raw)
        if arrived == pictures.keys():
            assert response.status_code in (200, 201)
        else:
            assert (response.status_code, response.json["error"]) == (409, "photos_missing")
            missing = {sha256(data) for name, data in pictures.items() if name not in arrived}
            assert set(response.json["photos"]) == missing
            assert rows(Check) == 0
    assert rows(Check) == 1


def test_photos_that_never_come_leave_no_check(phone: Phone, site: Place) -> None:
    raw = whole_visit(site("huaxin"), photos=[{"sha256": sha256(picture(3))}])
    db.session.rollback()
    assert {phone.file(raw).status_code for _ in range(5)} == {409}
    assert rows(Check) == 0


def test_a_photo_that_the_servers_disk_lost_is_asked_for_again(phone: Phone, site: Place) -> None:
    data = picture(4)
    phone.put(data)
    photos.store().path(sha256(data)).unlink()
    raw = whole_visit(site("huaxin"), photos=[{"sha256": sha256(data)}])
    db.session.rollback()
    assert phone.file(raw).json["photos"] == [sha256(data)]
    assert phone.put(data).status_code in (200, 201)
    assert phone.file(raw).status_code == 201


def test_one_photo_serves_two_filings_and_two_roles(phone: Phone, site: Place, app: Flask) -> None:
    data = picture(6)
    phone.put(data)
    twice = [{"sha256": sha256(data)}, {"sha256": sha256(data), "caption": "近景"}]
    for _ in range(2):
        raw = whole_visit(site("huaxin"), photos=twice)
        db.session.rollback()
        assert phone.file(raw).status_code == 201
    assert [len(check.photos) for check in db.session.scalars(sa.select(Check))] == [2, 2]
    assert len(files(app)) == 1
