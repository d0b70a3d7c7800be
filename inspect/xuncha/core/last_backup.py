"""When the last backup was taken from this data folder: noted by the backup, told by the doctor, the alarms and the metrics."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from .paths import data_folder


def _place() -> Path:
    return data_folder() / "last-backup"


def note(moment: datetime) -> None:
    """A whole backup was taken as of this moment. Raises OSError when the folder takes nothing."""
    _place().write_text(moment.isoformat())


def moment() -> datetime | None:
    """The moment of the last whole backup, if one was noted."""
    try:
        return datetime.fromisoformat(_place().read_text())
    except (OSError, ValueError):
        return None
