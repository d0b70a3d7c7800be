"""What a server takes from several phones at once, beside the floor under gunicorn turn about: filings a second, their time, the
bytes that went to disk, and the memory of the server's processes over many filings (`BENCH_FILINGS`)."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psutil
import sqlalchemy as sa

from tests.bench import ROUNDS, Line, floor, share, zones
from tests.bench.filing import ANSWERS, PHOTOS, original, template, unique
from tests.bench.targets import line
from tests.faults import client
from tests.faults.client import Book, Entry, Phone
from tests.multiply import multiply
from tests.served import Served
from xuncha.accounts.models import User
from xuncha.core.access import Role
from xuncha.core.db import db
from xuncha.demo.people_and_sites import PASSWORD
from xuncha.enterprises.models import Site

FEW, MANY = 4, 16
EACH = 12  # filings of a client in a round
FILINGS = int(os.environ.get("BENCH_FILINGS", "1000"))
BUSY, PAUSE_S = 503, 0.5
BOUNDARY = "-----xuncha"
TOGETHER = "/sync/filings/together"


@dataclass
class Request:
    """What is sent, made before the clock runs."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str]


@dataclass
class Sender:
    """A client with one connection, which sends filings one after another."""

    url: str
    make: Callable[[], list[Request]]  # the requests of one filing
    took: list[float] = field(default_factory=list)
    busy: int = 0  # how often the server was

    def __post_init__(self) -> None:
        address = urlsplit(self.url)
        self.line = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)

    def send(self, requests: Sequence[Request]) -> None:
        """One filing; all of it must be taken, after a pause where the server says that it is busy."""
        begun = time.perf_counter()
        for one in requests:
            while (status := self._ask(one)) == BUSY:
                self.busy += 1
                time.sleep(PAUSE_S)
            assert status in (200, 201), (one.path, status)
        self.took.append((time.perf_counter() - begun) * 1000)

    def _ask(self, one: Request) -> int:
        self.line.request(one.method, one.path, one.body, one.headers)
        answer = self.line.getresponse()
        answer.read()
        return answer.status


PHOTO, NUMBERS = original(), count(1)


def album() -> list[bytes]:
    """Photos that nobody has sent before."""
    return [unique(PHOTO, next(NUMBERS)) for _photo in range(PHOTOS)]


def new_entry(template: dict[str, Any]) -> Entry:
    """A filing of photos that nobody has sent before."""
    photos = {hashlib.sha256(one).hexdigest(): one for one in album()}
    return Entry(template | {"uuid": str(uuid4()), "photos": [{"sha256": name} for name in photos]}, photos)


def as_phone(template: dict[str, Any], headers: dict[str, str]) -> Callable[[], list[Request]]:
    """The one request of a filing of the product, as a phone sends it over a line that answers quickly."""

    def make() -> list[Request]:
        entry = new_entry(template)
        body, sizes = client.together(entry)
        sent = headers | {"Content-Type": client.OCTETS, "X-Filing-SHA256": entry.sha256, "X-Photos": sizes}
        return [Request("POST", TOGETHER, body, sent)]

    return make


def one_by_one(template: dict[str, Any], headers: dict[str, str]) -> Callable[[], list[Request]]:
    """The four requests of a filing of the product, as a phone sends it over any other line."""

    def make() -> list[Request]:
        entry = new_entry(template)
        image = headers | {"Content-Type": "image/jpeg"}
        text = headers | {"Content-Type": client.JSON, "X-Filing-SHA256": entry.sha256}
        puts = [
            Request("PUT", f"/sync/photos/{name}", one, image | {"X-Content-Length-Declared": str(len(one))})
            for name, one in entry.photos.items()
        ]
        return [*puts, Request("POST", "/sync/filings", entry.body, text)]

    return make


def as_form(template: dict[str, Any]) -> Callable[[], list[Request]]:
    """The one body of a filing of the floor."""

    def make() -> list[Request]:
        fields = [("filing", "", json.dumps(template | {"uuid": str(uuid4())}, ensure_ascii=False).encode())]
        fields += [(name, f'; filename="{name}"', one) for one in album() if (name := uuid4().hex)]
        body = b"".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()
            + data
            + b"\r\n"
            for name, file, data in fields
        )
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        return [Request("POST", "/whole", body + f"--{BOUNDARY}--\r\n".encode(), kind)]

    return make


def together(senders: Sequence[Sender], each: int) -> float:
    """Seconds in which every sender sent so many; a sender's failure is ours."""
    loads = [[sender.make() for _filing in range(each)] for sender in senders]
    failed: list[BaseException] = []

    def work(sender: Sender, load: list[list[Request]]) -> None:
        try:
            for requests in load:
                sender.send(requests)
        except BaseException as problem:
            failed.append(problem)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(senders, loads, strict=True)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - begun
    if failed:
        raise failed[0]
    return taken


def family(pid: int) -> list[psutil.Process]:
    """A server's processes."""
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


def written(pid: int) -> int:
    """Bytes that the processes of a server have given to the disk."""
    return sum(one.io_counters().write_bytes for one in family(pid))


