"""The process that works jobs off while there are any, and the watch that asks for it."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Sequence
from functools import partial

from flask import Flask

from ..core.db import close_all
from ..jobs.watch import Watch
from ..jobs.worker import LAST_S, Worker
from .memory import collect_garbage
from .supervisor import JOBS_DUE

IDLE_S = 30.0
"""After so long without a job it ends: fonts, dictionaries and pictures that jobs needed take up memory."""
LOOK_S = 0.5


class JobProcess:
    """Works the jobs of some applications off, each in a thread of its own, until none of them has had any for a while."""

    def __init__(self, apps: Sequence[Flask]) -> None:
        self.apps = apps
        self.workers = [Worker(one, idle_s=IDLE_S) for one in apps]

    def stop(self, *_signal: object) -> None:
        """Take no further job; the one that runs may end, or is given back."""
        for one in self.workers:
            one.stop()

    def run(self) -> None:
        """Work until `stop`, or until nothing is left to do."""
        parent = os.getppid()
        gc.disable()  # collect_garbage() does it
        for one in self.workers:
            one.start()
        while any(one.works for one in self.workers) and not self.workers[0].wait(LOOK_S):
            collect_garbage()
            if os.getppid() != parent:  # where the system does not end us with it
                return
        end = time.monotonic() + LAST_S
        for one in self.workers:
            one.finish(end - time.monotonic())
        close_all(self.apps)


def watches(apps: Sequence[Flask]) -> list[Watch]:
    """What asks the parent of this process for the process of jobs when there is one to do."""
    parent = os.getppid()
    return [Watch(one, partial(_ask, parent)) for one in apps]


def _ask(parent: int) -> None:
    if os.getppid() == parent:
        os.kill(parent, JOBS_DUE)
