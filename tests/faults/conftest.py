"""Both databases behind the phone's door, in this process and in the shipped server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests import cast
from tests.conftest import build, settle
from tests.faults.soak import ready
from tests.served import Served
from tests.test_postgresql import address
from xuncha.core.db import db

__all__ = ["address"]


def new_database(address: str, name: str, template: str = "template1") -> str:
    """Make a database on the PostgreSQL server; its address."""
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()
    return sa.make_url(address).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def pg_template(address: str, tmp_path_factory: pytest.TempPathFactory, password_hash: str) -> str:
    """The name of a database with the cast, copied for every test."""
    app = build(new_database(address, "settled"), tmp_path_factory.mktemp("data"))
    settle(app, password_hash)
    return "settled"


@pytest.fixture
def settled_pg(address: str, pg_template: str) -> str:
    """The address of a fresh PostgreSQL database with the cast."""
    return new_database(address, f"copy_{uuid4().hex}", pg_template)


@pytest.fixture(params=["sqlite", "postgresql"])
def on(
    request: pytest.FixtureRequest, settled: Path, tmp_path: Path
) -> Iterator[tuple[Flask, Callable[[], Served]]]:
    """An application on each database, and the way to serve the same data."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("settled_pg")
    app = ready(tmp_path, settled) if not url else build(url, tmp_path)
    made: list[Served] = []

    def serve() -> Served:
        made.append(Served(tmp_path, database=url).start())
        return made[-1]

    yield app, serve
    for server in made:
        server.kill()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def on_at_cast_time(on: tuple[Flask, Callable[[], Served]]) -> Iterator[Flask]:
    """The application on each database, its clock at cast.NOW."""
    app, _serve = on
    with time_machine.travel(cast.NOW, tick=True), app.app_context():
        yield app
        db.session.remove()
