"""What the phone says of what waits on it and of its room, and how that leaves it without a network."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Phones, Zone
from tests.browser.outbox import FILINGS, entries, entry, nudge, put, run, until


def test_what_waits_long_is_said_louder_and_says_what_to_do(phone: Phones, zone: Zone) -> None:
    page = phone()
    page.route(FILINGS, lambda route: route.abort())
    uuid = put(page, zone[1])
    older = (
        "await outbox.change(given[0], (old) => ({ ...old, createdAt: Date.now() - given[1] * 86400000 }));"
    )
    banner = page.locator("[data-module~=unsent-age]")
    for days, kind in ((0.9, None), (1, "info"), (3, "warning"), (7, "danger")):
        run(page, older, [uuid, days])
        page.goto("/checks")
        if kind is None:
            page.wait_for_selector(".count:not([hidden])")
            expect(banner).to_be_hidden()
        else:
            expect(banner.locator(f".banner.{kind} a[href='/me#waiting']")).to_be_visible()
    page.unroute(FILINGS)
    nudge(page)
    until(page, lambda: entries(page) == {})


def test_the_rescue_file_goes_through_the_share_sheet_where_there_is_one(phone: Phones, zone: Zone) -> None:
    page = phone()
    page.add_init_script(
        "navigator.canShare = () => true; navigator.share = async ({ files }) => { globalThis.shared = files[0].name; };"
    )
    page.goto("/me")
    page.context.set_offline(True)
    uuid = put(page, zone[1])
    page.locator("[data-module=rescue-file] summary").tap()
    page.get_by_role("button", name="生成文件").tap()
    page.get_by_role("button", name="分享文件").tap()
    until(page, lambda: str(page.evaluate("globalThis.shared")).endswith(".xrp"))
    page.context.set_offline(False)
    nudge(page)
    until(page, lambda: entry(page, uuid) is None)


@pytest.mark.parametrize(
    "promised, free_mb, kind", [(True, 900, "success"), (False, 900, "warning"), (True, 20, "danger")]
)
def test_me_says_whether_the_phone_keeps_and_how_much_room_it_has(
    phone: Phones, promised: bool, free_mb: int, kind: str
) -> None:
    page = phone()
    page.add_init_script(
        f"Object.assign(StorageManager.prototype, {{ persisted: async () => false, persist: async () => {str(promised).lower()},"
        f" estimate: async () => ({{ quota: {free_mb} * 1048576, usage: 0 }}) }});"
    )
    page.goto("/me")
    expect(page.locator(f"[data-module=phone-state] .banner.{kind}")).to_be_visible()
    expect(page.locator("[data-module=phone-state]")).to_contain_text(f"{free_mb}")
