"""`flask backup` and `flask restore`: what is kept comes back, what is not whole is refused untouched."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests import cast
from tests.checks.filings import picture, sent_photo
from tests.faults.steps import killed_at
from tests.operations.operator import (
    file_with_photo,
    files_below,
    has_database,
    is_begun,
    newest,
    one,
    refuse,
    rewrite_manifest,
    run,
    succeed,
    turn_a_bit,
)
from xuncha.accounts.models import User
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.photos.store import PhotoStore


@pytest.fixture
def backups(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("disk") / "backups"


def rows(app: Flask) -> list[Any]:
    with app.app_context(), db.engine.connect() as connection:
        return [
            *connection.execute(sa.text("SELECT uuid, payload FROM checks ORDER BY id")).all(),
            *connection.execute(sa.text("SELECT * FROM photos ORDER BY id")).all(),
        ]


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
def test_a_backup_comes_back_on_an_empty_machine(
    app: Flask, tmp_path: Path, backups: Path, elsewhere: Flask, encrypted: bool
) -> None:
    (tmp_path / "secret-key").write_text("5ec2e7" * 10)
    for seed, (who, code) in enumerate((("wang", "huaxin"), ("zhao", "lifeng"))):
        file_with_photo(who, code, seed)
    key = ["--key-file", backups.parent / "key"] if encrypted else []
    if encrypted:
        succeed(app, "backup", "key", key[1])
    succeed(app, "backup", backups, *key)
    assert "2 checks, 2 photos" in succeed(app, "backup", "verify", backups, *key)
    succeed(elsewhere, "restore", backups, *key)
    data = Path(elsewhere.config["DATA"])
    assert rows(elsewhere) == rows(app)
    assert len(rows(elsewhere)) == 4
    assert files_below(data / "photos" / "originals") == files_below(tmp_path / "photos" / "originals")
    assert (data / "secret-key").read_text() == "5ec2e7" * 10
    plain = b"".join(path.read_bytes() for path in backups.rglob("*") if path.is_file())
    assert (picture(0) in plain, has_database(plain)) == (not encrypted, not encrypted)
    told = run(elsewhere, "doctor").output
    # A database server of another machine tells the real time, and this machine's clock stands at cast.NOW.
    assert told.count("FAULT") == told.count("FAULT clock")


def test_photos_are_copied_once(app: Flask, backups: Path) -> None:
    file_with_photo("wang", "huaxin", 1)
    succeed(app, "backup", backups)
    before = {path: path.stat().st_ino for path in (backups / "photos").rglob("*") if path.is_file()}
    with time_machine.travel(cast.NOW + timedelta(hours=1), tick=True):
        file_with_photo("zhao", "lifeng", 2)
        succeed(app, "backup", backups)
    after = {path: path.stat().st_ino for path in (backups / "photos").rglob("*") if path.is_file()}
    assert len(before) == 1 and len(after) == 2 and before.items() <= after.items()
    assert "2 checks" in succeed(app, "backup", "verify", backups)
    first = min(backups.glob("*Z"))
    assert "1 checks" in succeed(app, "backup", "verify", first)
    assert succeed(app, "backup", "list", backups).count("whole") == 2


def test_killed_at_every_step_a_backup_is_whole_or_none(app: Flask, backups: Path, elsewhere: Flask) -> None:
    file_with_photo("wang", "huaxin", 1)
    database = db.engine
    outcomes = []
    for nth in range(1, 40):
        shutil.rmtree(backups, ignore_errors=True)
        died = killed_at(nth, database, lambda: succeed(app, "backup", backups))
        done = run(app, "backup", "verify", backups)
        outcomes.append(done.exit_code == 0)
        if done.exit_code and backups.exists():
            assert "half a backup" in done.output or "no backup" in done.output
            assert "backup" in refuse(elsewhere, "restore", backups)
        if not died:
            break
        with time_machine.travel(cast.NOW + timedelta(hours=nth), tick=True):
            succeed(app, "backup", backups)
        assert not list(backups.glob("*.partial"))
    assert not died and outcomes[-1] and outcomes.count(False) > 4


def test_killed_at_every_step_a_restore_is_done_again_or_was_done(
    app: Flask, backups: Path, machine: Callable[[], Flask]
) -> None:
    file_with_photo("wang", "huaxin", 1)
    succeed(app, "backup", backups)
    again = 0
    for nth in range(1, 60):
        new = machine()
        with new.app_context():
            engine = db.engine
            died = killed_at(nth, engine, lambda new=new: succeed(new, "restore", backups))
        done = run(new, "restore", backups)
        assert done.exit_code == 0 or "in use" in done.output, done.output
        again += done.exit_code == 0
        assert "1 photos are as they were sent" in succeed(new, "scrub")
        assert len(rows(new)) == 2
        with new.app_context():
            db.engine.dispose()
        if not died:
            break
    assert not died and again > 3


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
def test_one_changed_bit_anywhere_is_named_and_nothing_is_restored(
    app: Flask, tmp_path: Path, backups: Path, elsewhere: Flask, encrypted: bool
) -> None:
    (tmp_path / "secret-key").write_text("5ec2e7" * 10)
    file_with_photo("wang", "huaxin", 1)
    key = ["--key-file", backups.parent / "key"] if encrypted else []
    if encrypted:
        succeed(app, "backup", "key", key[1])
    succeed(app, "backup", backups, *key)
    data = Path(elsewhere.config["DATA"])
    before = files_below(data)
    files = sorted(path for path in backups.rglob("*") if path.is_file() and path.name != ".lock")
    assert len(files) == 6
    for path in files:
        whole = path.read_bytes()
        for damage in (lambda one: turn_a_bit(one), lambda one: one.write_bytes(b""), Path.unlink):
            damage(path)
            wanted = "manifest" if path.name.startswith("manifest") else path.name
            assert wanted in refuse(app, "backup", "verify", backups, *key) or damage is Path.unlink
            assert refuse(elsewhere, "restore", backups, *key)
            assert files_below(data) == before
            path.write_bytes(whole)
    succeed(elsewhere, "restore", backups, *key)


def test_a_wrong_key_or_none_opens_nothing(app: Flask, backups: Path, elsewhere: Flask) -> None:
    backups.mkdir()
    key, other, public = (backups.parent / name for name in ("key", "other", "public"))
    told = [succeed(app, "backup", "key", path) for path in (key, other)]
    public.write_text(told[0].split()[1] + "\n")
    assert "never overwritten" in refuse(app, "backup", "key", key)
    assert key.stat().st_mode & 0o077 == 0
    succeed(app, "backup", backups, "--key-file", public)  # a server that cannot read its own backups
    assert "give its key" in refuse(elsewhere, "restore", backups)
    assert "not its key" in refuse(elsewhere, "restore", backups, "--key-file", other)
    assert "only the public key" in refuse(elsewhere, "restore", backups, "--key-file", public)
    assert "no key file" in refuse(
        elsewhere, "restore", backups, "--key-file", newest(backups) / "photos.txt"
    )
    assert not is_begun(elsewhere)
    succeed(elsewhere, "restore", backups, "--key-file", key)


def test_what_cannot_be_restored_is_refused_in_words(
    app: Flask, tmp_path: Path, backups: Path, elsewhere: Flask
) -> None:
    file_with_photo("wang", "huaxin", 1)
    succeed(app, "backup", backups)
    assert "in use" in refuse(app, "restore", backups)
    made = newest(backups)
    for change, words in (
        (lambda told: told.update(revision="9999", version="9.0"), "newer release (9.0"),
        (lambda told: told.update(format=99, version="9.0"), "newer release (9.0)"),
        (lambda told: told.update(database="another"), "another"),
        (lambda told: told.pop("files"), "cannot be read"),
    ):
        kept = (made / "manifest.json").read_bytes(), (made / "manifest.json.sha256").read_bytes()
        rewrite_manifest(made, change)
        assert words in refuse(elsewhere, "restore", backups)
        (made / "manifest.json").write_bytes(kept[0])
        (made / "manifest.json.sha256").write_bytes(kept[1])
    assert "holds no backup" in refuse(elsewhere, "restore", tmp_path)
    assert "s3://" in refuse(app, "backup", "ftp://zone/backups")
    assert "must be" in refuse(app, "backup", "s3://zone/backups?unknown=1")
    assert "data folder" in refuse(app, "backup", tmp_path / "backups")
    assert "nothing to back up" in refuse(elsewhere, "backup", backups.parent / "new")
    assert not is_begun(elsewhere)


def test_a_lost_photo_is_told_and_comes_from_an_earlier_backup(
    app: Flask, tmp_path: Path, backups: Path
) -> None:
    held, lost = file_with_photo("wang", "huaxin", 1), ""
    succeed(app, "backup", backups)
    lost = str(sent_photo(one(User, User.username == "wang"), 2)["sha256"])
    photos = PhotoStore(tmp_path / "photos")
    turn_a_bit(photos.path(held))
    turn_a_bit(photos.path(lost))
    with time_machine.travel(cast.NOW + timedelta(hours=1), tick=True):
        told = refuse(app, "backup", backups)
    assert lost in told and held not in told and "photos lacking" in told
    assert lost in succeed(app, "backup", "verify", backups)
    assert "1 photos put back" in succeed(app, "restore", backups, "--photo", held)
    assert photos.verify(held) and not photos.verify(lost)
    assert lost in refuse(app, "restore", backups, "--photo", lost)


@pytest.mark.about_sqlite
def test_a_damaged_database_is_not_backed_up_as_a_sound_one(
    app: Flask, tmp_path: Path, backups: Path
) -> None:
    file_with_photo("wang", "huaxin", 1)
    root = db.session.scalar(sa.text("SELECT rootpage FROM sqlite_master WHERE name = 'photos'"))
    size = db.session.scalar(sa.text("PRAGMA page_size"))
    db.session.remove()
    db.engine.dispose()
    with sqlite3.connect(tmp_path / "xuncha.db") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = tmp_path / "xuncha.db"
    whole = path.read_bytes()
    path.write_bytes(whole[: (root - 1) * size] + b"\xff" * size + whole[root * size :])
    assert "database" in refuse(app, "backup", backups)
    assert "no backup" in refuse(app, "backup", "verify", backups)
    path.write_bytes(whole)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Check)) == 1
