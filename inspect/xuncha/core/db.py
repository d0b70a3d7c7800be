"""The database: typed base, column kinds, and the SQLite settings without which updates are lost silently."""

from __future__ import annotations

import enum
import json
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, TypeVar

import sqlalchemy as sa
from flask import Flask, current_app, g, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from .errors import ActedFirst, Refused
from .labels import N_
from .write_lock import BUSY_MS, begin_writing

# The first SQLite versions without the WAL-reset race (sqlite.org/wal.html, section 11).
FIXED_SQLITE = ((3, 51, 3),)
FIXED_SQLITE_BACKPORTS: dict[tuple[int, ...], int] = {(3, 50): 7, (3, 44): 6}


LOG_BYTES = 64_000_000
# Of a new file; one that is there keeps its own. A filing changes some forty pages, most of them by one short row.
PAGE_BYTES = 1024


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment; stored as UTC, refused when naive."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Unstorable(sa.exc.DontWrapMixin, Refused):
    """Text with a NUL: PostgreSQL does not store it, so no database of ours does."""


class Nfc(sa.types.TypeDecorator[str]):
    """Text as people type it, in one Unicode form (NFC; never NFKC, which turns ① and ℃ into other text)."""

    impl = sa.Text
    cache_ok = True
    python_type = str

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        text = str(value)
        if "\0" in text:
            raise Unstorable(N_("This holds characters that cannot be shown. Type it again."))
        return unicodedata.normalize("NFC", text)


def _values(members: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in members]


def choice(kind: type[enum.Enum], name: str | None = None) -> sa.Enum:
    """A stored choice: by value, with a check constraint; `name` it where a table has two of one kind."""
    return sa.Enum(
        kind,
        name=name,
        native_enum=False,
        length=40,
        create_constraint=True,
        values_callable=_values,
        validate_strings=True,
    )


class Base(DeclarativeBase):
    """The base of every row."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        str: Nfc(),
        datetime: UtcDateTime(),
        dict[str, Any]: sa.JSON(),
        list[Any]: sa.JSON(),
        enum.Enum: choice(enum.Enum),
    }


Pk = Annotated[int, mapped_column(primary_key=True)]
Code = Annotated[str, mapped_column(sa.String(64))]

READ_COPY = "replica"


class RoutedSession(Session):
    """A session that reads from the copy while a view of figures runs (see replica); whatever writes goes to the primary."""

    def get_bind(
        self, mapper: Any = None, clause: Any = None, bind: Any = None, **more: Any
    ) -> Engine | Connection:
        """The engine of a statement."""
        reads = has_request_context() and g.get("reads_copy") and not g.get("get_writes")
        if reads and not self._flushing and bind is None and not isinstance(clause, sa.UpdateBase):
            return db.engines[READ_COPY]
        return super().get_bind(mapper=mapper, clause=clause, bind=bind, **more)


db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": RoutedSession})


def sqlite_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite is free of the WAL-reset race."""
    backport = FIXED_SQLITE_BACKPORTS.get(version[:2])
    return version >= FIXED_SQLITE[0] or (backport is not None and version[2] >= backport)


class Serialised(dict[str, Any]):
    """An object for a JSON column with its JSON, where that was needed for something else: it is not made twice.

    Nothing may change it any more.
    """

    def __init__(self, content: dict[str, Any], text: str) -> None:
        super().__init__(content)
        self.text = text


def _serialise(value: Any) -> str:
    # Chinese as it is: escaped, a character takes six bytes instead of three.
    return value.text if isinstance(value, Serialised) else json.dumps(value, ensure_ascii=False)


class PackedJson(sa.types.TypeDecorator[dict[str, Any]]):
    """A long object as JSON that SQLite keeps compressed (a fifth of its pages); text from before is read as well.

    PostgreSQL compresses long values by itself. SQL cannot look into such a column.
    """

    impl = sa.JSON
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """From the object to what is stored."""
        write = super().bind_processor(dialect)
        if write is None or dialect.name != "sqlite":
            return write
        return lambda value: zlib.compress(write(value).encode(), level=1)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """From what is stored to the object."""
        read = super().result_processor(dialect, coltype)
        if read is None or dialect.name != "sqlite":
            return read
        return lambda stored: read(zlib.decompress(stored).decode() if isinstance(stored, bytes) else stored)


WAIT_FOR_CONNECTION_S = 10


def engine_options(url: str, connections: int = 12, kept: int | None = None) -> dict[str, Any]:
    """Options for the engine of a database address; a process opens so many connections at most, and keeps as many open
    unless told to keep fewer."""
    if url.startswith("sqlite"):
        import pysqlite3.dbapi2

        return {"module": pysqlite3.dbapi2, "json_serializer": _serialise}
    return {
        "pool_pre_ping": True,
        "pool_size": kept or connections,
        "max_overflow": connections - kept if kept else 0,
        "pool_timeout": WAIT_FOR_CONNECTION_S,
        "json_serializer": _serialise,
    }


