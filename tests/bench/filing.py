"""What a photo and a filing cost the server's processor, beside the floor in the same sitting."""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from tests import cast
from tests.bench import Line, floor, in_turn, zones
from tests.bench.targets import line, told
from tests.checks.filings import STROKES, visit
from tests.conftest import build, settle
from tests.faults.client import OCTETS, Entry, together
from xuncha.accounts.models import User
from xuncha.core.db import db
from xuncha.enterprises.models import Site

ROUNDS, WARM = 60, 5
Counted = dict[str, list[tuple[int, int]]]
ANSWERS, PHOTOS, PHOTO_BYTES = 20, 3, 300_000
PUT_STATEMENTS, POST_STATEMENTS = 5, 15  # at most: tests/sync/test_cost.py holds the server to it


def original() -> bytes:
    """A JPEG of about 300 KB, as a phone shrinks it: 1600 x 1200, detail everywhere."""
    grain = Image.effect_noise((1600, 1200), 40)
    tint = Image.linear_gradient("L").resize((1600, 1200))
    image = Image.merge("RGB", (grain, tint, grain))
    quality, content = 95, b""
    while quality > 5 and (not content or len(content) > PHOTO_BYTES):
        file = BytesIO()
        image.save(file, "JPEG", quality=quality)
        quality, content = quality - 5, file.getvalue()
    return content


def unique(photo: bytes, number: int) -> bytes:
    """The same picture as another file: a comment behind its first mark says which, and fills it up to 300 KB."""
    words = str(number).encode().ljust(max(16, min(65_000, PHOTO_BYTES - len(photo))), b".")
    return photo[:2] + b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words + photo[2:]


class Counts:
    """Statements and syncs since the last look."""

    def __init__(self) -> None:
        self.statements = self.syncs = 0

    def taken(self) -> tuple[int, int]:
        """Both, and begin again."""
        found = self.statements, self.syncs
        self.statements = self.syncs = 0
        return found


@contextmanager
def counting(engine: sa.Engine) -> Iterator[Counts]:
    """Count every statement that goes to the database, and every fsync of this process."""
    counts, real = Counts(), os.fsync

    def statement(*_given: Any) -> None:
        counts.statements += 1

    def sync(handle: int) -> None:
        counts.syncs += 1
        real(handle)

    sa.event.listen(engine, "before_cursor_execute", statement)
    os.fsync = sync
    try:
        yield counts
    finally:
        os.fsync = real
        sa.event.remove(engine, "before_cursor_execute", statement)


def timed(send: Callable[[], Any]) -> float:
    """Processor milliseconds of one request that must be answered 201."""
    begun = time.process_time()
    answer = send()
    taken = (time.process_time() - begun) * 1000
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return taken


def put(client: FlaskClient, data: bytes) -> float:
    """Send a photo as a phone does."""
    name = hashlib.sha256(data).hexdigest()
    headers = {"X-Content-Length-Declared": str(len(data))}
    return timed(
        lambda: client.put(f"/sync/photos/{name}", data=data, content_type="image/jpeg", headers=headers)
    )


def post(client: FlaskClient, raw: dict[str, Any]) -> float:
    """Send a filing as a phone does."""
    body = json.dumps(raw, ensure_ascii=False).encode()
    headers = {"X-Filing-SHA256": hashlib.sha256(body).hexdigest()}
    return timed(
        lambda: client.post("/sync/filings", data=body, content_type="application/json", headers=headers)
    )


def post_together(client: FlaskClient, filing: dict[str, Any], album: list[bytes]) -> float:
    """Send a filing with its photos as a phone does over a line that answers quickly."""
    entry = Entry(filing, {hashlib.sha256(one).hexdigest(): one for one in album})
    body, sizes = together(entry)
    headers = {"X-Filing-SHA256": entry.sha256, "X-Photos": sizes}
    return timed(
        lambda: client.post("/sync/filings/together", data=body, content_type=OCTETS, headers=headers)
    )


def template(site: Site) -> dict[str, Any]:
    """A visit of twenty answers at a site, now."""
    now = datetime.now(UTC)
    raw = visit(site, now=now)
    signed = {"strokes": STROKES * 8, "signed_at": (now - timedelta(minutes=5)).isoformat()}
    raw["signatures"] = [{**part, **signed} for part in raw["signatures"]]
    raw["answers"] = raw["answers"][:ANSWERS]
    raw["late_reason"] = "测量"  # also when the measurement runs about midnight
    return raw


