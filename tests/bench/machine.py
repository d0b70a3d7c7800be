"""The card of the machine, and how busy it is."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from pathlib import Path

import psutil
import pysqlite3.dbapi2


def load() -> str:
    """The load of the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def _disk(folder: Path) -> str:
    """The file system that a folder is on, and what carries it."""
    mounts = {Path(one.mountpoint): one for one in psutil.disk_partitions(all=True)}
    found = next((mounts[at] for at in (folder, *folder.parents) if at in mounts), None)
    return f"{found.fstype} on {found.device}" if found else "unknown"


def card(folder: Path) -> Iterator[str]:
    """What the figures were measured on; `folder` is where the data lay."""
    memory = psutil.virtual_memory().total / 2**30
    yield f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB of memory; {_disk(folder)}"
    yield (
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, "
        f"SQLite {pysqlite3.dbapi2.sqlite_version}"
    )
