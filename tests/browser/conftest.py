"""A server with the cast, and a phone or a desk to look at it with."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests import cast
from tests.browser.outbox import equip
from tests.browser.prepared import served_after
from tests.conftest import build, shut_down
from tests.faults.soak import entries_for, ready
from tests.served import Served
from xuncha.core.db import db

# Chromium without its windows: the same engine, in half of the processor time.
CHROMIUM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium-headless-shell"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
Zone = tuple[Served, dict[str, Any]]
Phones = Callable[..., Page]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, without windows."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def month(settled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the cast and this month's tasks, copied for every test."""
    folder = tmp_path_factory.mktemp("month")
    shutil.copy(settled, folder / "xuncha.db")
    app = build(f"sqlite:///{folder / 'xuncha.db'}", folder)
    done = app.test_cli_runner().invoke(args=["nightly"])
    assert done.exit_code == 0, done.output
    shut_down(app)
    return folder / "xuncha.db"


@pytest.fixture
def served(month: Path, tmp_path: Path) -> Iterator[Served]:
    """The shipped server on a fresh copy of the cast, this month's tasks opened."""
    shutil.copy(month, tmp_path / "xuncha.db")
    server = Served(tmp_path).start()
    yield server
    server.kill()


@pytest.fixture
def device(chromium: Browser, served: Served) -> Iterator[Callable[..., Page]]:
    """A phone (or a desk) on which a person has signed in through the page."""
    contexts: list[BrowserContext] = []

    def opened(who: str | None, *, desk: bool = False, **options: object) -> Page:
        context = chromium.new_context(
            viewport=DESK if desk else PHONE,
            has_touch=not desk,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=served.url,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        if who:
            sign_in(page, who)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def paper(printed: Callable[[], str], settled: Path, tmp_path: Path) -> Iterator[tuple[Served, str]]:
    """The shipped server, and the path on a paper: what the module's own `printed` gives when called."""
    with served_after(printed, settled, tmp_path) as made:
        yield made


@pytest.fixture
def scanned(chromium: Browser, paper: tuple[Served, str]) -> Iterator[Callable[..., Page]]:
    """A phone without an account that has scanned the code on the paper."""
    contexts: list[BrowserContext] = []

    def opened(script: str = "", browser: Browser = chromium, **options: object) -> Page:
        wanted = {"viewport": PHONE, "has_touch": True, "locale": "zh-CN", "service_workers": "block"}
        context = browser.new_context(base_url=paper[0].url, **{**wanted, **options})
        contexts.append(context)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(paper[1])
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def filming(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium whose camera films a pattern, and which need not be asked for leave."""
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *camera])
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def zone(settled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    """The shipped server, and a visit of today that it takes."""
    folder = tmp_path_factory.mktemp("zone")
    app = ready(folder, settled)
    with app.app_context():
        raw = entries_for(1, "huaxin", random.Random(1), [b"1", b"2", b"3"])[0].filing
        db.session.remove()
        db.engine.dispose()
    server = Served(folder).start()
    yield (
        server,
        {**raw, "photos": [], "findings": [], "answers": [{**raw["answers"][0], "result": "comply"}]},
    )
    server.kill()


@pytest.fixture
def phone(chromium: Browser, zone: Zone) -> Iterator[Phones]:
    """A phone on which a person has signed in, looking at what waits there."""
    contexts: list[BrowserContext] = []

    def opened(who: str = "wang", page_of: str = "/me") -> Page:
        # Without the worker the test sees every request of the page.
        context = chromium.new_context(
            viewport=PHONE,
            has_touch=True,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=zone[0].url,
            service_workers="block",
        )
        contexts.append(context)
        equip(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        sign_in(page, who)
        page.goto(page_of)
        return page

    yield opened
    for context in contexts:
        context.close()


def sign_in(page: Page, who: str) -> None:
    """Sign in through the page."""
    page.goto("/sign-in")
    page.fill("#username", who)
    page.fill("#password", cast.PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def sign_with_a_finger(page: Page) -> None:
    """Draw a line into every signature box."""
    for canvas in page.locator("canvas").all():
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 120, box["y"] + 80, steps=5)
        page.mouse.up()
