"""A reading out of its limits on a phone without a network: it decides the answer, another answer needs a reason."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import cast
from tests.browser.offline import (
    answer_all,
    open_check,
    photo,
    ready,
    received,
    sign_and_submit,
    site_page,
    until,
    wait_until_kept,
)
from tests.checklists.drafts import measured
from tests.conftest import build, shut_down
from tests.served import Served
from xuncha.core.db import db

Device = Callable[..., Page]


@pytest.fixture
def served(month: Path, tmp_path: Path) -> Iterator[Served]:
    """The shipped server; its list for dangerous chemicals measures a pressure and requires a photo."""
    shutil.copy(month, tmp_path / "xuncha.db")
    app = build(f"sqlite:///{tmp_path / 'xuncha.db'}", tmp_path)
    with app.app_context():
        measured("HAZ", cast.NOW)
        db.session.remove()
    shut_down(app)
    server = Served(tmp_path).start(patience_s=90)
    yield server
    server.kill()


def test_a_reading_outside_its_limits_is_found_without_a_network_and_printed(
    device: Device, served: Served
) -> None:
    page = ready(device("wang"))
    start = site_page(page, "华鑫")
    page.goto("/today")
    wait_until_kept(page, start, "消防泵出口压力")
    page.context.set_offline(True)
    served.kill()
    open_check(page, start)
    item = page.locator("[data-item]", has=page.locator("[data-decimals]"))
    reading = item.locator("[data-decimals]")
    reason = item.locator("[data-reason]")
    expect(reason).to_be_hidden()
    reading.fill("０．45")
    reading.blur()
    expect(item.locator("input[value=comply]")).to_be_checked()
    reading.fill("0.29")
    reading.blur()
    expect(item.locator("input[value=fail]")).to_be_checked()
    words = item.locator("textarea[name$='.description']")
    expect(words).to_have_value("消防泵出口压力读数0.29 MPa，超出限值（0.30–0.60 MPa）。")
    expect(reason).to_be_hidden()
    item.locator("label[for$='-comply']").tap()
    expect(reason).to_be_visible()
    answer_all(page)
    page.fill("[name='site_person.name']", "周厂长")
    page.locator("[data-submit]").tap()
    said = page.locator(".errors")
    expect(said).to_contain_text("结论与读数不一致")
    item.locator("label[for$='-fail']").tap()
    item.locator("label", has_text="7天").tap()
    asked = page.locator("[data-look=photo]")
    asked.locator("label[for$='-comply']").tap()
    page.locator("[data-submit]").tap()
    expect(said).to_contain_text("必拍照片")
    asked.locator("input[type=file]").first.set_input_files(photo(71))
    asked.locator("[data-chosen] img").first.wait_for()
    sign_and_submit(page)
    expect(page.locator(".paper").first).to_contain_text("0.29")
    served.start(patience_s=90)
    page.context.set_offline(False)
    page.goto("/me")
    until(page, lambda: len(received(served)) == 1)
    filed = answers(served)
    assert [(one["result"], one["reading"]) for one in filed if "reading" in one] == [("fail", "0.29")]
    assert [len(one["photos"]) for one in filed if "photos" in one] == [1]


def answers(served: Served) -> list[dict[str, Any]]:
    """The answers of the one check that the server holds."""
    with closing(sqlite3.connect(f"file:{served.data}/xuncha.db?mode=ro", uri=True)) as database:
        row = database.execute("SELECT payload FROM checks").fetchone()
    found: list[dict[str, Any]] = json.loads(row[0])["answers"]
    return found
