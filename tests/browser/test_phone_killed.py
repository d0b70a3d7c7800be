"""The browser or its page is killed, the camera takes the memory, the phone is full: what was saved is there again."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Playwright, expect

from tests.browser.conftest import ARGUMENTS, CHROMIUM, PHONE, sign_in
from tests.browser.offline import saved
from tests.browser.outbox import entries, equip, filed, put, run, until
from tests.checks.filings import picture
from tests.served import Served

CHECK = "/checks/new?site=1&kind=routine"
ITEMS = 20
Switch = Callable[[], BrowserContext]


def photo(data: bytes) -> Any:
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": data}


@pytest.fixture
def switch_on(playwright: Playwright, served: Served, tmp_path: Path) -> Iterator[Switch]:
    """A phone that can be killed and switched on again: one profile on the disk."""
    opened: list[BrowserContext] = []

    def start() -> BrowserContext:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"),
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            viewport=PHONE,
            has_touch=True,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=served.url,
            service_workers="block",
        )
        context.set_default_timeout(15_000)
        equip(context)
        opened.append(context)
        return context

    yield start
    for context in opened:
        with suppress(Error):
            context.close()


def kill(profile: Path) -> None:
    """End the browser of a profile without a word: its first process; the others follow it."""
    own = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if f"--user-data-dir={profile}".encode() in words and not any(
                w.startswith(b"--type=") for w in words
            ):
                own.append(int(folder.name))
    assert own
    for process in own:
        os.kill(process, signal.SIGKILL)


def open_check(page: Page) -> Page:
    page.goto(CHECK)
    page.wait_for_selector("form[data-ready]")
    return page


def item(page: Page, number: int) -> Any:
    return page.locator("[data-item]").nth(number)


def answer(page: Page, number: int, words: str) -> None:
    item(page, number).locator("label", has_text=words).first.tap()


def answered(page: Page, number: int) -> str:
    value: str = item(page, number).locator("input[name$='.result']:checked").get_attribute("value") or ""
    return value


def test_what_was_saved_survives_the_killed_browser(
    switch_on: Switch, served: Served, tmp_path: Path
) -> None:
    page = switch_on().new_page()
    sign_in(page, "wang")
    open_check(page)
    page.context.set_offline(True)
    answer(page, 0, "符合")
    answer(page, 1, "不符合")
    raw = {"site_id": 1, "kind": "routine", "summary": "kept"}
    uuid = put(page, raw)
    saved(page)
    kill(tmp_path / "profile")
    with suppress(Error):
        page.context.close()

    page = switch_on().new_page()
    page.goto("/today")
    if "/sign-in" in page.url:
        sign_in(page, "wang")
    assert uuid in entries(page)
    open_check(page)
    assert (answered(page, 0), answered(page, 1)) == ("comply", "fail")
    assert filed(served, uuid) == 0


def test_a_camera_that_takes_the_memory_loses_one_photo_and_says_which(switch_on: Switch) -> None:
    context = switch_on()
    page = context.new_page()
    sign_in(page, "wang")
    open_check(page)
    for number in range(ITEMS):
        answer(page, number, "不符合")
        slot = item(page, number).locator("[data-photo-slot]").first
        slot.locator("input[type=file]").first.set_input_files(photo(picture(number, (400, 300))))
        slot.locator("[data-chosen] img").wait_for()
        with page.expect_file_chooser():
            slot.locator("label.pick").first.tap()
        saved(page)
        crash(page)

        page = open_check(context.new_page())
        assert [answered(page, n) for n in range(number + 1)] == ["fail"] * (number + 1)
        assert page.locator("[data-chosen] img").count() == number + 1
        slot = item(page, number).locator("[data-photo-slot]").first
        expect(slot.locator("[data-photo-problem]")).to_contain_text("重拍")
        expect(slot).to_be_in_viewport()
        assert page.locator("[data-photo-problem]:visible").count() == 1


def crash(page: Page) -> None:
    """The phone ends the page's process: no event tells the page."""
    with page.expect_event("crash"), suppress(Error):  # how the way there ends is a matter of chance
        page.goto("chrome://crash", timeout=5_000)
    page.close()


FULL = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, ...key) {
    if (this.name === "bytes") throw new DOMException("no room", "QuotaExceededError");
    return put.call(this, value, ...key);
  };
}"""


def test_a_full_phone_refuses_that_photo_and_keeps_the_rest(switch_on: Switch) -> None:
    page = switch_on().new_page()
    sign_in(page, "wang")
    open_check(page)
    answer(page, 0, "不符合")
    slot = item(page, 0).locator("[data-photo-slot]").first
    field = slot.locator("input[type=file]").first
    field.set_input_files(photo(picture(1)))
    slot.locator("[data-chosen] img").wait_for()

    # As a browser says it that has no room for the bytes; quotas of a test browser are not kept to the byte.
    page.evaluate(FULL)
    field.set_input_files(photo(picture(2)))
    expect(slot.locator("[data-photo-problem]")).to_contain_text("空间")
    answer(page, 1, "符合")
    saved(page)
    open_check(page)
    assert (answered(page, 0), answered(page, 1)) == ("fail", "comply")
    assert page.locator("[data-chosen] img").count() == 1

    slot = item(page, 0).locator("[data-photo-slot]").first
    slot.locator("input[type=file]").first.set_input_files(photo(picture(2)))
    until(page, lambda: page.locator("[data-chosen] img").count() == 2)


def test_a_lost_photo_is_named_and_the_rest_can_be_sent(switch_on: Switch, served: Served) -> None:
    page = switch_on().new_page()
    sign_in(page, "wang")
    page.goto("/me")
    page.context.set_offline(True)
    uuid = put(page, {"site_id": 1, "photos": [{"sha256": "ab" * 32}], "summary": ""})
    page.context.set_offline(False)  # the page hears of it and sends by itself
    row = page.locator(f"[data-uuid='{uuid}']")
    expect(row.get_by_role("button", name="照片")).to_be_visible()
    kept = run(page, "return outbox.get(given);", uuid)
    assert (kept["state"], kept["reason"], kept["photo"]) == ("refused", "photo_gone", "ab" * 32)
    assert filed(served, uuid) == 0
