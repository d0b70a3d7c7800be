"""Carrying a zone from SQLite to PostgreSQL and back by the command; what does not fit is refused before it is touched."""

from __future__ import annotations

import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.served import Served
from xuncha.core.db import db

TABLE = re.compile(r"^(\w+) +(\d+) rows  ([0-9a-f]{16})$", re.M)


@pytest.fixture
def zone(demo_zone: Path, tmp_path: Path) -> Served:
    """The demo zone in a folder of its own."""
    shutil.copytree(demo_zone, tmp_path / "zone")
    return Served(tmp_path / "zone")


def tables(said: str) -> dict[str, tuple[str, str]]:
    """The rows and the digest of each table, as the command printed them."""
    return {name: (rows, digest) for name, rows, digest in TABLE.findall(said)}


def originals(data: Path) -> set[str]:
    return {path.name for path in (data / "photos" / "originals").rglob("*") if path.is_file()}


def figures(zone: Served) -> object:
    return json.loads(zone.flask("figures", "--from", "2026-01-01", "--to", "2026-06-30", "--json"))


@pytest.mark.timeout(600)
def test_a_zone_goes_to_postgresql_and_back_and_is_the_same(
    zone: Served, empty_pg: str, tmp_path: Path
) -> None:
    there = tables(zone.flask("move", "--to", empty_pg, "--data", str(tmp_path / "pg")))
    on_postgresql = Served(tmp_path / "pg", database=empty_pg)
    assert len(there) > 50 and figures(on_postgresql) == figures(zone)
    assert originals(on_postgresql.data) == originals(zone.data) != set()
    assert (on_postgresql.data / "secret-key").read_text() == (zone.data / "secret-key").read_text()

    # Numbers go on, evidence stays evidence, and what refers to nothing is refused.
    engine = sa.create_engine(empty_pg)
    users = sa.Table("users", sa.MetaData(), autoload_with=engine)
    with engine.begin() as connection:
        first = connection.execute(sa.select(users).order_by(users.c.id)).mappings().first()
        new = {**(first or {}), "username": "moved"}
        del new["id"]
        connection.execute(sa.insert(users).values(new))
    for statement in ("DELETE FROM answers", "UPDATE checks SET inspector_id = -1"):
        with pytest.raises(sa.exc.DBAPIError), engine.begin() as connection:
            connection.execute(sa.text(statement))
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(sa.text("UPDATE users SET enterprise_id = -1 WHERE username = 'moved'"))
    with engine.begin() as connection:
        connection.execute(sa.delete(users).where(users.c.username == "moved"))

    home = Served(tmp_path / "home")
    home.data.mkdir()
    back = tables(on_postgresql.flask("move", "--to", f"sqlite:///{home.data / 'xuncha.db'}"))
    assert back == there
    assert figures(home) == figures(zone)
    engine.dispose()


@pytest.mark.timeout(600)
def test_a_move_that_is_killed_goes_on_and_takes_what_changed_meanwhile(zone: Served, empty_pg: str) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "move", "--to", empty_pg]
    begun = subprocess.Popen(command, cwd=zone.root, env=zone.environment(), stdout=subprocess.DEVNULL)
    engine = sa.create_engine(empty_pg, poolclass=sa.NullPool)
    end = time.monotonic() + 120
    while time.monotonic() < end and not rows_of(engine, "checks"):
        time.sleep(0.05)
    begun.send_signal(signal.SIGKILL)
    begun.wait()
    assert rows_of(engine, "checks") > 0
    moved = Served(zone.data, database=empty_pg)
    with pytest.raises(RuntimeError, match="has not wholly arrived"):
        moved.start()

    zone.flask("users", "add", "meanwhile", "--name", "后来", "--role", "auditor")
    assert "equal by digest" in zone.flask("move", "--to", empty_pg)
    # Until a server works with it, another run takes what changed since.
    zone.flask("users", "add", "later", "--name", "更晚", "--role", "auditor")
    zone.flask("move", "--to", empty_pg)
    assert figures(moved) == figures(zone)
    for name in ("meanwhile", "later"):
        assert moved.flask("users", "reset-password", name).startswith(f"{name}  ")
    moved.start().kill()
    assert not sa.inspect(engine).has_table("moved_from")


def rows_of(engine: sa.Engine, table: str) -> int:
    """How many rows a table has; none while it does not exist."""
    if not sa.inspect(engine).has_table(table):
        return 0
    with engine.connect() as connection:
        return connection.scalar(sa.text(f'SELECT count(*) FROM "{table}"')) or 0


def test_a_target_that_does_not_fit_is_left_as_it_is(app: Flask, tmp_path: Path) -> None:
    move = partial(app.test_cli_runner().invoke, catch_exceptions=False)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE users (name)")
    own = db.engine.url.render_as_string(hide_password=False)
    said = {
        f"sqlite:///{other}": "The target holds tables already. Name an empty database.",
        own: "The target is the database that this zone works with already.",
        "postgres:/nothing": "not an address of a database",
        "sqlite:////nowhere/at/all.db": "the database failed",
    }
    for url, words in said.items():
        done = move(args=["move", "--to", url])
        assert done.exit_code == 1 and words in done.output, url
    with sqlite3.connect(other) as connection:
        assert [name for (name,) in connection.execute("SELECT name FROM sqlite_master")] == ["users"]


def test_a_target_that_another_zone_began_to_fill_is_refused(app: Flask, tmp_path: Path) -> None:
    target = tmp_path / "target.db"
    with sqlite3.connect(target) as connection:
        connection.execute("CREATE TABLE moved_from (source TEXT PRIMARY KEY, whole BOOLEAN)")
        connection.execute("INSERT INTO moved_from VALUES ('of another zone', 0)")
    done = app.test_cli_runner().invoke(args=["move", "--to", f"sqlite:///{target}"])
    assert done.exit_code == 1
    assert "The target was begun to be filled from another zone. Name an empty database." in done.output
