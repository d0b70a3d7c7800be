"""An office moves into an empty zone with old workbooks, page by page, and files the first check."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests import cast
from tests.browser.conftest import DESK, PHONE
from tests.browser.looks import faults
from tests.browser.offline import answer_all, open_check, received, sign_and_submit, site_page, until
from tests.enterprises import formats
from tests.moving_in import HAZARD_COLUMNS, HAZARDS, PEOPLE, PEOPLE_COLUMNS, SITE_COLUMNS, SITES
from tests.served import Served

# The list of a browser test has no enterprise's account: those need one column more.
PEOPLE_HERE = PEOPLE[:3]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Served]:
    """The shipped server on an empty folder, with its first administrator."""
    server = Served(tmp_path).start()
    server.flask("users", "add", "chief", "--name", "安管理", "--password", "first " + cast.PASSWORD)
    yield server
    server.kill()


@pytest.fixture
def desk(chromium: Browser, empty: Served) -> Iterator[Callable[[], Page]]:
    """A desk of nobody yet; scripts of the page are allowed to be examined."""
    contexts = []

    def opened() -> Page:
        context = chromium.new_context(
            viewport=DESK,
            has_touch=True,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=empty.url,
            bypass_csp=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    yield opened
    for context in contexts:
        context.close()


def choose_first_password(page: Page, name: str, first: str) -> None:
    """Sign in with a first password, choose one's own."""
    page.goto("/sign-in")
    page.fill("#username", name)
    page.fill("#password", first)
    page.press("#password", "Enter")
    page.wait_for_url("**/me/password")
    page.fill("#old", first)
    page.fill("#password", cast.PASSWORD)
    page.fill("#again", cast.PASSWORD)
    page.press("#again", "Enter")
    page.wait_for_url(lambda url: "/me/password" not in url)


def look(page: Page, folder: Path, name: str) -> None:
    """No fault, and nothing to push aside, on a desk and on a phone."""
    for size, kind in ((DESK, "desk"), (PHONE, "phone")):
        page.set_viewport_size(size)
        assert faults(page) == [], name
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, name
        page.screenshot(path=folder / f"{name}-{kind}.png", full_page=True)
    page.set_viewport_size(DESK)


def bring_in(page: Page, address: str, rows: list[list[Any]], columns: dict[str, str], folder: Path) -> None:
    """Choose the file, say what its columns are, look at the rows, import them."""
    name = address.strip("/").replace("/", "-")
    page.goto(address)
    file = {"name": "台账.xls", "mimeType": "application/vnd.ms-excel", "buffer": formats.xls(rows)}
    page.set_input_files("input[type=file]", file)
    page.locator("form.form button.primary").click()
    page.wait_for_url("**/columns")
    if page.locator("#head").input_value() != "2":
        page.select_option("#head", "2")
        page.locator("button[name=act][value=head]").click()
        page.wait_for_load_state()
    for position, head in enumerate(rows[1]):
        if head in columns:
            page.select_option(f"[name=column-{position}]", columns[str(head)])
    look(page, folder, f"{name}-columns")
    page.locator("button[name=act][value=columns]").click()
    page.wait_for_url(re.compile(r"/import/[0-9a-f]{64}$"))
    look(page, folder, f"{name}-plan")
    page.locator(".action-bar button.primary").click()
    page.wait_for_load_state()


def test_an_office_moves_in(desk: Callable[[], Page], empty: Served, tmp_path: Path) -> None:
    chief = desk()
    choose_first_password(chief, "chief", "first " + cast.PASSWORD)
    bring_in(chief, "/enterprises/import", SITES, SITE_COLUMNS, tmp_path)
    assert "东风化工厂" in chief.locator("main").inner_text()
    bring_in(chief, "/users/import", PEOPLE_HERE, PEOPLE_COLUMNS, tmp_path)
    first = chief.locator("code.secret").inner_text()
    look(chief, tmp_path, "first-passwords")
    bring_in(chief, "/hazards/import", HAZARDS, HAZARD_COLUMNS, tmp_path)
    text = chief.locator("main").inner_text()
    assert "2号仓库灭火器过期" in text and "通道堵塞" not in text

    # The imported supervisor is named for the site, signs in, and files the first check there.
    chief.goto("/enterprises")
    chief.get_by_role("link", name="东风化工厂").first.click()
    chief.goto(f"{chief.url}/assign")
    chief.select_option("#supervisor_id", label="尤监管 (东片区)")
    chief.locator("form.form button.primary").click()
    chief.wait_for_url(re.compile(r"/enterprises/\d+"))
    you = desk()
    choose_first_password(you, "you", first)
    open_check(you, site_page(you, "东风化工厂"))
    assert "2号仓库灭火器过期" in you.locator("main").inner_text()
    answer_all(you)
    sign_and_submit(you)
    until(you, lambda: len(received(empty)) == 1)
    with closing(sqlite3.connect(f"file:{empty.data}/xuncha.db?mode=ro", uri=True)) as database:
        checks = database.execute("SELECT s.name FROM checks c JOIN sites s ON s.id = c.site_id").fetchall()
        states = database.execute("SELECT state, check_id FROM hazards ORDER BY id").fetchall()
    assert checks == [("东风化工厂",)]
    assert states == [("open", None), ("open", None)]


def test_the_pages_of_an_import_work_without_scripts(
    chromium: Browser, empty: Served, tmp_path: Path
) -> None:
    signing = chromium.new_context(base_url=empty.url, locale="zh-CN")
    page = signing.new_page()
    choose_first_password(page, "chief", "first " + cast.PASSWORD)
    plain = chromium.new_context(
        base_url=empty.url, locale="zh-CN", java_script_enabled=False, storage_state=signing.storage_state()
    )
    page = plain.new_page()
    page.goto("/enterprises/import")
    file = {"name": "台账.csv", "mimeType": "text/csv", "buffer": formats.separated(SITES)}
    page.set_input_files("input[type=file]", file)
    page.locator("form.form button.primary").click()
    page.wait_for_url("**/columns")
    for position, head in enumerate(SITES[1]):
        if head in SITE_COLUMNS:
            page.select_option(f"[name=column-{position}]", SITE_COLUMNS[str(head)])
    page.locator("button[name=act][value=columns]").click()
    page.wait_for_url(re.compile(r"/import/[0-9a-f]{64}$"))
    page.locator(".action-bar button.primary").click()
    page.wait_for_url("**/enterprises")
    assert "远方机械厂" in page.locator("main").inner_text()
    signing.close()
    plain.close()
