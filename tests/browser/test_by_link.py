"""The code on a notice, scanned with a phone that has no account: receipt, report, extension; what was typed survives."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE
from tests.browser.test_main_job import take_photo
from tests.browser.test_pages import LOOKS, faults
from tests.conftest import build, shut_down
from tests.hazards.builders import file, filing, finding, person, photo, picture, place
from tests.hazards.by_link import BASE, path_of
from tests.served import Served
from xuncha.core.clock import today, utcnow
from xuncha.core.db import db
from xuncha.hazards.actions import issue_notice

Phone = Callable[..., Page]
KEY = "test"  # what `build` signs with
NO_STORAGE = "Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError'); } });"


@pytest.fixture
def paper(settled: Path, tmp_path: Path) -> Iterator[tuple[Served, str]]:
    """The shipped server, and the path on the paper of a notice of two hazards that are due in ten days."""
    shutil.copy(settled, tmp_path / "xuncha.db")
    app = build(f"sqlite:///{tmp_path / 'xuncha.db'}", tmp_path, PUBLIC_URL=BASE)
    with app.app_context():
        due = (today() + timedelta(days=10)).isoformat()
        first = finding(due_on=due, before=[{"sha256": photo(200).sha256}])
        check = file(
            filing(place("huaxin"), first, finding(due_on=due, description="灭火器压力不足", place="仓库"))
        )
        notice = issue_notice(check, actor=person("wang"), now=utcnow())
        db.session.commit()
        path = path_of(notice)
        db.session.remove()
    shut_down(app)
    server = Served(tmp_path, settings={"SECRET_KEY": KEY})
    server.settings["XUNCHA_PUBLIC_URL"] = server.url
    yield server.start(), path
    server.kill()


@pytest.fixture
def phone(chromium: Browser, paper: tuple[Served, str]) -> Iterator[Phone]:
    """A phone that has scanned the code."""
    contexts = []

    def opened(script: str = "", **options: object) -> Page:
        wanted = {"viewport": PHONE, "has_touch": True, "locale": "zh-CN", "service_workers": "block"}
        context = chromium.new_context(base_url=paper[0].url, **{**wanted, **options})
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


def acknowledge(page: Page) -> None:
    page.fill("#responsible", "孙安全")
    page.fill("#who", "周厂长")
    page.get_by_role("button", name="确认收到").tap()
    page.get_by_text("已确认收到，谢谢。").wait_for()


def test_receipt_and_report_by_the_code_and_a_reload_loses_nothing(
    phone: Phone, paper: tuple[Served, str]
) -> None:
    page = phone()
    token = paper[1].removeprefix("/n/")
    assert token not in page.url and token not in page.evaluate("document.referrer")
    assert "灭火器压力不足" in page.locator("main").inner_text()
    acknowledge(page)
    assert token not in page.evaluate("document.referrer")

    page.get_by_role("link", name="提交整改").first.tap()
    take_photo(page, page.locator("#photos"), 7)
    page.fill("#note", "已封堵孔洞")
    page.fill("#cost", "0.3")
    page.fill("#who", "孙安全")
    page.wait_for_timeout(700)  # what is typed last is on the disk after a moment
    page.reload()
    page.get_by_text("您之前未发送的内容已恢复。").wait_for()
    assert page.input_value("#note") == "已封堵孔洞"
    page.locator("[data-chosen] img").wait_for()
    # The program may also be closed: another page of the same browser finds it too.
    address = page.url
    second = page.context.new_page()
    page.close()
    second.goto(address)
    second.locator("[data-chosen] img").wait_for()
    assert second.input_value("#who") == "孙安全"

    second.locator(".action-bar button").tap()
    second.get_by_text("待复查").first.wait_for()
    second.goto(address)
    assert second.locator("[data-chosen] img").count() == 0
    log = (paper[0].data / "server.log").read_text("utf-8")
    assert token not in log


def test_a_refused_report_keeps_text_and_photos_and_is_sent_again(phone: Phone) -> None:
    page = phone()
    page.get_by_role("link", name="提交整改").first.tap()
    take_photo(page, page.locator("#photos"), 8)
    page.fill("#who", "孙安全")
    page.locator(".action-bar button").tap()
    page.locator(".errors").wait_for()
    assert page.locator("input[name=kept]").count() == 1
    page.fill("#note", "已更换")
    page.locator(".action-bar button").tap()
    page.get_by_text("待复查").first.wait_for()


def test_a_browser_without_storage_reports_too(phone: Phone) -> None:
    page = phone(NO_STORAGE)
    acknowledge(page)
    page.get_by_role("link", name="申请延期").first.tap()
    page.fill("#reason", "等配件")
    page.fill("#interim_measures", "断电挂牌")
    page.fill("#due_on", (today() + timedelta(days=20)).isoformat())
    page.fill("#who", "孙安全")
    page.locator(".action-bar button").tap()
    page.get_by_text("延期待审").first.wait_for()


def test_a_browser_without_scripts_reports_too(phone: Phone) -> None:
    page = phone(java_script_enabled=False)
    acknowledge(page)
    page.get_by_role("link", name="提交整改").first.tap()
    page.set_input_files("#photos-album", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture(61)})
    page.fill("#note", "已封堵")
    page.fill("#who", "孙安全")
    page.locator(".action-bar button").tap()
    page.get_by_text("待复查").first.wait_for()


@pytest.mark.parametrize("lang", LOOKS)
def test_the_pages_of_the_code_are_sound(phone: Phone, lang: str) -> None:
    page = phone(bypass_csp=True, locale="zh-CN" if lang == "zh" else "en-GB")
    first = page.url
    pages = [first, f"{first}/hazards/1/report_done", f"{first}/hazards/1/ask_extension", "/n/abc"]
    found = []
    for address in pages:
        page.goto(address)
        for viewport, scheme in LOOKS[lang]:
            page.set_viewport_size(viewport)
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                found.append(f"{address} {viewport['width']}: scrolls sideways")
            found += [f"{address} {viewport['width']} {scheme}: {fault}" for fault in faults(page)]
    assert found == []
