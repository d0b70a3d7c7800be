"""What a page costs a phone and the server in the demo zone, beside a floor: one plain page of fifty rows from a server that does
nothing else. The browser has the profile of slow 4G: 562 ms a request, 1.44 Mbit/s, a processor four times slower."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.bench import Line
from tests.bench.filing import signed_in
from tests.browser.conftest import ARGUMENTS, CHROMIUM, PHONE
from tests.conftest import build
from tests.served import Served, free_port
from xuncha.accounts.models import User
from xuncha.core.access import Role
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.schedule.models import Task

ROUNDS, CPU_ROUNDS, WARM = 5, 40, 5
SLOW_4G = {"offline": False, "latency": 562, "downloadThroughput": 180_000, "uploadThroughput": 84_375}
SLOWER = 4
SETTLED_MS = 1500
PACK_MS = 180_000
PLAIN = """<!doctype html><html lang="en"><meta charset="utf-8"><title>floor</title><h1>Fifty rows</h1><table>
{% for row in range(50) %}<tr>{% for cell in range(6) %}<td>row {{ row }}, cell {{ cell }}</td>{% endfor %}</tr>{% endfor %}
</table></html>"""
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
def floor() -> Iterator[tuple[str, Flask]]:
    """The plain page served, and its application."""
    app = Flask("floor")
    app.add_url_rule("/", "rows", lambda: render_template_string(PLAIN))
    server = make_server("127.0.0.1", free_port(), app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}/", app
    server.shutdown()


@contextmanager
def phone(browser: Browser, url: str, cookies: list[Any]) -> Iterator[Page]:
    """A page of a phone that was never here, signed in."""
    context = browser.new_context(viewport=PHONE, base_url=url, locale="zh-CN", has_touch=True)  # type: ignore[arg-type]
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


def median_of(*work: Callable[[], float]) -> list[float]:
    """Medians of several measurements, taken in turn."""
    taken = [[one() for one in work] for _round in range(WARM + CPU_ROUNDS)]
    return [statistics.median(column) for column in zip(*taken[WARM:], strict=True)]


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
    size = f"{middle(checks, 'bytes') / 1000:.0f} KB, {middle(checks, 'requests'):.0f} requests"
    first = f"{middle(visits, 'lcp'):.2f} s, {middle(visits, 'shift'):.3f}"
    offline = f"{wire / 1000:.0f} KB, {requests} requests, {kept / 1e6:.1f} MB kept"
    return [
        Line("A plain page of 50 rows, cold: largest paint", f"{middle(floors, 'lcp'):.2f} s", ""),
        Line("A check page, cold: largest paint", f"{middle(checks, 'lcp'):.2f} s", "<= 1.5 s"),
        Line("A check page, cold: over the wire", size, "<= 60 KB, 5"),
        Line("Today, first visit: largest paint, shift", first, "<= 1.6 s, 0.02"),
        Line("Offline pack of a supervisor", offline, "<= 500 KB, 40, 5 MB"),
    ]


def on_server(bare: FlaskClient, client: FlaskClient, check: str) -> list[Line]:
    """Processor time of the floor, Today and the check page, in turn."""
    plain, today, form = median_of(
        lambda: cpu(bare, "/"), lambda: cpu(client, "/today"), lambda: cpu(client, check)
    )
    return [
        Line("Server's time: a plain page of 50 rows", f"{plain:.1f} ms", ""),
        Line("Server's time: Today", f"{today:.1f} ms", "<= 12 ms"),
        Line("Server's time: a check page", f"{form:.1f} ms", "<= 25 ms"),
    ]


def measured(data: Path) -> list[Line]:
    """The lines of a zone in a folder."""
    app = build(f"sqlite:///{data / 'xuncha.db'}", data)
    number, check = subject(app)
    client = signed_in(app, number)
    served = Served(data, settings={"SECRET_KEY": str(app.config["SECRET_KEY"])}).start()
    try:
        with floor() as (plain, bare):
            lines = in_browser(served.url, check, cookies_of(client, served.url), plain)
            return lines + on_server(bare.test_client(), client, check)
    finally:
        served.kill()


def main() -> list[Line]:
    """A page, a pack and the server's time, in a demo zone made for it."""
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        Served(data).flask("demo", "load")
        return measured(data)
