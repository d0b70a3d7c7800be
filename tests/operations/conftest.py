"""PostgreSQL behind the commands."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.postgresql import drop_database, new_database


@pytest.fixture
def empty_pg(postgresql_server: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    url = new_database(postgresql_server, f"empty_{uuid4().hex}")
    yield url
    drop_database(postgresql_server, url)
