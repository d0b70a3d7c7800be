"""A poster, scanned with a phone that has no account: a report with a photo; what was typed survives a reload."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE
from tests.browser.test_main_job import take_photo
from tests.browser.test_pages import LOOKS, faults
from tests.conftest import build, shut_down
from tests.hazards.by_link import BASE
from tests.hazards.by_poster import hung
from tests.served import Served
from xuncha.core.db import db

KEY = "test"  # what `build` signs with


@pytest.fixture
def poster(settled: Path, tmp_path: Path) -> Iterator[tuple[Served, str]]:
    """The shipped server, and the path on a poster."""
    shutil.copy(settled, tmp_path / "xuncha.db")
    app = build(f"sqlite:///{tmp_path / 'xuncha.db'}", tmp_path, PUBLIC_URL=BASE)
    with app.app_context():
        _number, path = hung("一车间")
        db.session.remove()
    shut_down(app)
    server = Served(tmp_path, settings={"SECRET_KEY": KEY})
    server.settings["XUNCHA_PUBLIC_URL"] = server.url
    yield server.start(), path
    server.kill()


@pytest.fixture
def scanned(chromium: Browser, poster: tuple[Served, str]) -> Iterator[Callable[..., Page]]:
    """A phone before the poster."""
    contexts = []

    def opened(**options: object) -> Page:
        wanted = {"viewport": PHONE, "has_touch": True, "locale": "zh-CN", "service_workers": "block"}
        context = chromium.new_context(base_url=poster[0].url, **{**wanted, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(poster[1])
        return page

    yield opened
    for context in contexts:
        context.close()


def test_a_worker_reports_and_what_was_typed_survives_a_reload(
    scanned: Callable[..., Page], poster: tuple[Served, str]
) -> None:
    page = scanned()
    token = poster[1].removeprefix("/r/")
    assert token not in page.url and token not in page.evaluate("document.referrer")
    assert page.input_value("#place") == "一车间"
    take_photo(page, page.locator("#photos"), 7)
    page.fill("#words", "配电箱冒烟")
    page.wait_for_timeout(700)  # what is typed last is on the disk after a moment
    page.reload()
    page.get_by_text("您之前未发送的内容已恢复。").wait_for()
    assert page.input_value("#words") == "配电箱冒烟"
    page.locator("[data-chosen] img").wait_for()
    page.locator(".action-bar button").tap()
    page.wait_for_url("**/sent")
    page.locator(".btns.big a").tap()
    page.locator("#words").wait_for()
    page.wait_for_timeout(500)
    assert page.input_value("#words") == "" and page.locator("[data-chosen] img").count() == 0
    assert token not in (poster[0].data / "server.log").read_text("utf-8")


def test_what_does_not_fit_keeps_the_photo(scanned: Callable[..., Page]) -> None:
    page = scanned()
    take_photo(page, page.locator("#photos"), 8)
    page.locator(".action-bar button").tap()
    page.locator(".errors").wait_for()
    assert page.locator("input[name=kept]").count() == 1
    page.fill("#words", "通道堵塞")
    page.locator(".action-bar button").tap()
    page.wait_for_url("**/sent")


def test_a_browser_without_scripts_reports_too(scanned: Callable[..., Page]) -> None:
    page = scanned(java_script_enabled=False)
    page.fill("#words", "配电箱冒烟")
    page.locator(".action-bar button").tap()
    page.wait_for_url("**/sent")


@pytest.mark.parametrize("lang", LOOKS)
def test_its_pages_are_sound(scanned: Callable[..., Page], lang: str) -> None:
    page = scanned(locale="zh-CN" if lang == "zh" else "en-GB", bypass_csp=True)
    page.fill("#words", "配电箱冒烟")
    found = [*looks(page, lang)]
    page.locator(".action-bar button").tap()
    page.wait_for_url("**/sent")
    assert [*found, *looks(page, lang)] == []


def looks(page: Page, lang: str) -> Iterator[str]:
    """What is wrong with the page on a phone and on a desk."""
    for viewport, scheme in LOOKS[lang]:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            yield f"{page.url} {viewport}: scrolls sideways"
        yield from faults(page)
