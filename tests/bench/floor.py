"""The floor: the least that could be called doing the same. One Flask application without people, rules or rights that takes
photos and filings and shows fifty rows; gunicorn serves it where several ask at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pysqlite3.dbapi2
from flask import Flask, render_template_string, request

from tests.served import ROOT, free_port

WORKERS = 2
PLAIN = """<!doctype html><html lang="en"><meta charset="utf-8"><title>floor</title><h1>Fifty rows</h1><table>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table></html>"""


class Base(threading.local):
    """A connection to the floor's one table for each thread."""

    def __init__(self, folder: Path) -> None:
        self.connection = pysqlite3.dbapi2.connect(str(folder / "floor.db"), isolation_level=None, timeout=30)
        for words in ("journal_mode=WAL", "synchronous=FULL"):
            self.connection.execute(f"PRAGMA {words}")

    def add(self, name: str, body: bytes) -> None:
        """Commit one row."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute("INSERT INTO taken VALUES (?, ?)", (name, body))
        self.connection.execute("COMMIT")

    def rows(self) -> list[Any]:
        """The fifty newest of ten thousand."""
        return self.connection.execute("SELECT * FROM shown ORDER BY day DESC, id DESC LIMIT 50").fetchall()


def _prepare(base: Base) -> None:
    base.connection.execute("CREATE TABLE IF NOT EXISTS taken (name, body)")
    base.connection.execute("CREATE TABLE IF NOT EXISTS shown (id INTEGER PRIMARY KEY, day, a, b, c, d)")
    base.connection.execute("CREATE INDEX IF NOT EXISTS by_day ON shown (day)")
    if not base.connection.execute("SELECT 1 FROM shown").fetchone():
        base.connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO shown "
            "SELECT i, date('2025-01-01', i % 700 || ' days'), 'row ' || i, 'cell 2', 'cell 3', 'cell 4' FROM n"
        )


def _keep(folder: Path, name: str, data: bytes) -> None:
    with (folder / name).open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def application(where: str) -> Flask:
    """Photos one by one, a filing alone, or both in one body, as a form sends them."""
    app, folder = Flask("floor"), Path(where)
    base = Base(folder)
    _prepare(base)

    @app.put("/sync/photos/<name>")
    def photo(name: str) -> tuple[dict[str, Any], int]:
        data = request.get_data(cache=False)
        _keep(folder, name, data)
        return {"sha256": name, "size": len(data)}, 201

    @app.post("/sync/filings")
    def filing() -> tuple[dict[str, Any], int]:
        body = request.get_data(cache=False)
        base.add(json.loads(body)["uuid"], body)
        return {"receipt": {}}, 201

    @app.post("/whole")
    def whole() -> tuple[dict[str, Any], int]:
        for name, sent in request.files.items():
            _keep(folder, name, sent.read())
        body = request.form["filing"]
        base.add(json.loads(body)["uuid"], body.encode())
        return {"receipt": {}}, 201

    @app.post("/sync/filings/together")
    def together() -> tuple[dict[str, Any], int]:
        body = request.get_data(cache=False)
        parts = [part.split("=") for part in request.headers["X-Photos"].split(", ")]
        at = len(body) - sum(int(size) for _name, size in parts)
        filing = body[:at]
        for name, size in parts:
            _keep(folder, name, body[at : at + int(size)])
            at += int(size)
        base.add(json.loads(filing)["uuid"], filing)
        return {"receipt": {}}, 201

    @app.get("/")
    def rows() -> str:
        return render_template_string(PLAIN, rows=base.rows())

    return app


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, int]]:
    """Its address under gunicorn, and the number of gunicorn's first process."""
    application(str(folder))  # its tables, before several workers want to make them
    address = f"127.0.0.1:{free_port()}"
    command = [
        sys.executable, "-m", "gunicorn", "-b", address, "-w", str(WORKERS), "--log-level", "error",
        f"tests.bench.floor:application({str(folder)!r})",
    ]  # fmt: skip
    running = subprocess.Popen(command, cwd=ROOT)
    try:
        for _attempt in range(200):
            with suppress(OSError), urlopen(f"http://{address}/", timeout=2) as answer:
                answer.read()
                break
            time.sleep(0.1)
        else:
            raise TimeoutError(address)
        yield f"http://{address}", running.pid
    finally:
        running.terminate()
        running.wait()
