"""What papers and sheets cost the server, beside a bare floor of the same rows in the same sitting: ReportLab's canvas
drawing each cell's first line in a built-in font, and csv."""

from __future__ import annotations

import csv
import gc
import io
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests import cast
from tests.bench import Line
from tests.conftest import build, settle
from tests.reports import visits
from xuncha.accounts.models import User
from xuncha.checklists.models import HazardClass
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards import ledger, ledger_lines
from xuncha.hazards.filters import Criteria
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Hazard, HazardEvent, Source
from xuncha.reports import printing
from xuncha.stats.period import Period
from xuncha.stats.scope import Scope

ROUNDS = 5
SHORT, LONG = 500, 5_000
FIRST, TODAY = date(2026, 7, 1), date(2026, 11, 3)
Work = Callable[[Path], Any]


def hazards(count: int) -> None:
    """Open and closed hazards, each with words of its own."""
    site = db.session.scalars(sa.select(Site).where(Site.name == cast.PLACES["huaxin"].name)).one()
    wang = db.session.scalars(sa.select(User).where(User.username == "wang")).one()
    rows, events = [], []
    for number in range(1, count + 1):
        found, closed = FIRST + timedelta(number * 120 // count), number % 3 > 0
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


def works(check: int) -> Iterator[tuple[str, Work, Work]]:
    """What is measured, and the floor beside it."""
    period = Period.between(FIRST, date(2026, 12, 31), None, today=TODAY)

    def the(order: Callable[[], printing.Order]) -> Work:
        return lambda path: printing.write(order(), path, "zh")

    def first(rows: int) -> printing.Order:
        last = FIRST + timedelta(rows * 120 // LONG)
        return printing.ledger(Scope(), Criteria(found_from=FIRST, found_to=last), TODAY)

    yield (
        "Record of 20 answers, 3 photos",
        the(lambda: printing.record(db.session.get_one(Check, check))),
        bare_table(20),
    )
    yield (
        f"Half-year summary of {LONG:,} hazards",
        the(lambda: printing.inspection(period, Scope())),
        bare_table(60),
    )
    yield f"Ledger of {SHORT} rows", the(lambda: first(SHORT)), bare_table(SHORT)
    yield f"Ledger of {LONG:,} rows", the(lambda: first(LONG)), bare_table(LONG)
    yield (
        f"Sheet of {LONG:,} rows",
        lambda path: path.write_bytes(ledger.workbook(ledger_lines.lines(sa.select(Hazard), ledger.LOOKED))),
        bare_sheet(LONG),
    )


def timed(work: Work, path: Path) -> float:
    """Processor milliseconds."""
    gc.collect()
    begun = time.process_time()
    work(path)
    taken = (time.process_time() - begun) * 1000
    db.session.remove()
    return taken


def measured(app: Flask, folder: Path) -> list[Line]:
    """Product and floor in turn, medians of the rounds."""
    with app.test_request_context():
        site = db.session.scalars(sa.select(Site).where(Site.name == cast.PLACES["huaxin"].name)).one()
        wang = db.session.scalars(sa.select(User).where(User.username == "wang")).one()
        made = visits.filing(site)
        scenes = [visits.scene(visits.photo(seed, wang)) for seed in range(3)]
        check = visits.file(made.model_copy(update={"photos": scenes}), wang).id
        hazards(LONG)
        lines = []
        for what, work, floor in works(check):
            path = folder / "paper"
            timed(work, path)  # fonts, templates and statements are made once a process
            both = [(timed(work, path), timed(floor, path)) for _ in range(ROUNDS)]
            server, bare = (statistics.median(side) for side in zip(*both, strict=True))
            lines.append(
                Line(
                    f"{what}: processor",
                    f"{server:.0f} ms",
                    f"floor {bare:.0f} ms, {server / bare:.1f} times",
                )
            )
        return lines


def main() -> list[Line]:
    """Processor time of papers and sheets."""
    with tempfile.TemporaryDirectory() as folder:
        app = build(f"sqlite:///{Path(folder) / 'xuncha.db'}", Path(folder))
        settle(app, "no password")
        return measured(app, Path(folder))
