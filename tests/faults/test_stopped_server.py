"""The machine stops, or its disk does, at any step of taking a photo and a filing: nothing half, and a resend files once."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.checks.filings import failing
from tests.checks.filings import visit as whole_visit
from tests.faults.steps import each_step, killed_at
from tests.house import House
from tests.sync.phones import Phone, picture, sha256
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.models import Hazard
from xuncha.photos import queries as photos
from xuncha.photos import store
from xuncha.photos.models import Photo

Browser = Callable[[str], House]
Place = Callable[[str], Site]


@pytest.fixture
def phone(as_user: Browser, monkeypatch: pytest.MonkeyPatch) -> Phone:
    monkeypatch.setattr("tests.house.check_answer", lambda _response: None)
    return Phone(as_user("wang"))


def new_visit(site: Place, number: int) -> tuple[dict[str, Any], bytes]:
    """A visit with a finding and a photo that nobody else has."""
    data = picture(number, (64 + number, 64))
    reference = {"sha256": sha256(data)}
    raw = failing(whole_visit(site("huaxin"), photos=[reference]), before=[reference])
    db.session.rollback()
    return raw, data


def demand_whole_or_nothing(raw: dict[str, Any], data: bytes) -> bool:
    """Whether the visit is there; fails where a part of it is, or a photo's row without its file."""
    checks = db.session.scalars(sa.select(Check).where(Check.uuid == raw["uuid"])).all()
    assert len(checks) <= 1
    hazards = db.session.scalars(sa.select(Hazard).where(Hazard.uuid == raw["findings"][0]["uuid"])).all()
    assert len(hazards) == len(checks)
    row = db.session.scalar(sa.select(Photo).where(Photo.sha256 == sha256(data)))
    assert row is None or photos.store().verify(row.sha256)
    for check in checks:
        assert len(check.answers) == len(raw["answers"])
        assert [use.photo.sha256 for use in check.photos] == [sha256(data)]
        assert [use.photo.sha256 for use in hazards[0].photos] == [sha256(data)]
    db.session.rollback()
    return bool(checks)


def test_killed_at_every_step_nothing_is_half_and_a_resend_files_once(phone: Phone, site: Place) -> None:
    outcomes = []
    for nth in range(1, 400):
        raw, data = new_visit(site, nth)
        died = killed_at(nth, db.engine, lambda raw=raw, data=data: (phone.put(data), phone.file(raw)))
        there = demand_whole_or_nothing(raw, data)
        outcomes.append(there)
        assert phone.put(data).status_code in (200, 201)
        assert phone.file(raw).status_code == (200 if there else 201)
        assert demand_whole_or_nothing(raw, data)
        if not died:
            break
    assert outcomes[-1] and not died
    # Killed before the commit, and after it before the answer: both were met.
    assert outcomes.count(False) > 15 and outcomes.count(True) >= 2


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_at_any_call_is_told_and_nothing_is_half(
    phone: Phone, site: Place, app: Flask, number: int
) -> None:
    for nth in range(1, 20):
        raw, data = new_visit(site, nth)
        left = [nth]

        def tick(name: str, left: list[int] = left) -> None:
            left[0] -= name in {"fsync", "link"}
            if left[0] == 0:
                left[0] = -1
                raise OSError(number, os.strerror(number))

        with each_step(db.engine, tick):
            response = phone.put(data)
        if response.status_code == 201:
            break
        assert response.status_code == (507 if number == errno.ENOSPC else 503)
        assert response.json["message"]
        assert not demand_whole_or_nothing(raw, data)
        assert phone.file(raw).status_code == 409
        assert phone.put(data).status_code in (200, 201)
        assert phone.file(raw).status_code == 201
    assert nth > 4
    assert not list((Path(app.config["DATA"]) / "photos" / "incoming").iterdir())


POINTS = {
    "fsync": (os, "fsync"),
    "link": (os, "link"),
    "open": (os, "open"),  # of the file that is not whole yet
    "unlink": (os, "unlink"),
    "mkdir": (os, "mkdir"),
    "folder": (store, "_sync_folder"),
}


@pytest.mark.parametrize("point", POINTS)
def test_a_damaged_disk_is_told_in_words_and_in_one_line_of_the_log(
    phone: Phone, app: Flask, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    lines: list[str] = []
    monkeypatch.setattr(app.logger, "error", lambda line, *args, **_more: lines.append(line % args))

    def fail(*_args: object, **_more: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    data = picture()
    with monkeypatch.context() as damaged:
        damaged.setattr(*POINTS[point], fail)
        response = phone.put(data)
    assert response.status_code == 503
    assert "磁盘" in response.json["message"]
    assert response.headers["Retry-After"] == "60"
    assert len(lines) == 1
    assert lines[0].startswith("disk: ")
    assert phone.put(data).status_code in {200, 201}


@pytest.mark.about_sqlite
@pytest.mark.parametrize("spare", [0, 1, 3, 8])
def test_a_full_database_says_so_and_goes_on_when_there_is_room(
    phone: Phone, site: Place, app: Flask, spare: int
) -> None:
    raw, data = new_visit(site, spare)
    assert phone.put(data).status_code == 201
    with db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def full(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + spare}")

    sa.event.listen(db.engine, "connect", full)
    db.engine.dispose()
    taken = 0
    for _ in range(20):
        response = phone.file(raw)
        if response.status_code >= 500:
            break
        taken += 1
        raw = raw | {"uuid": new_visit(site, spare)[0]["uuid"]}
    assert response.status_code == 507
    assert response.json["message"]
    assert phone.browser.get("/today").status_code == 200
    sa.event.remove(db.engine, "connect", full)
    db.engine.dispose()
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Check))
    assert before == taken
    db.session.rollback()
    assert phone.file(raw).status_code == 201


@pytest.mark.about_sqlite
def test_a_page_of_the_database_that_cannot_be_read_is_a_fault_of_the_disk(
    phone: Phone, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    monkeypatch.setattr(app.logger, "error", lambda line, *args, **_more: lines.append(line % args))
    root = sa.text("SELECT rootpage FROM sqlite_master WHERE name = 'photos'")
    size = db.session.scalar(sa.text("PRAGMA page_size")) or 0
    start = ((db.session.scalar(root) or 0) - 1) * size
    db.session.remove()
    db.engine.dispose()
    path = Path(app.config["DATA"]) / "xuncha.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:start] + b"\xff" * size + whole[start + size :])
    response = phone.put(picture())
    assert response.status_code == 503
    assert "磁盘" in response.json["message"]
    assert response.headers["Retry-After"] == "60"
    assert lines == ["disk: database disk image is malformed"]
    db.session.remove()
    db.engine.dispose()
    path.write_bytes(whole)
    assert phone.put(picture()).status_code == 201
