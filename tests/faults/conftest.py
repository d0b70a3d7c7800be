"""Both databases behind the phone's door, in this process and in the shipped server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from tests import cast
from tests.conftest import build
from tests.faults.soak import ready
from tests.served import Served
from xuncha.core.db import db


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
