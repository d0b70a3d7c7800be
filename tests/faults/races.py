"""One filing posted by many at one instant, round after round; then what the database holds of it."""

from __future__ import annotations

import random
import threading

import sqlalchemy as sa
from flask import Flask

from tests.checks.filings import picture
from tests.faults.client import Answer, Book, Entry, Phone
from tests.faults.soak import entries_for
from tests.served import Served
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.core.history import HistoryRow
from xuncha.hazards.models import Hazard

POSTS = 20


def races(app: Flask, served: Served, rounds: int) -> list[str]:
    """Run the rounds and name every fault. `app` is on the data that is served, for preparing and checking."""
    with app.app_context():
        album = [picture(seed, (160, 120)) for seed in range(4)]
        entries = entries_for(rounds, "huaxin", random.Random(20), album)
        db.session.remove()
    phone = Phone(served.url, Book()).sign_in("wang")
    faults = [fault for entry in entries for fault in faults_of(at_one_instant(phone, entry))]
    with app.app_context():
        faults += [f"{entry.uuid} {fault}" for entry in entries for fault in _stored(entry)]
        db.session.remove()
    return faults


def at_one_instant(phone: Phone, entry: Entry, count: int = POSTS) -> list[Answer]:
    """Post the same filing `count` times at one moment, its photos sent before."""
    token = phone.token()
    assert token
    for sha, data in entry.photos.items():
        assert phone.put(sha, data, token).status in (200, 201)
    barrier, answers = threading.Barrier(count), []

    def post() -> None:
        barrier.wait()
        answers.append(phone.post(entry, token))

    threads = [threading.Thread(target=post) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def faults_of(answers: list[Answer]) -> list[str]:
    """What is wrong with the answers to equal posts: exactly one is new, all give one receipt."""
    statuses = sorted(answer.status for answer in answers)
    faults = [] if statuses == [200] * (len(answers) - 1) + [201] else [f"statuses {statuses}"]
    receipts = [answer.json.get("receipt") for answer in answers]
    return faults + (["receipts differ"] if any(one != receipts[0] for one in receipts) else [])


def _count(kind: type[Check | Hazard | HistoryRow], *conditions: sa.ColumnElement[bool]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(kind).where(*conditions)) or 0


def _stored(entry: Entry) -> list[str]:
    """What is wrong with the rows of a filing: one check, its hazards once, one line of history."""
    checks = db.session.scalars(sa.select(Check.id).where(Check.uuid == entry.uuid)).all()
    if len(checks) != 1:
        return [f"{len(checks)} checks"]
    counts = (
        _count(Hazard, Hazard.check_id == checks[0]),
        _count(HistoryRow, HistoryRow.thing == "checks", HistoryRow.thing_id == checks[0]),
    )
    wanted = (len(entry.filing.get("findings", [])), 1)
    return [] if counts == wanted else [f"hazards and history {counts}, not {wanted}"]
