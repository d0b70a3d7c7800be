"""The two databases as backups see them: a consistent copy while in use, its examination, and filling an empty one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from ..core.db import db
from .faults import BackupFault

Ask = Callable[[str], Iterable[Sequence[Any]]]


@dataclass(frozen=True)
class Facts:
    """What stands in a database at one moment."""

    revision: str
    counts: dict[str, int]
    photos: list[tuple[str, int]]  # SHA-256, size


class Database(Protocol):
    """A database that can be backed up."""

    kind: str

    def size(self) -> int:
        """About how many bytes a copy takes."""

    def facts(self) -> Facts:
        """What stands in it now. Raises BackupFault where it has no tables."""

    def snapshot(self, target: Path) -> Facts:
        """Write a copy as of one moment while others read and write; what stands in the copy."""

    @staticmethod
    def examine(copy: Path) -> list[str]:
        """What is wrong with a copy; empty when it is sound."""

    def is_empty(self) -> bool:
        """Whether it has no tables."""

    def fill(self, copy: Path) -> None:
        """Put a copy in the place of all that stands in it, in one transaction where the database can."""


def running() -> Database:
    """The database of the running application."""
    from .postgresql_database import PostgresqlDatabase
    from .sqlite_database import SqliteDatabase

    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        return SqliteDatabase(Path(url.database or ""))
    return PostgresqlDatabase(url)


def examine(kind: str, copy: Path) -> list[str]:
    """What is wrong with a copy of a database of a kind, whatever the application runs on."""
    from .postgresql_database import PostgresqlDatabase
    from .sqlite_database import SqliteDatabase

    kinds: tuple[type[Database], ...] = (SqliteDatabase, PostgresqlDatabase)
    return next(one for one in kinds if one.kind == kind).examine(copy)


def read_facts(ask: Ask, tables: Iterable[str]) -> Facts:
    """What stands in a database, asked by SQL; `tables` are those that it has. Raises BackupFault where it has none."""
    there = set(tables)
    if not {"alembic_version", "photos"} <= there:
        raise BackupFault("the database has no tables: there is nothing to back up")
    ours = [db.metadata.tables[name] for name in sorted(there & set(db.metadata.tables))]
    counts = {table.name: next(iter(ask(str(_count(table)))))[0] for table in ours}
    revision = next(iter(ask("SELECT version_num FROM alembic_version")))[0]
    photos = [(row[0], row[1]) for row in ask("SELECT sha256, size FROM photos ORDER BY sha256")]
    return Facts(str(revision), counts, photos)


def _count(table: sa.Table) -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(table)
