"""Several processes on one listening socket: a parent that only watches, and workers that serve with Waitress.

The parent forks while it has one thread and no open database, and keeps to that: SQLite's locks and Python's threads
do not survive a fork. A worker takes a request whole before a thread sees it, so stalled phones hold none.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence
from typing import Any, NoReturn

import waitress
from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

from . import config
from .core import metrics, request_log
from .core.db import db
from .jobs.worker import Worker as JobWorker

MOST_BY_THEMSELVES = 8  # SQLite has one writer at a time: more processes bring less and less
LAST_S = 15.0  # how long a stop waits for requests that were begun
SILENCE_S = 2.0  # a request that is still coming is waited for unless it has been silent for so long
MOST_WAITING = 20
NEW_S = 1.0  # a connection may have been made before the stop, and its first bytes still be on the way
SHORT_LIFE_S, FIRST_PAUSE_S, LONGEST_PAUSE_S = 10.0, 0.5, 30.0
STOPPING = (signal.SIGTERM, signal.SIGINT)
PR_SET_PDEATHSIG = 1
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # malloc.h of glibc
LARGE_BLOCK, ARENAS = 128 * 1024, 2

log = logging.getLogger(__name__)


def options(app: Flask) -> dict[str, Any]:
    """Waitress's settings for one worker."""
    return {
        "threads": int(config.read("XUNCHA_THREADS")),
        "connection_limit": 1000,
        # Looked at every half minute: who has sent nothing for two minutes is gone.
        "channel_timeout": 90,
        # What is only somewhat too large reaches our own page, which says so in the reader's language.
        "max_request_body_size": 4 * app.config["MAX_CONTENT_LENGTH"],
        "ident": None,
        # Each piece is a turn of the loop: of 8 KB a photo had forty. Larger ones cost fresh memory each (LARGE_BLOCK).
        "recv_bytes": 64 * 1024,
        # A filing that comes with its photos (two megabytes at most) goes through no file; larger bodies do.
        "inbuf_overflow": 2_500_000,
    }


def process_count() -> int:
    """How many workers there are to be."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return int(config.read("XUNCHA_PROCESSES")) or min(cores, MOST_BY_THEMSELVES)


def bind(host: str, port: int) -> list[socket.socket]:
    """The addresses of a name, taken but not yet listened on. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets = []
    for family, kind, protocol, _name, address in dict.fromkeys(found):
        one = socket.socket(family, kind, protocol)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind(address)
        sockets.append(one)
    return sockets


def serve(app: Flask, sockets: Sequence[socket.socket], apps: Sequence[Flask] | None = None) -> None:
    """Serve until stopped. Nothing of the database may be open, and no thread may run.

    `apps` are those whose databases are used and whose jobs are worked off; by default the one that answers.
    """
    request_log.to_standard_error(config.read("XUNCHA_LOG"))
    counted = metrics.share_among_processes()
    for one in sockets:
        one.listen(1024)
    give_back_memory()
    # What was made up to here stays: a search of it for garbage held a request up for 150 ms, and unshares its memory.
    gc.collect()
    gc.freeze()
    try:
        Supervisor(app, sockets, process_count(), apps or [app]).run()
    finally:
        metrics.forget(counted)


class Worker:
    """One process that serves."""

    def __init__(
        self, app: Flask, sockets: Sequence[socket.socket], apps: Sequence[Flask], *, jobs: bool
    ) -> None:
        self.app, self.sockets, self.apps = app, sockets, apps
        self.jobs = [JobWorker(one) for one in apps if one.config["WORKER"]] if jobs else []
        self.stopping = False
        self.listeners: list[BaseWSGIServer] = []
        self._map: dict[int, Any] = {}

    def stop(self, *_signal: object) -> None:
        """Take no further connection, finish what was begun, and end."""
        self.stopping = True
        for job in self.jobs:
            job.stop()
        for listener in self.listeners:
            listener.pull_trigger()

    def run(self) -> None:
        """Serve until `stop`."""
        server = waitress.create_server(
            self.app, map=self._map, sockets=list(self.sockets), **options(self.app)
        )
        self.listeners = [one for one in self._map.values() if isinstance(one, BaseWSGIServer)]
        parent = os.getppid()
        gc.disable()  # collect_garbage() does it
        for job in self.jobs if not self.stopping else ():
            job.start()
        while not self.stopping:
            self._turn(1)
            collect_garbage()
            if os.getppid() != parent:  # where the system does not end us with it
                return
        end = time.monotonic() + LAST_S
        for _waiting in range(MOST_WAITING):
            self._turn(0)  # a connection was made as soon as it waits in the socket
        for listener in self.listeners:
            wasyncore.dispatcher.close(listener)  # not its own close(): answers still need its trigger
        self._finish(end)
        server.task_dispatcher.shutdown(timeout=1)
        for job in self.jobs:
            job.finish(end - time.monotonic())
        for one in self.apps:
            with one.app_context():
                for engine in db.engines.values():
                    engine.dispose()

    def _turn(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, map=self._map, count=1)

    def _finish(self, end: float) -> None:
        self._turn(0)  # what lies in a socket already becomes a request
        while time.monotonic() < end and (channels := self._channels()):
            now = time.time()
            for channel in channels:
                if not _begun(channel, now):
                    channel.will_close = True
            self._turn(0.1)

    def _channels(self) -> list[HTTPChannel]:
        return [one for one in self._map.values() if isinstance(one, HTTPChannel)]


