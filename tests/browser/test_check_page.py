"""The check page on a phone: nothing of a visit is lost or changed in silence, and what would be refused is said before."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import sign_with_a_finger
from tests.browser.offline import (
    answer_all,
    extra_hazard,
    open_check,
    photo,
    received,
    sign_and_submit,
    site_page,
    until,
)
from tests.served import Served
from xuncha.checks.filing import Filing
from xuncha.core.clock import ZONE

Device = Callable[..., Page]


def payload(served: Served, number: int = -1) -> dict[str, Any]:
    """A filing that the server holds."""
    with closing(sqlite3.connect(f"file:{served.data}/xuncha.db?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT payload FROM checks ORDER BY id").fetchall()
    content: dict[str, Any] = json.loads(rows[number][0])
    return content


def hazards(served: Served) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(f"file:{served.data}/xuncha.db?mode=ro", uri=True)) as database:
        return list(database.execute("SELECT number, state FROM hazards ORDER BY id"))


def kept(page: Page, name: str) -> Any:
    """What the phone keeps of a field, whichever the draft."""
    script = """(name) => new Promise((done, failed) => {
      const asked = indexedDB.open("xuncha");
      asked.onerror = () => failed(asked.error);
      asked.onsuccess = () => {
        const rows = asked.result.transaction("fields").objectStore("fields").getAll();
        rows.onsuccess = () => { asked.result.close(); done(rows.result.find((row) => row.name === name)?.value ?? null); };
      };
    })"""
    return page.evaluate(script, name)


def forget_bytes(page: Page) -> None:
    """The phone loses the pictures."""
    page.evaluate(
        """() => new Promise((done) => {
          const asked = indexedDB.open("xuncha");
          asked.onsuccess = () => {
            const change = asked.result.transaction("bytes", "readwrite");
            change.objectStore("bytes").clear();
            change.oncomplete = () => { asked.result.close(); done(); };
          };
        })"""
    )


def refuse(page: Page, store: str, error: str) -> None:
    """From now on the phone writes nothing into one of its stores."""
    page.evaluate(
        """([store, error]) => {
          globalThis.properPut ??= IDBObjectStore.prototype.put;
          IDBObjectStore.prototype.put = function (value, ...key) {
            if (this.name === store) throw new DOMException("no", error);
            return properPut.call(this, value, ...key);
          };
        }""",
        [store, error],
    )


def slot(page: Page, number: int = 0) -> Any:
    return page.locator("#closing [data-photo-slot]").nth(number)


def choose(place: Any, *files: Any) -> None:
    place.locator("input[id$='-album']").set_input_files(list(files))


def test_a_correction_changes_only_what_was_changed(device: Device, served: Served) -> None:
    page = device("wang", service_workers="block")
    open_check(page, site_page(page, "华鑫"))
    answer_all(page)
    page.locator("[data-item]").first.locator("label", has_text="不符合").tap()
    page.locator("[data-item]").first.locator(".phrase").first.tap()
    extra_hazard(page, 0, "消防通道堆放杂物")
    sign_and_submit(page)
    page.wait_for_selector("[data-filed] .banner.success")
    page.locator("[data-filed] a.primary").tap()
    page.wait_for_url(re.compile(r"/checks/\d+$"))
    before, found = payload(served), hazards(served)
    assert len(found) == 2

    page.get_by_role("link", name="更正").first.tap()
    page.wait_for_selector("form[data-ready]")
    page.fill("[name=summary]", "更正后的小结")
    sign_with_a_finger(page)
    page.locator("[data-submit]").tap()
    expect(page.locator(".errors")).to_contain_text("请说明更正原因")
    page.fill("[name=correction_reason]", "小结写错")
    page.locator("[data-submit]").tap()
    page.wait_for_selector("[data-filed] .banner.success")
    was, now = Filing.model_validate(before), Filing.model_validate(payload(served))
    for name in Filing.model_fields.keys() - {
        "uuid",
        "replaces",
        "correction_reason",
        "summary",
        "signatures",
    }:
        assert getattr(now, name) == getattr(was, name), name
    assert now.summary == "更正后的小结"
    assert hazards(served) == found


CLOCK = """(hours) => {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...given) { super(...(given.length ? given : [Real.now() + hours * 3600000])); }
    static now() { return Real.now() + hours * 3600000; }
  };
}"""


def set_clock(page: Page, hours: int) -> None:
    """The phone's clock goes wrong by some hours, also on every page opened from now on."""
    page.evaluate(CLOCK, hours)
    page.context.add_init_script(f"({CLOCK})({hours})")


