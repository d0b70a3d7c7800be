"""The last moment that this machine has seen, kept beside the data: a clock that goes backwards is noticed by it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ..core.paths import data_folder


def _path() -> Path:
    return data_folder() / "last-seen"


def read() -> datetime | None:
    """The moment that was kept; None where there is none, or none that can be read."""
    try:
        moment = datetime.fromisoformat(_path().read_text("ascii").strip())
    except (OSError, ValueError):
        return None
    return moment if moment.tzinfo else None


def keep(now: datetime) -> None:
    """Keep a moment. Raises OSError."""
    beside = _path().with_suffix(".new")
    beside.write_text(now.isoformat(), "ascii")
    beside.replace(_path())
