"""`/readyz` says which part is not ready; the doctor says the same by the same conditions."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.postgresql import drop_database
from tests.served import ROOT, Served

from xuncha.core.db import db


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def any_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.house.check_answer", lambda _response: None)  # it refuses every 5xx


def _write_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_file: int) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "fsync", fail)


def _fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: Usage(1000, 990, 10))


def _age_the_tables(_monkeypatch: pytest.MonkeyPatch) -> None:
    db.session.execute(sa.text("update alembic_version set version_num = '0001'"))
    db.session.commit()


def test_a_server_in_order_is_ready(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: Usage(1000, 500, 500))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json["parts"] == dict.fromkeys(("database", "schema", "photos", "disk"), "ready")


@pytest.mark.usefixtures("any_status")
@pytest.mark.parametrize(
    ("part", "spoil"),
    [("photos", _write_nothing), ("disk", _fill_the_disk), ("schema", _age_the_tables)],
)
def test_it_says_which_part_is_not_ready(
    app: Flask, monkeypatch: pytest.MonkeyPatch, part: str, spoil: Callable[[pytest.MonkeyPatch], None]
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: Usage(1000, 500, 500))
    spoil(monkeypatch)
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert [name for name, told in answer.json["parts"].items() if told != "ready"] == [part]


@pytest.mark.usefixtures("any_status")
def test_a_database_that_is_gone_is_named(app: Flask, request: pytest.FixtureRequest) -> None:
    db.session.remove()
    db.engine.dispose()
    if db.engine.dialect.name == "sqlite":
        Path(app.config["DATA"], "xuncha.db").unlink()
    else:
        drop_database(request.getfixturevalue("postgresql_server"), app.config["SQLALCHEMY_DATABASE_URI"])
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["parts"]["schema"] != "ready"


def test_the_doctor_names_the_same_conditions(settled: Path, tmp_path: Path) -> None:
    (tmp_path / "xuncha.db").write_bytes(settled.read_bytes())
    server = Served(tmp_path, settings={"XUNCHA_FREE_WARN": "90", "XUNCHA_FREE_LEAST": "90"})
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "doctor"]
    done = subprocess.run(
        command, cwd=ROOT, env=server.environment(), capture_output=True, text=True, check=False
    )
    lines = done.stdout.splitlines()
    assert any(line.startswith("ok") and "schema: " in line for line in lines), done.stdout
    assert any(line.startswith("FAULT") and "disk: " in line for line in lines), done.stdout
    assert done.returncode == 1
