"""Reading figures from a copy of the database that streaming replication keeps (XUNCHA_READ_DATABASE_URL).

Only views of figures read there, and only while the copy is known to be as new as the setting demands; else, and when it
fails in the midst of a view, the primary answers. Who is signed in and what he may do is always read from the primary.
"""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask, g, request
from werkzeug.wrappers import Response

from . import metrics
from .access import Permission
from .db import READ_COPY, db
from .paths import running_app

LOOK_EVERY_S = 1.0
WRITTEN = "written"  # a cookie: this browser changed something that the copy may not have yet
NOW = sa.text("SELECT CAST(pg_current_wal_lsn() - '0/0' AS bigint)")
REPLAYED = sa.text(
    "SELECT CASE WHEN pg_is_in_recovery() THEN CAST(pg_last_wal_replay_lsn() - '0/0' AS bigint) END"
)

log = logging.getLogger(__name__)


class Replica:
    """How far the copy is behind, by positions in the primary's log: no clock of either server is asked."""

    def __init__(self, app: Flask, most_s: float) -> None:
        self.app, self.most_s = app, most_s
        self._marks: deque[tuple[float, int]] = deque(
            maxlen=64
        )  # when the primary's log was there, oldest first
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._behind: float | None = None
        self._told, self._why = True, ""

    def usable(self) -> bool:
        """Whether it is new enough; asked at most once a second, and by one thread at a time."""
        if time.monotonic() - self._looked > LOOK_EVERY_S and self._lock.acquire(blocking=False):
            try:
                self._behind = self.behind_s()
                self._looked = time.monotonic()
                self._tell()
            finally:
                self._lock.release()
        return self._behind is not None and self._behind <= self.most_s

    def behind_s(self) -> float | None:
        """So many seconds ago the primary was as the copy is now, at most; None where it does not answer or is no copy."""
        try:
            with db.engine.connect() as primary:
                self._marks.append((time.monotonic(), int(primary.scalar(NOW) or 0)))
            with db.engines[READ_COPY].connect() as copy:
                replayed = copy.scalar(REPLAYED)
        except (sa.exc.SQLAlchemyError, OSError) as problem:
            self._why = str(problem)[:300]
            return None
        if replayed is None:
            self._why = "XUNCHA_READ_DATABASE_URL names a server that copies no other"
            return None
        self._why = f"more than {self.most_s:.0f} s behind"
        reached = [moment for moment, position in self._marks if position <= replayed]
        return time.monotonic() - max(reached) if reached else float("inf")

    def give_up(self, problem: Exception) -> None:
        """It failed while it was read: look again before the next use."""
        log.warning("read replica: the primary answers, %s", str(problem)[:300])
        self._behind, self._looked, self._told = None, time.monotonic(), False

    def _tell(self) -> None:
        fine = self._behind is not None and self._behind <= self.most_s
        if fine != self._told:
            log.warning("read replica: %s", "read again" if fine else f"not used: {self._why}")
            self._told = fine


def replica() -> Replica | None:
    """The copy of the running application, if it has one."""
    return running_app().extensions.get(READ_COPY)


def set_up(app: Flask) -> None:
    """Have the views of figures read from the copy where one is named; called when all views are there."""
    if READ_COPY not in app.config["SQLALCHEMY_BINDS"]:
        return
    app.extensions[READ_COPY] = Replica(app, app.config["READ_LAG_S"])
    for endpoint, view in app.view_functions.items():
        if getattr(view, "permission", None) is Permission.SEE_FIGURES:
            app.view_functions[endpoint] = _reading(view)
    app.after_request(_note_writing)


def _reading(view: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(view)
    def read(*given: Any, **named: Any) -> Any:
        copy = replica()
        fits = request.method in {"GET", "HEAD"} and WRITTEN not in request.cookies
        if copy is None or not fits or not copy.usable():
            metrics.count_reading("primary")
            return view(*given, **named)
        try:
            with _from_copy():
                answer = view(*given, **named)
        except sa.exc.DBAPIError as problem:
            db.session.rollback()
            copy.give_up(problem)
            metrics.count_reading("primary")
            return view(*given, **named)
        metrics.count_reading("replica")
        return answer

    return read


@contextmanager
def _from_copy() -> Iterator[None]:
    g.reads_copy = True
    try:
        yield
    finally:
        g.reads_copy = False


def _note_writing(response: Response) -> Response:
    """Who has just changed something sees it in the figures: this browser reads from the primary for a while."""
    copy = replica()
    if copy and request.method not in {"GET", "HEAD", "OPTIONS"} and response.status_code < 400:
        app = running_app()
        response.set_cookie(
            WRITTEN,
            "1",
            max_age=int(copy.most_s) + 2,
            secure=app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response
