"""The search by the keyboard of a desk and on a phone; what a phone counts of a visit reaches the office."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

from playwright.sync_api import Page, expect

from tests.browser.offline import answer_all, open_check, received, sign_and_submit, site_page, until
from tests.served import Served

Device = Callable[..., Page]


def burdens(served: Served) -> list[tuple[str, int, int]]:
    with closing(sqlite3.connect(f"file:{served.data}/xuncha.db?mode=ro", uri=True)) as database:
        return list(database.execute("SELECT uuid, abandoned, taps FROM visit_burdens ORDER BY id"))


def test_a_slash_goes_to_the_field_and_enter_searches(device: Device) -> None:
    page = device("admin", desk=True)
    page.goto("/hazards")
    field = page.locator(".head-search input")

    # The page code starts late: until then the key does nothing.
    def reached() -> bool:
        page.keyboard.press("/")
        return bool(page.evaluate("document.activeElement.name === 'q'"))

    until(page, reached)
    expect(field).to_have_value("")
    page.keyboard.type("hxhg/")
    expect(field).to_have_value("hxhg/")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=hxhg")
    page.get_by_role("link", name="华鑫化工有限公司").first.click()
    page.wait_for_url("**/enterprises/*")


def test_a_phone_finds_the_search_on_me(device: Device) -> None:
    page = device("wang")
    page.goto("/me")
    expect(page.locator(".head-search")).to_be_hidden()
    page.locator("main a[href='/search']").click()
    page.fill("#search", "oldmill")
    page.press("#search", "Enter")
    expect(page.locator("main .empty")).to_be_visible()
    page.fill("#search", "lfzc")
    page.press("#search", "Enter")
    expect(page.locator("main .row").first).to_contain_text("老纺织厂")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_visit_left_and_one_filed_are_counted(device: Device, served: Served) -> None:
    page = device("wang")
    address = site_page(page, "华鑫化工")
    open_check(page, address)
    page.locator(".choice-row label").first.tap()
    page.goto("/me")
    until(page, lambda: len(burdens(served)) == 1)
    uuid, abandoned, taps = burdens(served)[0]
    assert (abandoned, taps) == (1, 1)
    open_check(page, address)
    answer_all(page)
    sign_and_submit(page)
    until(page, lambda: bool(received(served)))
    until(page, lambda: len(burdens(served)) == 2)
    again, abandoned, more = burdens(served)[1]
    assert (again, abandoned) == (uuid, 0) and more > taps
