"""The server's clock jumps a day, its zone changes: numbers go on in the order of arrival, no deadline is lost or doubled."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests import cast
from tests.house import House
from tests.sync.phones import Phone, visit
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.schedule.models import Task

JUMPS = [timedelta(), timedelta(days=-1), timedelta(days=2), timedelta(days=1)]


@pytest.fixture(params=["Asia/Shanghai", "America/Los_Angeles"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The zone that the server believes in."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("zone")
def test_receipts_are_ordered_by_their_numbers(
    app: Flask, as_user: Callable[[str], House], site: Callable[[str], Site]
) -> None:
    number = site("huaxin").id
    db.session.rollback()
    given, receipts = [], []
    for jump in JUMPS:
        with time_machine.travel(cast.NOW + jump):
            given.append(visit(number, late_reason="没有信号"))
            answer = Phone(as_user("wang")).file(given[-1])
            assert answer.status_code == 201, answer.get_data(as_text=True)
            receipts.append(answer.get_json()["receipt"])
    serials = db.session.scalars(sa.select(Check.serial).order_by(Check.id)).all()
    assert list(serials) == sorted(set(serials))
    numbers = db.session.scalars(sa.select(Check.number).order_by(Check.serial)).all()
    assert list(numbers) == [receipt["number"] for receipt in receipts]
    phone = Phone(as_user("wang"))
    assert [phone.file(one).get_json()["receipt"] for one in given] == receipts


@pytest.mark.usefixtures("zone")
def test_no_deadline_is_lost_or_doubled(app: Flask) -> None:
    planned = []
    for jump in JUMPS:
        with time_machine.travel(cast.NOW + jump):
            assert app.test_cli_runner().invoke(args=["nightly"]).exit_code == 0
        query = sa.select(Task.id, Task.site_id, Task.window_start, Task.due_on).order_by(Task.id)
        planned.append(list(db.session.execute(query)))
        db.session.rollback()
    assert planned == [planned[0]] * len(JUMPS)
    assert len({(row.site_id, row.window_start) for row in planned[0]}) == len(planned[0]) > 0
