"""Carrying a zone to another database, with its photos and its key: `flask move --to URL`.

The source is only read, in one snapshot of it, and may be in use. The target is a new database, or one that an earlier run
began to fill; foreign keys of PostgreSQL are put back, and checked by it, when all rows are there.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.schema import AddConstraint

from ..core import scale_packages
from ..core.db import Base, db, engine_options
from ..core.paths import data_folder
from ..core.schema_version import migrate_engine
from ..photos.models import Photo
from ..photos.queries import store
from ..photos.store import PhotoStore
from .table_copy import Compared, copy_table

MARK = sa.Table(
    "moved_from",
    sa.MetaData(),
    sa.Column("source", sa.String(64), primary_key=True),
    sa.Column("whole", sa.Boolean(create_constraint=False), nullable=False),
)
"""Stands in a target until a server works with it: the zone it is filled from, and whether all of it has arrived."""
KEY = "secret-key"


class CannotMove(Exception):
    """The target does not fit; nothing of it was touched."""


@dataclass(frozen=True)
class Moved:
    """What one run did: the tables that now have equal digests, and the photos that were copied and those there before."""

    tables: list[Compared]
    photos: int
    photos_there: int


def move(url: str, data: Path | None) -> Moved:
    """Copy this zone into the database at `url`, and its photos and key into the folder `data`.

    Raises CannotMove before anything is touched, SQLAlchemyError where a database fails.
    """
    try:
        scale_packages.demand_for(url)
    except ValueError as problem:
        raise CannotMove(f"The target {problem}.") from None
    if sa.make_url(url) == db.engine.url:
        raise CannotMove("The target is the database that this zone works with already.")
    db.session.rollback()  # the session's own transaction would keep the snapshot waiting
    target = sa.create_engine(url, **engine_options(url))
    try:
        with snapshot() as source:
            _prepare(target, _identity(source))
            tables = [copy_table(table, source, target) for table in Base.metadata.sorted_tables]
            hashes = source.scalars(sa.select(Photo.sha256)).all()
        photos = [_carry_photo(sha256, PhotoStore(data / "photos")) for sha256 in set(hashes)] if data else []
        if data and not (data / KEY).exists() and (data_folder() / KEY).exists():
            shutil.copy2(data_folder() / KEY, data / KEY)
        _finish(target)
    finally:
        target.dispose()
    return Moved(tables, sum(photos), len(photos) - sum(photos))


def accept() -> None:
    """Begin to work with a database that was moved here; from now on no move fills it again.

    Raises CannotMove when not all of it has arrived.
    """
    connection = db.session.connection()
    if not sa.inspect(connection).has_table(MARK.name):
        return
    if not connection.scalar(sa.select(MARK.c.whole)):
        raise CannotMove(
            "The zone has not wholly arrived in this database. Run flask move again, to its end."
        )
    MARK.drop(connection)


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection that sees the zone as it stands at this moment, and keeps no writer waiting."""
    options = (
        {} if _is_sqlite(db.engine) else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )
    with db.engine.connect().execution_options(**options) as connection:
        if _is_sqlite(db.engine):
            connection.exec_driver_sql(
                "COMMIT"
            )  # the transaction of a writer, which every transaction begins as
            connection.exec_driver_sql("BEGIN")
        yield connection
        connection.rollback()


def _is_sqlite(engine: sa.Engine) -> bool:
    return engine.dialect.name == "sqlite"


def _identity(source: Connection) -> str:
    """What tells this zone from another one: the first thing that its history holds."""
    history = Base.metadata.tables["history"]
    first = source.execute(sa.select(history).order_by(history.c.id).limit(1)).first()
    return hashlib.sha256(repr(first).encode()).hexdigest()


def _prepare(target: sa.Engine, source: str) -> None:
    with target.connect() as connection:
        inspector = sa.inspect(connection)
        known = set(inspector.get_table_names())
        begun = MARK.name in known and connection.scalar(sa.select(MARK.c.source))
        if begun and begun != source:
            raise CannotMove("The target was begun to be filled from another zone. Name an empty database.")
        if not begun and known:
            raise CannotMove("The target holds tables already. Name an empty database.")
    with target.begin() as connection:
        MARK.create(connection, checkfirst=True)
        connection.execute(sa.delete(MARK))
        connection.execute(sa.insert(MARK).values(source=source, whole=False))
    migrate_engine(target)
    _drop_foreign_keys(target)


def _drop_foreign_keys(target: sa.Engine) -> None:
    if _is_sqlite(target):
        sa.event.listen(target, "connect", lambda raw, _record: raw.execute("PRAGMA foreign_keys=OFF"))
        target.dispose()
        return
    inspector = sa.inspect(target)
    with target.begin() as connection:
        for table in Base.metadata.tables:
            for key in inspector.get_foreign_keys(table):
                connection.exec_driver_sql(f'ALTER TABLE "{table}" DROP CONSTRAINT "{key["name"]}"')


def _finish(target: sa.Engine) -> None:
    """Put the foreign keys back, count on from the highest numbers, and note that it is whole."""
    with target.begin() as connection:
        if _is_sqlite(target):
            if wrong := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                raise RuntimeError(f"rows without what they refer to: {wrong[:5]}")
        else:
            for table in Base.metadata.sorted_tables:
                for key in table.foreign_key_constraints:
                    connection.execute(AddConstraint(key))
                _count_on(connection, table)
        connection.execute(sa.update(MARK).values(whole=True))


def _count_on(connection: Connection, table: sa.Table) -> None:
    if (column := table.autoincrement_column) is None:
        return
    sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name)))
    highest = connection.scalar(sa.select(sa.func.max(column)))
    if sequence and highest:
        connection.execute(sa.select(sa.func.setval(sequence, highest)))


def _carry_photo(sha256: str, target: PhotoStore) -> bool:
    """Copy one original; whether it had to be. One that is damaged here is carried as it is not: its row names it."""
    if target.verify(sha256) or not store().verify(sha256):
        return False
    with store().open(sha256) as original:
        target.put(original, sha256=sha256)
    return True