def copy_bind(url: str, connections: int) -> dict[str, Any]:
    """The engine of the copy for figures, if there is one: it is given up soon, since the primary can answer."""
    options = {**engine_options(url, connections), "connect_args": {"connect_timeout": 2}}
    return {READ_COPY: {"url": url, **options}} if url else {}


def close_all(apps: Iterable[Flask]) -> None:
    """Close the connections of this process to the databases of some applications."""
    for app in apps:
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()


def limit_statements(engine: Engine, seconds: int) -> None:
    """Let PostgreSQL give up what takes too long; for servers, not for commands, whose work may take an hour."""
    if engine.dialect.name != "postgresql":
        return
    limits = {
        "statement_timeout": seconds,
        "lock_timeout": seconds / 2,
        "idle_in_transaction_session_timeout": seconds * 2,
    }

    @event.listens_for(engine, "connect")
    def set_limits(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            for name, limit in limits.items():
                cursor.execute(f"SET {name} = {int(limit * 1000)}")
        connection.commit()


@event.listens_for(Engine, "connect")
def _set_up_sqlite(connection: Any, _record: Any) -> None:
    if "sqlite" not in type(connection).__module__:
        return
    import pysqlite3.dbapi2

    connection.isolation_level = None  # we say BEGIN ourselves, below
    journal = "WAL" if sqlite_is_safe(pysqlite3.dbapi2.sqlite_version_info) else "DELETE"
    # busy_timeout first: switching a fresh file to WAL may itself have to wait.
    # recursive_triggers: REPLACE deletes, and filed rows must not be deleted that way either.
    connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
    (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    for pragma in (
        f"busy_timeout={BUSY_MS}",
        f"journal_mode={journal}",
        "synchronous=FULL",
        "foreign_keys=ON",
        # Pages that several filings change are copied into the database once for all of them.
        f"wal_autocheckpoint={LOG_BYTES // page_bytes}",
        "recursive_triggers=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Writers take the lock at once: a read lock that must upgrade fails, or loses another's update."""
    if connection.dialect.name != "sqlite":
        return
    if has_request_context() and _only_reads():
        connection.exec_driver_sql("BEGIN")
    else:
        begin_writing(connection)


def _only_reads() -> bool:
    if request.method in {"GET", "HEAD"}:
        return not g.get("get_writes", False)
    return not g.get("released") and current_app.view_functions.get(request.endpoint or "") in _READING_FIRST


_READING_FIRST: set[Callable[..., Any]] = set()
View = TypeVar("View", bound=Callable[..., Any])


def reads_first(view: View) -> View:
    """Mark a view that writes nothing before it calls `release`: until then it keeps no other writer waiting."""
    _READING_FIRST.add(view)
    return view


def commit() -> None:
    """Write what the actions did; called once, at the edge.

    Raises ActedFirst when a row with a version was changed by somebody else meanwhile.
    """
    try:
        db.session.commit()
    except StaleDataError:
        db.session.rollback()
        raise ActedFirst(
            N_("Somebody else changed this first. Look at it as it is now and decide again.")
        ) from None


def release() -> None:
    """End the open transaction before something slow (decoding a photo, hashing a password); nothing may be pending."""
    if db.session.new or db.session.dirty or db.session.deleted:
        raise RuntimeError("release() would lose changes: do the slow work first")
    db.session.rollback()
    if has_request_context():
        g.released = True


@contextmanager
def write_in_get() -> Iterator[None]:
    """One transaction of a GET that writes (the first use of a link): it takes the lock at once, and is committed."""
    release()
    g.get_writes = True
    try:
        yield
        commit()
    finally:
        g.pop("get_writes")


def keep_statistics() -> None:
    """Let SQLite look how full its indexes are, by which it chooses among them; PostgreSQL does so by itself."""
    if db.session.get_bind().dialect.name == "sqlite":
        db.session.execute(sa.text("PRAGMA optimize=0x10002"))  # all tables, a sample of each


def table_of(kind: type[Base]) -> sa.Table:
    """The table of a kind of row, for statements that are made once: making a statement takes longer than running it."""
    table = kind.__table__
    assert isinstance(table, sa.Table)
    return table


def insert_new(kind: type[Base]) -> Any:
    """An INSERT that does nothing where a unique value of the row is there already; its values are given to `execute`."""
    return _insert_new(table_of(kind), db.session.get_bind().dialect.name)


@cache
def _insert_new(table: sa.Table, dialect: str) -> Any:
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as pg_insert

        return pg_insert(table).on_conflict_do_nothing()
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    return sqlite_insert(table).on_conflict_do_nothing()


def like_pattern(text: str) -> str:
    """A LIKE pattern that finds `text` anywhere, its own % and _ taken literally (escape is a backslash)."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", unicodedata.normalize("NFC", text)) + "%"
