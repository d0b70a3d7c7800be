"""The queue of rectifications on a phone: one after another, taken back, and all of it without a network."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.offline import ready, until, wait_until_kept
from tests.browser.prepared import served_after
from tests.hazards.builders import in_state
from tests.served import Served
from xuncha.hazards.lifecycle import State

Device = Callable[..., Page]
QUEUE = "/hazards/verification"
SHOWN = "[data-hazard]:visible"
DOUBLE_TAP_MS = 500  # as static/js/modules/verification-queue.js has it
# The second tap lands on the hazard that the first one brings up.
TAP_TWICE = """async () => {
  const shown = () => document.querySelector("[data-hazard]:not([hidden])");
  const first = shown();
  first.querySelector("button[value=on_site]").click();
  while (shown() === first) await new Promise((resolve) => setTimeout(resolve));
  shown().querySelector("button[value=on_site]").click();
}"""
WORDS = ("第一处电箱未关", "第二处通道堵塞", "第三处标志脱落")


@pytest.fixture
def served(settled: Path, tmp_path: Path) -> Iterator[Served]:
    """The server on the cast with three rectifications that wait for Wang."""

    def three() -> None:
        for words in WORDS:
            in_state(State.REPORTED_DONE, description=words)

    with served_after(three, settled, tmp_path) as (server, _):
        yield server


def states(served: Served) -> list[str]:
    with closing(sqlite3.connect(served.data / "xuncha.db")) as connection:
        return [row[0] for row in connection.execute("SELECT state FROM hazards ORDER BY id")]


def decide(page: Page, how: str) -> None:
    """Press a button of the hazard that is shown, and wait for the next."""
    number = page.locator(SHOWN).get_attribute("data-number")
    page.wait_for_timeout(DOUBLE_TAP_MS)
    page.locator(SHOWN).locator(f"button[value={how}]").tap()
    expect(page.locator(f"[data-number={number}]")).to_be_hidden()


def test_one_after_another_and_taken_back(device: Device, served: Served) -> None:
    page = device("wang")
    page.goto(QUEUE)
    page.wait_for_selector("[data-module=verification-queue][data-ready]")
    expect(page.locator(SHOWN)).to_have_count(1)
    expect(page.locator(SHOWN)).to_contain_text(WORDS[0])
    decide(page, "on_site")
    expect(page.locator(SHOWN)).to_contain_text(WORDS[1])
    page.locator(".undo button").tap()
    expect(page.locator(SHOWN)).to_contain_text(WORDS[0])
    assert states(served) == ["reported_done"] * 3
    page.locator(SHOWN).locator("[data-back] summary").tap()
    page.wait_for_timeout(DOUBLE_TAP_MS)
    page.locator(SHOWN).locator("button[value=send_back]").tap()
    expect(page.locator(SHOWN).locator("[role=alert]")).to_contain_text("请写明")
    page.locator(SHOWN).locator("label", has_text="只整改了一部分").tap()
    page.locator(SHOWN).locator("textarea").fill("北侧没有封堵")
    decide(page, "send_back")
    expect(page.locator(SHOWN)).to_contain_text(WORDS[1])
    page.wait_for_timeout(DOUBLE_TAP_MS)
    page.evaluate(TAP_TWICE)
    expect(page.locator(SHOWN)).to_contain_text(WORDS[2])
    until(page, lambda: states(served) == ["sent_back", "closed", "reported_done"])
    with closing(sqlite3.connect(served.data / "xuncha.db")) as connection:
        (note,) = connection.execute("SELECT note FROM hazard_events WHERE act = 'send_back'").fetchone()
    assert note == "只整改了一部分。 北侧没有封堵"


def test_a_whole_queue_without_a_network(device: Device, served: Served) -> None:
    page = ready(device("wang"))
    wait_until_kept(page, QUEUE)
    page.context.set_offline(True)
    page.goto(QUEUE)
    page.wait_for_selector("[data-module=verification-queue][data-ready]")
    expect(page.locator(SHOWN).locator("img").first).to_be_visible()
    shown = page.locator(SHOWN).locator("img").evaluate_all("images => images.map((one) => one.naturalWidth)")
    assert shown and all(shown)
    page.locator("[data-visit] summary").tap()
    for box in page.locator("[data-visit] label").all()[:2]:
        box.tap()
    page.locator("[data-visit] button").tap()
    expect(page.locator(SHOWN)).to_contain_text(WORDS[2])
    page.locator(SHOWN).locator("[data-back] summary").tap()
    page.locator(SHOWN).locator("textarea").fill("标志还在地上")
    page.locator(SHOWN).locator("textarea").blur()
    page.wait_for_timeout(300)
    page.reload()
    page.wait_for_selector("[data-module=verification-queue][data-ready]")
    expect(page.locator(SHOWN)).to_have_count(1)
    expect(page.locator(SHOWN).locator("textarea")).to_have_value("标志还在地上")
    decide(page, "send_back")
    expect(page.locator("[data-none]")).to_be_visible()
    assert states(served) == ["reported_done"] * 3
    page.context.set_offline(False)
    page.goto("/me")
    until(page, lambda: states(served) == ["closed", "closed", "sent_back"])
    expect(page.locator("[data-module~=outbox-list]")).to_contain_text(re.compile("已收到|已送达|YH"))


def test_what_the_office_decided_first_is_told_on_the_phone(device: Device, served: Served) -> None:
    page = ready(device("wang"))
    wait_until_kept(page, QUEUE)
    page.context.set_offline(True)
    page.goto(QUEUE)
    page.wait_for_selector("[data-module=verification-queue][data-ready]")
    decide(page, "on_site")
    expect(page.locator(SHOWN)).to_contain_text(WORDS[1])
    desk = device("admin", desk=True)
    desk.goto(QUEUE)
    desk.wait_for_selector("[data-module=verification-queue][data-ready]")
    desk.locator(SHOWN).locator("button[value=on_site]").click()
    until(desk, lambda: states(served)[0] == "closed")
    page.context.set_offline(False)
    page.goto("/me")
    row = page.locator("[data-module~=outbox-list] [data-uuid]")
    expect(row).to_contain_text("安管理", timeout=30_000)
    row.locator("button", has_text="存档").tap()
    row.locator("button", has_text="安委办已收到").tap()
    expect(page.locator("[data-module~=outbox-list]")).to_contain_text("本机没有待上传")
