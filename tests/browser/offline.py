"""What the tests without a network share: a whole pack, a check filled in, what the server holds."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_with_a_finger
from tests.checks.filings import picture
from tests.served import Served

READY = "[data-offline=ready]"
PACK_MS = 60_000
SAVED_MS = 300  # what was entered this long ago is in the draft (CONTRIBUTING: 250 ms)


def photo(seed: int) -> dict[str, object]:
    return {"name": f"IMG_{seed}.jpg", "mimeType": "image/jpeg", "buffer": picture(seed, (800, 600))}


def ready(page: Page) -> Page:
    """On Today, the pack whole."""
    if not page.url.endswith("/today"):
        page.goto("/today")
    page.wait_for_selector(READY, timeout=PACK_MS)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    return page


def wait_until_kept(page: Page, path: str, words: str = "") -> None:
    """Until the phone keeps the page in its newest form, and all of the pack."""
    script = """async ([path, words]) => {
      const kept = await caches.match(path, { ignoreVary: true });
      return Boolean(kept) && (await kept.text()).includes(words);
    }"""
    until(page, lambda: bool(page.evaluate(script, [path, words])))
    page.wait_for_selector(READY, timeout=PACK_MS)


def until(page: Page, test: Callable[[], bool], patience_ms: int = PACK_MS) -> None:
    """Wait until something is so."""
    end = time.monotonic() + patience_ms / 1000
    while not test():
        assert time.monotonic() < end
        page.wait_for_timeout(100)


# Forms that keep what is unsent say when it is on the disk; a check's draft is written within SAVED_MS, in the page's own time,
# and whatever asks for its stores after that is served after that.
WRITTEN = """async (ms) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  for (const { name } of await indexedDB.databases()) {
    const asked = indexedDB.open(name);
    const db = await new Promise((resolve, reject) => { asked.onsuccess = () => resolve(asked.result); asked.onerror = reject; });
    const work = db.transaction([...db.objectStoreNames], "readwrite");
    await new Promise((resolve) => { work.oncomplete = resolve; });
    db.close();
  }
}"""
KEEPING = "form[data-module~=keep-unsent]"


def saved(page: Page) -> None:
    """Wait until what was entered is on the disk, as the page promises it."""
    forms = page.locator(KEEPING)
    for number in range(forms.count()):
        expect(forms.nth(number)).to_have_attribute("data-saved", "yes", timeout=PACK_MS)
    page.evaluate(WRITTEN, SAVED_MS)


def forgotten(page: Page) -> None:
    """Wait until a page that follows a form has removed what was kept of it."""
    page.wait_for_selector("[data-forgotten=yes]", state="attached", timeout=PACK_MS)


def answer_all(page: Page) -> None:
    """Mark every item as complying, a look at each list first."""
    for section in page.locator("[data-section]").all():
        if section.locator("input[type=radio][name^='answers.']:checked").count() == 0:
            section.locator("[data-item]").first.locator("label", has_text="符合").first.tap()
        if section.locator("[data-rest-comply]").is_visible():
            section.locator("[data-rest-comply]").tap()


def sign_and_submit(page: Page) -> None:
    page.fill("[name='site_person.name']", "周厂长")
    sign_with_a_finger(page)
    page.locator("[data-submit]").tap()
    page.wait_for_selector("[data-filed]")


def extra_hazard(page: Page, number: int, words: str) -> None:
    """Describe a hazard that is on no list, with a photo and a deadline."""
    block = page.locator("#others details:has(> [data-finding])").nth(number)
    if block.get_attribute("open") is None:
        block.locator("summary").first.tap()
    block.locator("textarea[name$='.description']").fill(words)
    block.locator("label", has_text="7天").tap()
    block.locator("input[type=file]").first.set_input_files(photo(40 + number))
    block.locator("[data-chosen] img").first.wait_for()


def open_check(page: Page, path: str) -> Page:
    page.goto(path)
    page.wait_for_selector("form[data-ready]")
    return page


def site_page(page: Page, name: str, *, kind: str = "") -> str:
    """The address of a check page of a site, found as a person finds it: on the page that starts a check."""
    page.goto("/checks/start")
    row = page.locator("li.task", has_text=name)
    end = f"&kind={kind}" if kind else ""
    links = [link.get_attribute("href") or "" for link in row.locator("a.btn").all()]
    return next(link for link in links if re.fullmatch(rf"/checks/new\?site=\d+{re.escape(end)}", link))


def received(served: Served) -> list[tuple[str, str]]:
    """(UUID, hash of the posted text) of every check that the server holds."""
    with closing(sqlite3.connect(f"file:{served.data}/xuncha.db?mode=ro", uri=True)) as database:
        return list(database.execute("SELECT uuid, body_sha256 FROM checks ORDER BY id"))


def has_pack(page: Page) -> bool:
    return bool(
        page.evaluate("caches.keys().then((names) => names.some((name) => name.startsWith('pack-')))")
    )
