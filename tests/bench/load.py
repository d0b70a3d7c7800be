"""A day's peak: fifty phones that file three photos of 1.5 MB each and twenty people at desks who read, at once for minutes.

Each phone files a check a minute, each reader opens a page every three seconds (`BENCH_SECONDS`, 300 by default). With
`BENCH_NODES=3` three nodes serve them behind nginx, on one PostgreSQL and one object store; else one machine serves them with
SQLite and a folder.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from PIL import Image

from tests import postgresql
from tests.bench import Line, share, zones
from tests.bench.targets import line
from tests.bench.throughput import BUSY, crew, family, memory
from tests.faults.client import Book, Phone
from tests.faults.cluster import Cluster
from tests.photos.s3_server import S3Server
from tests.served import Served
from xuncha.demo.people_and_sites import PASSWORD

PHONES, READERS, PHOTOS, PHOTO_BYTES = 50, 20, 3, 1_500_000
SECONDS = int(os.environ.get("BENCH_SECONDS", "300"))
NODES = int(os.environ.get("BENCH_NODES", "1"))
FILES_EVERY_S, READS_EVERY_S, PAUSE_S = 60, 3, 1
PAGES = ("/figures", "/hazards", "/enterprises", "/checks", "/schedule/grid", "/campaigns", "/trainings")


@dataclass
class Seen:
    """What clients met, in milliseconds; a list may be added to by many threads."""

    pages: list[float] = field(default_factory=list)
    photos: list[float] = field(default_factory=list)
    filings: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    busy: int = 0


def large_photo() -> bytes:
    """A JPEG of some 1.5 MB."""
    grain = Image.effect_noise((3000, 2000), 60)
    quality, content = 98, b""
    while not content or len(content) > PHOTO_BYTES:
        file = BytesIO()
        Image.merge("RGB", (grain, grain, grain)).save(file, "JPEG", quality=quality)
        quality, content = quality - 4, file.getvalue()
    return content


class Client:
    """One browser or phone with a connection that stays open."""

    def __init__(self, url: str, headers: dict[str, str], seen: Seen) -> None:
        address = urlsplit(url)
        self.line = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        self.headers, self.seen = headers, seen

    def ask(self, method: str, path: str, body: bytes | None, took: list[float], **more: str) -> None:
        """One request, again after a pause where the server is busy; its time, and any answer that is a fault."""
        begun = time.perf_counter()
        while True:
            headers = self.headers | {name.replace("_", "-"): value for name, value in more.items()}
            self.line.request(method, path, body, headers)
            answer = self.line.getresponse()
            answer.read()
            if answer.status != BUSY:
                break
            self.seen.busy += 1
            time.sleep(PAUSE_S)
        took.append((time.perf_counter() - begun) * 1000)
        if answer.status not in (200, 201):
            self.seen.faults.append(f"{method} {path.split('/')[1]} {answer.status}")


def signed_in(url: str, name: str) -> dict[str, str]:
    """The headers of somebody's session."""
    phone = Phone(url, Book()).sign_in(name, PASSWORD)
    token = phone.token() or ""
    return {"Cookie": "; ".join(f"{one.name}={one.value}" for one in phone.jar), "X-CSRFToken": token}


def file(client: Client, raw: dict[str, Any], photo: bytes, number: int) -> None:
    """Three photos, then the filing."""
    album = {}
    for part in range(PHOTOS):
        words = f"{number}-{part}".encode().ljust(24, b".")
        data = photo[:2] + b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words + photo[2:]
        album[hashlib.sha256(data).hexdigest()] = data
    for sha256, data in album.items():
        length = {"X_Content_Length_Declared": str(len(data))}
        client.ask(
            "PUT", f"/sync/photos/{sha256}", data, client.seen.photos, Content_Type="image/jpeg", **length
        )
    filing = raw | {"uuid": str(uuid4()), "photos": [{"sha256": sha256} for sha256 in album]}
    body = json.dumps(filing, ensure_ascii=False).encode()
    told = {"Content_Type": "application/json", "X_Filing_SHA256": hashlib.sha256(body).hexdigest()}
    client.ask("POST", "/sync/filings", body, client.seen.filings, **told)