def _begun(channel: HTTPChannel, now: float) -> bool:
    """Whether a connection has a request that is worked on, an answer that goes out, or one that is still coming."""
    coming = channel.request is not None and now - channel.last_activity < SILENCE_S
    new = now - channel.creation_time < NEW_S
    return bool(channel.requests or channel.total_outbufs_len or channel.close_when_flushed or coming or new)


class Supervisor:
    """Keeps so many workers running until it is asked to stop; asked twice, it ends them at once."""

    def __init__(
        self,
        app: Flask,
        sockets: Sequence[socket.socket],
        count: int,
        apps: Sequence[Flask],
    ) -> None:
        self.app, self.sockets, self.count, self.apps = app, sockets, count, apps
        self.asked = 0
        self.pause = self.not_before = 0.0
        self.running: dict[int, float] = {}  # process number: when it was started
        self.works_off: int | None = None  # the process that works off the queue of jobs

    def run(self) -> None:
        """Start the workers, replace those that end, and come back when all were stopped."""
        self._ears, mouth = socket.socketpair()
        for end in (self._ears, mouth):
            end.setblocking(False)
        signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)
        for number in STOPPING:
            signal.signal(number, self._ask)
        signal.signal(signal.SIGCHLD, lambda *_signal: None)
        while not self.asked:
            self._fill()
            lacking = len(self.running) < self.count
            self._sleep(max(0.0, self.not_before - time.monotonic()) if lacking else None)
            self._reap()
        self._end()

    def _ask(self, *_signal: object) -> None:
        self.asked += 1

    def _sleep(self, seconds: float | None) -> None:
        """Until a signal comes, at most so long."""
        if select.select([self._ears], [], [], seconds)[0]:
            self._ears.recv(4096)

    def _fill(self) -> None:
        while len(self.running) < self.count and time.monotonic() >= self.not_before:
            self._start()

    def _start(self) -> None:
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        # A signal between the fork and the worker's own handler would be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        try:
            jobs = self.works_off not in self.running
            number = os.fork()
            if number == 0:
                self._work(parent, jobs)
            self.works_off = number if jobs else self.works_off
            self.running[number] = time.monotonic()
        except OSError as error:  # no memory, too many processes: those that run go on
            log.error("no process could be started: %s", error)
            self._pause()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)

    def _pause(self) -> None:
        self.pause = min(max(2 * self.pause, FIRST_PAUSE_S), LONGEST_PAUSE_S)
        self.not_before = time.monotonic() + self.pause

    def _work(self, parent: int, jobs: bool) -> NoReturn:
        """What the child does; it never comes back into the parent's program."""
        code = 1
        try:
            end_with(parent)
            signal.set_wakeup_fd(-1)
            self._ears.close()
            worker = Worker(self.app, self.sockets, self.apps, jobs=jobs)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent tells us
            signal.signal(signal.SIGTERM, worker.stop)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
            worker.run()
            code = 0
        except BaseException:
            log.exception("a worker failed")
        finally:
            os._exit(code)

    def _reap(self) -> None:
        """Note who ended; who ends soon after its start is replaced after a pause that grows."""
        for number, started in list(self.running.items()):
            ended, status = os.waitpid(number, os.WNOHANG)
            if not ended:
                continue
            del self.running[number]
            if self.asked:
                continue
            if time.monotonic() - started < SHORT_LIFE_S:
                self._pause()
            else:
                self.pause = self.not_before = 0.0
            how = os.waitstatus_to_exitcode(status)
            told = f"by signal {-how}" if how < 0 else f"with status {how}"
            log.warning("process %s ended %s; another one starts in %.1f s", number, told, self.pause)

    def _end(self) -> None:
        for one in self.sockets:
            one.close()  # the workers close theirs: who calls now is refused at once, and calls again
        self._tell(signal.SIGTERM)
        limit = time.monotonic() + LAST_S + 5
        while self.running:
            if self.asked > 1 or time.monotonic() > limit:
                self._tell(signal.SIGKILL)
            self._sleep(0.5)
            self._reap()

    def _tell(self, signal_number: signal.Signals) -> None:
        for number in self.running:  # not yet waited for, so nobody else can have this number
            os.kill(number, signal_number)


def collect_garbage() -> None:
    """Search for garbage when Python would have done so by itself, which a worker does not let it do.

    By itself Python 3.11 does it within whatever allocation comes next, in any thread; under several threads that
    rendered pages it ended workers by signal 11. Here it happens between two turns of the loop.
    """
    young, middle, old = (
        count > limit for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)
    )
    if young:
        gc.collect(2 if old else 1 if middle else 0)


def give_back_memory() -> None:
    """Have photos and the memory of password hashes (19 MB each) go back to the system when they are freed.

    By itself glibc keeps blocks as large as the largest one that was ever freed, in as many places as there are threads.
    """
    library = ctypes.CDLL(None)
    if sys.platform == "linux" and hasattr(library, "mallopt"):
        library.mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)
        library.mallopt(M_ARENA_MAX, ARENAS)


def end_with(parent: int) -> None:
    """See to it that this process ends when its parent is killed: nobody would replace or stop it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
