"""What a phone hands over in one piece besides filings, taken once per UUID: its digest, its moment, its receipt."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import Field

from .clock_correction import LONGEST_WAIT, TOLERANCE_S
from .filing import Part


class TakenOnce(Part):
    """What is handed over. The same UUID with the same content gives the same receipt, for ever."""

    uuid: UUID

    def digest(self) -> str:
        """SHA-256 of its canonical JSON: equal content, equal digest."""
        content = self.model_dump(mode="json")
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class OnceReceipt(Part):
    """The server's answer: proof that it was taken. `known` says that it was taken before, which only the status tells."""

    uuid: UUID
    number: str
    received_at: datetime
    photos: int = 0
    photo_hashes: list[str] = []
    url: str
    known: bool = Field(default=False, exclude=True)


def server_moment(
    told: datetime, clock_offset_s: int, now: datetime, *, after: datetime | None = None
) -> datetime:
    """A phone's moment by the server's clock; its arrival where the phone's clock cannot be right.

    `after` is a moment that it cannot lie before.
    """
    shift = timedelta(seconds=clock_offset_s if abs(clock_offset_s) > TOLERANCE_S else 0)
    try:
        moment = told - shift
    except OverflowError:  # a moment at the end of the calendar
        return now
    first = now - LONGEST_WAIT
    return moment if max(after or first, first) <= moment <= now else now
