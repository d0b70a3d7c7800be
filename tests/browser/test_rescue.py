"""The network never returns: unsent work leaves as one sealed file, a colleague brings it in, and nothing is doubled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offline import PACK_MS, answer_all, open_check, received, site_page, until
from tests.browser.offline import sign_and_submit as submit
from tests.served import Served

Device = Callable[..., Page]
PASSPHRASE = "correct horse battery staple"


def test_a_colleague_takes_the_file_in_and_the_phone_gets_the_same_receipt(
    device: Device, served: Served, tmp_path: Path
) -> None:
    wang = device("wang", service_workers="block")
    open_check(wang, site_page(wang, "华鑫化工"))
    me = wang.context.new_page()
    me.goto("/me")
    wang.bring_to_front()  # a page behind another draws once a second, and taps wait for that
    wang.context.set_offline(True)
    answer_all(wang)
    submit(wang)
    # The page that was open before the network went shows what waits, and packs it.
    me.bring_to_front()
    me.locator("[data-module=rescue-file] summary, [data-module=rescue-file] button").first.click()
    me.fill("#rescue-own", PASSPHRASE)
    me.get_by_role("button", name="生成文件").click()
    with me.expect_download(timeout=PACK_MS) as download:
        me.get_by_role("button", name="保存文件").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.suffix == ".xrp"
    assert received(served) == []

    zhao = device("zhao", service_workers="block")
    zhao.goto("/rescue")
    zhao.set_input_files("#file", file)
    zhao.fill("#passphrase", "a wrong passphrase")
    zhao.get_by_role("button", name="打开并上传").click()
    expect(zhao.locator("main [role=alert]").first).to_be_visible(timeout=PACK_MS)
    zhao.fill("#passphrase", PASSPHRASE)
    zhao.get_by_role("button", name="打开并上传").click()
    expect(zhao.locator("#rescue-result")).to_contain_text("检记〔", timeout=PACK_MS)
    assert len(received(served)) == 1

    wang.context.set_offline(False)
    wang.evaluate('dispatchEvent(new Event("online"))')
    until(wang, lambda: "检记〔" in wang.locator("[data-filed]").inner_text())
    assert len(received(served)) == 1


FORBIDDEN = "{ get() { throw new DOMException('no', 'SecurityError'); } }"
WITHOUT_STORE = {
    "no store": "Object.defineProperty(window, 'indexedDB', { value: undefined });",
    "a store that throws": f"Object.defineProperty(window, 'indexedDB', {FORBIDDEN});",
    "no localStorage": f"Object.defineProperty(window, 'localStorage', {FORBIDDEN});",
}


@pytest.mark.parametrize("kind", WITHOUT_STORE)
def test_a_browser_that_keeps_nothing_shows_its_pages_without_errors(
    device: Callable[..., Page], kind: str
) -> None:
    page = device("wang", service_workers="block")
    page.add_init_script(WITHOUT_STORE[kind])
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(f"{page.url}: {error}"))
    for address in ("/today", "/me", "/hazards/verification"):
        page.goto(address, wait_until="networkidle")
    page.context.clear_cookies()
    page.goto("/sign-in", wait_until="networkidle")
    expect(page.locator("[name=username]")).to_be_visible()
    assert not broken
