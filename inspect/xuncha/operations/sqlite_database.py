"""SQLite in backups: its online backup copies pages as of one moment, by the same library that the application uses."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite

from ..core.db import db
from ..core.write_lock import BUSY_MS
from .databases import Facts, read_facts
from .faults import BackupFault

TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"


class SqliteDatabase:
    """A database in one file."""

    kind = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path

    def size(self) -> int:
        """About how many bytes a copy takes."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def facts(self) -> Facts:
        """What stands in it now. Raises BackupFault where it has no tables."""
        self._demand_file()
        with closing(_connect(self.path)) as connection:
            connection.execute("BEGIN")
            return _facts(connection)

    def snapshot(self, target: Path) -> Facts:
        """Copy all pages as of one moment; what is committed meanwhile is not in it."""
        self._demand_file()
        try:
            with closing(_connect(self.path)) as source, closing(_connect(target)) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
                return _facts(copy)
        except sqlite.DatabaseError as problem:
            raise BackupFault(f"the database cannot be read: {problem}") from None

    @staticmethod
    def examine(copy: Path) -> list[str]:
        """SQLite's own check of every page, index and key."""
        try:
            with closing(_read_only(copy)) as connection:
                told = [row[0] for row in connection.execute("PRAGMA integrity_check(10)")]
                loose = connection.execute("PRAGMA foreign_key_check").fetchmany(10)
        except sqlite.DatabaseError as problem:
            return [str(problem)]
        return [text for text in told if text != "ok"] + [
            f"{row[0]}: row {row[1]} lacks its {row[2]}" for row in loose
        ]

    def is_empty(self) -> bool:
        """Whether it has no tables."""
        if not self.size():
            return True
        with closing(_connect(self.path)) as connection:
            return not connection.execute(TABLES).fetchall()

    def fill(self, copy: Path) -> None:
        """Write all pages in one transaction: whoever has the database open sees the old content or the new one."""
        db.engine.dispose()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(_read_only(copy)) as source, closing(_connect(self.path)) as target:
            source.backup(target)

    def _demand_file(self) -> None:
        if not self.path.is_file():
            raise BackupFault("the database has no tables: there is nothing to back up")


def _facts(connection: Any) -> Facts:
    tables = [row[0] for row in connection.execute(TABLES)]
    return read_facts(connection.execute, tables)


def _connect(path: Path) -> Any:
    connection = sqlite.connect(str(path), timeout=BUSY_MS / 1000, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def _read_only(copy: Path) -> Any:
    """A copy that nobody writes to; nothing is left beside it."""
    return sqlite.connect(f"{copy.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
