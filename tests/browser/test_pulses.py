"""A pulse on a phone whose server is gone: kept with its photo, sent once when the server is back."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing

from playwright.sync_api import Page, expect

from tests import cast
from tests.browser.offline import photo, ready, until, wait_until_kept
from tests.served import Served

Device = Callable[..., Page]


def rows(served: Served) -> list[tuple[object, ...]]:
    """What the server holds: answers, remark, how many photos."""
    with closing(sqlite3.connect(f"file:{served.data}/xuncha.db?mode=ro", uri=True)) as database:
        photos = "SELECT count(*) FROM pulse_photos WHERE pulse_id = pulses.id"
        return list(
            database.execute(f"SELECT locked, power, people, summary, ({photos}) FROM pulses ORDER BY id")
        )


def address_of(page: Page) -> str:
    """The pulse of the mill, found as a person finds it: on Today."""
    link = page.locator("li.task", has_text=cast.PLACES["oldmill"].name).locator("a[href*='/pulses/new']")
    return link.first.get_attribute("href") or ""


def choose(page: Page, **answers: str) -> None:
    for name, value in answers.items():
        page.locator(f"label[for={name}-{value}]").tap()


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_selector("#pulse[data-ready]")
    return page


def test_a_pulse_with_its_photo_outlives_a_killed_server_and_arrives_once(
    device: Device, served: Served
) -> None:
    page = ready(device("wang"))
    address = address_of(page)
    assert re.fullmatch(r"/checks/pulses/new\?site=\d+", address)
    check = address.replace("pulses/new", "new")
    for path in (address, check):
        wait_until_kept(page, path)
    served.kill()
    opened(page, address)
    choose(page, locked="no", power="yes")
    page.locator("#photo-camera").set_input_files(photo(61))
    page.locator("[data-photo] img").wait_for()
    page.fill("[name=summary]", "变压器在响")
    page.locator("#pulse button.primary").tap()
    expect(page.locator("[data-problem]")).to_be_visible()  # nothing was said of people
    opened(page, address)
    expect(page.locator("[name=power][value=yes]")).to_be_checked()
    expect(page.locator("[data-photo] img")).to_be_visible()
    expect(page.locator("[name=summary]")).to_have_value("变压器在响")
    choose(page, people="no")
    page.locator("#pulse button.primary").tap()
    expect(page.locator("[data-filed] .banner.info")).to_be_visible()
    signs = page.locator("[data-signs]")
    expect(signs).to_be_visible()
    page.reload()
    expect(signs).to_be_visible()
    signs.locator("a.primary").tap()
    page.wait_for_url(f"**{check}")
    page.wait_for_selector("form#check[data-ready]")
    served.start(patience_s=90)
    page.goto("/me")
    until(page, lambda: len(rows(served)) == 1)
    until(page, lambda: page.locator("[data-module~=outbox-list] a.row[href*='#pulses']").count() == 1)
    page.reload()
    page.wait_for_timeout(1000)
    assert rows(served) == [("no", "yes", "no", "变压器在响", 1)]


def test_one_kept_page_serves_one_pulse_after_another(device: Device, served: Served) -> None:
    page = ready(device("wang"))
    address = address_of(page)
    wait_until_kept(page, address)
    page.context.set_offline(True)
    for words in ("第一次", "第二次"):
        opened(page, address)
        choose(page, locked="yes", power="no", people="no")
        page.fill("[name=summary]", words)
        page.locator("#pulse button.primary").tap()
        expect(page.locator("[data-filed]")).to_be_visible()
        expect(page.locator("[data-signs]")).to_be_hidden()
    page.context.set_offline(False)
    page.goto("/me")
    until(page, lambda: [row[3] for row in rows(served)] == ["第一次", "第二次"])


def test_what_the_office_refuses_stays_with_its_reason(device: Device, served: Served) -> None:
    page = ready(device("wang"))
    address = address_of(page)
    wait_until_kept(page, address)
    page.context.set_offline(True)
    opened(page, address)
    choose(page, locked="yes", power="no", people="no")
    page.fill("[name=summary]", "换人以前")
    page.locator("#pulse button.primary").tap()
    expect(page.locator("[data-filed]")).to_be_visible()
    with closing(sqlite3.connect(served.data / "xuncha.db")) as database, database:
        database.execute("UPDATE sites SET kind = 'enterprise' WHERE kind = 'idle'")
    page.context.set_offline(False)
    page.goto("/me")
    row = page.locator("[data-module~=outbox-list] [data-uuid]")
    expect(row.locator(".badge.bad")).to_be_visible(timeout=30_000)
    assert rows(served) == []
