"""What is typed into a form of a signed-in person is there again after a reload, and gone once it was taken."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.offline import forgotten, photo, saved, until
from tests.browser.test_main_job import take_photo

Device = Callable[..., Page]
STORED = """async () => {
  const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done, failed) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
      asked.onerror = failed;
    });
    for (const store of db.objectStoreNames) {
      found.push(JSON.stringify(await new Promise((done, failed) => {
        const asked = db.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => done(asked.result);
        asked.onerror = failed;
      })));
    }
    db.close();
  }
  return found.join(" ");
}"""


def stored(page: Page) -> str:
    """All that the browser keeps for the site, as text."""
    return str(page.evaluate(STORED))


def test_a_new_account_half_typed_survives_a_reload_and_a_refusal(device: Device) -> None:
    page = device("admin", desk=True)
    page.goto("/users/new")
    page.fill("#name", "钱新人")
    page.fill("#phone", "13800000000")
    page.uncheck("#active")
    saved(page)
    page.reload()
    expect(page.locator("#name")).to_have_value("钱新人")
    expect(page.locator("#phone")).to_have_value("13800000000")
    expect(page.locator("#active")).not_to_be_checked()
    page.fill("#username", "NOT A NAME")
    page.click("main button[type=submit]")
    expect(page.locator(".errors")).to_be_visible()
    expect(page.locator("#name")).to_have_value("钱新人")
    page.fill("#username", "qian")
    saved(page)
    page.click("main button[type=submit]")
    expect(page.locator("code.secret")).to_be_visible()
    forgotten(page)
    page.goto("/users/new")
    saved(page)
    expect(page.locator("#name")).to_have_value("")


def test_what_is_typed_before_the_code_of_the_page_runs_is_kept(device: Device) -> None:
    page = device("admin", desk=True)
    page.goto("/users/new")
    page.fill("#name", "李旧名")
    saved(page)
    page.add_init_script(
        """document.addEventListener("DOMContentLoaded", () => {
          if (sessionStorage.typed) return;
          sessionStorage.typed = "once";
          document.querySelector("#name").value = "钱新人";
        })"""
    )
    page.reload()
    saved(page)
    expect(page.locator("#name")).to_have_value("钱新人")
    page.reload()
    expect(page.locator("#name")).to_have_value("钱新人")


def test_a_password_is_never_kept(device: Device) -> None:
    page = device("wang")
    page.goto("/me/password")
    page.fill("#password", "only-in-this-page-1949")
    saved(page)
    page.reload()
    expect(page.locator("#password")).to_have_value("")
    assert "only-in-this-page" not in stored(page)


def test_words_do_not_wait_for_a_photo_that_is_slow_to_read(device: Device) -> None:
    page = device("wang")
    page.goto("/hazards/new")
    saved(page)
    page.evaluate("() => { Blob.prototype.arrayBuffer = () => new Promise(() => {}); }")
    page.locator("#photos input[type=file]").first.set_input_files(photo(5))
    page.fill("#description", "配电箱前堆放纸箱")
    until(page, lambda: "配电箱前堆放纸箱" in stored(page), patience_ms=10_000)


def test_a_facts_page_changed_by_a_colleague_takes_no_old_draft(device: Device) -> None:
    page = device("admin", desk=True)
    page.goto("/users?text=wang")
    page.locator("main tbody a").first.click()
    address = page.url
    page.fill("#title", "草稿职务")
    saved(page)
    page.reload()
    expect(page.locator("#title")).to_have_value("草稿职务")
    colleague = device("admin", desk=True)
    colleague.goto(address)
    colleague.fill("#title", "新职务")
    colleague.click("main form button[type=submit] >> nth=0")
    colleague.wait_for_url("**/users")
    page.goto(address)
    saved(page)
    expect(page.locator("#title")).to_have_value("新职务")


def test_a_hazard_half_entered_survives_a_reload_with_its_photo_and_goes_when_it_is_taken(
    device: Device,
) -> None:
    page = device("wang")
    page.goto("/hazards/new")
    page.fill("#description", "配电箱前堆放纸箱")
    take_photo(page, page.locator("#photos"), 5)
    saved(page)
    page.reload()
    expect(page.locator("#description")).to_have_value("配电箱前堆放纸箱")
    expect(page.locator("[data-chosen] img")).to_have_count(1)
    page.fill("#place", "一车间")
    page.fill("#measure", "清走纸箱")
    page.get_by_role("button", name="登记").click()
    page.wait_for_url("**/hazards/*?entered=yes")
    forgotten(page)
    page.goto("/hazards/new")
    saved(page)
    expect(page.locator("#description")).to_have_value("")
    expect(page.locator("[data-chosen] img")).to_have_count(0)


def test_what_was_sent_is_not_offered_again_for_the_next_step_of_its_kind(device: Device) -> None:
    page = device("wang")
    page.goto("/hazards/new")
    page.fill("#description", "配电箱前堆放纸箱")
    page.fill("#measure", "清走纸箱")
    page.get_by_role("button", name="登记").click()
    page.wait_for_url("**/hazards/*?entered=yes")
    step = f"{page.url.partition('?')[0]}/found_again"
    page.goto(step)
    page.fill("#note", "纸箱仍在")
    saved(page)
    page.reload()
    expect(page.locator("#note")).to_have_value("纸箱仍在")
    page.locator(".action-bar button").click()
    page.wait_for_url(lambda address: "found_again" not in address)
    page.goto(step)
    saved(page)
    expect(page.locator("#note")).to_have_value("")
