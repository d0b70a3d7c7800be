"""The drill: back up the server while phones file, restore on an empty machine, compare with what was acknowledged."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests import cast
from tests.conftest import build
from tests.faults.client import Book, Entry, Phone
from tests.faults.soak import CREWS, Strength, Tally, compare_one, prepared, ready
from tests.photos.s3_server import KEYS, S3Server
from tests.served import Served
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.photos import queries as photos
from xuncha.photos.models import Photo

STRENGTH = Strength(seed=11, filings=48, kills=0, cuts=0)
BEFORE = 8  # so many filings are acknowledged when the backup begins


def under_load(served: Served, book: Book, loads: list[list[Entry]], backups: str) -> set[str]:
    """File everything, and back up in the midst of it; what was acknowledged before the backup began."""
    phones = [
        Phone(served.url, book, dice=random.Random(at)).sign_in(who) for at, (who, _code) in enumerate(CREWS)
    ]
    until = time.monotonic() + 120
    threads = [
        threading.Thread(target=phone.drain, args=(load,), kwargs={"until": until})
        for phone, load in zip(phones, loads, strict=True)
    ]
    for thread in threads:
        thread.start()
    while len(book.receipts) < BEFORE and time.monotonic() < until:
        time.sleep(0.01)
    acknowledged = set(book.receipts)
    served.flask("backup", backups)
    assert len(acknowledged) < len(book.receipts), "nothing was filed meanwhile"
    for thread in threads:
        thread.join()
    assert len(book.receipts) == len(book.given) and not book.odd
    return acknowledged


def demand_all(app: Flask, book: Book, acknowledged: set[str]) -> None:
    """What was acknowledged is there once, as it was sent, and every row's photo gives its hash."""
    tally = Tally()
    with app.app_context():
        checks = {check.uuid: check for check in db.session.scalars(sa.select(Check))}
        assert acknowledged <= checks.keys() <= book.given.keys()
        for uuid, check in checks.items():
            compare_one(check, book.given[uuid], book.receipts[uuid], tally)
        rows = db.session.scalars(sa.select(Photo.sha256)).all()
        assert rows and all(photos.store().verify(sha256) for sha256 in rows)
        db.session.remove()
        db.engine.dispose()
    assert tally.faults == []


@pytest.fixture
def bucket(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a bucket of a real S3 server."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    server = S3Server(tmp_path_factory.mktemp("store") / "s3").start()
    yield server.address_of("backups/zone")
    server.stop()


@pytest.mark.parametrize(
    ("kind", "place"),
    [("sqlite", "folder"), ("postgresql", "folder"), ("sqlite", "bucket"), ("postgresql", "bucket")],
)
def test_what_was_acknowledged_before_the_backup_is_there_after_the_restore(
    kind: str,
    place: str,
    request: pytest.FixtureRequest,
    settled: Path,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    url = empty = ""
    if kind == "postgresql":
        url = request.getfixturevalue("settled_pg")
        empty = request.getfixturevalue("empty_pg")
    app = build(url, tmp_path) if url else ready(tmp_path, settled)
    new = tmp_path_factory.mktemp("new")
    backups = request.getfixturevalue("bucket") if place == "bucket" else str(tmp_path_factory.mktemp("disk"))
    book = Book()
    loads = prepared(app, STRENGTH, book)
    served = Served(tmp_path, database=url).start()
    try:
        acknowledged = under_load(served, book, loads, backups)
    finally:
        served.kill()
    machine = Served(new, database=empty)
    machine.flask("restore", backups)
    demand_all(build(empty or f"sqlite:///{new / 'xuncha.db'}", new), book, acknowledged)
    try:
        phone = Phone(machine.start().url, book).sign_in("wang", cast.PASSWORD)
        known = next(entry for entry in loads[0] if entry.uuid in acknowledged)
        token = phone.token()
        assert token and phone.send(known, token)  # the same receipt as before
        assert book.receipts[known.uuid][-1] == book.receipts[known.uuid][0]
    finally:
        machine.kill()
