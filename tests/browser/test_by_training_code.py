"""A phone at a training: the printed code is scanned, one signs in, goes on to the exam, and the answers survive a reload."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE
from tests.browser.looks import looks
from tests.browser.prepared import KEY
from tests.browser.test_pages import LOOKS
from tests.conftest import build, shut_down
from tests.hazards.builders import person
from tests.hazards.by_link import BASE
from tests.reports.test_notice_code import codes
from tests.served import Served
from tests.trainings.by_code import bank
from xuncha.core.clock import today, utcnow
from xuncha.core.db import commit, db
from xuncha.reports import printing
from xuncha.trainings import attendance, exams
from xuncha.trainings.actions import Facts, Heads, record_training
from xuncha.trainings.models import TrainingKind


@pytest.fixture
def hall(settled: Path, tmp_path: Path) -> Iterator[tuple[Served, str]]:
    """The shipped server, and the path in the code that hangs at a training of today."""
    shutil.copy(settled, tmp_path / "xuncha.db")
    app = build(f"sqlite:///{tmp_path / 'xuncha.db'}", tmp_path, PUBLIC_URL=BASE)
    with app.app_context():
        wang, now = person("wang"), utcnow()
        facts = Facts(
            kind=TrainingKind.COURSE,
            topic="用电安全培训",
            held_on=today(),
            place="一号厅",
            organiser="安委办",
            hours=20,
            audience=(Heads(0, group_name="待签到"),),
        )
        training = record_training(facts, actor=wang, now=now)
        sheet = attendance.open_sheet(training, now, actor=wang, now=now)
        bank()
        exams.set_exam(
            training,
            drawn=3,
            topic="",
            pass_mark=60,
            minutes=60,
            attempts=2,
            closes_on=today() + timedelta(days=1),
            actor=wang,
            now=now,
        )
        commit()
        order = printing.sign_in_code(sheet)
        assert order is not None
        printing.write(order, tmp_path / "code.pdf", "zh")
        (address,) = codes((tmp_path / "code.pdf").read_bytes(), 100 / 72)
        db.session.remove()
    shut_down(app)
    server = Served(tmp_path, settings={"SECRET_KEY": KEY})
    server.settings["XUNCHA_PUBLIC_URL"] = server.url
    yield server.start(), urlsplit(address).path
    server.kill()


@pytest.fixture
def scanned(chromium: Browser, hall: tuple[Served, str]) -> Iterator[Callable[..., Page]]:
    """A phone in the hall."""
    contexts = []

    def opened(**options: object) -> Page:
        wanted = {"viewport": PHONE, "has_touch": True, "locale": "zh-CN", "service_workers": "block"}
        context = chromium.new_context(base_url=hall[0].url, **{**wanted, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(hall[1])
        return page

    yield opened
    for context in contexts:
        context.close()


def sign_in(page: Page) -> None:
    """Sign in and go on to the first question."""
    page.fill("#name", "李工")
    page.fill("#enterprise", "华鑫化工有限公司")
    page.locator(".action-bar button").tap()
    page.wait_for_url("**/signed")


def begin(page: Page) -> None:
    """From the page after signing in to the first question."""
    page.locator(".btns.big a.primary").tap()
    page.locator("#name").wait_for()
    page.fill("#name", "李工")
    page.fill("#enterprise", "华鑫化工有限公司")
    page.locator(".action-bar button").tap()
    page.wait_for_url("**/questions/1")


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_code_to_the_result(
    scanned: Callable[..., Page], hall: tuple[Served, str], scripts: bool
) -> None:
    page = scanned(java_script_enabled=scripts)
    assert hall[1].removeprefix("/s/") not in page.url
    sign_in(page)
    begin(page)
    for position in (1, 2, 3):
        page.wait_for_url(f"**/questions/{position}")
        page.locator("label.tick").nth(1).tap()
        page.locator(".action-bar button").tap()
        if position == 1:
            page.wait_for_url("**/questions/2")
            page.reload()
            page.locator(".action-bar a").first.tap()
            page.wait_for_url("**/questions/1")
            assert page.locator("label.tick input").nth(1).is_checked()
            page.locator(".action-bar button").tap()
    page.wait_for_url("**/hand-in")
    page.locator(".btns.big button").tap()
    page.wait_for_url("**/result")
    assert page.locator(".banner").count() >= 1


@pytest.mark.parametrize("lang", LOOKS)
def test_its_pages_are_sound(scanned: Callable[..., Page], lang: str) -> None:
    page = scanned(locale="zh-CN" if lang == "zh" else "en-GB", bypass_csp=True)
    found = [*looks(page, lang)]
    page.set_viewport_size(PHONE)
    sign_in(page)
    found += looks(page, lang)
    page.set_viewport_size(PHONE)
    begin(page)
    found += looks(page, lang)
    page.set_viewport_size(PHONE)
    page.locator(".action-bar a").last.tap()
    page.wait_for_url("**/hand-in")
    found += looks(page, lang)
    page.set_viewport_size(PHONE)
    page.locator(".btns.big button").tap()
    page.wait_for_url("**/result")
    assert [*found, *looks(page, lang)] == []
