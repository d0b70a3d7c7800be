"""SQLite's continuous copying by Litestream as docs/operations/continuous.md sets it up, under load and after a kill."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import build
from tests.faults.client import Book, Entry, Phone
from tests.faults.soak import CREWS, Strength, prepared, ready
from tests.operations.test_drill import demand_all
from tests.served import Served

STRENGTH = Strength(seed=12, filings=24, kills=0, cuts=0)
WAIT_S = 6.0  # Litestream copies every second; the machine of the tests may be busy
CONFIG = """
dbs:
  - path: {data}/xuncha.db
    replica:
      type: file
      path: {copies}/xuncha
      sync-interval: 1s
"""


@pytest.fixture(scope="module")
def litestream() -> str:
    """Litestream's program, from the virtual environment or the machine."""
    places = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    found = shutil.which("litestream", path=places)
    assert found, "litestream is missing: make .venv/.installed-dev"
    return found


def filed(served: Served, book: Book, loads: list[list[Entry]]) -> None:
    """Each crew files its load."""
    for at, ((who, _code), load) in enumerate(zip(CREWS, loads, strict=True)):
        phone = Phone(served.url, book, dice=random.Random(at)).sign_in(who)
        assert phone.drain(load, until=time.monotonic() + 60) == []


def test_what_was_acknowledged_some_seconds_before_a_kill_is_in_the_copy(
    litestream: str, settled: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copies, new = tmp_path_factory.mktemp("copies"), tmp_path_factory.mktemp("new")
    app, book = ready(tmp_path, settled), Book()
    loads = prepared(app, STRENGTH, book)
    served = Served(tmp_path).start()
    config = tmp_path / "litestream.yml"
    config.write_text(CONFIG.format(data=tmp_path, copies=copies))
    with (tmp_path / "litestream.log").open("wb") as log:
        copying = subprocess.Popen([litestream, "replicate", "-config", str(config)], stdout=log, stderr=log)
    try:
        filed(served, book, [load[:4] for load in loads])
        safe = set(book.receipts)
        time.sleep(WAIT_S)
        filed(served, book, [load[4:] for load in loads])
    finally:
        served.kill()
        copying.kill()
        copying.wait()
    assert len(safe) == 16 and len(book.receipts) == 24
    shutil.copytree(tmp_path / "photos", new / "photos")  # the other half of the set-up: photos by rsync
    words = [
        litestream,
        "restore",
        "-config",
        str(config),
        "-o",
        str(new / "xuncha.db"),
        str(tmp_path / "xuncha.db"),
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    demand_all(build(f"sqlite:///{new / 'xuncha.db'}", new), book, safe)
    assert "ok" in Served(new).flask("doctor")
