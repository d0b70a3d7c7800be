"""The kinds of jobs: each domain registers what its jobs do. A kind may run twice for one job, and then comes to the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

ATTEMPTS = 5


class Stopped(Exception):
    """The job is no longer this worker's: it was cancelled, given back, or taken up by another."""


class Work(Protocol):
    """What a kind is given: the job's number and arguments, who asked, and the way to tell how far it is."""

    job_id: int
    claim: str
    args: dict[str, Any]
    asked_by_id: int | None

    def progress(self, done: int) -> None:
        """Note how far the job is of its total, at most twice a second. Raises Stopped. The session may hold no open write."""


Done = dict[str, Any] | None


@dataclass(frozen=True)
class Kind:
    """A kind of job: its name to people, what it does, how often it is tried, whether its session writes from the start."""

    name: str
    label: str
    work: Callable[[Work], Done]
    attempts: int
    writes: bool


KINDS: dict[str, Kind] = {}
UPKEEP: list[Callable[[datetime], None]] = []


def kind(
    name: str, label: str, *, attempts: int = ATTEMPTS, writes: bool = False
) -> Callable[[Callable[[Work], Done]], Callable[[Work], Done]]:
    """Register what jobs of a kind do; what it gives back is kept as their result, until a day after."""

    def register(work: Callable[[Work], Done]) -> Callable[[Work], Done]:
        KINDS[name] = Kind(name, label, work, attempts, writes)
        return work

    return register


def upkeep(tidy: Callable[[datetime], None]) -> Callable[[datetime], None]:
    """Register what workers tidy up every hour."""
    UPKEEP.append(tidy)
    return tidy


def label_of(name: str) -> str:
    """The name of a kind to people; of one that this release does not know, its own."""
    return KINDS[name].label if name in KINDS else name
