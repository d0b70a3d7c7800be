"""How an outbox of ten filings with three photos each drains over a line of 256 kbit/s that cuts every fifth connection."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

from tests import cast
from tests.bench import Line
from tests.checks.filings import picture
from tests.conftest import build, settle
from tests.faults.client import Book, Entry, Phone, sha256
from tests.faults.proxy import Plan, Proxy
from tests.faults.storm import entries_for
from tests.served import Served
from xuncha.accounts.passwords import hash_password
from xuncha.core.db import db

FILINGS, PHOTOS = 10, 3
RATE = 256_000 // 8
CUT_SHARE = 0.2
LONGEST_S = 900


def _entries(data: Path) -> list[Entry]:
    app = build(f"sqlite:///{data / 'xuncha.db'}", data)
    settle(app, hash_password(cast.PASSWORD))
    dice = random.Random(7)
    with app.app_context():
        made = entries_for(FILINGS, "huaxin", dice, [b"1", b"2", b"3"])
        db.session.remove()
        db.engine.dispose()
    entries = []
    for number, one in enumerate(made):
        album = {sha256(bytes_): bytes_ for bytes_ in (_photo(number * PHOTOS + at) for at in range(PHOTOS))}
        filing = {**one.filing, "findings": [], "answers": [], "photos": [{"sha256": name} for name in album]}
        entries.append(Entry(filing, album))
    return entries


def _photo(seed: int) -> bytes:
    return picture(seed, (1600, 1200))


def main() -> list[Line]:
    """Time to empty, and the bytes sent over those that were needed."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        entries = _entries(data)
        needed = sum(len(entry.body) + sum(map(len, entry.photos.values())) for entry in entries)
        served = Served(data).start()
        dice = random.Random(11)
        size = max(len(photo) for entry in entries for photo in entry.photos.values())

        def choose(_head: bytes) -> Plan:
            cut = dice.random() < CUT_SHARE
            return Plan(up=dice.randrange(size) if cut else None, rate=RATE)

        try:
            with Proxy(served.port, choose) as line:
                phone = Phone(line.url, Book(), dice=dice).sign_in("wang", url=served.url)
                begun = time.monotonic()
                left = phone.drain(entries, until=begun + LONGEST_S)
                taken = time.monotonic() - begun
        finally:
            served.kill()
        told = f"{taken:.0f} s for {needed / 1e6:.1f} MB, {line.cuts} cuts, {len(left)} left"
        return [
            Line("Outbox over 256 kbit/s, 20 % of connections cut", told, "0 left"),
            Line("Bytes sent over bytes needed", f"{line.up / needed:.2f}", "<= 1.3"),
        ]
