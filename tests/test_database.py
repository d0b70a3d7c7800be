"""The database keeps what was filed: pragmas, triggers, two writers, migrations up, down and equal to the models."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pysqlite3.dbapi2
import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import check as compare_with_models
from flask_migrate import downgrade, upgrade

from tests import cast
from tests.checks.filings import failing, filing, sent_photo, visit
from tests.conftest import build
from tests.evidence import CHANGES, attempt, guarded
from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.checks.models import Check
from xuncha.core import settings
from xuncha.core.db import db, sqlite_is_safe
from xuncha.core.numbering import next_serial
from xuncha.enterprises.models import Site

FILED = [
    "checks",
    "answers",
    "check_photos",
    "signatures",
    "photos",
    "hazard_events",
    "hazard_photos",
    "history",
    "settings",
]


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
    ],
)
def test_only_sqlite_without_the_wal_reset_race_counts_as_safe(version: tuple[int, ...], safe: bool) -> None:
    assert sqlite_is_safe(version) is safe


@pytest.mark.about_sqlite
def test_every_connection_has_the_settings_that_keep_data(database: str, tmp_path: Path) -> None:
    with build(database, tmp_path).app_context():
        connections = [db.engine.connect() for _ in range(3)]
        for connection in connections:
            names = ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
            *kept, patience = (connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names)
            assert kept == ["wal", 2, 1, 1]
            assert patience >= 5000
            connection.close()
        db.engine.dispose()


@pytest.fixture
def filed(app: Flask, user: Callable[[str], User], site: Callable[[str], Site]) -> None:
    """A filed check with a hazard and photos, so that no table is empty."""
    wang = user("wang")
    photo = sent_photo(wang)
    raw = failing(visit(site("huaxin"), photos=[photo]), before=[photo])
    file_check(filing(raw), actor=wang, now=cast.NOW)
    settings.write({"soon": "4"}, actor=wang, now=cast.NOW)
    db.session.commit()


def test_a_new_file_has_small_pages_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    with closing(pysqlite3.dbapi2.connect(old)) as connection:
        connection.executescript("PRAGMA page_size=4096; CREATE TABLE one (id)")
    for file, size in ((old, 4096), (tmp_path / "new.db", 1024)):
        app = build(f"sqlite:///{file}", tmp_path)
        with app.app_context(), db.engine.connect() as connection:
            connection.exec_driver_sql("CREATE TABLE another (id)")
            pages = connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar_one()
            assert connection.exec_driver_sql("PRAGMA page_size").scalar_one() == size
            assert pages * size == pytest.approx(64_000_000, rel=0.001)
            connection.commit()
        with app.app_context():
            db.engine.dispose()


@pytest.mark.about_sqlite
def test_the_facts_of_a_check_are_kept_compressed_and_older_text_is_read(filed: None) -> None:
    stored = sa.select(sa.literal_column("facts")).select_from(Check.__table__)
    packed = db.session.scalars(stored).one()
    facts = db.session.scalars(sa.select(Check.facts)).one()
    assert isinstance(packed, bytes) and len(packed) < len(json.dumps(facts, ensure_ascii=False).encode()) / 2
    assert json.loads(zlib.decompress(packed)) == facts
    assert facts["site"]["name"] == cast.PLACES["huaxin"].name
    db.session.remove()
    downgrade(revision="0048")
    assert json.loads(db.session.scalars(stored).one()) == facts  # for the program of before
    with pytest.raises(sa.exc.IntegrityError, match="filed"):
        db.session.execute(sa.text("UPDATE checks SET facts = '{}'"))
    db.session.remove()
    upgrade()
    assert db.session.scalars(sa.select(Check.facts)).one() == facts  # text of before


@pytest.mark.parametrize("table", FILED)
@pytest.mark.parametrize("change", CHANGES)
def test_filed_rows_cannot_be_changed_even_by_raw_sql(filed: None, table: str, change: str) -> None:
    with guarded():
        attempt(change, table)


def test_filed_rows_survive_the_migrations_that_widen_their_words(filed: None) -> None:
    counts = sa.text("SELECT (SELECT count(*) FROM hazard_events), (SELECT count(*) FROM hazard_photos)")
    before = db.session.execute(counts).one()
    db.session.rollback()
    downgrade(revision="0013")
    upgrade()
    assert db.session.execute(counts).one() == before
    if (
        db.engine.dialect.name == "sqlite"
    ):  # which does not look at rows that are there when it is given a table anew
        assert db.session.execute(sa.text("PRAGMA foreign_key_check")).all() == []
    for table in ("hazard_events", "hazard_photos"):
        with guarded():
            db.session.execute(sa.text(f"UPDATE {table} SET id = id"))
        db.session.rollback()


def _allocate(path: str, folder: str, times: int) -> None:
    app = build(f"sqlite:///{path}", Path(folder))
    with app.app_context():
        for _ in range(times):
            next_serial("race", 2026)
            db.session.commit()


def test_two_processes_lose_no_update(settled: Path, tmp_path: Path) -> None:
    path = tmp_path / "xuncha.db"
    shutil.copy(settled, path)
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_allocate, args=(str(path), str(tmp_path), 50)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    app = build(f"sqlite:///{path}", tmp_path)
    with app.app_context():
        assert next_serial("race", 2026) == 101
        db.session.rollback()
        db.engine.dispose()


def test_migrations_go_down_and_up_again_and_equal_the_models(tmp_path: Path) -> None:
    app = build(f"sqlite:///{tmp_path / 'xuncha.db'}", tmp_path)
    with app.app_context():
        upgrade()
        compare_with_models()
        downgrade(revision="base")
        left = set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}
        assert left == set()
        upgrade()
        compare_with_models()
        db.engine.dispose()
