"""A poster, scanned with a phone that has no account: a report with a photo; what was typed survives a reload."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.looks import LOOKS, looks
from tests.browser.offline import saved
from tests.browser.test_main_job import take_photo
from tests.hazards.by_poster import hung
from tests.served import Served

Scanned = Callable[..., Page]


@pytest.fixture
def printed() -> Callable[[], str]:
    return lambda: hung("一车间")[1]


def test_a_worker_reports_and_what_was_typed_survives_a_reload(
    scanned: Scanned, paper: tuple[Served, str]
) -> None:
    page = scanned()
    token = paper[1].removeprefix("/r/")
    assert token not in page.url and token not in page.evaluate("document.referrer")
    assert page.input_value("#place") == "一车间"
    take_photo(page, page.locator("#photos"), 7)
    page.fill("#words", "配电箱冒烟")
    saved(page)
    page.reload()
    page.get_by_text("您之前未发送的内容已恢复。").wait_for()
    assert page.input_value("#words") == "配电箱冒烟"
    page.locator("[data-chosen] img").wait_for()
    page.locator(".action-bar button").tap()
    page.wait_for_url("**/sent")
    page.locator(".btns.big a").tap()
    page.locator("#words").wait_for()
    saved(page)
    assert page.input_value("#words") == "" and page.locator("[data-chosen] img").count() == 0
    assert token not in (paper[0].data / "server.log").read_text("utf-8")


def test_what_does_not_fit_keeps_the_photo(scanned: Scanned) -> None:
    page = scanned()
    take_photo(page, page.locator("#photos"), 8)
    page.locator(".action-bar button").tap()
    page.locator(".errors").wait_for()
    assert page.locator("input[name=kept]").count() == 1
    page.fill("#words", "通道堵塞")
    page.locator(".action-bar button").tap()
    page.wait_for_url("**/sent")


def test_a_browser_without_scripts_reports_too(scanned: Scanned) -> None:
    page = scanned(java_script_enabled=False)
    page.fill("#words", "配电箱冒烟")
    page.locator(".action-bar button").tap()
    page.wait_for_url("**/sent")


@pytest.mark.parametrize("lang", LOOKS)
def test_its_pages_are_sound(scanned: Scanned, lang: str) -> None:
    page = scanned(locale="zh-CN" if lang == "zh" else "en-GB", bypass_csp=True)
    page.fill("#words", "配电箱冒烟")
    found = [*looks(page, lang)]
    page.locator(".action-bar button").tap()
    page.wait_for_url("**/sent")
    assert [*found, *looks(page, lang)] == []
