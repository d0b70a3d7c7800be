"""What a page costs a phone and the server in the demo zone, beside the floor's page of fifty rows. The browser
has the profile of slow 4G: 562 ms a request, 1.44 Mbit/s, a processor four times slower."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench import ROUNDS, Line, floor, medians, zones
from tests.bench.targets import line
from tests.browser.conftest import ARGUMENTS, CHROMIUM, PHONE
from tests.served import Served
from xuncha.accounts.models import User
from xuncha.core.access import Role
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.schedule.models import Task

CPU_ROUNDS, WARM = 40, 5
SLOW_4G = {"offline": False, "latency": 562, "downloadThroughput": 180_000, "uploadThroughput": 84_375}
SLOWER = 4
SETTLED_MS = 1500
PACK_MS = 180_000
OBSERVER = """
globalThis.seen = { lcp: 0, what: "", shift: 0 };
new PerformanceObserver((list) => { for (const one of list.getEntries()) {
  seen.lcp = one.startTime; seen.what = one.element?.outerHTML.slice(0, 80) ?? ""; } })
  .observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => { for (const one of list.getEntries()) seen.shift += one.value; })
  .observe({ type: "layout-shift", buffered: true });
"""


@dataclass
class Opened:
    """One opening of a page with an empty cache."""

    lcp: float
    shift: float
    bytes: int
    requests: int
    what: str


@contextmanager
def phone(browser: Browser, url: str, cookies: list[Any]) -> Iterator[Page]:
    """A page of a phone that was never here, signed in."""
    context = browser.new_context(viewport=PHONE, base_url=url, locale="zh-CN", has_touch=True)
    context.add_cookies(cookies)
    context.add_init_script(OBSERVER)
    page = context.new_page()
    page.set_default_timeout(PACK_MS)
    yield page
    context.close()


def slow(page: Page) -> dict[str, list[float]]:
    """Slow the page's line and processor down; what arrives from now on."""
    line = page.context.new_cdp_session(page)
    got: dict[str, list[float]] = {"bytes": []}
    asked: dict[str, str] = {}
    line.send("Network.enable")
    line.on(
        "Network.requestWillBeSent", lambda told: asked.__setitem__(told["requestId"], told["request"]["url"])
    )
    line.send("Network.emulateNetworkConditions", SLOW_4G)
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})

    def finished(told: dict[str, Any]) -> None:
        if not asked.get(told["requestId"], "").startswith("data:"):
            got["bytes"].append(told["encodedDataLength"])

    line.on("Network.loadingFinished", finished)
    return got


def opened(browser: Browser, url: str, path: str, cookies: list[Any]) -> Opened:
    """Open a page, and wait until it has come to rest."""
    with phone(browser, url, cookies) as page:
        got = slow(page)
        page.goto(path, wait_until="load")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(SETTLED_MS)
        seen = page.evaluate("seen")
        taken = list(got["bytes"])
        return Opened(seen["lcp"] / 1000, seen["shift"], int(sum(taken)), len(taken), seen["what"])


def first_visit(browser: Browser, url: str, cookies: list[Any]) -> Opened:
    """Today on a phone that was never here, until its pack is whole: the paint that counts may come late."""
    with phone(browser, url, cookies) as page:
        slow(page)
        page.goto("/today")
        page.wait_for_selector("[data-offline=ready]")
        seen = page.evaluate("seen")
        return Opened(seen["lcp"] / 1000, seen["shift"], 0, 0, seen["what"])


def pack(browser: Browser, url: str, cookies: list[Any]) -> tuple[int, int, int]:
    """Bytes over the wire, requests and bytes kept of a pack."""
    with phone(browser, url, cookies) as page:
        asked: list[Any] = []
        page.on("requestfinished", lambda one: asked.append(one) if "x-pack" in one.headers else None)
        page.goto("/today")
        page.wait_for_selector("[data-offline=ready]")
        sizes = [one.sizes() for one in asked]
        kept = page.evaluate(
            """async () => { const name = (await caches.keys()).find((one) => one.startsWith("pack-"));
            const record = await (await (await caches.open(name)).match("/sync/pack")).json();
            return Object.values(record.kept).reduce((sum, one) => sum + one.size, 0); }"""
        )
        return sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes), len(asked), kept


