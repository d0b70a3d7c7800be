"""PostgreSQL behind the commands, and empty machines with a database of the same kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from flask import Flask

from tests.operations.operator import empty_machine
from tests.operations.postgresql_programs import programs_on_path
from tests.photos.s3_server import KEYS, S3Server
from tests.postgresql import drop_database, new_database
from xuncha.core.db import db


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's programs of the tests before those that the machine may have, of whatever age."""
    programs_on_path(monkeypatch)


@pytest.fixture
def empty_pg(postgresql_server: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    url = new_database(postgresql_server, f"empty_{uuid4().hex}")
    yield url
    drop_database(postgresql_server, url)


@pytest.fixture
def machine(
    request: pytest.FixtureRequest, database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Flask]]:
    """Make empty machines whose database is of the kind that the test runs on."""
    made: list[tuple[Flask, str | None]] = []

    def make() -> Flask:
        url = None
        if database.startswith("postgresql"):
            url = new_database(request.getfixturevalue("postgresql_server"), f"empty_{uuid4().hex}")
        made.append((empty_machine(tmp_path_factory.mktemp("machine") / "data", url), url))
        return made[-1][0]

    yield make
    for app, url in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        if url:
            drop_database(request.getfixturevalue("postgresql_server"), url)


@pytest.fixture
def elsewhere(machine: Callable[[], Flask]) -> Flask:
    """An empty machine."""
    return machine()


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """An object store for backups; its key stands in the environment."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    running = S3Server(tmp_path_factory.mktemp("store") / "s3").start()
    yield running
    running.stop()
