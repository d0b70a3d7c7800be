"""One filing after another, each with a fault at another system call of the server: an error, or the end of the process.

A filing is three photos and a check with a hazard, in four requests or in one. `strace` puts the fault into the running
server at the nth call of a kind; the phone must get its receipt, an answer that tells it to come back, or a broken line.
Then the fault is gone, and the same filing sent again must be taken at once, whole and only once.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count, islice
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask
from pysqlite3 import dbapi2 as sqlite

from tests.checks.filings import failing, picture
from tests.faults.client import LATER, Answer, Book, Entry, Phone, sha256
from tests.faults.soak import Tally, compare, place, ready, visit_of_now
from tests.served import Served
from xuncha.core.clock import today
from xuncha.core.db import db
from xuncha.photos import queries as photos
from xuncha.photos.models import Photo

ERRORS = ("EIO", "ENOSPC")
KILL = "KILL"
# Each kind by all the names that it has on the processors that Linux runs on. Locks (fcntl) are not among them: those of a local
# file system are in the kernel's memory, where no fault of a disk reaches them.
CHANGING = {
    "write": "write",
    "pwrite64": "pwrite64",
    "fsync": "fsync",
    "fdatasync": "fdatasync",
    "openat": "openat",
    "mkdir": "?mkdir,?mkdirat",
    "link": "?link,?linkat",
    "unlink": "?unlink,?unlinkat",
    "rename": "?rename,?renameat,?renameat2",
    "ftruncate": "ftruncate",
    "fallocate": "fallocate",
    "fchmod": "fchmod",
    "sendto": "?sendto",
    "sendmsg": "sendmsg",
}
READING = {
    "pread64": "pread64",
    "read": "read",
    "stat": "?newfstatat,?fstatat64",
    "recvfrom": "?recvfrom",
    "accept": "accept4",
}
CALLS = CHANGING | READING
# What changes nothing is not worth a kill of its own: it lies between two calls that do. A full disk does not stop reading.
PLAN = tuple((call, fault) for call in CHANGING for fault in (*ERRORS, KILL)) + tuple(
    (call, "EIO") for call in READING
)
# Then all begins anew: what a filing reads and writes grows with the checks of its place, and a person's photos are counted.
# And a photo makes a folder by the first two digits of its hash: so many filings can have three folders of their own each.
CASES_A_SERVER = 80
# Where SQLite copies its log into the database of its own accord: filled up to here, the filing's own commit does it.
CHECKPOINT_FRAMES, FRAMES_OF_PHOTOS = 1000, 40
NO_TRACER = (
    "strace cannot follow a process here, so no fault can be put into its calls. Install it (tests/install-browser) and allow "
    "ptrace: a container needs --cap-add=SYS_PTRACE, a host kernel.yama.ptrace_scope of 0 or 1. strace said: {}"
)
_BEGUN = re.compile(r"^(\d+)\s+(\w+)\(", re.MULTILINE)


class NoTracer(RuntimeError):
    """This machine does not let strace work; the message says what to do."""


@dataclass(frozen=True)
class Case:
    """The fault at the nth call of a kind, in each thread of the server."""

    call: str
    fault: str
    nth: int

    def __str__(self) -> str:
        return f"{self.fault} at {self.call} {self.nth}"

    @property
    def injection(self) -> str:
        """As strace reads it."""
        kind = "signal" if self.fault == KILL else "error"
        return f"inject={CALLS[self.call]}:{kind}={self.fault}:when={self.nth}"


@dataclass
class Result:
    """What was swept: how often each kind of fault ended in each way, and every fault of ours."""

    ends: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        """How many faults were met by the server."""
        return self.ends.total()


class WatchedPhone(Phone):
    """A phone that keeps every answer of an attempt."""

    answers: list[Answer]

    def ask(self, path: str, **how: Any) -> Answer:
        """One request, its answer noted."""
        answer = super().ask(path, **how)
        self.answers.append(answer)
        return answer


class Bench:
    """A server with one worker of one thread on data of its own, so that the nth call is the same call each time."""

    def __init__(self, folder: Path, settled: Path, *, together: bool) -> None:
        self.app: Flask = ready(folder, settled)
        one = {"XUNCHA_PROCESSES": "1", "XUNCHA_THREADS": "1"}
        self.served = Served(folder, settings=one, program="tests.faults.eager")
        self.book, self.pictures = Book(), _in_new_folders()
        self.phone = WatchedPhone(self.served.url, self.book, patience_s=20)
        self.phone.answers = []
        self.phone.quick = float(together)
        with self.app.app_context():
            self.visit = visit_of_now(place("huaxin"))
            db.session.remove()
            db.engine.dispose()

    def __enter__(self) -> Bench:
        try:
            self.served.start(patience_s=120)
            self.phone.sign_in("wang")
            # Warm: what is loaded and opened once is not the filing's own.
            assert self._again(self._entry(), self.phone.token()) == []
        except BaseException:
            self.served.kill()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.served.kill()

    def calls(self) -> Counter[str]:
        """How many calls of each kind one filing takes, in the thread that makes most of them."""
        entry, token = self._prepared()
        with self._traced("-e", f"trace={','.join(CALLS.values())}") as log:
            assert self.phone.send(entry, token)
        begun = Counter(_BEGUN.findall(log.read_text("utf-8", "replace")))
        kinds = {name.strip("?"): kind for kind, names in CALLS.items() for name in names.split(",")}
        most: Counter[str] = Counter()
        for (_thread, name), number in begun.items():
            most[kinds[name]] = max(most[kinds[name]], number)
        return most

    def run(self, case: Case, result: Result) -> bool:
        """One filing with one fault, then again without; false when the filing has no such call."""
        entry, token = self._prepared()
        with self._traced(
            "-e", f"trace={CALLS[case.call]}", "-e", case.injection, kills=case.fault == KILL
        ) as log:
            self.phone.answers = []
            taken = self.phone.send(entry, token)
        told = log.read_text("utf-8", "replace")
        if "(INJECTED)" not in told and "killed by SIGKILL" not in told:
            result.faults += [] if taken else [f"{case}: never met, and yet {self.phone.answers[-1]}"]
            return False
        end = "receipt" if taken else str(self.phone.answers[-1].status or "cut")
        result.ends[case.fault, case.call, end] += 1
        wrong = self._wrong(taken)
        token = (
            self.phone.token()
        )  # first of all: what a killed process left open, the server itself must mend
        wrong += self._rows_without_files() + self._again(entry, token)
        result.faults += [f"{case}: {what}" for what in wrong]
        return True

    def verdict(self) -> list[str]:
        """What is wrong with all that was filed here: content, copies, leftovers, the database itself, the figures."""
        tally = Tally()
        compare(self.app, self.book, tally)
        with self._database() as database:
            found = [row[0] for row in database.execute("PRAGMA integrity_check")]
            found += [f"foreign key: {row}" for row in database.execute("PRAGMA foreign_key_check")]
        rebuilt = self.app.test_cli_runner().invoke(args=["figures", "rebuild"])
        figures = [] if (rebuilt.exit_code, rebuilt.output) == (0, "0 differences\n") else [rebuilt.output]
        return tally.faults + [problem for problem in found if problem != "ok"] + figures

    def _entry(self) -> Entry:
        """A visit with a hazard and three photos that nobody has sent yet."""
        album = list(islice(self.pictures, 3))
        references = [{"sha256": sha256(data)} for data in album]
        due = (today() + timedelta(days=7)).isoformat()
        raw = failing(self.visit | {"photos": references}, due_on=due, before=references[:1])
        entry = Entry(raw | {"uuid": str(uuid4())}, {sha256(data): data for data in album})
        self.book.give([entry])
        return entry

    def _prepared(self) -> tuple[Entry, str]:
        token = self.phone.token()
        assert token
        self._fill_log()
        return self._entry(), token

    def _fill_log(self) -> None:
        """Let SQLite's log be so long that the filing's commit copies it into the database."""
        with self._database() as database:
            database.execute("PRAGMA synchronous=OFF")
            database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            for _frame in range(CHECKPOINT_FRAMES - FRAMES_OF_PHOTOS):
                database.execute("PRAGMA user_version=0")

    @contextmanager
    def _database(self) -> Iterator[Any]:
        connection = sqlite.connect(self.served.data / "xuncha.db", isolation_level=None, timeout=10)
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def _traced(self, *how: str, kills: bool = False) -> Iterator[Path]:
        """The worker under strace; the lines that strace writes."""
        log = self.served.data / "strace.log"
        with tracer(self.served.workers()[0], log, *how, kills=kills):
            yield log

    def _wrong(self, taken: bool) -> list[str]:
        """What no phone may be told: anything but a receipt, a broken line, and "keep it, come back in a minute"."""
        last = self.phone.answers[-1]
        if taken or last.status == 0:
            return []
        if last.status in LATER and last.json.get("message") and last.retry_after == "60":
            return []
        return [f"answered {last.status} {last.body[:200]!r}"]

    def _rows_without_files(self) -> list[str]:
        with self.app.app_context():
            newest = db.session.scalars(sa.select(Photo.sha256).order_by(Photo.id.desc()).limit(3)).all()
            db.session.remove()
            db.engine.dispose()
            return [f"row without its file {sha}" for sha in newest if not photos.store().verify(sha)]

    def _again(self, entry: Entry, token: str | None) -> list[str]:
        """The same filing sent again: it must be taken at the first attempt."""
        if token is None:
            return ["no answer afterwards"]
        entry.attempts += 1
        if self.phone.send(entry, token):
            return []
        last = self.phone.answers[-1]
        return [f"sent again: {last.status} {last.body[:200]!r}"]


def _in_new_folders() -> Iterator[bytes]:
    """Pictures of which each makes a folder of its own, so that every filing makes the same calls."""
    folders: set[str] = set()
    for number in count():
        data = picture(number, (160, 120))
        if (folder := sha256(data)[:2]) not in folders:
            folders.add(folder)
            yield data


@contextmanager
def tracer(process: int, log: Path, *how: str, kills: bool = False) -> Iterator[None]:
    """Strace on all threads of a process; it lets go at the end whatever happened. Raises NoTracer."""
    found = shutil.which("strace")
    if found is None:
        raise NoTracer(NO_TRACER.format("nothing, it is not installed"))
    command = [found, "-f", "-p", str(process), "-o", str(log), *how]
    tracing = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert tracing.stderr
    try:
        # One line comes once every thread is held, or the reason why none is.
        line = tracing.stderr.readline()
        if "attached" not in line:
            raise NoTracer(NO_TRACER.format(line.strip()))
        yield
        if kills:  # it ends with the process; told to let go of a dying one, it would wait for ever
            _ended(tracing, within_s=2)
    finally:
        tracing.terminate()
        if not _ended(tracing, within_s=10):
            tracing.kill()  # the kernel lets the process go on
            tracing.wait()
        tracing.stderr.close()


def _ended(tracing: subprocess.Popen[str], *, within_s: float) -> bool:
    with suppress(subprocess.TimeoutExpired):
        tracing.wait(within_s)
    return tracing.poll() is not None


def sweep(
    folder: Path, settled: Path, plan: Sequence[tuple[str, str]] = PLAN, *, together: bool = False
) -> Result:
    """Every fault of the plan at every call of one filing, from the first on until there is no further one of its kind."""
    result, left = Result(), deque(plan)
    nth = count(1)
    while left:
        with Bench(Path(mkdtemp(dir=folder)), settled, together=together) as bench:
            for _case in range(CASES_A_SERVER):
                if left and not bench.run(Case(*left[0], next(nth)), result):
                    left.popleft()
                    nth = count(1)
        result.faults += bench.verdict()
    return result


def sample(calls: Counter[str], apart: int = 60) -> list[Case]:
    """For every kind of call that a filing makes and every fault: a place for each so many calls, spread evenly."""
    cases = []
    for call, fault in PLAN:
        places = -(-calls[call] // apart)
        cases += [Case(call, fault, 1 + (2 * n + 1) * calls[call] // (2 * places)) for n in range(places)]
    return cases