def every(seconds: float, until: float, dice: random.Random) -> Iterator[None]:
    """Turns that begin at a random moment of the first interval."""
    next_at = time.monotonic() + dice.random() * seconds
    while next_at < until:
        time.sleep(max(0.0, next_at - time.monotonic()))
        yield
        next_at += seconds


@contextmanager
def threads(made: list[threading.Thread]) -> Iterator[None]:
    """Started, and waited for at the end."""
    for one in made:
        one.start()
    yield
    for one in made:
        one.join()


@dataclass
class Installation:
    """Where it answers, and the first processes of its servers."""

    url: str
    servers: list[int]

    def held(self) -> tuple[float, int]:
        """Megabytes, and files and connections, that all its processes hold."""
        files = sum(one.num_fds() for pid in self.servers for one in family(pid))
        return sum(memory(pid) for pid in self.servers), files


def pid_of(served: Served) -> int:
    """The first process of a server."""
    assert served.process
    return served.process.pid


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """The zone of a folder, served by one machine or by several nodes."""
    if NODES == 1:
        served = Served(folder).start()
        try:
            yield Installation(served.url, [pid_of(served)])
        finally:
            served.kill()
        return
    with postgresql.server(folder / "postgresql") as address:
        url = postgresql.new_database(address, "zone")
        Served(folder).flask("move", "--to", url)
        (nodes := folder / "nodes").mkdir()
        store = S3Server(folder / "store" / "s3").start()
        cluster = Cluster(nodes, url, store, NODES)
        try:
            cluster.start()
            yield Installation(cluster.url, [pid_of(node) for node in cluster.nodes])
        finally:
            cluster.kill()
            store.stop()


def main() -> list[Line]:
    """Both kinds of people on the demo zone."""
    folder = zones.copied(zones.demo())
    people, seen, numbers, photo = crew(folder), Seen(), count(1), large_photo()
    with installed(folder) as served:
        phones = [people[at % len(people)] for at in range(PHONES)]
        sessions = [signed_in(served.url, name) for name, _raw in phones]
        desk = signed_in(served.url, "leader")
        until = time.monotonic() + SECONDS

        def phone_work(at: int) -> None:
            client = Client(served.url, sessions[at], seen)
            for _turn in every(FILES_EVERY_S, until, random.Random(at)):
                file(client, phones[at][1], photo, next(numbers))

        def desk_work(at: int) -> None:
            dice = random.Random(1000 + at)
            client = Client(served.url, desk, seen)
            for _turn in every(READS_EVERY_S, until, dice):
                client.ask("GET", dice.choice(PAGES), None, seen.pages)

        made = [threading.Thread(target=phone_work, args=(at,)) for at in range(PHONES)]
        made += [threading.Thread(target=desk_work, args=(at,)) for at in range(READERS)]
        with threads(made):
            time.sleep(SECONDS / 5)
            early = served.held()
            time.sleep(SECONDS / 5 * 3)
            late = served.held()
    return [
        line("load page", share(seen.pages, 0.95), size=SECONDS),
        line("load photo", share(seen.photos, 0.95), size=SECONDS),
        line("load faults", len(seen.faults), size=SECONDS),
        line("load memory", late[0], early[0], SECONDS),
        Line("The same: files open, early and late", f"{early[1]}, {late[1]}"),
        Line(
            "The same: faults by kind",
            ", ".join(f"{n} {what}" for what, n in Counter(seen.faults).most_common()),
        ),
        Line("The same: nodes", str(NODES)),
        Line(
            "The same: filings, pages, answers “busy”", f"{len(seen.filings)}, {len(seen.pages)}, {seen.busy}"
        ),
    ]
