"""The outbox of a real browser: tests put filings into its store and look; the shipped page code alone sends."""

from __future__ import annotations

import base64
import hashlib
import os
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any
from uuid import uuid4

from playwright.sync_api import BrowserContext, Page

from tests.served import ROOT, Served

FILINGS = "**/sync/filings"
PATIENCE_S = 30
OWN = 'const outbox = kept.openOutbox(Number(document.querySelector("meta[name=user]").content));'


def equip(context: BrowserContext) -> None:
    """Give every page of a browser `kept`: the outbox module by itself, which stores and sends nothing."""
    command = [str(ROOT / "node_modules/.bin/esbuild"), str(ROOT / "static/js/offline/outbox.js"), "--bundle"]
    path = f"{ROOT / '.venv/node'}{os.pathsep}{os.environ['PATH']}"
    built = subprocess.run(
        [*command, "--format=iife", "--global-name=kept", "--log-level=warning"],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    context.add_init_script(built.stdout + "globalThis.kept = kept;")


def run(page: Page, script: str, given: object = None) -> Any:
    """Run page code that knows `outbox`, of the person signed in, and `given`."""
    return page.evaluate(f"async (given) => {{ {OWN} {script} }}", given)


def put(page: Page, raw: dict[str, Any], *, together: bool = False, **changes: Any) -> str:
    """File a visit on this phone; its UUID. It goes photo by photo, as after a line that broke once, or `together` first."""
    filing = {**raw, "uuid": str(uuid4()), **changes}
    script = """
      await outbox.put({ uuid: given.filing.uuid, filing: given.filing, label: { title: "华鑫化工有限公司" } });
      await outbox.change(given.filing.uuid, (old) => ({ ...old, triedTogether: !given.together }));"""
    run(page, script, {"filing": filing, "together": together})
    return str(filing["uuid"])


def hold(page: Page, photo: bytes) -> str:
    """Put a photo's bytes into this phone's store, as the check page does; their hash."""
    sha = hashlib.sha256(photo).hexdigest()
    script = """async ([user, sha256, text]) => {
      const database = await new Promise((done, failed) => {
        const asked = indexedDB.open("xuncha");
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => failed(asked.error);
      });
      const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer;
      const change = database.transaction("bytes", "readwrite");
      change.objectStore("bytes").put({ user, sha256, bytes, type: "image/jpeg" });
      await new Promise((done) => { change.oncomplete = done; });
      database.close();
    }"""
    user = int(page.locator("meta[name=user]").get_attribute("content") or 0)
    page.evaluate(script, [user, sha, base64.b64encode(photo).decode()])
    return sha


def entries(page: Page) -> dict[str, dict[str, Any]]:
    """What waits, by UUID."""
    return {one["uuid"]: one for one in run(page, "return outbox.list();")}


def entry(page: Page, uuid: str) -> dict[str, Any] | None:
    """The filing as it waits, or None."""
    return entries(page).get(uuid)


def nudge(page: Page) -> None:
    """The line is back."""
    page.evaluate('dispatchEvent(new Event("online"))')


def send(page: Page) -> None:
    """Press the button, and wait until every filing was tried."""
    before = entries(page)
    page.get_by_role("button", name="全部").click()

    def tried() -> bool:
        now = entries(page)
        return all(
            now.get(uuid, {}).get("state") != "sending" and now.get(uuid) != old
            for uuid, old in before.items()
        )

    until(page, tried)


def filed(served: Served, uuid: str) -> int:
    """How many checks of this UUID the server holds.

    Read by a connection that is closed at once: one left open across a restart of the server, whose last connection takes
    the log away, would show later ones in this process the old state.
    """
    with closing(sqlite3.connect(f"file:{served.data}/xuncha.db?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM checks WHERE uuid = ?", (uuid,)).fetchone()[0])


def photos_of(served: Served, uuid: str) -> list[str]:
    """The hashes of the photos of a check, of which the server holds the very bytes."""
    query = (
        "SELECT p.sha256 FROM check_photos c JOIN photos p ON p.id = c.photo_id JOIN checks k ON k.id = c.check_id"
        " WHERE k.uuid = ? ORDER BY c.position"
    )
    with closing(sqlite3.connect(f"file:{served.data}/xuncha.db?mode=ro", uri=True)) as database:
        named = [str(row[0]) for row in database.execute(query, (uuid,))]
    kept = {
        hashlib.sha256(path.read_bytes()).hexdigest() for path in served.data.rglob("*") if path.is_file()
    }
    return [sha for sha in named if sha in kept]


def until(page: Page, test: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE_S
    while not test():
        assert time.monotonic() < end, entries(page)
        page.wait_for_timeout(50)
