"""Phones that file over a bad network while the server is killed, and the checker that compares book, database and photos."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask

from tests import cast
from tests.checks.filings import STROKES, failing, picture, visit
from tests.conftest import build
from tests.faults.client import Book, Entry, Phone, sha256
from tests.faults.proxy import Plan, Proxy
from xuncha.checks.filing import Filing
from xuncha.checks.models import Check
from xuncha.core.clock import today
from xuncha.core.db import db
from xuncha.core.history import HistoryRow
from xuncha.enterprises.models import Site
from xuncha.hazards.models import Hazard
from xuncha.photos import queries as photos
from xuncha.photos.models import Photo
from xuncha.schedule.actions import open_month
from xuncha.schedule.models import Task

# A supervisor and the places in that person's charge.
CREWS = (("wang", "huaxin"), ("zhao", "lifeng"), ("chen", "minghe"), ("wang", "huaxin"))
PICTURES = 24


@dataclass(frozen=True)
class Strength:
    """How much goes wrong."""

    seed: int
    filings: int
    kills: int
    cuts: int


@dataclass
class Tally:
    """What the checker found; every list must be empty."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    phantom: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    acknowledged: int = 0
    kills: int = 0
    cuts: int = 0
    connections: int = 0
    seconds: float = 0.0

    @property
    def faults(self) -> list[str]:
        """All of them, named."""
        kinds = ("lost", "doubled", "altered", "phantom", "odd")
        return [f"{kind}: {what}" for kind in kinds for what in getattr(self, kind)]


def place(code: str) -> Site:
    """A place of the cast."""
    return db.session.scalars(sa.select(Site).where(Site.name == cast.PLACES[code].name)).one()


def visit_of_now(site: Site) -> dict[str, Any]:
    """A visit that ended a minute ago, signed then, with nothing wrong."""
    now = datetime.now(UTC)
    ended = now - timedelta(minutes=1)
    signed = {"strokes": STROKES, "signed_at": ended.isoformat()}
    raw = visit(
        site, now=now, started_at=(ended - timedelta(minutes=20)).isoformat(), finished_at=ended.isoformat()
    )
    return raw | {"signatures": [{**part, **signed} for part in raw["signatures"]]}


def entries_for(count: int, code: str, dice: random.Random, album: Sequence[bytes]) -> list[Entry]:
    """Visits of now with nought to three photos, some with hazards, some with one picture in two roles."""
    site = place(code)
    plain = visit_of_now(site)
    made = []
    for number in range(count):
        chosen = {sha256(data): data for data in dice.sample(album, dice.randrange(4))}
        references = [{"sha256": sha} for sha in chosen]
        raw = plain | {
            "uuid": str(uuid4()),
            "photos": references,
            "summary": f"{code} {number} {dice.random()}",
        }
        if dice.random() < 0.4:
            due = (today() + timedelta(days=7)).isoformat()
            raw = failing(raw, dice.randrange(5), due_on=due, before=references[:1])
        made.append(Entry(raw, chosen))
    task = db.session.scalar(
        sa.select(Task).where(Task.site_id == site.id, Task.done_on.is_(None)).order_by(Task.id)
    )
    if task is not None and made:
        made[0] = Entry(made[0].filing | {"task_id": task.id}, made[0].photos)
    return made


