"""Several processes on one listening socket: a parent that only watches, workers that serve with Waitress, and one that works
jobs off while there are any.

The parent forks while it has one thread and no open database, and keeps to that: SQLite's locks and Python's threads
do not survive a fork. A worker takes a request whole before a thread sees it, so stalled phones hold none.
"""

from __future__ import annotations

import errno
import gc
import os
import socket
import time
from collections.abc import Iterable, Sequence

from flask import Flask

from .. import config
from ..core import metrics, request_log
from ..core.db import close_all, db
from . import job_process
from .balance import Balance
from .memory import give_back_memory
from .supervisor import Supervisor
from .web_worker import WebWorker

MOST_BY_THEMSELVES = 8  # SQLite has one writer at a time: more processes bring less and less
LET_GO_S = 3


def process_count() -> int:
    """How many workers there are to be."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return int(config.read("XUNCHA_PROCESSES")) or min(cores, MOST_BY_THEMSELVES)


def bind(host: str, port: int) -> list[socket.socket]:
    """The addresses of a name, taken but not yet listened on. Raises OSError.

    Workers of a server that was killed hold its port until the system has ended them, a moment after their parent.
    """
    end = time.monotonic() + LET_GO_S
    while True:
        try:
            return _bind(host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > end:
                raise
            time.sleep(0.05)


def _bind(host: str, port: int) -> list[socket.socket]:
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
    all_apps = apps or [app]
    working = [one for one in all_apps if one.config["WORKER"]]
    request_log.to_standard_error(config.read("XUNCHA_LOG"))
    counted = metrics.share_among_processes()
    for one in sockets:
        one.listen(1024)
    give_back_memory()
    # What was made up to here stays: a search of it for garbage held a request up for 150 ms, and unshares its memory.
    gc.collect()
    gc.freeze()
    count = process_count()
    balance = Balance(count)

    def web_worker(place: int, watches: bool) -> WebWorker:
        jobs = job_process.watches(working) if watches else []
        return WebWorker(app, sockets, all_apps, jobs, balance, place)

    try:
        Supervisor(
            sockets,
            count,
            web_worker,
            (lambda: job_process.JobProcess(working)) if working else None,
        ).run()
        leave_one_file(all_apps)
    finally:
        metrics.forget(counted)


def leave_one_file(apps: Iterable[Flask]) -> None:
    """Have SQLite fold its log into the database, which may then be copied.

    Of processes that end at the same moment each leaves that to the other.
    """
    for app in apps:
        with app.app_context():
            if db.engine.dialect.name == "sqlite":
                db.engine.raw_connection().close()
    close_all(apps)
