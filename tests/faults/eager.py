"""The shipped server, whose killed worker is replaced at once and may be followed by strace: the sweep kills hundreds of them."""

import ctypes
import os
import sys

from wsgi import app

from xuncha.core import db
from xuncha.serving import supervisor

__all__ = ["app"]

PR_SET_PTRACER, ANY = 0x59616D61, ctypes.c_ulong(-1)

supervisor.FIRST_PAUSE_S = supervisor.LONGEST_PAUSE_S = 0.0
db.LOG_BYTES = 1000 * db.PAGE_BYTES  # a log that is soon full: see syscall_sweep.CHECKPOINT_FRAMES


def _let_follow() -> None:
    """Under Yama, the default of some distributions, a process must allow others than its parents to follow it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, ANY, 0, 0, 0)


os.register_at_fork(after_in_child=_let_follow)
