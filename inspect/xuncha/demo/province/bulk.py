"""Rows in bulk: prepared tuples, by executemany into SQLite and by COPY into PostgreSQL, one transaction a half-month.

Tables, indexes and the triggers that keep evidence stay as they are. While it runs, SQLite neither waits for the disk nor
compares references and choices (the tests do): a power cut leaves a damaged file, which held nothing but invented rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from operator import itemgetter
from typing import Any, cast

import sqlalchemy as sa

from ...core.db import Base, db
from .calendar import Moment

Row = tuple[Any, ...]
# A larger cache than a server has: the indexes of numbers and codes are filled at many places.
WHILE_LOADING = (
    "journal_mode=MEMORY",
    "synchronous=OFF",
    "cache_size=-400000",
    "foreign_keys=OFF",
    "ignore_check_constraints=ON",
)


class Bulk:
    """The tables that are filled, and the connection that fills them."""

    def __init__(self) -> None:
        db.session.remove()  # an open transaction of the session would hold the write lock
        db.engine.dispose()  # and another connection would keep the journal as it is
        self._raw = db.engine.raw_connection()
        self._connection = cast(Any, self._raw.driver_connection)
        self._is_sqlite = db.engine.dialect.name == "sqlite"
        self._rows: dict[str, list[Row]] = {}
        self._columns: dict[str, list[str]] = {}
        self.written: dict[str, int] = {}
        if self._is_sqlite:
            for pragma in WHILE_LOADING:
                self._connection.execute(f"PRAGMA {pragma}")
        else:
            self._connection.execute("SET TIME ZONE 'UTC'")  # moments are written without their zone

    def table(self, model: type[Any], columns: str) -> list[Row]:
        """The rows of a table that wait to be written; tuples in the order of the columns are appended to it."""
        name = model.__tablename__
        self._columns[name] = columns.split()
        return self._rows.setdefault(name, [])

    def ids(self, model: type[Any]) -> Iterator[int]:
        """The numbers of new rows."""
        last = self._connection.execute(_words(sa.select(sa.func.max(model.id)))).fetchone()[0]
        return count((last or 0) + 1)

    def write(self) -> None:
        """Write what waits, in one transaction, parents before children."""
        if self._is_sqlite:
            self._connection.execute("BEGIN IMMEDIATE")
        for table in Base.metadata.sorted_tables:
            rows = self._rows.get(table.name)
            if rows:
                self._insert(table.name, rows)
                self.written[table.name] = self.written.get(table.name, 0) + len(rows)
                rows.clear()
        self._connection.commit()

    def _insert(self, name: str, rows: list[Row]) -> None:
        columns = self._columns[name]
        if self._is_sqlite:
            in_their_order = sa.table(name, *map(sa.column, columns))
            self._connection.executemany(_words(sa.insert(in_their_order)), rows)
            return
        with self._connection.cursor().copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def finish(self) -> None:
        """Let the database count on from here and look at what it holds, and give the connection back as it was."""
        if not self._is_sqlite:
            for name, columns in self._columns.items():
                if columns[0] == "id":
                    last = sa.func.max(Base.metadata.tables[name].c.id)
                    counter = sa.func.pg_get_serial_sequence(name, "id")
                    self._connection.execute(
                        _words(sa.select(sa.func.setval(counter, last)).having(last > 0))
                    )
            self._connection.commit()
            self._connection.autocommit = True
        self._connection.execute("ANALYZE")
        self._raw.invalidate()  # its settings go with it
        self._raw.close()
        db.engine.dispose()


def _words(statement: sa.ClauseElement) -> str:
    """A statement as the connection itself takes it."""
    return str(statement.compile(db.engine, compile_kwargs={"literal_binds": True}))


class Ledger:
    """What happens at its moment, kept until the rows of that time are written: numbers grow with moments."""

    SHIFT = 14  # buckets of eleven days

    def __init__(self) -> None:
        self._buckets: dict[int, list[tuple[Moment, Any]]] = {}

    def add(self, moment: Moment, entry: Any) -> None:
        """Note an entry at its moment."""
        bucket = self._buckets.get(moment >> self.SHIFT)
        if bucket is None:
            bucket = self._buckets[moment >> self.SHIFT] = []
        bucket.append((moment, entry))

    def take(self, before: Moment) -> list[tuple[Moment, Any]]:
        """The entries before a moment in the order of their moments; they are not given twice."""
        last = before >> self.SHIFT
        taken: list[tuple[Moment, Any]] = []
        for key in sorted(key for key in self._buckets if key <= last):
            taken += self._buckets.pop(key)
        rest = [one for one in taken if one[0] >= before]
        if rest:
            self._buckets[last] = rest
            taken = [one for one in taken if one[0] < before]
        taken.sort(key=itemgetter(0))
        return taken
