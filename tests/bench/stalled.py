"""How long others wait while phones stall in the middle of their uploads."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from tests.bench import Line
from tests.faults.stalled import latencies, stalled
from tests.served import Served

ROUNDS = 50


def main() -> list[Line]:
    """Median and worst of a page with nobody, 60 and 300 phones stalled."""
    with tempfile.TemporaryDirectory() as folder:
        served = Served(Path(folder))
        served.start()
        try:
            lines = []
            for count in (0, 60, 300):
                with stalled(served.port, count):
                    taken = latencies(f"{served.url}/sign-in", ROUNDS)
                told = f"{statistics.median(taken) * 1000:.0f} ms, worst {max(taken) * 1000:.0f} ms"
                lines.append(
                    Line(f"A page while {count} uploads stall", told, must="worst 1 s", met=max(taken) <= 1)
                )
            return lines
        finally:
            served.kill()
