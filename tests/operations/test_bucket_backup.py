"""Backups in a bucket of a real S3 server: what is kept comes back, what is half, changed or away is refused untouched."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from tests import cast
from tests.checks.filings import picture
from tests.conftest import build
from tests.operations.operator import (
    empty_machine,
    file_with_photo,
    files_below,
    newest,
    refuse,
    succeed,
    turn_a_bit,
)
from tests.photos.s3_server import KEYS, S3Server
from tests.served import ROOT, Served
from xuncha.core import maintenance
from xuncha.core.db import db
from xuncha.operations import upgrading
from xuncha.operations.bucket_place import bucket_place
from xuncha.photos.queries import store


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    # These tests change the files beneath it: it must not remember what its folders hold.
    fresh = ("--dir-cache-time", "0s")
    running = S3Server(tmp_path_factory.mktemp("store") / "s3", options=fresh).start()
    yield running
    running.stop()


@pytest.fixture
def address(server: S3Server) -> str:
    return server.address_of("backups/zone")


@pytest.fixture
def objects(server: S3Server, address: str) -> Path:
    """The objects, as the files that the server keeps them in."""
    return server.folder / "backups" / "zone"


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An empty machine."""
    app = empty_machine(tmp_path_factory.mktemp("elsewhere") / "data")
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def key_made(app: Flask, folder: Path) -> list[str]:
    """The options of encrypted backups."""
    succeed(app, "backup", "key", folder / "key")
    return ["--key-file", str(folder / "key")]


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
def test_a_backup_comes_back_and_each_changed_byte_is_named(
    app: Flask,
    tmp_path: Path,
    server: S3Server,
    address: str,
    objects: Path,
    elsewhere: Flask,
    encrypted: bool,
) -> None:
    (tmp_path / "secret-key").write_text("5ec2e7" * 10)
    file_with_photo("wang", "huaxin", 1)
    key = key_made(app, server.folder.parent) if encrypted else []
    succeed(app, "backup", address, *key)
    files = sorted(path for path in objects.rglob("*") if path.is_file())
    assert len(files) == 6 and not list(tmp_path.glob("backup-*"))
    data = Path(elsewhere.config["DATA"])
    before = files_below(data)
    for path in files:
        whole = path.read_bytes()
        for damage in (turn_a_bit, Path.unlink):
            damage(path)
            assert path.name in refuse(app, "backup", "verify", address, *key) or damage is Path.unlink
            assert refuse(elsewhere, "restore", address, *key)
            assert files_below(data) == before
            path.write_bytes(whole)
    assert "1 checks, 1 photos" in succeed(app, "backup", "verify", address, *key)
    succeed(elsewhere, "restore", address, *key)
    assert files_below(data / "photos" / "originals") == files_below(tmp_path / "photos" / "originals")
    assert (data / "secret-key").read_text() == "5ec2e7" * 10
    assert "1 photos are as they were sent" in succeed(elsewhere, "scrub")
    plain = b"".join(path.read_bytes() for path in files)
    assert (picture(1) in plain, b"SQLite format 3" in plain) == (not encrypted, not encrypted)


def test_photos_are_put_once_and_go_with_the_last_backup_that_names_them(
    app: Flask, address: str, objects: Path
) -> None:
    first = file_with_photo("wang", "huaxin", 1)
    succeed(app, "backup", address)
    kept = next(path for path in (objects / "photos").rglob("*") if path.is_file())
    written = kept.stat().st_mtime_ns
    stray = objects / "photos" / "00" / "11" / ("0011" + "a" * 60)
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"of a backup that is gone")
    for days in (1, 2):
        with time_machine.travel(cast.NOW + timedelta(days=days), tick=True):
            told = succeed(app, "backup", address, "--keep-daily", 2)
    assert told.count("deleted s3://backups/zone/") == 1
    assert kept.name == first and kept.stat().st_mtime_ns == written and not stray.exists()
    assert len(list(objects.glob("*Z"))) == 2
    assert succeed(app, "backup", "list", address).count("whole") == 2
    older = min(objects.glob("*Z")).name
    assert f"zone/{older}" in succeed(app, "backup", "verify", address.replace("zone", f"zone/{older}"))
    # One damaged photo is put back from the bucket.
    turn_a_bit(store().path(first))
    assert first in refuse(app, "scrub")
    assert "1 photos put back" in succeed(app, "restore", address, "--photo", first)
    assert "1 photos are as they were sent" in succeed(app, "scrub")


