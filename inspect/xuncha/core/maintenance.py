"""While an installation is upgraded, whoever asks is told so and comes back: a file in the data folder says that it is."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .paths import data_folder

RETRY_S = 30


class Running(Exception):
    """Another process is upgrading this installation."""


def mark() -> Path:
    """The file that stands while the installation is being upgraded."""
    return data_folder() / "being-upgraded"


def is_on() -> bool:
    """Whether requests are to come back later."""
    return mark().exists()


@contextmanager
def held() -> Iterator[None]:
    """Send requests away from now on, until `end`. Raises Running while another process does so."""
    with mark().open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Running from None
        yield


def end() -> None:
    """Answer requests again. Raises Running while an upgrade is under way."""
    if is_on():
        with held():
            mark().unlink(missing_ok=True)
