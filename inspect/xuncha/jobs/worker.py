"""A worker: takes one job after the other, holds it by a lease while it lives, and stops without losing one."""

from __future__ import annotations

import math
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy.engine import Engine

from ..core import maintenance
from ..core.clock import utcnow
from ..core.db import db
from ..core.errors import Refused
from . import queue
from .kinds import KINDS, UPKEEP, Stopped
from .queue import Claimed

POLL_S = 1.0
TIDY_S = 3600.0
LONGEST_TROUBLE_S = 30.0
NOTED_S = 0.5
LAST_S = 15.0
"""How long a stop waits for the job that runs."""


class Held:
    """A job that runs here (kinds.Work); a thread of its own renews the lease, whatever the job does."""

    def __init__(self, engine: Engine, job: Claimed, lease: timedelta) -> None:
        self.engine, self.job, self.lease = engine, job, lease
        self.job_id, self.claim = job.job_id, job.claim
        self.args, self.asked_by_id = job.args, job.asked_by_id
        self.lost = threading.Event()
        self._ended = threading.Event()
        self._noted, self._told = 0.0, -1

    def progress(self, done: int) -> None:
        """Note how far the job is. Raises Stopped."""
        now, told = time.monotonic(), min(done, self.job.total)
        if told != self._told and (told == self.job.total or now - self._noted >= NOTED_S):
            self._noted, self._told = now, told
            if not queue.note(self.engine, self.job, told):
                self.lost.set()
        if self.lost.is_set():
            raise Stopped

    @contextmanager
    def renewed(self, app: Flask) -> Iterator[None]:
        """Hold the job for as long as this lasts."""
        thread = threading.Thread(target=self._renew, args=(app,), daemon=True, name=f"lease-{self.job_id}")
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()

    def _renew(self, app: Flask) -> None:
        # Without a context: then a transaction takes SQLite's lock of writers at once.
        while not self._ended.wait(self.lease.total_seconds() / 4):
            try:
                if not queue.renew(self.engine, self.job, utcnow() + self.lease):
                    self.lost.set()
                    return
            except sa.exc.SQLAlchemyError as problem:  # the next turn comes before the lease ends
                app.logger.error("lease of job %s: %s", self.job_id, _told(problem))


class Worker:
    """Works jobs off, in a thread (`start`), which ends after `idle_s` seconds without a job, or by the caller (`run_due`)."""

    def __init__(self, app: Flask, idle_s: float = math.inf) -> None:
        self.app, self.idle_s = app, idle_s
        self.lease = timedelta(seconds=app.config["JOB_LEASE_S"])
        self.who = f"{socket.gethostname()}:{os.getpid()}"
        self.running: Held | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._tidied = 0.0
        with app.app_context():
            self.engine: Engine = db.engine

    @property
    def works(self) -> bool:
        """Whether the thread has not ended."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> Worker:
        """Work in the background until `stop`, or until there was nothing to do."""
        self._thread = threading.Thread(target=self._run, daemon=True, name="jobs")
        self._thread.start()
        return self

    def stop(self, *_signal: object) -> None:
        """Take no further job."""
        self._stopping.set()

    def finish(self, seconds: float = LAST_S) -> None:
        """Wait for the job that runs; one that takes longer is given back, so that another worker takes it at once."""
        self.stop()
        if self._thread is None:
            return
        self._thread.join(max(0.0, seconds))
        if (held := self.running) is not None:
            held.lost.set()
            queue.give_back(self.engine, held.job)

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until `stop`; whether it was that."""
        return self._stopping.wait(seconds)

    def run_due(self) -> int:
        """Do what is due now, one after the other; how many attempts were made."""
        made = 0
        while not self._stopping.is_set() and self._take():
            made += 1
        return made

    def _run(self) -> None:
        pause, busy_at = 0.0, time.monotonic()
        while not self._stopping.wait(pause) and time.monotonic() - busy_at < self.idle_s:
            try:
                self._tidy()
                taken = not is_upgraded(self.app) and self._take()
                pause, busy_at = (0.0, time.monotonic()) if taken else (POLL_S, busy_at)
            except Exception:  # the database is away: the worker outlives that
                self.app.logger.exception("queue of jobs")
                pause = min(max(2 * pause, POLL_S), LONGEST_TROUBLE_S)

    def _tidy(self) -> None:
        if time.monotonic() - self._tidied < TIDY_S:
            return
        self._tidied = time.monotonic()
        queue.forget_old(self.engine, utcnow())
        with self.app.test_request_context():
            for tidy in UPKEEP:
                try:
                    tidy(utcnow())
                except Exception:
                    self.app.logger.exception("upkeep")
            db.session.remove()

    def _take(self) -> bool:
        """Take a job and run it; whether there was one."""
        # As in a page that only reads: a transaction that may write would keep every other writer waiting.
        with self.app.test_request_context():
            if not queue.is_due(self.engine, KINDS, utcnow()):
                return False
            job = queue.claim(self.engine, KINDS, self.who, self.lease, utcnow())
            if job is None:
                return False
            self.running = Held(self.engine, job, self.lease)
            try:
                with self.running.renewed(self.app):
                    self._do(self.running)
            finally:
                self.running = None
                db.session.remove()
        return True

    def _do(self, held: Held) -> None:
        kind = KINDS[held.job.kind]
        g.get_writes = kind.writes
        try:
            result = kind.work(held)
        except Stopped:
            return
        except Refused as problem:  # tried again it would be refused again
            db.session.rollback()
            queue.give_up(self.engine, held.job, f"{type(problem).__name__}: {problem}", utcnow())
        except Exception as problem:
            db.session.rollback()
            self.app.logger.exception("job %s (%s)", held.job_id, kind.name)
            queue.fail(self.engine, held.job, _told(problem), utcnow())
        else:
            db.session.rollback()
            queue.settle(self.engine, held.job, result, utcnow())


def is_upgraded(app: Flask) -> bool:
    """Whether an upgrade is under way: its tables may not be those that this program knows."""
    with app.app_context():
        return maintenance.is_on()


def _told(problem: Exception) -> str:
    """An error in a line; of the database without the values, which may be anything that was entered."""
    words: Any = getattr(problem, "orig", None) or problem
    return f"{type(problem).__name__}: {words}".strip().partition("\n")[0]
