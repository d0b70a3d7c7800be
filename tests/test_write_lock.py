"""Threads of a process write one after the other, whichever way the one before ended."""

import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from xuncha.core import write_lock
from xuncha.core.db import engine_options


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    made = sa.create_engine(url, **engine_options(url))
    with made.begin() as connection:
        connection.execute(sa.text("CREATE TABLE taken (who TEXT NOT NULL)"))
    return made


def write(engine: Engine, who: str | None) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO taken VALUES (:who)"), {"who": who})


def test_many_threads_write_one_after_the_other(engine: Engine) -> None:
    threads = [threading.Thread(target=write, args=(engine, str(number))) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT COUNT(*) FROM taken")) == 30


def test_the_next_one_writes_after_one_that_failed_or_was_given_up(engine: Engine) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        write(engine, None)
    left = engine.connect()
    left.execute(sa.text("INSERT INTO taken VALUES ('left')"))
    left.invalidate()
    del left
    begun = time.monotonic()
    write(engine, "next")
    assert time.monotonic() - begun < write_lock.BUSY_MS / 1000 / 2


def test_who_waits_too_long_is_told_so(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_lock, "BUSY_MS", 200)
    with engine.begin() as holder:
        holder.execute(sa.text("INSERT INTO taken VALUES ('holder')"))
        with pytest.raises(sa.exc.OperationalError, match="locked"):
            write(engine, "late")
    write(engine, "afterwards")
