"""What changed while a filing waited on the phone: keys, accounts, duty, its own storage. Nothing is dropped or falsely green."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import cast
from tests.browser.conftest import sign_in
from tests.browser.outbox import entries, entry, equip, filed, nudge, put, run, until
from tests.conftest import build
from tests.faults.storm import entries_for
from tests.served import Served
from xuncha.core.db import db

Device = Callable[..., Page]
KEYS = ("old-key-" * 4, "new-key-" * 4)


@pytest.fixture
def raw(served: Served) -> dict[str, Any]:
    """A visit of today, with no photo."""
    app = build(f"sqlite:///{served.data / 'xuncha.db'}", served.data)
    with app.app_context():
        made = entries_for(1, "huaxin", random.Random(1), [b"1", b"2", b"3"])[0].filing
        db.session.remove()
        db.engine.dispose()
    answers = [{**made["answers"][0], "result": "comply"}]
    return {**made, "photos": [], "findings": [], "answers": answers, "task_id": None}


def phone(device: Device, who: str = "wang") -> Page:
    """A phone on the page that shows what waits."""
    page = device(None, service_workers="block")
    equip(page.context)
    sign_in(page, who)
    page.goto("/me")
    return page


def wait_offline(page: Page, raw: dict[str, Any]) -> str:
    page.context.set_offline(True)
    return put(page, raw)


def back_online(page: Page) -> None:
    page.context.set_offline(False)
    nudge(page)


def restart(served: Served, **settings: str) -> None:
    served.kill()
    served.settings |= settings
    served.start()


def test_a_new_key_that_knows_the_old_one_signs_nobody_out(
    device: Device, served: Served, raw: dict[str, Any]
) -> None:
    restart(served, SECRET_KEY=KEYS[0])
    page = phone(device)
    uuid = wait_offline(page, raw)
    restart(served, SECRET_KEY=KEYS[1], SECRET_KEY_OLD=KEYS[0])
    back_online(page)
    until(page, lambda: filed(served, uuid) == 1)
    until(page, lambda: entries(page) == {})


def test_a_new_key_that_knows_none_asks_for_one_sign_in(
    device: Device, served: Served, raw: dict[str, Any]
) -> None:
    restart(served, SECRET_KEY=KEYS[0])
    page = phone(device)
    uuid = wait_offline(page, raw)
    restart(served, SECRET_KEY=KEYS[1])
    back_online(page)
    until(page, lambda: (entry(page, uuid) or {}).get("state") == "waiting_sign_in")
    sign_in(page, "wang")
    until(page, lambda: filed(served, uuid) == 1)


def test_a_person_let_go_loses_nothing_and_sends_it_when_let_in_again(
    device: Device, served: Served, raw: dict[str, Any]
) -> None:
    page = phone(device)
    uuid = wait_offline(page, raw)
    admin = device("admin", desk=True)
    hand_over(admin, "wang", "zhao")
    allow(admin, "wang", yes=False)
    back_online(page)
    until(page, lambda: (entry(page, uuid) or {}).get("state") == "waiting_sign_in")
    assert filed(served, uuid) == 0
    allow(admin, "wang", yes=True)
    sign_in(page, "wang")
    page.goto("/me")
    until(page, lambda: entries(page) == {})
    assert filed(served, uuid) == 1
    assert "duty_changed" in run(page, "return outbox.receipts(1);")[0]["flags"]


def hand_over(admin: Page, leaving: str, taking: str) -> None:
    names = [cast.PEOPLE[who][0] for who in (leaving, taking)]
    admin.goto("/enterprises/handover")
    admin.select_option("#supervisor", label=names[0])
    admin.get_by_role("button", name="查询").click()
    number = admin.locator("#to_all option", has_text=names[1]).get_attribute("value")
    admin.select_option("#to_all", value=number)
    admin.locator(".action-bar button.primary").click()
    expect(admin.locator("main")).to_contain_text("已移交")


def allow(admin: Page, who: str, *, yes: bool) -> None:
    admin.goto("/users")
    admin.get_by_role("link", name=cast.PEOPLE[who][0]).first.click()
    admin.locator("input[name=active]").set_checked(yes)
    admin.get_by_role("button", name="保存").click()
    admin.wait_for_url("**/users")


def test_a_visit_of_the_time_in_charge_is_taken_and_flagged(
    device: Device, served: Served, raw: dict[str, Any]
) -> None:
    page = phone(device)
    uuid = wait_offline(page, raw)
    hand_over(device("admin", desk=True), "wang", "zhao")
    back_online(page)
    until(page, lambda: entries(page) == {})
    assert filed(served, uuid) == 1
    assert "duty_changed" in run(page, "return outbox.receipts(1);")[0]["flags"]


def test_a_cleared_phone_says_what_is_gone_and_so_does_the_office(
    device: Device, served: Served, raw: dict[str, Any]
) -> None:
    page = phone(device)
    uuid = wait_offline(page, raw)
    page.locator(f"[data-uuid='{uuid}']").wait_for()
    until(page, lambda: "xuncha-waits-" in page.evaluate("document.cookie"))
    tool = page.context.new_cdp_session(page)
    kinds = "indexeddb,local_storage,cache_storage,service_workers"
    tool.send("Storage.clearDataForOrigin", {"origin": served.url, "storageTypes": kinds})
    page.context.set_offline(False)

    page.goto("/today")
    gone = page.locator("[data-module=cleared]")
    expect(gone).to_contain_text("1 次检查未能上传，已经丢失")
    assert page.locator("a.btn[href^='/checks/new?task=']").count() > 0
    assert entries(page) == {}
    assert run(page, "return outbox.receipts(1);") == []
    until(page, lambda: lost_reported(served) == [1])
    gone.get_by_role("button", name="知道了").click()
    page.goto("/today")
    page.wait_for_timeout(500)
    expect(gone).to_be_hidden()

    office = device("admin", desk=True)
    office.goto("/enterprises/load")
    expect(office.locator("main")).to_contain_text("手机上丢失 1 次")


def lost_reported(served: Served) -> list[int]:
    with sqlite3.connect(f"file:{served.data}/xuncha.db?mode=ro", uri=True) as database:
        return [int(row[0]) for row in database.execute("SELECT lost FROM device_reports")]


def test_two_tabs_of_one_phone_renew_the_store_with_a_full_outbox(
    device: Device, served: Served, raw: dict[str, Any]
) -> None:
    page = phone(device)
    waiting = {wait_offline(page, {**raw, "summary": f"{number}"}) for number in range(5)}
    second = page.context.new_page()
    # Before the network comes back: the sender needs only an instant to empty the outbox.
    page.context.route("**/sync/**", lambda route: route.abort())
    page.context.set_offline(False)
    second.goto("/me")
    # The next release's store, opened in the second tab while the first holds the old one.
    renewed = second.evaluate(
        """async () => {
          const open = indexedDB.open("xuncha", 99);
          let blocked = false;
          open.onblocked = () => { blocked = true; };
          const database = await new Promise((done, failed) => {
            open.onsuccess = () => done(open.result);
            open.onerror = () => failed(open.error);
          });
          const rows = database.transaction("outbox").objectStore("outbox").getAllKeys();
          const keys = await new Promise((done) => { rows.onsuccess = () => done(rows.result); });
          database.close();
          return { blocked, keys: keys.map((key) => key[1]) };
        }"""
    )
    assert set(renewed["keys"]) == waiting
    assert all(filed(served, uuid) == 0 for uuid in waiting)
