"""What the pages of lists cost at the size of a zone and of a province (`BENCH_HAZARDS`), beside the floor's page of 50 rows."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

from flask.testing import FlaskClient

from tests.bench import Line, floor, medians, zones
from tests.bench.targets import line, told

EACH = 8
HAZARDS = int(os.environ.get("BENCH_HAZARDS", "1000000"))
A_COPY = 2500  # hazards for each copy of the demo zone's sites
PROMISED = {
    "enterprises": "/enterprises",
    "checks": "/checks",
    "campaigns": "/campaigns",
    "grid": "/schedule/grid",
}
ALL = "/hazards?view=all"
OTHERS = {
    "open hazards": "/hazards",
    "hazards, two characters": "/hazards?view=all&q=灭火",
    "all that a search finds, initials": "/search?q=hxhg",
    "hazards, a number": "/hazards?view=all&q=2025-4711",
}


def page(client: FlaskClient, url: str, each: int = EACH) -> Callable[[], float]:
    """Processor milliseconds of a page, the median of some: the clock on the wall would tell what else the machine does."""

    def once() -> float:
        begun = time.process_time()
        answer = client.get(url)
        assert answer.status_code == 200 and answer.get_data(), url
        return (time.process_time() - begun) * 1000

    return lambda: statistics.median(once() for _time in range(each))


def main() -> list[Line]:
    """Medians of the rounds, in turn."""
    zone = zones.administrator(zones.grown(zones.LARGE, figures=True))
    large = zones.administrator(zones.grown(HAZARDS, HAZARDS // A_COPY))
    bare = floor.application(str(zones.temporary())).test_client()
    pages = PROMISED | OTHERS | {"hazards": ALL}
    work = {("floor", ""): page(bare, "/")}
    for name, url in pages.items():
        work |= {("zone", name): page(zone, url), ("million", name): page(large, url)}
    took = medians(work)
    least = took["floor", ""]
    lines = [line(name, took["zone", name], least) for name in PROMISED]
    lines.append(line("hazards 9800", took["zone", "hazards"], least))
    lines.append(line("hazards million", took["million", "hazards"], took["zone", "hazards"], HAZARDS))
    for name in PROMISED | OTHERS:
        zones_own, figure = took["zone", name], took["million", name]
        if name in OTHERS:
            beside = {"floor": told(least, "ms"), "ratio": f"{zones_own / least:.2f}"}
            lines.append(Line(f"List of {name}, of 9,800", told(zones_own, "ms"), **beside))
        beside = {"floor": told(zones_own, "ms"), "ratio": f"{figure / zones_own:.2f}"}
        lines.append(Line(f"List of {name}, {HAZARDS:,} hazards, over 9,800", told(figure, "ms"), **beside))
    return lines
