"""Either database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from tests import cast
from tests.conftest import build
from xuncha.core.db import db


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application on either database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("app")
        return
    app = build(request.getfixturevalue("settled_pg"), tmp_path)
    with time_machine.travel(cast.NOW, tick=True), app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
