"""Figures from one run on this machine: each module with a `main()` answers its lines; see README.md beside this file."""

from __future__ import annotations

import gc
import statistics
import sys
import tomllib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
# The source root is named in pyproject.toml for pytest; here it is read from there.
_settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
sys.path[:0] = [str(ROOT / folder) for folder in _settings["pythonpath"]]

ROUNDS = 5
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Line:
    """One measured figure beside its floor and what it must and should be; `met` is None where nothing is promised."""

    what: str
    measured: str
    must: str = ""
    aim: str = ""
    floor: str = ""
    ratio: str = ""
    met: bool | None = None
    aimed: bool = False


def in_turn(
    work: Mapping[Key, Callable[[], float]], rounds: int = ROUNDS, warm: int = 1
) -> dict[Key, list[float]]:
    """What each measured, turn about, so that whatever else the machine does falls on all of them; the first rounds are
    thrown away."""
    seen: dict[Key, list[float]] = {key: [] for key in work}
    for turn in range(warm + rounds):
        gc.collect()
        for key, one in work.items():
            taken = one()
            if turn >= warm:
                seen[key].append(taken)
    return seen


def medians(work: Mapping[Key, Callable[[], float]], rounds: int = ROUNDS, warm: int = 1) -> dict[Key, float]:
    """The medians of measurements taken in turn."""
    return {key: statistics.median(taken) for key, taken in in_turn(work, rounds, warm).items()}


def share(taken: Sequence[float], part: float) -> float:
    """The value that this part of them does not exceed: 0.95 for the 95th percentile."""
    return sorted(taken)[min(len(taken) - 1, int(len(taken) * part))]
