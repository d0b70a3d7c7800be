"""Equal posts at one instant, on both databases, through the shipped server."""

import random
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask

from tests.checks.filings import picture
from tests.faults.client import Book, Phone
from tests.faults.races import at_one_instant, faults_of
from tests.faults.storm import entries_for
from tests.served import Served
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.core.history import HistoryRow
from xuncha.hazards.models import Hazard

ROUNDS, POSTS = 4, 20
On = tuple[Flask, Callable[[], Served]]


def count(query: sa.Select[int]) -> int:
    return db.session.scalar(query) or 0


def test_twenty_equal_posts_at_one_instant_are_one_check(on: On) -> None:
    app, serve = on
    with app.app_context():
        dice = random.Random(20)
        entries = entries_for(ROUNDS, "huaxin", dice, [picture(seed, (160, 120)) for seed in range(4)])
        db.session.remove()
    phone = Phone(serve().url, Book()).sign_in("wang")
    for entry in entries:
        assert faults_of(at_one_instant(phone, entry, POSTS)) == []
    with app.app_context():
        for entry in entries:
            [check] = db.session.scalars(sa.select(Check).where(Check.uuid == entry.uuid))
            hazards = count(sa.select(sa.func.count()).select_from(Hazard).where(Hazard.check_id == check.id))
            assert hazards == len(entry.filing.get("findings", []))
            filed = sa.select(sa.func.count()).select_from(HistoryRow)
            assert count(filed.where(HistoryRow.thing == "checks", HistoryRow.thing_id == check.id)) == 1
        db.session.remove()
