"""What a further process brings: pages and filings a second with one process and with two, turn about in one sitting."""

from __future__ import annotations

import random
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests import cast
from tests.bench import Line
from tests.conftest import build, settle, shut_down
from tests.faults.client import Book, Entry, Phone
from tests.faults.soak import entries_for
from tests.served import Served
from xuncha.accounts.passwords import hash_password

COUNTS, ROUNDS = ("1", "2"), 3
PHONES, PAGES, FILINGS = 8, 15, 8  # of each phone in a round


def _together(phones: list[Phone], work: Callable[[int], None]) -> float:
    """Seconds until all have done their share."""
    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(phones))]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - begun


def _pages(phones: list[Phone]) -> float:
    def work(number: int) -> None:
        for _page in range(PAGES):
            assert phones[number].ask("/today").status == 200

    return len(phones) * PAGES / _together(phones, work)


def _filings(phones: list[Phone], loads: list[list[Entry]]) -> float:
    tokens = [phone.token() or "" for phone in phones]

    def work(number: int) -> None:
        for entry in loads[number]:
            assert phones[number].post(entry, tokens[number]).status == 201

    return sum(map(len, loads)) / _together(phones, work)


def _settled(folder: Path) -> tuple[Path, list[list[Entry]]]:
    """A database with the cast, and what each phone is to file: without photos, whose bytes need no lock."""
    app = build(f"sqlite:///{folder / 'xuncha.db'}", folder)
    settle(app, hash_password(cast.PASSWORD))
    with app.app_context():
        many = entries_for(8 * PHONES * FILINGS, "huaxin", random.Random(5), [b"1", b"2", b"3"])[1:]
    shut_down(app)
    plain = [entry for entry in many if not entry.photos]
    return folder / "xuncha.db", [plain[number * FILINGS :][:FILINGS] for number in range(PHONES)]


def _round(settled: Path, loads: list[list[Entry]], count: str) -> tuple[float, float]:
    """Pages and filings a second on a fresh copy of the database."""
    with tempfile.TemporaryDirectory() as name:
        shutil.copy(settled, name)
        served = Served(Path(name), settings={"XUNCHA_PROCESSES": count}).start()
        try:
            phones = [Phone(served.url, Book()).sign_in("wang") for _phone in range(PHONES)]
            _pages(phones)  # what is made once in each process
            return _pages(phones), _filings(phones, loads)
        finally:
            served.kill()


def main() -> list[Line]:
    """Medians of three rounds each."""
    with tempfile.TemporaryDirectory() as name:
        settled, loads = _settled(Path(name))
        taken = [(count, *_round(settled, loads, count)) for _ in range(ROUNDS) for count in COUNTS]
    lines = []
    for at, what in enumerate(("Pages a second", "Filings a second"), start=1):
        told = {c: statistics.median(float(one[at]) for one in taken if one[0] == c) for c in COUNTS}
        for count, figure in told.items():
            ratio = f"{figure / told['1']:.2f}" if count != "1" else ""
            lines.append(Line(f"{what}, {PHONES} phones, processes: {count}", f"{figure:.0f}", ratio=ratio))
    return lines
