"""PostgreSQL behind the commands."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.operations.postgresql_programs import programs_on_path
from tests.postgresql import drop_database, new_database


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
