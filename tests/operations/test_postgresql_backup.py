"""Backups on a real PostgreSQL: restored into an empty database, refused into a living one, and an upgrade taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask_migrate import downgrade

from tests import cast
from tests.conftest import build
from tests.operations.operator import file_with_photo, newest, refuse, succeed, turn_a_bit
from xuncha.checks.models import Check
from xuncha.core import maintenance
from xuncha.core.db import db
from xuncha.operations import upgrading


@pytest.fixture
def pg(settled_pg: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The cast's zone on PostgreSQL, with one check."""
    monkeypatch.setattr(upgrading, "REST_S", 0)
    app = build(settled_pg, tmp_path)
    with time_machine.travel(cast.NOW, tick=True):
        with app.app_context():
            file_with_photo("wang", "huaxin", 1)
            db.session.remove()
        yield app
    with app.app_context():
        db.engine.dispose()


def count(app: Flask) -> int | None:
    with app.app_context():
        found = db.session.scalar(sa.select(sa.func.count()).select_from(Check))
        db.session.remove()
        return found


def test_a_dump_is_restored_into_an_empty_database_only(
    pg: Flask, empty_pg: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups = tmp_path_factory.mktemp("disk")
    key = ["--key-file", backups / "key"]
    succeed(pg, "backup", "key", key[1])
    succeed(pg, "backup", backups, *key)
    assert "in use" in refuse(pg, "restore", backups, *key)
    elsewhere = build(empty_pg, tmp_path_factory.mktemp("new"))
    dump = newest(backups) / "database"
    turn_a_bit(dump)
    assert "database" in refuse(elsewhere, "restore", backups, *key)
    turn_a_bit(dump)
    assert "kind of database" in refuse(
        build(f"sqlite:///{tmp_path_factory.mktemp('other') / 'x.db'}", tmp_path_factory.mktemp("other")),
        *("restore", backups, *key),
    )
    succeed(elsewhere, "restore", backups, *key)
    assert count(elsewhere) == 1
    assert "1 photos are as they were sent" in succeed(elsewhere, "scrub")
    with elsewhere.app_context():
        db.engine.dispose()
    monkeypatch.setenv("PATH", "")
    assert "postgresql-client" in refuse(pg, "backup", backups / "more", *key)


def test_an_upgrade_is_taken_back_and_one_that_fails_takes_itself_back(
    pg: Flask, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups = tmp_path_factory.mktemp("disk")

    def break_off() -> None:
        downgrade(revision="-1")
        raise RuntimeError("no such column")

    with monkeypatch.context() as broken:
        broken.setattr(upgrading, "bring_up_to_date", break_off)
        assert "as it was" in refuse(pg, "upgrade", backups)
    assert count(pg) == 1
    with time_machine.travel(cast.NOW.replace(hour=23), tick=True):
        succeed(pg, "upgrade", backups)
        with pg.app_context():
            maintenance.end()
            file_with_photo("zhao", "lifeng", 2)
            db.session.remove()
    with time_machine.travel(cast.NOW.replace(hour=23, minute=30), tick=True):
        assert "1 checks" in refuse(pg, "upgrade", "--undo")
        succeed(pg, "upgrade", "--undo", "--lose-newer")
    assert count(pg) == 1
    assert "2 checks" in succeed(pg, "backup", "verify", newest(backups))
