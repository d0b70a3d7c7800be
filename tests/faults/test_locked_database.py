"""Another writer holds the database: four seconds are slow, longer is told with a time to come back; reading goes on."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import dbapi2 as sqlite

from tests.faults.client import Book, Entry, Phone
from tests.faults.soak import Strength, prepared, ready
from tests.served import Served


@pytest.fixture
def served(settled: Path, tmp_path: Path) -> Iterator[tuple[Served, Phone, Entry]]:
    """The shipped server, a signed-in phone and what it wants to file."""
    book = Book()
    loads = prepared(ready(tmp_path, settled), Strength(seed=3, filings=4, kills=0, cuts=0), book)
    server = Served(tmp_path).start()
    yield server, Phone(server.url, book).sign_in("wang"), loads[0][0]
    server.kill()


@contextmanager
def locked(path: Path) -> Iterator[Any]:
    """Hold the database as another writer would."""
    connection = sqlite.connect(path / "xuncha.db", isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield connection
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.close()


def test_a_lock_is_waited_for_then_told_and_nothing_is_lost(served: tuple[Served, Phone, Entry]) -> None:
    server, phone, entry = served
    token = phone.token()
    assert token
    for sha, data in entry.photos.items():
        assert phone.put(sha, data, token).status == 201

    with locked(server.data):
        began = time.monotonic()
        answer = phone.post(entry, token)
        assert answer.status == 503
        assert answer.retry_after and int(answer.retry_after) > 0
        assert answer.json["message"]
        assert 8 < time.monotonic() - began < 20
        began = time.monotonic()
        assert phone.ask("/today").status == 200
        assert time.monotonic() - began < 2

    with locked(server.data) as connection:
        began = time.monotonic()
        threading.Timer(4, connection.execute, ("ROLLBACK",)).start()
        answer = phone.post(entry, token)
        assert answer.status == 201
        assert time.monotonic() - began > 3.5
