"""The parent: it starts processes, replaces those that end, and stops them all."""

from __future__ import annotations

import ctypes
import logging
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, NoReturn, Protocol

SHORT_LIFE_S, FIRST_PAUSE_S, LONGEST_PAUSE_S = 10.0, 0.5, 30.0
PATIENCE_S = 20.0
"""How long a stop waits for the processes: a little longer than they for what they began (LAST_S)."""
STOPPING = (signal.SIGTERM, signal.SIGINT)
JOBS_DUE = signal.SIGUSR1
PR_SET_PDEATHSIG = 1

log = logging.getLogger(__name__)


class Process(Protocol):
    """What a process of its own does until it is stopped."""

    def run(self) -> None:
        """Work until `stop`, or until nothing is left to do."""

    def stop(self, *_signal: object) -> None:
        """Finish what was begun, and end."""


class Running(NamedTuple):
    """A process that runs: its place in its pool, and when it was started."""

    place: int
    since: float


class Pool:
    """Processes that do the same: `wanted` are to run. One that ends soon after its start is replaced after a growing pause."""

    def __init__(self, name: str, wanted: int) -> None:
        self.name, self.wanted = name, wanted
        self.running: dict[int, Running] = {}  # by process number
        self._pause = self._not_before = 0.0

    @property
    def seconds_left(self) -> float | None:
        """Until another one is to be started; None when so many run as are wanted."""
        lacking = len(self.running) < self.wanted
        return max(0.0, self._not_before - time.monotonic()) if lacking else None

    def free_place(self) -> int:
        """A place that none of those that run has, while one is lacking."""
        return min(set(range(self.wanted)) - {one.place for one in self.running.values()})

    def pause(self) -> None:
        """Start none for a while."""
        self._pause = min(max(2 * self._pause, FIRST_PAUSE_S), LONGEST_PAUSE_S)
        self._not_before = time.monotonic() + self._pause

    def note_end(self, number: int, code: int) -> None:
        """One ended though nobody had stopped it."""
        if time.monotonic() - self.running.pop(number).since < SHORT_LIFE_S:
            self.pause()
        else:
            self._pause = self._not_before = 0.0
        how = f"by signal {-code}" if code < 0 else f"with status {code}"
        log.warning("%s %s ended %s; another one starts in %.1f s", self.name, number, how, self._pause)


class Supervisor:
    """Keeps the processes running until it is asked to stop; asked twice, it ends them at once.

    `web_worker` makes one that answers requests, given its place among them; one of them, `watches`, asks for the one that
    `job_process` makes whenever there are jobs. That one ends when it has had nothing to do, and what it needed of memory
    ends with it.
    """

    def __init__(
        self,
        sockets: Sequence[socket.socket],
        count: int,
        web_worker: Callable[[int, bool], Process],
        job_process: Callable[[], Process] | None,
    ) -> None:
        self.sockets, self.web_worker, self.job_process = sockets, web_worker, job_process
        self.asked = 0
        self.web, self.jobs = Pool("process", count), Pool("process of jobs", 0)
        self.pools = (self.web, self.jobs)
        self.watcher: int | None = None  # the web worker that watches for jobs

    def run(self) -> None:
        """Start the processes, replace those that end, and come back when all were stopped."""
        self._ears, mouth = socket.socketpair()
        for end in (self._ears, mouth):
            end.setblocking(False)
        signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)
        for number in STOPPING:
            signal.signal(number, self._ask)
        signal.signal(signal.SIGCHLD, lambda *_signal: None)
        signal.signal(JOBS_DUE, self._want_jobs if self.job_process else signal.SIG_IGN)
        while not self.asked:
            for pool in self.pools:
                while pool.seconds_left == 0:
                    self._start(pool)
            left = [one.seconds_left for one in self.pools]
            self._sleep(min((one for one in left if one is not None), default=None))
            self._reap()
        self._end()

    def _ask(self, *_signal: object) -> None:
        self.asked += 1

    def _want_jobs(self, *_signal: object) -> None:
        self.jobs.wanted = 1

    def _sleep(self, seconds: float | None) -> None:
        """Until a signal comes, at most so long."""
        if select.select([self._ears], [], [], seconds)[0]:
            self._ears.recv(4096)

    def _start(self, pool: Pool) -> None:
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        # A signal between the fork and the process's own handler would be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        try:
            watches = pool is self.web and self.watcher not in pool.running
            place = pool.free_place()
            number = os.fork()
            if number == 0:
                self._become(pool, place, watches, parent)
            self.watcher = number if watches else self.watcher
            pool.running[number] = Running(place, time.monotonic())
        except OSError as error:  # no memory, too many processes: those that run go on
            log.error("no process could be started: %s", error)
            pool.pause()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)

    def _become(self, pool: Pool, place: int, watches: bool, parent: int) -> NoReturn:
        """What the child does; it never comes back into the parent's program."""
        code = 1
        try:
            end_with(parent)
            signal.set_wakeup_fd(-1)
            signal.signal(JOBS_DUE, signal.SIG_IGN)
            self._ears.close()
            process = self._made(pool, place, watches)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent tells us
            signal.signal(signal.SIGTERM, process.stop)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
            process.run()
            code = 0
        except BaseException:
            log.exception("a %s failed", pool.name)
        finally:
            os._exit(code)

    def _made(self, pool: Pool, place: int, watches: bool) -> Process:
        if pool is self.jobs and self.job_process:
            for one in self.sockets:
                one.close()
            return self.job_process()
        return self.web_worker(place, watches)

    def _reap(self) -> None:
        """Note who ended. Jobs that are all done are no fault; whoever finds another one asks again."""
        for pool in self.pools:
            for number in list(pool.running):
                ended, status = os.waitpid(number, os.WNOHANG)
                if not ended:
                    continue
                code = os.waitstatus_to_exitcode(status)
                if self.asked or (pool is self.jobs and code == 0):
                    del pool.running[number]
                    pool.wanted -= 1
                else:
                    pool.note_end(number, code)

    def _end(self) -> None:
        for one in self.sockets:
            one.close()  # the web workers close theirs: who calls now is refused at once, and calls again
        self._tell(signal.SIGTERM)
        limit = time.monotonic() + PATIENCE_S
        while self.web.running or self.jobs.running:
            if self.asked > 1 or time.monotonic() > limit:
                self._tell(signal.SIGKILL)
            self._sleep(0.5)
            self._reap()

    def _tell(self, signal_number: signal.Signals) -> None:
        # Not yet waited for, so nobody else can have one of these numbers.
        for number in (*self.web.running, *self.jobs.running):
            os.kill(number, signal_number)


def end_with(parent: int) -> None:
    """See to it that this process ends when its parent is killed: nobody would replace or stop it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
