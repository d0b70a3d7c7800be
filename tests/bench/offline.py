"""How long a phone takes to open Today and a check page from what it has kept, the server being gone."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests import cast
from tests.bench import Line
from tests.browser.conftest import ARGUMENTS, CHROMIUM, PHONE, sign_in
from tests.conftest import build, settle
from tests.served import Served
from xuncha.accounts.passwords import hash_password

ROUNDS = 20


def _opened(page: Page, path: str, there: str) -> float:
    """Seconds from asking for a page until it can be used."""
    page.goto("about:blank")
    page.goto(path, wait_until="commit")
    page.wait_for_selector(there)
    return float(page.evaluate("performance.now()")) / 1000


def _median(page: Page, path: str, there: str) -> str:
    return f"{statistics.median(_opened(page, path, there) for _round in range(ROUNDS)):.2f} s"


def main() -> list[Line]:
    """Medians of Today and of a check page."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        data = Path(folder)
        settle(build(f"sqlite:///{data / 'xuncha.db'}", data), hash_password(cast.PASSWORD))
        served = Served(data)
        served.flask("nightly")
        served.start()
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            page = browser.new_context(viewport=PHONE, base_url=served.url, locale="zh-CN").new_page()
            sign_in(page, "wang")
            page.wait_for_selector("[data-offline=ready]", timeout=60_000)
            check = page.locator("a.btn[href^='/checks/new?task=']").first.get_attribute("href") or ""
            served.kill()
            return [
                Line(
                    "Today opened without a network",
                    _median(page, "/today", "[data-offline=ready]"),
                    "< 0.5 s",
                ),
                Line("A check opened without a network", _median(page, check, "form[data-ready]"), "< 1 s"),
            ]
        finally:
            browser.close()
            served.kill()
