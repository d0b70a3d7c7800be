"""What the dashboard costs in a zone, in a large one and in a province, and figures as of past days."""

from __future__ import annotations

import random
from datetime import date, timedelta

from tests.bench import Line, floor, medians, zones
from tests.bench.lists import page
from tests.bench.targets import line

DASHBOARD = "/figures"
DAYS, SPREAD = 12, 600  # past days that are asked for, among so many


def past(day: date) -> str:
    """The dashboard of the half-month before a day, as of that day."""
    return f"{DASHBOARD}?from={day - timedelta(14)}&to={day}&as_of={day}"


def main() -> list[Line]:
    """Medians of the rounds, in turn; of the past days the slowest."""
    province, dice = zones.province(), random.Random(5)
    size = zones.hazards_in(province)
    clients = {
        "zone": zones.administrator(zones.copied(zones.demo())),
        "large": zones.administrator(zones.grown(zones.LARGE, figures=True)),
        "province": zones.administrator(province),
    }
    bare = floor.application(str(zones.temporary())).test_client()
    work = {"floor": page(bare, "/")} | {name: page(one, DASHBOARD) for name, one in clients.items()}
    for _day in range(DAYS):
        day = date.today() - timedelta(dice.randrange(30, SPREAD))
        work[f"as of {day}"] = page(clients["province"], past(day), 1)
    took = medians(work)
    slowest = max(figure for name, figure in took.items() if name.startswith("as of"))
    return [
        line("dashboard", took["zone"], took["floor"]),
        line("dashboard 9800", took["large"], took["zone"]),
        line("dashboard million", took["province"], took["zone"], size),
        line("past", slowest, took["floor"], size),
    ]
