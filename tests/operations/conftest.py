"""PostgreSQL behind the commands."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.postgresql import new_database


@pytest.fixture
def empty_pg(address: str) -> str:
    """The address of an empty PostgreSQL database."""
    return new_database(address, f"empty_{uuid4().hex}")
