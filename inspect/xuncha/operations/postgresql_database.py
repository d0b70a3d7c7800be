"""PostgreSQL in backups: pg_dump and pg_restore of the same release as the server, or of a newer one."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlalchemy as sa

from ..core.db import db
from ..core.programs import run_program
from .databases import Facts, read_facts
from .faults import BackupFault

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"


class PostgresqlDatabase:
    """A database on a server."""

    kind = "postgresql"

    def __init__(self, url: sa.URL) -> None:
        self.url = url

    def size(self) -> int:
        """About how many bytes a copy takes: pg_dump compresses, and leaves indexes out."""
        with db.engine.connect() as connection:
            return int(connection.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)

    def facts(self) -> Facts:
        """What stands in it now. Raises BackupFault where it has no tables."""
        with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            return _facts(connection)

    def snapshot(self, target: Path) -> Facts:
        """Dump as of one moment: pg_dump reads in the transaction that also counts."""
        with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            facts = _facts(connection)
            moment = connection.scalar(sa.text("SELECT pg_export_snapshot()"))
            self._run(
                "pg_dump", "-Fc", f"--snapshot={moment}", "--no-owner", "--no-privileges", f"--file={target}"
            )
        return facts

    @staticmethod
    def examine(copy: Path) -> list[str]:
        """Read every part of the dump."""
        try:
            _run("pg_restore", "--file=/dev/null", str(copy))
        except BackupFault as problem:
            return [str(problem)]
        return []

    def is_empty(self) -> bool:
        """Whether it has no tables."""
        with db.engine.connect() as connection:
            return not connection.execute(sa.text(TABLES)).all()

    def fill(self, copy: Path) -> None:
        """Restore the dump in one transaction; where tables stand there, they go in a transaction before it."""
        if not self.is_empty():
            with db.engine.begin() as connection:
                connection.execute(sa.text("DROP SCHEMA public CASCADE"))
                connection.execute(sa.text("CREATE SCHEMA public"))
        db.engine.dispose()
        self._run(
            "pg_restore",
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            str(copy),
        )
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("ANALYZE"))  # a dump holds no statistics

    def _run(self, program: str, *words: str) -> None:
        password = {"PGPASSWORD": self.url.password} if self.url.password else {}
        address = self.url.set(drivername="postgresql", password=None).render_as_string()
        _run(program, *words, f"--dbname={address}", **password)


def _run(program: str, *words: str, **environment: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise BackupFault(
            f"{program} is not installed: install PostgreSQL's client programs (postgresql-client)"
        )
    done = run_program([found, *words], environment=environment)
    if done.returncode:
        raise BackupFault(f"{program}: {done.stderr.decode(errors='replace').strip()[-500:]}")


def _facts(connection: sa.Connection) -> Facts:
    tables = connection.scalars(sa.text(TABLES)).all()
    return read_facts(lambda sql: [tuple(row) for row in connection.execute(sa.text(sql))], tables)