def cpu(client: FlaskClient, path: str) -> float:
    """Processor milliseconds of one page."""
    begun = time.process_time()
    answer = client.get(path, headers={"Accept-Encoding": "br"})
    taken = (time.process_time() - begun) * 1000
    assert answer.status_code == 200, answer.status
    return taken


def subject(app: Flask) -> tuple[int, str]:
    """The supervisor with the most sites, and the check page of one of the tasks."""
    with app.app_context():
        query = (
            sa.select(Site.supervisor_id)
            .join(User, User.id == Site.supervisor_id)
            .where(User.role == Role.SUPERVISOR)
        )
        number = db.session.scalars(
            query.group_by(Site.supervisor_id).order_by(sa.func.count().desc())
        ).first()
        sites = sa.select(Site.id).where(Site.supervisor_id == number)
        task = db.session.scalars(
            sa.select(Task.id).where(Task.site_id.in_(sites), Task.done_on.is_(None))
        ).first()
        db.session.remove()
        assert number is not None
        return number, f"/checks/new?task={task}"


def cookies_of(client: FlaskClient, url: str) -> list[Any]:
    """The session of a client, for a browser."""
    cookie = client.get_cookie("xuncha")
    assert cookie is not None
    return [{"name": "xuncha", "value": cookie.value, "url": url}]


def middle(found: Iterable[Opened], name: str) -> float:
    """The median of one figure."""
    return statistics.median(getattr(one, name) for one in found)


def in_browser(url: str, check: str, cookies: list[Any], plain: str) -> list[Line]:
    """The lines of the browser: the floor, a check page and Today in turn, then the pack."""
    floors, checks, visits = [], [], []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        opened(browser, url, check, cookies)  # what the server makes once
        for _round in range(ROUNDS):
            floors.append(opened(browser, plain, "/", []))
            checks.append(opened(browser, url, check, cookies))
            visits.append(first_visit(browser, url, cookies))
        wire, requests, kept = pack(browser, url, cookies)
        browser.close()
    return [
        line("check lcp", middle(checks, "lcp"), middle(floors, "lcp")),
        line("check bytes", middle(checks, "bytes") / 1000, middle(floors, "bytes") / 1000),
        line("check requests", middle(checks, "requests"), middle(floors, "requests")),
        line("today lcp", middle(visits, "lcp"), middle(floors, "lcp")),
        line("today shift", round(middle(visits, "shift"), 3)),
        line("pack wire", wire / 1000),
        line("pack requests", requests),
        line("pack kept", kept / 1e6),
    ]


def on_server(bare: FlaskClient, client: FlaskClient, check: str) -> list[Line]:
    """Processor time of the floor, Today and the check page, in turn."""
    took = medians(
        {
            "floor": lambda: cpu(bare, "/"),
            "today": lambda: cpu(client, "/today"),
            "check": lambda: cpu(client, check),
        },
        CPU_ROUNDS,
        WARM,
    )
    return [line(f"{name} cpu", took[name], took["floor"]) for name in ("today", "check")]


def main() -> list[Line]:
    """A page, a pack and the server's time, in a demo zone of its own."""
    data = zones.copied(zones.demo(), photos=True)  # a pack is whole with its pictures only
    app = zones.opened(data)
    number, check = subject(app)
    client = zones.signed_in(app, number)
    bare = zones.temporary()
    served = Served(data, settings={"SECRET_KEY": str(app.config["SECRET_KEY"])}).start()
    try:
        with floor.served(bare) as (plain, _pid):
            lines = on_server(floor.application(str(bare)).test_client(), client, check)
            return lines + in_browser(served.url, check, cookies_of(client, served.url), plain)
    finally:
        served.kill()