def test_the_hour_ticks_and_words_survive_a_reload_and_a_clock_that_moves(
    device: Device, served: Served
) -> None:
    page = device("wang", service_workers="block")
    start = site_page(page, "华鑫")
    set_clock(page, -20)
    open_check(page, start)
    began = page.input_value("[name=started_at]")
    answer_all(page)
    # A box that the page brings ticked.
    box = page.locator("[name='signatures.site.on_paper']")
    page.route("**/checks/new*", tick_box)
    box.check()
    box.uncheck()
    # Kept while still typing, a quarter of a second after the first key.
    page.locator("[name=summary]").press_sequentially("巡查一切正常", delay=120)
    assert str(kept(page, "summary")).startswith("巡查")
    open_check(page, start)
    assert page.input_value("[name=started_at]") == began
    assert not box.is_checked()
    assert page.input_value("[name=summary]").startswith("巡查")

    # Its clock is put right by three days: the visit did not last that long.
    page.evaluate(CLOCK, 72)
    sign_and_submit(page)
    page.wait_for_selector("[data-filed] .banner.success")
    filed = Filing.model_validate(payload(served))
    assert filed.started_at.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M") == began
    assert timedelta(0) <= filed.finished_at - filed.started_at < timedelta(minutes=5)


def tick_box(route: Route) -> None:
    answer = route.fetch()
    name = 'name="signatures.site.on_paper"'
    route.fulfill(response=answer, body=answer.text().replace(name, f"checked {name}"))


def test_two_tabs_on_one_visit_share_it(device: Device, served: Served) -> None:
    one = device("wang", service_workers="block")
    start = site_page(one, "老纺织厂")
    open_check(one, start)
    two = open_check(one.context.new_page(), start)
    two.fill("[name=objection]", "企业有异议")
    two.locator("[name=objection]").blur()
    expect(one.locator("[name=objection]")).to_have_value("企业有异议")
    extra_hazard(one, 0, "围墙开裂")
    expect(two.locator("#others [data-chosen] img")).to_have_count(1)
    answer_all(two)
    sign_and_submit(two)
    expect(one.locator("[data-filed]")).to_be_visible()
    until(two, lambda: len(received(served)) == 1)
    filed = payload(served)
    assert [finding["description"] for finding in filed["findings"]] == ["围墙开裂"]
    assert len(filed["findings"][0]["before"]) == 1
    assert filed["objection"] == "企业有异议"


def renew_list(served: Served, dropped: str) -> None:
    """Publish the list of an item anew, without that item."""
    with closing(sqlite3.connect(served.data / "xuncha.db")) as database, database:
        query = "SELECT v.checklist_id, v.id FROM items i JOIN checklist_versions v ON v.id = i.version_id WHERE i.code = ?"
        checklist, version = database.execute(query, (dropped,)).fetchone()
        new = database.execute(
            "INSERT INTO checklist_versions (checklist_id, number, published_at, note) VALUES (?, 99, '2026-01-01', '')",
            (checklist,),
        ).lastrowid
        columns = [
            row[1]
            for row in database.execute("PRAGMA table_info(items)")
            if row[1] not in ("id", "version_id")
        ]
        names = ", ".join(columns)
        database.execute(
            f"INSERT INTO items (version_id, {names}) SELECT ?, {names} FROM items WHERE version_id = ? AND code <> ?",
            (new, version, dropped),
        )


def test_a_list_renewed_during_the_visit_takes_nothing_away(device: Device, served: Served) -> None:
    page = device("wang", service_workers="block")
    start = site_page(page, "华鑫")
    open_check(page, start)
    answer_all(page)
    count = page.locator("[data-item]").count()
    block = page.locator("[data-section]").first.locator("[data-item]").first
    code = block.get_attribute("data-code") or ""
    block.locator("label", has_text="不符合").tap()
    block.locator(".phrase").first.tap()
    choose(block.locator("[data-photo-slot]").first, photo(1))
    block.locator("[data-chosen] img").wait_for()
    other = page.locator("[data-section]").first.locator("[data-item]").nth(1)
    other.locator("label", has_text="不符合").tap()
    other.locator("textarea").first.fill("第二处问题")
    other.locator("label", has_text="7天").tap()
    words = block.locator("textarea").first.input_value()

    renew_list(served, code)
    open_check(page, start)
    assert page.locator(f"[data-code='{code}']").count() == 0
    expect(page.locator(".banner", has_text="已按编号转入新表")).to_be_visible()
    expect(page.locator("#left li")).to_have_count(1)
    expect(page.locator("#left li")).to_contain_text(f"{code} · 不符合 · {words} · 照片 1 张")
    sign_and_submit(page)
    page.wait_for_selector("[data-filed] .banner.success")
    filed = payload(served)
    assert len(filed["answers"]) == count
    assert {finding["description"] for finding in filed["findings"]} == {words, "第二处问题"}
    assert sum(len(finding["before"]) for finding in filed["findings"]) == 1


