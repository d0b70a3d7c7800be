"""`flask upgrade`: from every release on, one that fails leaves all as it was, and going back loses nothing unsaid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask_migrate import downgrade

from tests import cast
from tests.conftest import build
from tests.house import House
from tests.operations.freeze_release import RELEASES, unfreeze
from tests.operations.operator import empty_machine, file_with_photo, newest, one, refuse, run, succeed
from xuncha.accounts.models import User
from xuncha.checks.models import Check
from xuncha.core import maintenance
from xuncha.core.db import db
from xuncha.operations import upgrading

Browser = Callable[[str], House]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrading, "REST_S", 0)


@pytest.fixture
def backups(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("disk")


@pytest.fixture(params=sorted(path.name for path in RELEASES.iterdir()))
def released(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A zone as a release left it, under this release's program."""
    data = tmp_path_factory.mktemp("released")
    unfreeze(request.param, data)
    app = build(f"sqlite:///{data / 'xuncha.db'}", data)
    with time_machine.travel(cast.NOW + timedelta(days=1), tick=True):
        yield app
        with app.app_context():
            db.engine.dispose()


def demand_whole(app: Flask) -> None:
    """The two checks of a frozen zone with their photos and hazards, opened by whoever signs in."""
    succeed(app, "scrub")
    with app.app_context():
        number = one(User, User.username == "admin").id
        checks = db.session.scalars(sa.select(Check)).all()
        assert len(checks) == 2 and all(len(check.photos) == 1 for check in checks)
        addresses = [f"/checks/{check.id}" for check in checks] + ["/hazards", "/today", "/figures"]
        db.session.rollback()
        browser = app.test_client()
        assert isinstance(browser, House)
        browser.sign_in(number)
        for address in addresses:
            assert browser.get(address, follow_redirects=True).status_code == 200, address
        assert browser.text("/hazards").count("灭火器已过期") == 2


def test_a_released_zone_is_upgraded_and_taken_back(released: Flask, backups: Path) -> None:
    with released.app_context():
        before = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
        db.session.remove()
    told = succeed(released, "upgrade", backups)
    assert told.startswith(f"tables {before} to ")
    with released.app_context():
        maintenance.end()  # as the new server does when it starts
    demand_whole(released)
    assert "stands again" in succeed(released, "upgrade", "--undo")
    with released.app_context():
        assert db.session.scalar(sa.text("SELECT version_num FROM alembic_version")) == before
        assert db.session.scalar(sa.text("SELECT count(*) FROM checks")) == 2
        db.session.remove()
    succeed(released, "upgrade", backups)
    with released.app_context():
        maintenance.end()
    demand_whole(released)


def test_the_backup_of_a_release_restores_on_this_one(
    released: Flask, backups: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    succeed(released, "backup", backups)
    elsewhere = empty_machine(tmp_path_factory.mktemp("elsewhere") / "data")
    succeed(elsewhere, "restore", backups)
    demand_whole(elsewhere)


def test_an_upgrade_that_fails_leaves_the_zone_as_it_was(
    app: Flask, as_user: Browser, backups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_with_photo("wang", "huaxin", 1)
    browser = as_user("wang")

    def break_off() -> None:
        downgrade(revision="-3")  # whatever it was about to change
        raise RuntimeError("no such column")

    with monkeypatch.context() as broken:
        broken.setattr(upgrading, "bring_up_to_date", break_off)
        told = refuse(app, "upgrade", backups)
    assert "as it was" in told and "no such column" in told
    assert browser.get("/today").status_code == 200
    assert "figures rebuild" not in run(app, "doctor").output
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Check)) == 1
    db.session.rollback()
    assert "no upgrade is noted" in refuse(app, "upgrade", "--undo")


def test_going_back_names_what_was_added_since(app: Flask, backups: Path) -> None:
    file_with_photo("wang", "huaxin", 1)
    succeed(app, "upgrade", backups)
    maintenance.end()
    with time_machine.travel(cast.NOW + timedelta(hours=1), tick=True):
        file_with_photo("zhao", "lifeng", 2)
        assert "1 checks, 1 hazards" in refuse(app, "upgrade", "--undo")
        assert not maintenance.is_on()
        succeed(app, "upgrade", "--undo", "--lose-newer")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Check)) == 1
    db.session.rollback()
    assert "2 checks" in succeed(app, "backup", "verify", newest(backups))


def test_later_backups_leave_the_one_that_going_back_needs(app: Flask, backups: Path) -> None:
    succeed(app, "upgrade", backups)
    maintenance.end()
    for hours in (1, 2):
        with time_machine.travel(cast.NOW + timedelta(hours=hours), tick=True):
            told = succeed(app, "backup", backups, "--keep-daily", 1)
    assert told.count("deleted") == 1, "the one of an hour before"
    assert "stands again" in succeed(app, "upgrade", "--undo")


def test_while_it_is_upgraded_everybody_is_told_to_come_back(
    app: Flask, as_user: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.house.check_answer", lambda _response: None)  # it refuses every 5xx
    browser = as_user("wang")
    with maintenance.held():
        for page in (browser.get("/today"), browser.post("/checks/new/1"), app.test_client().get("/sign-in")):
            assert (page.status_code, page.headers["Retry-After"]) == (503, "30")
            assert "保存在这部手机上" in page.get_data(as_text=True)
        told = browser.post("/sync/filings", json={})
        assert (told.status_code, told.headers["Retry-After"], told.is_json) == (503, "30", True)
        assert browser.get("/healthz").status_code == 200
        with pytest.raises(maintenance.Running):
            maintenance.end()
        assert "under way" in refuse(app, "upgrade", "/tmp")
    maintenance.end()
    assert browser.get("/today").status_code == 200


def test_an_upgrade_needs_its_folder_and_a_key_that_opens(app: Flask, backups: Path) -> None:
    public = backups / "public"
    succeed(app, "backup", "key", backups / "key")
    public.write_text((backups / "key").read_text().splitlines()[0].split(": ")[1])
    assert "secret key" in refuse(app, "upgrade", backups, "--key-file", public)
    assert not maintenance.is_on()
