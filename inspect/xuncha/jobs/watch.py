"""A watch: looks every second whether there is a job to do, and asks for whoever does it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask

from ..core.clock import utcnow
from ..core.db import db
from . import queue
from .kinds import KINDS
from .worker import LONGEST_TROUBLE_S, POLL_S, TIDY_S, is_upgraded


class Watch:
    """Calls `ask`, in a thread, when a job is due, and once an hour for what is tidied beside the jobs."""

    def __init__(self, app: Flask, ask: Callable[[], None]) -> None:
        self.app, self.ask = app, ask
        self._stopping = threading.Event()
        self._tidied = -TIDY_S

    def start(self) -> None:
        """Look in the background until `stop`."""
        threading.Thread(target=self._run, daemon=True, name="watch").start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()

    def _run(self) -> None:
        pause = 0.0
        while not self._stopping.wait(pause):
            try:
                if self._is_wanted():
                    self.ask()
                pause = POLL_S
            except sa.exc.SQLAlchemyError:  # the database is away: the watch outlives that
                self.app.logger.exception("queue of jobs")
                pause = min(2 * pause or POLL_S, LONGEST_TROUBLE_S)

    def _is_wanted(self) -> bool:
        if is_upgraded(self.app):
            return False
        if time.monotonic() - self._tidied >= TIDY_S:
            self._tidied = time.monotonic()
            return True
        # As in a page that only reads: a transaction that may write would keep every other writer waiting.
        with self.app.test_request_context():
            try:
                return queue.is_due(db.engine, KINDS, utcnow())
            finally:
                db.session.remove()