def memory(pid: int) -> float:
    """Megabytes that the processes of a server hold, shared pages divided among them."""
    return sum(one.memory_full_info().pss for one in family(pid)) / 1e6


def crew(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Sign-in names of supervisors with a visit of twenty answers at a site of each. Nobody may send a thousand photos a
    day, so every supervisor has a namesake who holds half of the sites."""
    app = zones.opened(folder)
    with app.app_context():
        base = db.session.scalar(sa.select(sa.func.max(User.id)))
        multiply("users", 1, {"id": "id + {base}", "username": "username || '-2'"})
        db.session.execute(
            sa.update(Site).where(Site.id % 2 == 0).values(supervisor_id=Site.supervisor_id + base)
        )
        db.session.commit()
        query = sa.select(User.username, sa.func.min(Site.id)).join(Site, Site.supervisor_id == User.id)
        held = db.session.execute(query.where(User.role == Role.SUPERVISOR).group_by(User.username)).all()
        found = [(name, template(db.session.get_one(Site, number))) for name, number in held]
        db.session.remove()
        db.engine.dispose()
    return [(name, raw) for name, raw in found if len(raw["answers"]) == ANSWERS]


@contextmanager
def product() -> Iterator[tuple[Served, list[Sender], list[Sender], dict[str, Any]]]:
    """The server on a copy of the demo zone, phones of supervisors who are signed in, some more on slow lines, and a visit."""
    folder = zones.copied(zones.demo())
    people = crew(folder)
    served = Served(folder).start()
    try:
        while served.children() != served.workers():
            time.sleep(1)  # the papers of the demo zone's editions are printed at the start
        phones = [phone(served.url, name, raw) for name, raw in people[:MANY]]
        slow = [phone(served.url, name, raw, one_by_one) for name, raw in people[:FEW]]
        yield served, phones, slow, people[0][1]
    finally:
        served.kill()


Way = Callable[[dict[str, Any], dict[str, str]], Callable[[], list[Request]]]


def phone(url: str, name: str, raw: dict[str, Any], way: Way = as_phone) -> Sender:
    """A supervisor's phone, signed in, that sends the visit `raw`."""
    phone = Phone(url, Book()).sign_in(name, PASSWORD)
    token = phone.token() or ""  # first: its session cookie is the one that fits it
    cookie = "; ".join(f"{one.name}={one.value}" for one in phone.jar)
    return Sender(url, way(raw, {"Cookie": cookie, "X-CSRFToken": token}))


def at_once(served: Served, phones: list[Sender], slow: list[Sender], raw: dict[str, Any]) -> list[Line]:
    """Rounds of the product and of the floor in turn."""
    assert served.process
    with floor.served(zones.temporary()) as (url, pid):
        sides = {
            "product": (phones[:FEW], served.process.pid),
            "one by one": (slow, served.process.pid),
            "floor": ([Sender(url, as_form(raw)) for _client in range(FEW)], pid),
        }
        rates: dict[str, list[float]] = {name: [] for name in sides}
        late: dict[str, list[float]] = {name: [] for name in sides}
        disk: dict[str, list[float]] = {name: [] for name in sides}
        for turn in range(ROUNDS + 1):
            for name, (senders, number) in sides.items():
                for sender in senders:
                    sender.took.clear()
                before = written(number)
                seconds = together(senders, EACH)
                if turn:
                    rates[name].append(FEW * EACH / seconds)
                    late[name].append(share([one for sender in senders for one in sender.took], 0.95))
                    disk[name].append((written(number) - before) / FEW / EACH / 1000)
    middle = statistics.median
    return [
        line("filings", middle(rates["product"]), middle(rates["floor"])),
        line("filing p95", middle(late["product"]), middle(late["floor"])),
        line(
            "written", statistics.mean(disk["product"]), statistics.mean(disk["floor"])
        ),  # checkpoints come seldom
        Line(
            "The same filings in four requests: rate; 95th percentile; written",
            f"{middle(rates['one by one']):.1f}/s; {middle(late['one by one']):.0f} ms; "
            f"{statistics.mean(disk['one by one']):,.0f} KB",
            "",
            f"{middle(rates['one by one']) / middle(rates['floor']):.2f}",
        ),
    ]


def over_many(served: Served, phones: list[Sender]) -> list[Line]:
    """Memory while sixteen phones file; levels are compared between fifths of the run."""
    assert served.process
    seen: list[float] = []
    each = 5
    rounds = max(5, FILINGS // (len(phones) * each))
    for _round in range(rounds):
        together(phones, each)
        seen.append(memory(served.process.pid))
    fifth = max(1, len(seen) // 5)
    second, last = (statistics.median(seen[at : at + fifth]) for at in (fifth, len(seen) - fifth))
    filed = rounds * len(phones) * each
    busy = sum(phone.busy for phone in phones)
    return [
        line("memory", max(seen), None, filed),
        line("level", last, second, filed),
        Line(f'Answers "busy" over {filed:,} filings', str(busy)),
    ]


def main() -> list[Line]:
    """Four phones beside the floor's four clients, then sixteen for long."""
    with product() as (served, phones, slow, raw):
        assert len(phones) == MANY, len(phones)
        return at_once(served, phones, slow, raw) + over_many(served, phones)
