"""How the shipped page drains an outbox of ten filings with three photos each over a network of 256 kbit/s that cuts every
fifth connection."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests import cast
from tests.bench import Line
from tests.browser.conftest import ARGUMENTS, CHROMIUM, PHONE, sign_in
from tests.browser.connection_cuts import Cutting
from tests.browser.outbox import entries, equip, filed, hold, photos_of, put
from tests.checks.filings import picture
from tests.conftest import build, settle
from tests.faults.proxy import Proxy
from tests.faults.soak import entries_for
from tests.served import Served
from xuncha.accounts.passwords import hash_password
from xuncha.core.db import db

FILINGS, PHOTOS = 10, 3
RATE = 256_000 // 8
CUT_SHARE = 0.2
SEED = 11
MOST = 1.3  # bytes sent over bytes needed
LONGEST_S = 900


def _visit(data: Path) -> dict[str, Any]:
    app = build(f"sqlite:///{data / 'xuncha.db'}", data)
    settle(app, hash_password(cast.PASSWORD))
    with app.app_context():
        raw = entries_for(1, "huaxin", random.Random(7), [b"1", b"2", b"3"])[0].filing
        db.session.remove()
        db.engine.dispose()
    answers = [{**raw["answers"][0], "result": "comply"}]
    return {**raw, "findings": [], "answers": answers, "task_id": None}


def _fill(page: Page, raw: dict[str, Any]) -> tuple[dict[str, list[str]], int]:
    """Photos by filing, and the bytes of all."""
    filings, size = {}, 0
    for number in range(FILINGS):
        album = [picture(number * PHOTOS + at, (1600, 1200)) for at in range(PHOTOS)]
        names = [hold(page, photo) for photo in album]
        uuid = put(page, raw, photos=[{"sha256": name} for name in names])
        filings[uuid] = names
        size += sum(map(len, album)) + len(entries(page)[uuid]["body"].encode())
    return filings, size


def _drain(page: Page) -> float:
    """Seconds until nothing waits, the page left to itself."""
    begun = time.monotonic()
    page.context.set_offline(False)
    while entries(page) and time.monotonic() - begun < LONGEST_S:
        page.wait_for_timeout(500)
    return time.monotonic() - begun


def main() -> list[Line]:
    """Time to empty, what arrived, and the bytes sent over those that were needed."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        data = Path(folder)
        raw = _visit(data)
        served = Served(data).start()
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            with Proxy(served.port) as line:
                context = browser.new_context(
                    viewport=PHONE,
                    base_url=line.url,
                    locale="zh-CN",
                    service_workers="block",
                )
                equip(context)
                page = context.new_page()
                sign_in(page, "wang")
                page.goto("/me")
                context.set_offline(True)
                filings, needed = _fill(page, raw)
                line.choose, before = Cutting(SEED, CUT_SHARE, RATE), line.up
                taken = _drain(page)
                ratio = (line.up - before) / needed
                left = len(entries(page))
        finally:
            browser.close()
            served.kill()
        wrong = [
            uuid
            for uuid, names in filings.items()
            if (filed(served, uuid), photos_of(served, uuid)) != (1, names)
        ]
        told = f"{taken:.0f} s for {needed / 1e6:.1f} MB, {line.cuts} cuts"
        return [
            Line("Outbox of a page over 256 kbit/s, 20 % cut", told, "done", met=not left),
            Line("Filings lost, doubled or without a photo", str(len(wrong)), "0", met=not wrong),
            Line("Bytes sent over bytes needed", f"{ratio:.2f}", f"<= {MOST}", met=ratio <= MOST),
        ]