def prepared(app: Flask, strength: Strength, book: Book) -> list[list[Entry]]:
    """This month's tasks opened, and the filings of each crew."""
    dice = random.Random(strength.seed)
    album = [picture(strength.seed * 1000 + n, (160 + 40 * (n % 6), 120)) for n in range(PICTURES)]
    with app.app_context():
        open_month(today().year, today().month, actor=None, now=datetime.now(UTC))
        db.session.commit()
        share = -(-strength.filings // len(CREWS))
        loads = [entries_for(share, code, dice, album) for _who, code in CREWS]
        db.session.remove()
        db.engine.dispose()
    for load in loads:
        book.give(load)
    return loads


def planner(strength: Strength, line: list[Proxy], expected: int) -> Any:
    """Plans by dice: heads, edges and bodies cut, answers dropped, doubles, late ones."""
    dice = random.Random(strength.seed + 1)
    chance = min(0.6, 1.6 * strength.cuts / expected)

    def choose(_head: bytes) -> Plan:
        if line[0].cuts >= strength.cuts or dice.random() > chance:
            rare = dice.random()
            return Plan(twice=rare < 0.04, late_s=0.1 if 0.04 < rare < 0.08 else 0.0)
        end = dice.choice(("reset", "reset", "close", "stall"))
        if dice.random() < 0.4:
            return Plan(down=dice.choice((0, 0, 1, 12, 64, dice.randrange(900))), end=end, stall_s=0.2)
        return Plan(
            up=dice.choice((0, 1, dice.randrange(500), int(10 ** dice.uniform(2.3, 4.3)))),
            end=end,
            stall_s=0.2,
        )

    return choose


class Target(Protocol):
    """What the phones file to: one server, or several nodes behind a proxy."""

    port: int

    @property
    def url(self) -> str: ...

    def start(self) -> object: ...

    def strike(self) -> None:
        """Break one part of it, and mend it again."""

    def kill(self) -> None: ...


def nemesis(served: Target, book: Book, strength: Strength, over: threading.Event, tally: Tally) -> None:
    """Break a part whenever another share of the filings has been acknowledged."""
    marks = [strength.filings * (n + 1) // (strength.kills + 1) for n in range(strength.kills)]
    while marks and not over.wait(0.01):
        if len(book.receipts) >= marks[0]:
            marks.pop(0)
            tally.kills += 1
            served.strike()


def run_soak(app: Flask, served: Target, strength: Strength, *, longest_s: float) -> Tally:
    """File everything through the bad line; then compare. `app` is on the same data, for preparing and checking."""
    book, tally, began = Book(), Tally(), time.monotonic()
    loads = prepared(app, strength, book)
    served.start()
    over, line = threading.Event(), []
    expected = sum(2 + len(entry.photos) for load in loads for entry in load)
    line.append(Proxy(served.port, planner(strength, line, expected), longest_s=10))
    try:
        with line[0] as proxy:
            phones = [
                Phone(proxy.url, book, dice=random.Random(strength.seed + n), patience_s=15).sign_in(
                    who, url=served.url
                )
                for n, (who, _code) in enumerate(CREWS)
            ]
            left: list[Entry] = []
            until = time.monotonic() + longest_s

            def work(phone: Phone, load: list[Entry]) -> None:
                phone.unruly = 0.05
                left.extend(phone.drain(load, until=until))

            threads = [threading.Thread(target=work, args=pair) for pair in zip(phones, loads, strict=True)]
            killer = threading.Thread(target=nemesis, args=(served, book, strength, over, tally))
            for thread in (*threads, killer):
                thread.start()
            for thread in threads:
                thread.join()
            over.set()
            killer.join()
            tally.lost += [f"{entry.uuid} never acknowledged" for entry in left]
            for phone, load in zip(phones, loads, strict=True):
                phone.url, phone.unruly = served.url, 0.0
                again(phone, load)
            tally.cuts, tally.connections = proxy.cuts, proxy.connections
    finally:
        over.set()
        served.kill()
    compare(app, book, tally)
    tally.seconds = time.monotonic() - began
    return tally


def again(phone: Phone, load: Sequence[Entry]) -> None:
    """Old acknowledged filings once more: the phone forgets nothing that was not receipted, and the server neither."""
    token = phone.token()
    assert token
    for entry in load[:: max(1, len(load) // 5)]:
        phone.send(entry, token)


def compare(app: Flask, book: Book, tally: Tally) -> None:
    """Acknowledged against stored: lost, doubled, altered, phantom."""
    with app.app_context():
        checks: dict[str, list[Check]] = {}
        for check in db.session.scalars(sa.select(Check)):
            checks.setdefault(check.uuid, []).append(check)
        for uuid, receipts in book.receipts.items():
            rows = checks.get(uuid, [])
            if not rows:
                tally.lost.append(uuid)
            elif len(rows) > 1:
                tally.doubled.append(uuid)
            else:
                compare_one(rows[0], book.given[uuid], receipts, tally)
        tally.phantom += sorted(checks.keys() - book.receipts.keys())
        compare_rest(book, tally)
        tally.odd += book.odd
        tally.acknowledged = len(book.receipts)
        db.session.remove()
        db.engine.dispose()


def compare_one(check: Check, entry: Entry, receipts: list[dict[str, Any]], tally: Tally) -> None:
    """One filing: its receipts, its content, its hazards, its photos byte by byte."""
    if any(receipt != receipts[0] for receipt in receipts) or receipts[0]["number"] != check.number:
        tally.altered.append(f"{check.uuid} receipts differ")
    filing = Filing.model_validate(entry.filing)
    answers = [(part.item_id, part.result) for part in filing.answers]
    if check.payload != filing.model_dump(mode="json") or answers != [
        (a.item_id, a.result) for a in check.answers
    ]:
        tally.altered.append(f"{check.uuid} content")
    hazards = db.session.scalars(sa.select(Hazard).where(Hazard.check_id == check.id)).all()
    if Counter(hazard.uuid for hazard in hazards) != Counter(str(part.uuid) for part in filing.findings):
        (tally.doubled if len(hazards) > len(filing.findings) else tally.lost).append(f"{check.uuid} hazards")
    kept = Counter(use.photo.sha256 for use in check.photos)
    kept.update(use.photo.sha256 for hazard in hazards for use in hazard.photos)
    if kept != Counter(ref.sha256 for ref in filing.photo_refs()):
        tally.lost.append(f"{check.uuid} photos")
    for sha, data in entry.photos.items():
        path = photos.store().path(sha)
        if not path.is_file() or path.read_bytes() != data:
            tally.lost.append(f"{check.uuid} photo file {sha}")


def compare_rest(book: Book, tally: Tally) -> None:
    """What stands beside the checks: numbers, history, ticks of tasks, rows and files of photos, parts without their whole."""
    numbers = Counter(db.session.scalars(sa.select(Check.number)))
    numbers.update(db.session.scalars(sa.select(Hazard.number)))
    tally.doubled += [number for number, count in numbers.items() if count > 1]
    filed = sa.select(HistoryRow.thing_id).where(HistoryRow.thing == "checks", HistoryRow.action == "file")
    history = Counter(db.session.scalars(filed))
    checks = Counter(db.session.scalars(sa.select(Check.id)))
    if history != checks:
        tally.altered.append(f"history: {sum(history.values())} of {sum(checks.values())}")
    named = [entry.filing["task_id"] for entry in book.given.values() if entry.filing.get("task_id")]
    done = sa.select(sa.func.count()).select_from(Task).where(Task.done_on.is_not(None))
    if db.session.scalar(done) != len(set(named)):
        tally.altered.append("tasks done")
    given = {sha for entry in book.given.values() for sha in entry.photos}
    rows = set(db.session.scalars(sa.select(Photo.sha256)))
    tally.phantom += [f"photo {sha}" for sha in sorted(rows - given)]
    tally.phantom += [
        f"row without its file: {sha}" for sha in sorted(rows) if not photos.store().verify(sha)
    ]
    tally.phantom += [f"{finding.damage} file {finding.name}" for finding in photos.store().scrub()]


def ready(folder: Path, settled: Path) -> Flask:
    """An application on a fresh copy of the settled database in `folder`."""
    target = folder / "xuncha.db"
    target.write_bytes(settled.read_bytes())
    return build(f"sqlite:///{target}", folder)