def test_a_backup_that_was_cut_off_is_half_until_the_next_one(
    app: Flask,
    server: S3Server,
    address: str,
    objects: Path,
    elsewhere: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photo = file_with_photo("wang", "huaxin", 1)
    succeed(app, "backup", address)
    whole = newest(objects)
    for missing in (("manifest.json.sha256",), ("manifest.json", "manifest.json.sha256"), ("database",)):
        kept = {name: (whole / name).read_bytes() for name in missing}
        for name in missing:
            (whole / name).unlink()
        for command in ("backup verify", "restore"):
            told = refuse(elsewhere, *command.split(), address)
            assert "half a backup" in told or ": missing" in told
        assert not (Path(elsewhere.config["DATA"]) / "xuncha.db").exists()
        for name, content in kept.items():
            (whole / name).write_bytes(content)
    (whole / "manifest.json.sha256").unlink()
    with time_machine.travel(cast.NOW + timedelta(hours=1), tick=True):
        succeed(app, "backup", address)
    assert [path.name for path in objects.glob("*Z")] == [newest(objects).name] != [whole.name]
    assert [path.name for path in (objects / "photos").rglob("*") if path.is_file()] == [photo]
    assert "whole" in succeed(app, "backup", "verify", address)


def test_a_store_that_is_away_or_refuses_us_is_told_and_nothing_is_called_damaged(
    app: Flask,
    tmp_path: Path,
    server: S3Server,
    address: str,
    elsewhere: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file_with_photo("wang", "huaxin", 1)
    succeed(app, "backup", address)
    data = Path(elsewhere.config["DATA"])
    before = files_below(data)
    server.stop()
    for words in (("backup",), ("backup", "verify"), ("backup", "list"), ("restore",)):
        told = refuse(elsewhere if words == ("restore",) else app, *words, address)
        assert "s3://backups/zone" in told and "damaged" not in told, told
    server.start()
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    strange = f"{address}&region=eu-west-1"  # a client of its own, with these keys
    for words in (("backup",), ("backup", "verify"), ("restore",)):
        told = refuse(elsewhere if words == ("restore",) else app, *words, strange)
        assert "s3://backups/zone" in told and "damaged" not in told, told
    assert files_below(data) == before and not list(tmp_path.glob("backup-*"))


def test_photos_in_a_bucket_are_backed_up_into_another_one_only(
    app: Flask, tmp_path: Path, server: S3Server, address: str, objects: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = server.address_of("photos/zone")
    app.config["PHOTO_STORE"] = photos
    with app.app_context():
        sent = file_with_photo("wang", "huaxin", 1)
    assert [path.name for path in server.originals] == [sent]
    shutil.rmtree(tmp_path / "photos")  # another node: it has no cache
    assert "another bucket" in refuse(app, "backup", server.address_of("photos/backups"))
    succeed(app, "backup", address)
    assert [path.name for path in (objects / "photos").rglob("*") if path.is_file()] == [sent]
    # A changed original is told, whatever this node's cache still has.
    turn_a_bit(server.originals[0])
    shutil.rmtree(objects / "photos")
    assert sent in refuse(app, "backup", address)
    app.config["PHOTO_STORE"] = ""


def test_a_key_that_is_not_its_own_opens_nothing(
    app: Flask, server: S3Server, address: str, elsewhere: Flask
) -> None:
    key = key_made(app, server.folder.parent)
    other = server.folder.parent / "other"
    succeed(app, "backup", "key", other)
    succeed(app, "backup", address, *key)
    assert "give its key" in refuse(elsewhere, "restore", address)
    assert "not its key" in refuse(elsewhere, "restore", address, "--key-file", other)
    assert not (Path(elsewhere.config["DATA"]) / "xuncha.db").exists()


def test_two_at_once_do_not_write_to_one_bucket_and_a_dead_one_bars_nobody_for_long(
    app: Flask, address: str, objects: Path
) -> None:
    file_with_photo("wang", "huaxin", 1)
    with app.app_context(), bucket_place(address).alone():
        assert "another backup is being written" in refuse(app, "backup", address)
        assert len(list((objects / "locks").iterdir())) == 1
    left = objects / "locks" / "0123"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"")
    assert "cut off less than 10 minutes ago" in refuse(app, "backup", address)
    long_ago = time.time() - 660
    os.utime(left, (long_ago, long_ago))
    succeed(app, "backup", address)
    assert not left.exists()


def test_an_upgrade_backs_up_into_a_bucket_and_comes_back_from_it(
    app: Flask, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrading, "REST_S", 0)
    file_with_photo("wang", "huaxin", 1)
    assert "backup before it: s3://backups/zone/" in succeed(app, "upgrade", address)
    with app.app_context():
        maintenance.end()
    with time_machine.travel(cast.NOW + timedelta(hours=1), tick=True):
        assert "stands again" in succeed(app, "upgrade", "--undo")


def test_killed_while_it_writes_a_backup_is_never_taken_for_whole(
    settled: Path, tmp_path: Path, server: S3Server, address: str, objects: Path
) -> None:
    shutil.copyfile(settled, tmp_path / "xuncha.db")
    app = build(f"sqlite:///{tmp_path / 'xuncha.db'}", tmp_path)
    with time_machine.travel(cast.NOW, tick=True), app.app_context():
        file_with_photo("wang", "huaxin", 1)
        db.session.remove()
        db.engine.dispose()
    served = Served(tmp_path)
    whole = 0
    for moment in ("locks/*", "*Z/database", "photos/*/*/*", "*Z/photos.txt", "*Z/manifest.json"):
        shutil.rmtree(objects)
        objects.mkdir()
        command = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "backup", address],
            cwd=ROOT,
            env=served.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 60
        while not list(objects.glob(moment)) and command.poll() is None and time.monotonic() < end:
            time.sleep(0.001)
        command.send_signal(signal.SIGKILL)
        command.wait()
        finished = bool(list(objects.glob("*Z/manifest.json.sha256")))
        whole += finished
        words = ("backup", "verify", address)
        assert "whole" in succeed(app, *words) if finished else "backup" in refuse(app, *words)
        for lock in objects.glob("locks/*"):
            os.utime(lock, (0, 0))
        succeed(app, "backup", address)
        assert len(list(objects.glob("*Z"))) == 1 + finished
    assert whole < 5
