"""Garbage is searched for between two turns of a worker's loop, never in the middle of a request: that crashed workers."""

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.soak import ready
from tests.served import Served


def test_no_request_is_interrupted_by_a_search_for_garbage(tmp_path: Path, settled: Path) -> None:
    ready(tmp_path, settled)
    server = Served(tmp_path, settings={"XUNCHA_PROCESSES": "1"}, program="tests.faults.garbage").start()

    def read(page: str) -> bytes:
        with urllib.request.urlopen(f"{server.url}/faults/{page}", timeout=30) as answer:
            return bytes(answer.read())

    try:
        with ThreadPoolExecutor(3) as readers:
            assert set(readers.map(read, ["make"] * 12)) == {b"made"}
        told = json.loads(read("searched"))
    finally:
        server.kill()
    assert told["searched"].keys() == {"main"}
    assert told["freed"] >= 100_000  # of 240,000 made: the last ones may still wait