def subject(app: Flask) -> tuple[int, dict[str, Any]]:
    """The number of a supervisor, and a visit at that person's site."""
    with app.app_context():
        wang = db.session.scalars(sa.select(User).where(User.username == "wang")).one()
        name = cast.PLACES["huaxin"].name
        raw = template(db.session.scalars(sa.select(Site).where(Site.name == name)).one())
        number = wang.id
        db.session.remove()
        return number, raw


def main() -> list[Line]:
    """Statements, syncs and processor time, medians over the rounds."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        app = build(f"sqlite:///{data / 'xuncha.db'}", data)
        settle(app, "no password")
        number, raw = subject(app)
        clients = {"server": zones.signed_in(app, number), "floor": floor.application(folder).test_client()}
        counted = Counted({"put": [], "post": [], "together": [], "fault": []})
        with app.app_context():
            engine = db.engine
        photo = original()
        albums = [[unique(photo, at * PHOTOS + one) for one in range(PHOTOS)] for at in range(WARM + ROUNDS)]
        with counting(engine) as counts:

            def sent(kind: str, name: str, album: list[bytes]) -> float:
                counts.taken()
                taken = send(kind, clients[name], raw, album)
                if name == "server":
                    counted[kind].append(counts.taken())
                return taken

            def work(kind: str, name: str) -> Callable[[], float]:
                turns = iter(albums)
                return lambda: sent(kind, name, next(turns))

            took = in_turn(
                {(kind, name): work(kind, name) for name in clients for kind in counted}, ROUNDS, WARM
            )
    return lines(took, counted)


def send(kind: str, client: FlaskClient, raw: dict[str, Any], album: list[bytes]) -> float:
    """All photos of a filing, or the filing: processor milliseconds."""
    if kind == "put":
        return sum(put(client, one) for one in album)
    names = [{"sha256": hashlib.sha256(one).hexdigest()} for one in album]
    filing = failing_twice(raw, names) if kind == "fault" else raw | {"photos": names}
    filing |= {"uuid": str(uuid4())}
    return post_together(client, filing, album) if kind == "together" else post(client, filing)


def failing_twice(raw: dict[str, Any], photos: list[dict[str, str]]) -> dict[str, Any]:
    """The visit with two items that fail, each with its finding and a photo of it."""
    answers = [dict(one) for one in raw["answers"]]
    found = []
    for place in (0, 1):
        answers[place]["result"] = "fail"
        found.append(
            {
                "uuid": str(uuid4()),
                "item_id": answers[place]["item_id"],
                "description": "2号仓库灭火器已过期",
                "hazard_class": "fire",
                "due_on": (datetime.now(UTC) + timedelta(days=9)).date().isoformat(),
                "before": photos[place : place + 1],
            }
        )
    return raw | {"answers": answers, "findings": found, "photos": photos[2:]}


def lines(took: dict[tuple[str, str], list[float]], counted: Counted) -> list[Line]:
    """The table's lines: the four requests of a filing together, then each kind."""
    whole = {
        name: statistics.median(map(sum, zip(took["put", name], took["post", name], strict=True)))
        for name in ("server", "floor")
    }
    told_of = [line("filing cpu", whole["server"], whole["floor"])]
    named = (
        ("put", "Photos of 300 KB, three", PHOTOS * PUT_STATEMENTS),
        ("post", f"A filing of {ANSWERS} answers, {PHOTOS} photos", POST_STATEMENTS),
        ("together", "The same filing and its photos in one request", None),
        ("fault", "The same with two hazards", None),
    )
    for kind, what, most in named:
        statements = max(one for one, _syncs in counted[kind][WARM:])
        syncs = statistics.mean(many for _one, many in counted[kind][WARM:])
        server, bare = (statistics.median(took[kind, name]) for name in ("server", "floor"))
        beside = {"floor": told(bare, "ms"), "ratio": f"{server / bare:.2f}"}
        told_of.append(Line(f"{what}: processor", told(server, "ms"), **beside))
        told_of.append(
            Line(
                f"{what}: statements, syncs",
                f"{statements}, {syncs:.1f}",
                f"<= {most}" if most else "",
                met=None if most is None else statements <= most,
            )
        )
    return told_of
