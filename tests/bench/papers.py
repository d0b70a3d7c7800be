"""What papers and sheets cost the server, beside a floor of the same rows in the same sitting: ReportLab's canvas
drawing each cell's first line in a built-in font, and csv."""

from __future__ import annotations

import csv
import io
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests import cast
from tests.bench import ROOT, Line, medians, zones
from tests.bench.targets import TARGETS, line
from tests.conftest import settle
from tests.reports import visits
from tests.served import Served
from xuncha.accounts.models import User
from xuncha.checklists.models import HazardClass
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.lists import ledger, ledger_lines
from xuncha.hazards.lists.filters import Criteria
from xuncha.hazards.models import Hazard, HazardEvent, Source
from xuncha.reports import printing
from xuncha.stats.period import Period
from xuncha.stats.scope import Scope
from xuncha.stats.totals import rebuild

SHORT, LONG, ALL = 500, 7_260, 9_800
FIRST, TODAY = date(2026, 7, 1), date(2026, 11, 3)
SHORT_DAYS, LONG_DAYS, ALL_DAYS = 10, 80, 120  # in which so many were found
EACH_LOOK_S = 0.05
Work = Callable[[Path], Any]


def day_of(number: int) -> date:
    """When a hazard was found: the first 500 within ten days, the first 7,260 within eighty."""
    steps = ((0, 0), (SHORT, SHORT_DAYS), (LONG, LONG_DAYS), (ALL, ALL_DAYS))
    for (before, begun), (last, ended) in pairwise(steps):
        if number <= last:
            return FIRST + timedelta(begun + (number - before - 1) * (ended - begun) // (last - before))
    raise ValueError(number)


def hazards() -> None:
    """Open and closed hazards, each with words of its own."""
    site = db.session.scalars(sa.select(Site).where(Site.name == cast.PLACES["huaxin"].name)).one()
    wang = db.session.scalars(sa.select(User).where(User.username == "wang")).one()
    rows, events = [], []
    for number in range(1, ALL + 1):
        found, closed = day_of(number), number % 3 > 0
        at = datetime(found.year, found.month, found.day, 2, tzinfo=UTC)
        rows.append(
            {
                "id": number, "uuid": str(uuid4()), "number": f"2026-{number:05d}", "year": 2026, "serial": number,
                "site_id": site.id, "found_on": found, "found_by_id": wang.id, "source": Source.ROUTINE,
                "description": f"{number}号仓库东侧第{number % 97}排货架灭火器压力不足，且被货物遮挡，无法立即取用",
                "place": f"{number}号仓库", "hazard_class": HazardClass.FIRE, "basis": "《消防法》第十六条第一款第二项",
                "measure": f"更换{number % 7 + 1}具灭火器，清出通道", "state": State.CLOSED if closed else State.OPEN,
                "original_due_on": found + timedelta(15), "due_on": found + timedelta(15),
            }
        )  # fmt: skip
        steps = [(Act.ISSUE, None, State.OPEN)]
        if closed:
            steps += [
                (Act.REPORT_DONE, State.OPEN, State.REPORTED_DONE),
                (Act.VERIFY, State.REPORTED_DONE, State.CLOSED),
            ]
        events += [
            {
                "hazard_id": number, "at": at + timedelta(days=day), "actor_id": wang.id, "actor_name": wang.name, "act": act,
                "from_state": before, "to_state": after, "due_on": found + timedelta(15), "brought": {},
            }
            for day, (act, before, after) in enumerate(steps)
        ]  # fmt: skip
    db.session.execute(sa.insert(Hazard), rows)
    db.session.execute(sa.insert(HazardEvent), events)
    rebuild.make(db.session.connection())
    db.session.commit()


def bare_table(rows: int) -> Work:
    """Cells of fixed width, a line each, in a font that every reader has: no fonts, no breaking, no Chinese."""

    def draw(path: Path) -> None:
        canvas, (height, width) = Canvas(str(path)), A4
        canvas.setPageSize((width, height))
        for number in range(rows):
            if number % 20 == 0:
                if number:
                    canvas.showPage()
                canvas.setFont("Helvetica", 7)
            y = height - 40 - number % 20 * 25
            for column in range(11):
                canvas.rect(30 + column * 70, y, 70, 25)
                canvas.drawString(33 + column * 70, y + 10, f"{number} cell {column}")
        canvas.save()

    return draw


def bare_sheet(rows: int) -> Work:
    """The same number of cells as text with separators."""

    def write(path: Path) -> None:
        target = io.StringIO()
        csv.writer(target).writerows(
            [f"{number} cell {column}" for column in range(25)] for number in range(rows)
        )
        path.write_text(target.getvalue(), "utf-8")

    return write


def printed(order: Callable[[], printing.Order]) -> Work:
    """A paper, made and written."""
    return lambda path: printing.write(order(), path, "zh")


def ledger_of(days: int) -> Work:
    """The ledger of what was found in the first days."""
    criteria = Criteria(found_from=FIRST, found_to=FIRST + timedelta(days - 1))
    return printed(lambda: printing.ledger(Scope(), criteria, TODAY))


def summary() -> Work:
    """The half-year summary of a whole zone."""
    period = Period.between(FIRST, date(2026, 12, 31), None, today=TODAY)
    return printed(lambda: printing.inspection(period, Scope()))


def sheet(path: Path) -> None:
    """The ledger of all as a workbook."""
    path.write_bytes(ledger.workbook(ledger_lines.lines(sa.select(Hazard), ledger.LOOKED)))


def works(check: int) -> dict[str, tuple[Work, Work]]:
    """What is measured, and the floor beside it."""
    return {
        "record": (printed(lambda: printing.record(db.session.get_one(Check, check))), bare_table(20)),
        "summary 9800": (summary(), bare_table(60)),
        "ledger 500": (ledger_of(SHORT_DAYS), bare_table(SHORT)),
        "ledger 7260": (ledger_of(LONG_DAYS), bare_table(LONG)),
        "sheet": (sheet, bare_sheet(ALL)),
    }


def timed(work: Work, path: Path) -> Callable[[], float]:
    """Processor seconds."""

    def once() -> float:
        begun = time.process_time()
        work(path)
        taken = time.process_time() - begun
        db.session.remove()
        return taken

    return once


def measured(app: Flask, works: dict[str, tuple[Work, Work]], path: Path) -> list[Line]:
    """Product and floor in turn, medians of the rounds; the first, in which fonts and statements are made, does not count."""
    with app.test_request_context():
        work = {}
        for name, both in works.items():
            work |= {
                (name, side): timed(one, path) for side, one in zip(("product", "floor"), both, strict=True)
            }
        took = medians(work)
    scale = {name: 1000 if TARGETS[name].unit == "ms" else 1 for name in works}
    return [
        line(name, took[name, "product"] * scale[name], took[name, "floor"] * scale[name]) for name in works
    ]


def filled(app: Flask) -> int:
    """A zone with the hazards, and the number of a check with twenty answers and three photos."""
    with app.test_request_context():
        site = db.session.scalars(sa.select(Site).where(Site.name == cast.PLACES["huaxin"].name)).one()
        wang = db.session.scalars(sa.select(User).where(User.username == "wang")).one()
        made = visits.filing(site)
        scenes = [visits.scene(visits.photo(seed, wang)) for seed in range(3)]
        check = visits.file(made.model_copy(update={"photos": scenes}), wang).id
        hazards()
        return check


def peak(folder: Path) -> float:
    """Megabytes that the process of the ledger's command held at most: of its own, since what it is started from counts not."""
    last = FIRST + timedelta(LONG_DAYS - 1)
    words = (
        "document",
        "hazard-ledger",
        "--from",
        str(FIRST),
        "--to",
        str(last),
        "--out",
        str(folder / "paper.pdf"),
    )
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    running = subprocess.Popen(command, cwd=ROOT, env=Served(folder).environment(), stdout=subprocess.DEVNULL)
    most = 0
    while running.poll() is None:
        with suppress(OSError):
            found = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{running.pid}/status").read_text("ascii"))
            most = max(most, int(found[1]) if found else 0)
        time.sleep(EACH_LOOK_S)
    assert running.returncode == 0
    return most / 1000


def main() -> list[Line]:
    """Processor time of papers and sheets."""
    folder = zones.temporary()
    app = zones.opened(folder)
    settle(app, "no password")
    lines = measured(app, works(filled(app)), folder / "paper")
    of_zone = zones.opened(zones.copied(zones.demo()))
    lines += measured(of_zone, {"summary": (summary(), bare_table(60))}, folder / "paper")
    return [*lines, line("ledger memory", statistics.median(peak(folder) for _round in range(3)))]
