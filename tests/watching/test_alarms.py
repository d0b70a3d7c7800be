"""`flask alarms` tells the administrators what must be looked at: once a thing and day, by one run at a time."""

import fcntl
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import time_machine
from flask import Flask
from tests import cast
from tests.postgresql import set_clock
from tests.reminders.conftest import SetChannel
from tests.reminders.receivers import HttpReceiver
from tests.served import ROOT

from xuncha.core.db import db
from xuncha.watching import kept_moment
from xuncha.watching.conditions import ALL


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: Usage(1000, 500, 500))


@pytest.fixture
def app(app: Flask, database: str) -> Flask:
    """The application, whose database tells the same time."""
    if database.startswith("postgresql"):
        set_clock(database, cast.NOW)
        db.engine.dispose()
    return app


def run(app: Flask) -> Any:
    db.session.rollback()
    return app.test_cli_runner().invoke(args=["alarms"])


def fill(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: Usage(1000, 940, 60))


def test_all_is_well_and_nobody_is_told(app: Flask, receiver: HttpReceiver, set_channel: SetChannel) -> None:
    set_channel("admin", receiver.address)
    done = run(app)
    assert done.exit_code == 0 and receiver.texts == []


def test_an_alarm_comes_once_a_day_and_again_the_next(
    app: Flask, receiver: HttpReceiver, set_channel: SetChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_channel("admin", receiver.address)
    fill(monkeypatch)
    assert run(app).exit_code == run(app).exit_code == 0
    assert len(receiver.texts) == 1 and "disk" in receiver.texts[0] and "6%" in receiver.texts[0]
    with time_machine.travel(cast.NOW + timedelta(days=1), tick=True):
        assert run(app).exit_code == 0
    assert len(receiver.texts) == 2


def test_a_second_thing_on_the_same_day_is_told(
    app: Flask, receiver: HttpReceiver, set_channel: SetChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_channel("admin", receiver.address)
    fill(monkeypatch)
    run(app)
    kept_moment.keep(cast.NOW + timedelta(hours=1))
    run(app)
    assert ["clock: " in text for text in receiver.texts] == [False, True]
    assert "disk: " not in receiver.texts[1]


def test_what_no_channel_took_is_tried_again(
    app: Flask, receiver: HttpReceiver, set_channel: SetChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(monkeypatch)
    assert run(app).exit_code == 1
    set_channel("admin", receiver.address)
    assert run(app).exit_code == 0
    assert len(receiver.texts) == 1


def test_a_run_beside_another_does_nothing(
    app: Flask, receiver: HttpReceiver, set_channel: SetChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_channel("admin", receiver.address)
    fill(monkeypatch)
    lock = Path(app.config["DATA"], "alarms", "lock")
    lock.parent.mkdir()
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert run(app).output == "another run is at work\n"
    assert receiver.texts == []


def test_nobody_but_the_office_is_told(
    app: Flask, receiver: HttpReceiver, set_channel: SetChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_channel("wang", receiver.address)
    fill(monkeypatch)
    assert run(app).exit_code == 1 and receiver.texts == []


def test_the_next_years_workdays_are_asked_for_in_december(app: Flask) -> None:
    months = {}
    for month in (11, 12):
        with time_machine.travel(cast.NOW.replace(year=2032, month=month), tick=True):
            months[month] = run(app).output
    assert "2032" in months[11] and "2033" not in months[11]
    assert "2032, 2033" in months[12]


def test_a_clock_that_goes_backwards_is_told(app: Flask) -> None:
    run(app)
    with time_machine.travel(cast.NOW - timedelta(hours=2), tick=True):
        assert "clock: The clock differs by 72" in run(app).output


def test_every_alarm_stands_in_the_runbook() -> None:
    text = (ROOT / "docs" / "operations" / "runbook.md").read_text("utf-8")
    heads = [line.removeprefix("## ").split(":")[0] for line in text.splitlines() if line.startswith("## ")]
    assert [name for name in ALL if name not in heads] == []
