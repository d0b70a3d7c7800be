"""While the installation is upgraded: pages say so, the phone keeps its work, and sends it once afterwards."""

from __future__ import annotations

from contextlib import suppress

from playwright.sync_api import Error, expect

from tests.browser.conftest import Phones, Zone
from tests.browser.outbox import entry, filed, put, send


def test_what_is_filed_during_an_upgrade_goes_once_afterwards(phone: Phones, zone: Zone) -> None:
    served, raw = zone
    page = phone()
    uuid = put(page, raw)
    mark = served.data / "being-upgraded"
    mark.touch()
    send(page)
    kept = entry(page, uuid)
    assert kept and kept["state"] == "queued"
    assert filed(served, uuid) == 0
    other = page.context.new_page()
    answer = other.goto("/today")
    assert answer and (answer.status, answer.headers["retry-after"]) == (503, "30")
    expect(other.get_by_role("heading", level=1)).to_have_text("系统升级中")
    expect(other.get_by_text("您的工作保存在这部手机上")).to_be_visible()
    mark.unlink()
    other.get_by_role("link", name="重试").click()
    expect(other.get_by_role("heading", level=1)).not_to_have_text("系统升级中")
    with suppress(Error):  # the page that opened again may have sent it first
        page.get_by_role("button", name="全部").click(timeout=3000)
    expect(page.locator(f"[data-uuid='{uuid}']")).to_have_count(0)
    assert filed(served, uuid) == 1
