"""Backups in a bucket of a real S3 server: what is kept comes back, what is half, changed or away is refused untouched."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import obstore
import pytest
import time_machine
from flask import Flask

from tests import cast
from tests.checks.filings import picture
from tests.conftest import build
from tests.operations.operator import (
    file_with_photo,
    files_below,
    has_database,
    is_begun,
    refuse,
    succeed,
    turn_a_bit,
)
from tests.photos.s3_server import S3Server
from tests.served import ROOT, Served
from xuncha.core import maintenance
from xuncha.core.db import db
from xuncha.operations import upgrading
from xuncha.operations.bucket_place import bucket_place
from xuncha.photos.queries import store


@pytest.fixture
def address(store: S3Server) -> str:
    return store.address_of("backups/zone")


class Objects:
    """The bucket as another program sees and changes it."""

    def __init__(self, store: S3Server) -> None:
        self.store = store.opened("backups")

    def names(self, *within: str) -> list[str]:
        """The names of all objects, or of those below a prefix, in order."""
        found = obstore.list(self.store, prefix="/".join(within) or None)
        return sorted(entry["path"] for page in found for entry in page)

    def backups(self) -> list[str]:
        """The names of the backups, whole or not."""
        return sorted({name.partition("/")[0] for name in self.names() if "Z/" in name})

    def read(self, name: str) -> bytes:
        return bytes(obstore.get(self.store, name).bytes())

    def write(self, name: str, content: bytes) -> None:
        obstore.put(self.store, name, content)

    def delete(self, *names: str) -> None:
        if names:
            obstore.delete(self.store, list(names))

    def written_at(self, name: str) -> datetime:
        moment: datetime = obstore.head(self.store, name)["last_modified"]
        return moment


@pytest.fixture
def objects(store: S3Server, address: str) -> Objects:
    return Objects(store)


def key_made(app: Flask, folder: Path) -> list[str]:
    """The options of encrypted backups."""
    succeed(app, "backup", "key", folder / "key")
    return ["--key-file", str(folder / "key")]


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
def test_a_backup_comes_back_and_each_changed_byte_is_named(
    app: Flask,
    tmp_path: Path,
    store: S3Server,
    address: str,
    objects: Objects,
    elsewhere: Flask,
    encrypted: bool,
) -> None:
    (tmp_path / "secret-key").write_text("5ec2e7" * 10)
    file_with_photo("wang", "huaxin", 1)
    key = key_made(app, store.folder.parent) if encrypted else []
    succeed(app, "backup", address, *key)
    names = objects.names()
    assert len(names) == 6 and not list(tmp_path.glob("backup-*"))
    data = Path(elsewhere.config["DATA"])
    before = files_below(data)
    for name in names:
        whole, last = objects.read(name), name.rpartition("/")[2]
        changed = bytearray(whole)
        changed[len(whole) // 2] ^= 1
        objects.write(name, bytes(changed))
        assert last in refuse(app, "backup", "verify", address, *key)
        assert refuse(elsewhere, "restore", address, *key)
        objects.delete(name)
        assert refuse(app, "backup", "verify", address, *key)
        assert refuse(elsewhere, "restore", address, *key)
        assert files_below(data) == before
        objects.write(name, whole)
    assert "1 checks, 1 photos" in succeed(app, "backup", "verify", address, *key)
    succeed(elsewhere, "restore", address, *key)
    assert files_below(data / "photos" / "originals") == files_below(tmp_path / "photos" / "originals")
    assert (data / "secret-key").read_text() == "5ec2e7" * 10
    assert "1 photos are as they were sent" in succeed(elsewhere, "scrub")
    plain = b"".join(objects.read(name) for name in names)
    assert (picture(1) in plain, has_database(plain)) == (not encrypted, not encrypted)


def test_photos_are_put_once_and_go_with_the_last_backup_that_names_them(
    app: Flask, address: str, objects: Objects
) -> None:
    first = file_with_photo("wang", "huaxin", 1)
    succeed(app, "backup", address)
    (kept,) = objects.names("photos")
    written = objects.written_at(kept)
    stray = f"photos/00/11/0011{'a' * 60}"
    objects.write(stray, b"of a backup that is gone")
    for days in (1, 2):
        with time_machine.travel(cast.NOW + timedelta(days=days), tick=True):
            told = succeed(app, "backup", address, "--keep-daily", 2)
    assert told.count("deleted s3://backups/zone/") == 1
    assert objects.names("photos") == [kept] and kept.endswith(first) and objects.written_at(kept) == written
    assert len(objects.backups()) == 2
    assert succeed(app, "backup", "list", address).count("whole") == 2
    older = min(objects.backups())
    assert f"zone/{older}" in succeed(app, "backup", "verify", address.replace("/zone", f"/zone/{older}"))
    # One damaged photo is put back from the bucket.
    turn_a_bit(store().path(first))
    assert first in refuse(app, "scrub")
    assert "1 photos put back" in succeed(app, "restore", address, "--photo", first)
    assert "1 photos are as they were sent" in succeed(app, "scrub")


def test_a_backup_that_was_cut_off_is_half_until_the_next_one(
    app: Flask,
    store: S3Server,
    address: str,
    objects: Objects,
    elsewhere: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photo = file_with_photo("wang", "huaxin", 1)
    succeed(app, "backup", address)
    (whole,) = objects.backups()
    for missing in (("manifest.json.sha256",), ("manifest.json", "manifest.json.sha256"), ("database",)):
        kept = {f"{whole}/{name}": objects.read(f"{whole}/{name}") for name in missing}
        objects.delete(*kept)
        for command in ("backup verify", "restore"):
            told = refuse(elsewhere, *command.split(), address)
            assert "half a backup" in told or ": missing" in told
        assert not is_begun(elsewhere)
        for name, content in kept.items():
            objects.write(name, content)
    objects.delete(f"{whole}/manifest.json.sha256")
    with time_machine.travel(cast.NOW + timedelta(hours=1), tick=True):
        succeed(app, "backup", address)
    assert len(objects.backups()) == 1 and objects.backups() != [whole]
    (kept_photo,) = objects.names("photos")
    assert kept_photo.endswith(photo)
    assert "whole" in succeed(app, "backup", "verify", address)


def test_a_store_that_is_away_or_refuses_us_is_told_and_nothing_is_called_damaged(
    app: Flask,
    tmp_path: Path,
    store: S3Server,
    address: str,
    elsewhere: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file_with_photo("wang", "huaxin", 1)
    succeed(app, "backup", address)
    data = Path(elsewhere.config["DATA"])
    before = files_below(data)
    store.stop()
    for words in (("backup",), ("backup", "verify"), ("backup", "list"), ("restore",)):
        told = refuse(elsewhere if words == ("restore",) else app, *words, address)
        assert "s3://backups/zone" in told and "damaged" not in told, told
    store.start()
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    strange = f"{address}&region=eu-west-1"  # a client of its own, with these keys
    for words in (("backup",), ("backup", "verify"), ("restore",)):
        told = refuse(elsewhere if words == ("restore",) else app, *words, strange)
        assert "s3://backups/zone" in told and "damaged" not in told, told
    assert files_below(data) == before and not list(tmp_path.glob("backup-*"))


def test_photos_in_a_bucket_are_backed_up_into_another_one_only(
    app: Flask,
    tmp_path: Path,
    store: S3Server,
    address: str,
    objects: Objects,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photos = store.address_of("photos/zone")
    app.config["PHOTO_STORE"] = photos
    with app.app_context():
        sent = file_with_photo("wang", "huaxin", 1)
    assert [path.name for path in store.originals] == [sent]
    shutil.rmtree(tmp_path / "photos")  # another node: it has no cache
    assert "another bucket" in refuse(app, "backup", store.address_of("photos/backups"))
    succeed(app, "backup", address)
    (kept,) = objects.names("photos")
    assert kept.endswith(sent)
    # A changed original is told, whatever this node's cache still has.
    obstore.put(store.bucket, f"originals/{sent[:2]}/{sent}", b"other bytes")
    objects.delete(kept)
    assert sent in refuse(app, "backup", address)
    app.config["PHOTO_STORE"] = ""


def test_a_key_that_is_not_its_own_opens_nothing(
    app: Flask, store: S3Server, address: str, elsewhere: Flask
) -> None:
    key = key_made(app, store.folder.parent)
    other = store.folder.parent / "other"
    succeed(app, "backup", "key", other)
    succeed(app, "backup", address, *key)
    assert "give its key" in refuse(elsewhere, "restore", address)
    assert "not its key" in refuse(elsewhere, "restore", address, "--key-file", other)
    assert not (Path(elsewhere.config["DATA"]) / "xuncha.db").exists()


def test_two_at_once_do_not_write_to_one_bucket_and_a_dead_one_bars_nobody_for_long(
    app: Flask, store: S3Server, address: str, objects: Objects
) -> None:
    file_with_photo("wang", "huaxin", 1)
    with app.app_context(), bucket_place(address).alone():
        assert "another backup is being written" in refuse(app, "backup", address)
        assert len(objects.names("locks")) == 1
    objects.write("locks/0123", b"")
    assert "cut off less than 10 minutes ago" in refuse(app, "backup", address)
    left, long_ago = store.folder / "backups" / "zone" / "locks" / "0123", time.time() - 660
    store.stop()
    os.utime(left, (long_ago, long_ago))
    store.start()
    succeed(app, "backup", address)
    assert objects.names("locks") == []


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
    settled: Path, tmp_path: Path, store: S3Server, address: str, objects: Objects
) -> None:
    shutil.copyfile(settled, tmp_path / "xuncha.db")
    app = build(f"sqlite:///{tmp_path / 'xuncha.db'}", tmp_path)
    with time_machine.travel(cast.NOW, tick=True), app.app_context():
        file_with_photo("wang", "huaxin", 1)
        db.session.remove()
        db.engine.dispose()
    served, disk = Served(tmp_path), store.folder / "backups" / "zone"
    whole = 0
    for moment in ("locks/*", "*Z/database", "photos/*/*/*", "*Z/photos.txt", "*Z/manifest.json"):
        objects.delete(*objects.names())
        command = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "backup", address],
            cwd=ROOT,
            env=served.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 60
        while (
            not [path for path in disk.glob(moment) if path.is_file()]
            and command.poll() is None
            and time.monotonic() < end
        ):
            time.sleep(0.001)
        command.send_signal(signal.SIGKILL)
        command.wait()
        objects.delete(*objects.names("locks"))
        finished = any(name.endswith("/manifest.json.sha256") for name in objects.names())
        whole += finished
        words = ("backup", "verify", address)
        assert "whole" in succeed(app, *words) if finished else "backup" in refuse(app, *words)
        succeed(app, "backup", address)
        assert len(objects.backups()) == 1 + finished
    assert whole < 5
