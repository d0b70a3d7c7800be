"""A hazard that is open already is shown while a finding is written, and added to: online, offline, and after a restart."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.offline import (
    answer_all,
    extra_hazard,
    open_check,
    ready,
    received,
    saved,
    sign_and_submit,
    site_page,
    until,
    wait_until_kept,
)
from tests.served import Served

Device = Callable[..., Page]


def asked(served: Served, query: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{served.data}/xuncha.db?mode=ro", uri=True)) as database:
        return list(database.execute(query))


def file_one(page: Page) -> str:
    """A visit with a hazard at the east gate, its notice issued; the hazard's number."""
    open_check(page, site_page(page, "华鑫"))
    answer_all(page)
    extra_hazard(page, 0, "消防通道堆放杂物")
    page.locator("#others [data-finding]").first.locator("[name$='.place']").fill("东门消防通道")
    sign_and_submit(page)
    page.wait_for_selector("[data-filed] .banner.success")
    page.locator("[data-filed] a.primary").tap()
    page.wait_for_url(re.compile(r"/checks/\d+$"))
    page.locator("form[action='/hazards/notices'] button").first.tap()
    page.wait_for_url(re.compile(r"/hazards/notices/\d+$"))
    return str(re.findall(r"YH\d{4}-\d{4}", page.locator("main").inner_text())[0])


def write_again(page: Page) -> Any:
    """The finding of a colleague who does not know of it, at the same place."""
    answer_all(page)
    extra_hazard(page, 0, "通道仍被堵塞")
    block = page.locator("#others [data-finding]").first
    expect(block.locator(".same-hazard")).not_to_be_visible()
    block.locator("[name$='.place']").fill("东门")
    block.locator("[name$='.place']").blur()
    return block


def test_an_open_hazard_is_shown_and_added_to(device: Device, served: Served) -> None:
    page = device("wang", service_workers="block")
    number = file_one(page)
    open_check(page, site_page(page, "华鑫"))
    block = write_again(page)
    expect(block.locator(".same-hazard")).to_contain_text(number)
    block.locator(".same-hazard button").tap()
    expect(block.locator("[data-new-only]")).not_to_be_visible()

    saved(page)
    page.reload()
    page.wait_for_selector("form[data-ready]")
    block = page.locator("#others [data-finding]").first
    expect(block.locator(".same-hazard button")).to_have_attribute("aria-pressed", "true")
    sign_and_submit(page)
    page.wait_for_selector("[data-filed] .banner.success")
    assert asked(served, "SELECT count(*) FROM hazards") == [(1,)]
    assert asked(served, "SELECT act FROM hazard_events ORDER BY id DESC LIMIT 1") == [("found_again",)]
    page.locator("[data-filed] a.primary").tap()
    expect(page.locator("main")).to_contain_text(number)


def test_who_files_it_as_new_gets_a_new_hazard(device: Device, served: Served) -> None:
    page = device("wang", service_workers="block")
    file_one(page)
    open_check(page, site_page(page, "华鑫"))
    block = write_again(page)
    block.locator(".same-hazard button").tap()
    block.locator("button", has_text="作为新隐患登记").tap()
    expect(block.locator("[data-new-only]")).to_be_visible()
    sign_and_submit(page)
    page.wait_for_selector("[data-filed] .banner.success")
    assert asked(served, "SELECT count(*) FROM hazards") == [(2,)]


def test_it_is_shown_and_added_to_without_a_network(device: Device, served: Served) -> None:
    page = device("wang")
    number = file_one(page)
    page.goto("/today")
    ready(page)
    task = page.locator("a.btn[href^='/checks/new?task=']").first.get_attribute("href") or ""
    wait_until_kept(page, task, number)
    page.context.set_offline(True)
    open_check(page, task)
    block = write_again(page)
    expect(block.locator(".same-hazard")).to_contain_text(number)
    block.locator(".same-hazard button").tap()
    sign_and_submit(page)
    expect(page.locator("[data-filed]")).to_contain_text("消防通道堆放杂物")
    page.context.set_offline(False)
    until(page, lambda: len(received(served)) == 2)
    assert asked(served, "SELECT count(*) FROM hazards") == [(1,)]
    assert asked(served, "SELECT act FROM hazard_events ORDER BY id DESC LIMIT 1") == [("found_again",)]