def test_a_photo_in_work_goes_along_and_a_lost_one_is_named(device: Device, served: Served) -> None:
    page = device("wang", service_workers="block")
    open_check(page, site_page(page, "老纺织厂"))
    answer_all(page)
    choose(slot(page), photo(1), photo(2))
    slot(page).locator("[data-chosen] img").nth(1).wait_for()
    forget_bytes(page)
    page.fill("[name='site_person.name']", "周厂长")
    sign_with_a_finger(page)
    page.locator("[data-submit]").tap()
    expect(page.locator(".errors li")).to_have_count(2)
    expect(page.locator("[data-lost]")).to_have_count(2)
    # One is taken again, the other is done without; submitting does not wait for the eye to see it.
    page.evaluate(
        """() => {
          const proper = createImageBitmap;
          globalThis.createImageBitmap = (...given) => new Promise((done) => setTimeout(() => done(proper(...given)), 800));
        }"""
    )
    slot(page).locator("[data-lost] button").first.tap()
    expect(page.locator("[data-lost]")).to_have_count(1)
    choose(slot(page), photo(3))
    page.locator("[data-submit]").tap()
    page.wait_for_selector("[data-filed] .banner.success")
    filed = payload(served)
    assert len(filed["photos"]) == 1
    assert "丢失" in filed["summary"]


def test_photos_that_were_still_in_work_when_the_page_ended_are_asked_for_again(
    device: Device, served: Served
) -> None:
    page = device("wang", service_workers="block")
    start = site_page(page, "老纺织厂")
    open_check(page, start)
    # The first is kept, the second never done with.
    page.evaluate(
        """() => {
          const proper = createImageBitmap;
          let count = 0;
          globalThis.createImageBitmap = (...given) => ((count += 1) > 1 ? new Promise(() => {}) : proper(...given));
        }"""
    )
    choose(slot(page), photo(1), photo(2), photo(3))
    slot(page).locator("[data-chosen] img").first.wait_for()
    open_check(page, start)
    expect(slot(page).locator("[data-chosen] img")).to_have_count(1)
    expect(slot(page).locator("[data-photo-problem]")).to_contain_text("2 张照片尚未保存")
    open_check(page, start)
    expect(slot(page).locator("[data-photo-problem]")).to_have_count(0)


STUBBORN = """new Promise((done) => {
  const asked = indexedDB.open("xuncha", 1);
  asked.onsuccess = () => { globalThis.stubborn = asked.result; done(); };
})"""
NEXT_RELEASE = """
const open = IDBFactory.prototype.open;
IDBFactory.prototype.open = function (name, version) { return open.call(this, name, version + 1); };
"""


def test_a_tab_of_the_old_version_that_holds_the_store_is_named(device: Device, served: Served) -> None:
    old = device("wang", service_workers="block")
    start = site_page(old, "老纺织厂")
    open_check(old, start)
    old.evaluate(STUBBORN)
    new = old.context.new_page()
    new.add_init_script(NEXT_RELEASE)
    new.goto(start)
    expect(new.locator(".trouble")).to_contain_text("请关闭那个标签页")
    old.evaluate("stubborn.close()")
    new.wait_for_selector("form[data-ready]")
    expect(new.locator(".trouble")).to_have_count(0)


def test_a_phone_that_cannot_keep_it_says_so(device: Device, served: Served) -> None:
    page = device("wang", service_workers="block")
    start = site_page(page, "老纺织厂")
    open_check(page, start)
    trouble = page.locator(".trouble")
    refuse(page, "fields", "QuotaExceededError")
    page.fill("[name=summary]", "第一句")
    page.locator("[name=summary]").blur()
    expect(trouble).to_contain_text("空间已满")
    expect(trouble).to_be_in_viewport()
    refuse(page, "bytes", "UnknownError")
    page.fill("[name=objection]", "第二句")
    page.locator("[name=objection]").blur()
    expect(trouble).to_have_count(0)
    assert (kept(page, "summary"), kept(page, "objection")) == ("第一句", "第二句")

    # Nor photos: a disk that is really full says something else than "full".
    choose(slot(page), photo(1))
    expect(slot(page).locator("[data-photo-problem]")).to_contain_text("未能保存到手机")
    choose(slot(page), {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b""})
    expect(slot(page).locator("[data-photo-problem]")).to_contain_text("无法识别")

    # Hardly any room: no photo is taken that would be lost.
    page.add_init_script("navigator.storage.estimate = async () => ({ quota: 900 << 20, usage: 880 << 20 })")
    open_check(page, start)
    slot(page).locator("label.pick").first.tap()
    expect(slot(page).locator("[data-photo-problem]")).to_contain_text("20 MB")

    page.add_init_script(
        "delete globalThis.indexedDB; Object.defineProperty(globalThis, 'indexedDB', { value: undefined })"
    )
    page.goto(start)
    expect(trouble).to_contain_text("不能在手机上保存")


def test_what_the_server_would_refuse_is_said_without_a_network(device: Device) -> None:
    page = device("wang", service_workers="block")
    open_check(page, site_page(page, "华鑫"))
    page.context.set_offline(True)
    answer_all(page)
    block = page.locator("#others details:has(> [data-finding])").first
    block.locator("summary").first.tap()
    block.locator("textarea[name$='.description']").fill("配电箱未上锁")
    # As a draft from before deadlines were proposed.
    block.locator("[name$='.days']:checked").evaluate("(chip) => { chip.checked = false; }")
    sign_with_a_finger(page)
    page.locator("[data-submit]").tap()
    line = page.locator(".errors li")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("“配电箱未上锁”：请选择整改期限")
    line.locator("button").tap()
    expect(block.locator("[name$='.due_on']")).to_be_focused()
