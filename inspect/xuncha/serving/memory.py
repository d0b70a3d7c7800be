"""When a process searches for garbage, and what it gives back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # malloc.h of glibc
LARGE_BLOCK, ARENAS = 128 * 1024, 2


def collect_garbage() -> None:
    """Search for garbage when Python would have done so by itself, which a process does not let it do (`gc.disable`).

    By itself Python 3.11 does it within whatever allocation comes next, in any thread; under several threads that
    rendered pages it ended processes by signal 11. Here it happens between two turns of the loop.
    """
    young, middle, old = (
        count > limit for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)
    )
    if young:
        gc.collect(2 if old else 1 if middle else 0)


def give_back_memory() -> None:
    """Have photos and the memory of password hashes (19 MB each) go back to the system when they are freed.

    By itself glibc keeps blocks as large as the largest one that was ever freed, in as many places as there are threads.
    """
    library = ctypes.CDLL(None)
    if sys.platform == "linux" and hasattr(library, "mallopt"):
        library.mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)
        library.mallopt(M_ARENA_MAX, ARENAS)
