"""How many connections each web worker holds, told among them, so that a new one goes to a worker that holds fewest.

Whoever wakes first takes it otherwise: of four phones one process then often serves three, or all.
"""

from __future__ import annotations

import mmap

BYTES = 4


class Balance:
    """Made by the parent; every worker has a place in it and writes only there."""

    def __init__(self, workers: int) -> None:
        self._held = memoryview(mmap.mmap(-1, BYTES * workers)).cast("I")

    def fewest(self, place: int, held: int) -> bool:
        """Note what the worker at a place holds; whether no other one holds fewer."""
        self._held[place] = held
        return held <= min(self._held)
