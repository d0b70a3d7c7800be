"""What a filing costs all processes of the server while four phones file: processor time, bytes to the disk, memory.

It is taken beside the floor under gunicorn in turn, and beside the server of another checkout if `BENCH_BEFORE` names its folder:
then the three share whatever else the machine does. None of these figures needs a quiet machine as rates do.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench import ROUNDS, Line, floor, zones
from tests.bench.targets import told
from tests.bench.throughput import (
    EACH,
    FEW,
    Sender,
    as_form,
    crew,
    family,
    memory,
    one_by_one,
    phone,
    together,
    written,
)
from tests.served import ROOT, Served

BEFORE = os.environ.get("BENCH_BEFORE", "")


@dataclass
class Side:
    """A server with its clients, and what each round took: ms and KB for a filing, MB after it."""

    senders: list[Sender]
    pid: int
    visit: dict[str, Any] = field(default_factory=dict)
    cpu: list[float] = field(default_factory=list)
    disk: list[float] = field(default_factory=list)
    held: list[float] = field(default_factory=list)

    def round(self, kept: bool) -> None:
        """Every client files its share."""
        begun, before = processor(self.pid), written(self.pid)
        together(self.senders, EACH)
        filed = EACH * len(self.senders)
        if kept:
            self.cpu.append((processor(self.pid) - begun) * 1000 / filed)
            self.disk.append((written(self.pid) - before) / 1000 / filed)
            self.held.append(memory(self.pid))


def processor(pid: int) -> float:
    """Seconds that the processes of a server have used."""
    return sum(sum(one.cpu_times()[:2]) for one in family(pid))


@contextmanager
def product(root: Path) -> Iterator[Side]:
    """The server of a checkout on a copy of the demo zone that it has upgraded."""
    folder = zones.copied(zones.demo())
    served = Served(folder, root=root)
    people = crew(folder)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    subprocess.run(command, cwd=root, env=served.environment(), check=True, capture_output=True)
    try:
        served.start()
        assert served.process
        phones = [phone(served.url, name, raw, one_by_one) for name, raw in people[:FEW]]
        yield Side(phones, served.process.pid, people[0][1])
    finally:
        served.kill()


def main() -> list[Line]:
    """Means of the rounds, because copies of the log come seldom; of the processor's time the median."""
    with ExitStack() as open_ones:
        sides = {"now": open_ones.enter_context(product(ROOT))}
        if BEFORE:
            sides["before"] = open_ones.enter_context(product(Path(BEFORE)))
        url, pid = open_ones.enter_context(floor.served(zones.temporary()))
        visit = sides["now"].visit
        sides["floor"] = Side([Sender(url, as_form(visit)) for _client in range(FEW)], pid)
        for turn in range(ROUNDS + 1):
            for side in sides.values():
                side.round(turn > 0)
    return [
        line for name, side in sides.items() if name != "floor" for line in lines(name, side, sides["floor"])
    ]


def lines(name: str, side: Side, bare: Side) -> Iterator[Line]:
    """What one server took beside the floor."""
    taken = (
        ("processor of all processes", statistics.median(side.cpu), statistics.median(bare.cpu), "ms"),
        ("written", statistics.mean(side.disk), statistics.mean(bare.disk), "KB"),
        ("memory after the last round", side.held[-1], bare.held[-1], "MB"),
    )
    for what, figure, least, unit in taken:
        words = f"A filing at four clients, server {name}: {what}"
        yield Line(words, told(figure, unit), floor=told(least, unit), ratio=f"{figure / least:.2f}")
