"""The pack in another language, a new version of the program, and browsers that can keep nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in
from tests.browser.offline import (
    READY,
    answer_all,
    open_check,
    ready,
    saved,
    sign_and_submit,
    site_page,
    until,
    wait_until_kept,
)
from tests.served import Served

Device = Callable[..., Page]


def upgraded(served: Served, folder: Path) -> None:
    """Put the next version of the program in place of the running one: the same code, one file of the pages changed."""
    for name in ("inspect", "templates", "migrations"):
        shutil.copytree(served.root / name, folder / name)
    shutil.copytree(served.root / "static", folder / "static", ignore=shutil.ignore_patterns("vendor"))
    (folder / "static" / "vendor").symlink_to(served.root / "static" / "vendor")
    shutil.copy(served.root / "wsgi.py", folder)
    with (folder / "static" / "build" / "app.css").open("a") as style:
        style.write("/* next */\n")
    served.kill()
    served.root = folder
    served.start()


LEFT_BEHIND = """async () => {
  const database = await new Promise((done) => {
    const open = indexedDB.open("xuncha");
    open.onsuccess = () => done(open.result);
  });
  const user = Number(document.querySelector("meta[name=user]").content);
  const row = { body: "{}", label: {}, photos: [], sent: [], fields: [], createdAt: Date.now() - 3 * 86400000 };
  const change = database.transaction("outbox", "readwrite");
  change.objectStore("outbox").put({ ...row, user, uuid: "a", state: "conflict", reason: "conflict" });
  change.objectStore("outbox").put({ ...row, user: 999, uuid: "b", state: "queued" });
  await new Promise((done) => { change.oncomplete = done; });
  database.close();
}"""


def worker_waits(page: Page) -> bool:
    script = "navigator.serviceWorker.getRegistration().then((one) => Boolean(one.waiting))"
    return bool(page.evaluate(script))


def versions(page: Page) -> set[str]:
    names = page.evaluate("caches.keys()")
    return {name for name in names if name.startswith("static-")}


def test_another_language_renews_the_pack(device: Device, served: Served) -> None:
    page = ready(device("wang"))
    start = site_page(page, "华鑫")
    page.goto("/today")
    page.locator("header button[value=en]").tap()
    page.wait_for_selector("text=Today")
    wait_until_kept(page, start, "Visit began")
    expect(page.locator(READY)).to_contain_text("Ready offline")
    served.kill()
    open_check(page, start)
    assert page.locator("html").get_attribute("lang") == "en"
    assert "No connection" in page.locator("main").inner_text()


def test_a_new_version_waits_for_the_half_filled_form(device: Device, served: Served, tmp_path: Path) -> None:
    page = ready(device("wang"))
    old = versions(page)
    assert len(old) == 1
    start = site_page(page, "老纺织厂")
    open_check(page, start)
    page.fill("[name=summary]", "写到一半")
    page.locator("[name=summary]").blur()
    saved(page)
    # Neither what only the office can settle nor what somebody left here long ago keeps the old version.
    page.evaluate(LEFT_BEHIND)
    upgraded(served, tmp_path / "next")

    today = page.context.new_page()
    today.goto("/today")
    until(today, lambda: worker_waits(today))
    wait_until_kept(today, start, "老纺织厂")
    today.wait_for_timeout(1000)
    assert worker_waits(today)
    assert old < versions(today)
    assert page.input_value("[name=summary]") == "写到一半"

    # The form is finished with its old page and goes to the new server; then the new version comes in.
    page.bring_to_front()
    answer_all(page)
    sign_and_submit(page)
    page.wait_for_selector("[data-filed] .banner.success")
    today.bring_to_front()
    until(today, lambda: not worker_waits(today))
    # Its files go with the first page that finds the new version at work while no other tab renews the pack.
    for _load in range(3):
        ready(today.goto("/today") and today)
        with suppress(AssertionError):
            until(today, lambda: not old & versions(today), 20_000)
            break
    assert not old & versions(today)
    served.kill()
    open_check(today, start)
    assert (
        today.evaluate("getComputedStyle(document.querySelector('.head')).backgroundColor")
        != "rgba(0, 0, 0, 0)"
    )


def test_without_a_worker_the_page_says_where_to_read_how(device: Device) -> None:
    page = device(None)
    page.add_init_script("delete Navigator.prototype.serviceWorker")
    sign_in(page, "wang")
    page.locator("[data-offline=never] a").tap()
    page.wait_for_url("**/help/phone")
    pictures = page.locator("main img")
    assert pictures.count() == 3
    assert all(picture.evaluate("(image) => image.naturalWidth") for picture in pictures.all())


def test_without_scripts_the_check_page_is_an_ordinary_form(device: Device) -> None:
    page = device("wang", java_script_enabled=False)
    page.locator("a.btn[href^='/checks/new?task=']").first.click()
    expect(page.locator("form#check button[data-submit]")).to_be_visible()
    page.goto("/help/phone")
    assert page.locator("h1").count() == 1
