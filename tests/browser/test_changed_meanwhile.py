"""What changed while a filing waited on the phone: keys, accounts, duty, its own storage. Nothing is dropped or falsely green."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import cast
from tests.browser.conftest import sign_in
from tests.browser.offline import open_check, site_page
from tests.browser.outbox import entries, entry, equip, filed, nudge, put, run, until
from tests.conftest import build
from tests.faults.soak import entries_for
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
    page.context.route("**/sync/heartbeat", lambda route: route.abort())

    page.goto("/today")
    gone = page.locator("[data-module=storage-loss]")
    expect(gone).to_contain_text("1 次检查未能上传，已经丢失")
    assert page.locator("a.btn[href^='/checks/new?task=']").count() > 0
    assert entries(page) == {}
    assert run(page, "return outbox.receipts(1);") == []
    # The next visit is begun before anybody was told: the loss stays known.
    open_check(page, site_page(page, "华鑫"))
    page.fill("[name=summary]", "重新填写")
    page.locator("[name=summary]").blur()
    until(page, lambda: "重新填写" in str(run(page, DRAFTED)))
    page.goto("/today")
    expect(gone).to_contain_text("1 次检查未能上传，已经丢失")
    gone.get_by_role("button", name="知道了").click()
    page.context.unroute("**/sync/heartbeat")
    page.goto("/today")
    until(page, lambda: lost_reported(served) == [1])
    expect(gone).to_be_hidden()
    until(page, lambda: "xuncha-lost-" not in page.evaluate("document.cookie"))

    office = device("admin", desk=True)
    office.goto("/enterprises/load")
    expect(office.locator("main")).to_contain_text("手机上丢失 1 次")


DRAFTED = """const database = await new Promise((done) => {
  const open = indexedDB.open("xuncha");
  open.onsuccess = () => done(open.result);
});
const rows = database.transaction("fields").objectStore("fields").getAll();
await new Promise((done) => { rows.onsuccess = done; });
database.close();
return rows.result.map((row) => row.value);"""


def test_who_cannot_sign_in_any_more_hands_over_from_the_sign_in_page(
    device: Device, served: Served, raw: dict[str, Any], tmp_path: Path
) -> None:
    page = phone(device)
    uuid = wait_offline(page, raw)
    admin = device("admin", desk=True)
    hand_over(admin, "wang", "zhao")
    allow(admin, "wang", yes=False)
    page.context.set_offline(False)
    page.goto("/sign-in")
    box = page.locator("[data-module=rescue-file]")
    box.locator("summary").tap()
    assert "华鑫" not in box.inner_text()
    box.locator("input").fill(cast.PASSWORD)
    box.get_by_role("button", name="生成文件").tap()
    with page.expect_download() as download:
        box.get_by_role("button", name="保存文件").tap()
    download.value.save_as(tmp_path / "file.xrp")

    admin.goto("/rescue")
    admin.set_input_files("#file", tmp_path / "file.xrp")
    admin.fill("#passphrase", cast.PASSWORD)
    admin.get_by_role("button", name="打开并上传").click()
    expect(admin.locator("#rescue-result")).to_contain_text("检记〔")
    assert filed(served, uuid) == 1


def test_what_only_the_office_can_settle_is_put_away(
    device: Device, served: Served, raw: dict[str, Any]
) -> None:
    first, page = phone(device), phone(device)
    uuid = put(first, raw)
    nudge(first)
    until(first, lambda: entries(first) == {})
    put(page, raw, uuid=uuid, summary="另一份内容")
    nudge(page)
    until(page, lambda: (entry(page, uuid) or {}).get("state") == "conflict")
    row = page.locator(f"[data-uuid='{uuid}']")
    row.get_by_role("button", name="存档").tap()
    row.get_by_role("button", name="取消").tap()
    row.get_by_role("button", name="存档").tap()
    row.get_by_role("button", name="安委办已收到，存档").tap()
    expect(row.locator(".badge")).to_have_text("已存档")
    assert entries(page) == {}
    expect(page.locator(".count")).to_be_hidden()
    # It may still leave by hand.
    expect(page.locator("[data-module=rescue-file] summary")).to_be_visible()


def lost_reported(served: Served) -> list[int]:
    with closing(sqlite3.connect(f"file:{served.data}/xuncha.db?mode=ro", uri=True)) as database:
        return [int(row[0]) for row in database.execute("SELECT lost FROM device_reports")]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["as filled in", "the other way"])
def test_two_phones_file_one_task_and_what_comes_second_is_marked(
    device: Device, served: Served, raw: dict[str, Any], order: tuple[int, int]
) -> None:
    with closing(sqlite3.connect(f"file:{served.data}/xuncha.db?mode=ro", uri=True)) as database:
        query = "SELECT id FROM tasks WHERE site_id = ? AND done_on IS NULL ORDER BY id"
        task = database.execute(query, (raw["site_id"],)).fetchone()[0]
    phones = [phone(device), phone(device)]
    uuids = [wait_offline(page, {**raw, "task_id": task, "summary": str(page)}) for page in phones]
    for page in (phones[number] for number in order):
        back_online(page)
        until(page, lambda page=page: entries(page) == {})
    assert [filed(served, uuid) for uuid in uuids] == [1, 1]
    flags = [run(phones[number], "return outbox.receipts(1);")[0]["flags"] for number in order]
    assert ["second_for_task" in one for one in flags] == [False, True]


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
