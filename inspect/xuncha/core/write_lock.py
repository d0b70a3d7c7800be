"""SQLite's lock of writers: the threads of a process wait for it in turn, processes ask again and again."""

from __future__ import annotations

import threading
import time
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import Pool

BUSY_MS = 10_000
BUSY = 5  # SQLITE_BUSY
ASK_AGAIN_S = 0.001

_turns: WeakKeyDictionary[Engine, threading.Lock] = WeakKeyDictionary()


def begin_writing(connection: Connection) -> None:
    """Begin a transaction that may write. Raises OperationalError when others wrote all the time.

    Who waits asks every millisecond: SQLite's own pauses grow to a tenth of a second, many times what a writer takes. One
    thread of a process asks at a time, because each question costs the processor that the writer needs.
    """
    end = time.monotonic() + BUSY_MS / 1000
    _wait_for_turn(connection, end)
    raw = connection.connection.cursor()
    raw.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            except sa.exc.OperationalError as error:
                if getattr(error.orig, "sqlite_errorcode", None) != BUSY or time.monotonic() > end:
                    raise
                time.sleep(ASK_AGAIN_S)
            else:
                return
    finally:
        raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        raw.close()


def _wait_for_turn(connection: Connection, end: float) -> None:
    """It ends when the connection goes back to its pool: then its transaction is over, whichever way."""
    if "turn" in connection.info:
        return
    turn = _turns.setdefault(connection.engine, threading.Lock())
    if turn.acquire(timeout=max(0.0, end - time.monotonic())):
        connection.info["turn"] = turn


@event.listens_for(Pool, "checkin")
def _end_turn(_connection: Any, record: Any) -> None:
    if turn := record.info.pop("turn", None):
        turn.release()
