"""Commands on a database that is empty, or of another release."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.served import ROOT, Served

FIGURES = ("figures", "--from", "2026-01-01", "--to", "2026-06-30", "--json")


def flask(server: Served, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    return subprocess.run(
        command, cwd=ROOT, env=server.environment(), capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("words", [("users", "add", "anna", "--name", "安娜"), FIGURES], ids=" ".join)
def test_an_empty_database_is_set_up_by_the_first_command(tmp_path: Path, words: tuple[str, ...]) -> None:
    server = Served(tmp_path)
    assert server.flask(*words)
    with sqlite3.connect(tmp_path / "xuncha.db") as database:
        assert database.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_a_database_of_another_release_is_refused_in_words(settled: Path, tmp_path: Path) -> None:
    target = tmp_path / "xuncha.db"
    target.write_bytes(settled.read_bytes())
    with sqlite3.connect(target) as database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")
    done = flask(Served(tmp_path), *FIGURES)
    assert done.returncode == 1
    assert "flask db upgrade" in done.stderr
    assert "Traceback" not in done.stderr
