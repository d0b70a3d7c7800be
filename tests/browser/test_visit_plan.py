"""The visit plan on a phone: an order changed by hand and a tick outlive a reload, and the page is read without a network."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

from playwright.sync_api import Page, expect

from tests import cast
from tests.browser.looks import faults, scrolls_sideways
from tests.browser.offline import ready, wait_until_kept
from tests.served import Served

Device = Callable[..., Page]
NAMES = [cast.PLACES[code].name for code in ("huaxin", "lifeng")]


def give_wang_a_second_enterprise(served: Served) -> None:
    with closing(sqlite3.connect(f"{served.data}/xuncha.db")) as database, database:
        database.execute(
            "UPDATE sites SET supervisor_id = (SELECT id FROM users WHERE username = 'wang') WHERE name = ?",
            (NAMES[1],),
        )


def order(page: Page) -> list[str]:
    return page.locator(".stop h3").all_inner_texts()


def test_an_order_changed_by_hand_survives_a_reload_and_is_read_offline(
    device: Device, served: Served
) -> None:
    give_wang_a_second_enterprise(served)
    page = ready(device("wang"))
    page.goto("/schedule/plan")
    page.locator("[name=ids]").first.wait_for()
    for box in page.locator("[name=ids]").all():
        box.check()
    page.locator("form[action$='/put'] button").tap()
    expect(page.locator(".stop h3")).to_have_count(2)
    first = order(page)
    assert sorted(first) == sorted(NAMES)
    page.locator("form:has([name=to][value=down]) button").first.tap()
    expect(page.locator(".stop h3").first).to_have_text(first[1])
    page.locator("form[action$='/tick'] button").first.tap()
    expect(page.locator("[aria-pressed=true]")).to_have_count(1)
    page.reload()
    assert order(page) == first[::-1]
    expect(page.locator("[aria-pressed=true]")).to_have_count(1)
    assert not scrolls_sideways(page)
    assert faults(page) == []
    page.goto("/today")
    wait_until_kept(page, "/schedule/plan", 'aria-pressed="true"')
    page.context.set_offline(True)
    page.goto("/schedule/plan")
    assert order(page) == first[::-1]
