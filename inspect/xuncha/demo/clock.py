"""The simulated clock: what happens in the demo zone happens in the order of its moments, up to a last one."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

from ..core.db import commit

BATCH = 150


class Clock:
    """Events by moment; those after `until` never happen. Each is given its own moment."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        self._order = count()
        self._queue: list[tuple[datetime, int, Callable[[datetime], None]]] = []

    def at(self, moment: datetime, event: Callable[[datetime], None]) -> None:
        """Let something happen at a moment."""
        if moment <= self.until:
            heapq.heappush(self._queue, (moment, next(self._order), event))

    def run(self) -> None:
        """Let everything happen, and what follows from it; written down in batches."""
        done = 0
        while self._queue:
            moment, _, event = heapq.heappop(self._queue)
            event(moment)
            done += 1
            if done % BATCH == 0:
                commit()
        commit()
