"""The camera that proves: an after-photo over the before-photo, marks on a layer, both compared by the verifier."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests import cast
from tests.browser.conftest import DESK, PHONE, sign_in
from tests.browser.prepared import served_after
from tests.conftest import build, shut_down
from tests.hazards.builders import issued, person
from tests.photos.heic import heic
from tests.photos.scenes import jpeg, scene
from tests.served import Served
from xuncha.core.db import db
from xuncha.hazards.models import Hazard
from xuncha.photos.actions import receive
from xuncha.photos.models import PhotoMarks


@pytest.fixture
def hazard(month: Path, tmp_path: Path) -> Iterator[tuple[Served, int]]:
    """A server, and the number of a hazard of Huaxin with a photo of how it was found."""
    with served_after(found_with_photo, month, tmp_path) as made:
        yield made


def found_with_photo() -> int:
    sha256 = receive(jpeg(scene(1)), actor=person("wang"), now=cast.NOW).sha256
    db.session.commit()
    return issued(before=[{"sha256": sha256}]).id


def opened(browser: Browser, served: Served, who: str, *, phone: bool = True) -> Page:
    size = PHONE if phone else DESK
    context = browser.new_context(viewport=size, has_touch=phone, locale="en-GB", base_url=served.url)
    page = context.new_page()
    page.set_default_timeout(20_000)
    sign_in(page, who)
    return page


def button(page: Page, name: str) -> None:
    page.locator("button", has_text=name).first.click()


def test_an_after_photo_is_taken_over_the_one_before_marked_and_compared(
    filming: Browser, hazard: tuple[Served, int], tmp_path: Path
) -> None:
    served, number = hazard
    page = opened(filming, served, "officer")
    page.goto(f"/hazards/{number}/report_done")
    page.locator(".photo-in button").first.click()
    page.wait_for_selector("dialog.camera video")
    video = page.locator("dialog.camera video")
    video.evaluate("one => new Promise(go => one.videoWidth ? go() : one.addEventListener('resize', go))")
    assert float(page.locator(".ghost").evaluate("one => getComputedStyle(one).opacity")) == 0.45
    page.locator(".ghost").evaluate("one => one.decode()")
    page.screenshot(path=str(tmp_path / "camera.png"))
    page.locator("dialog.camera .shutter").click()
    page.wait_for_selector("[data-chosen] li img")
    assert page.locator("dialog.camera").count() == 0
    page.locator("[data-chosen] li button").nth(1).click()
    layer = page.locator("dialog.marker svg")
    layer.hover(position={"x": 40, "y": 40})  # waits until the dialog stands still
    page.mouse.down()
    layer.hover(position={"x": 140, "y": 120})
    page.mouse.up()
    expect(layer.locator("ellipse")).to_have_count(2)
    page.locator("dialog.marker [data-kind=arrow]").click()
    layer.focus()
    for key in ("Enter", *["ArrowRight"] * 6, *["ArrowUp"] * 4, "Enter"):
        page.keyboard.press(key)
    expect(page.locator("dialog.marker [role=status]")).to_contain_text("2")
    page.screenshot(path=str(tmp_path / "marking.png"))
    page.locator("dialog.marker .btn.primary").click()
    expect(page.locator("[name=marks]")).to_have_value(re.compile("arrow"))
    page.locator("[name=note]").fill("已关闭箱门")
    page.locator(".action-bar button").click()
    page.wait_for_url(f"**/hazards/{number}")
    verifier = opened(filming, served, "wang", phone=False)
    verifier.goto(f"/hazards/{number}/verify")
    slider = verifier.locator(".laid input[type=range]")
    slider.focus()
    verifier.keyboard.press("ArrowLeft")
    assert slider.input_value() == "49"
    edge = "one => getComputedStyle(one).getPropertyValue('--edge-at')"
    assert verifier.locator(".laid").evaluate(edge) == "49%"  # where the thumb stands
    expect(verifier.locator(".laid .side-after svg.drawn ellipse")).to_have_count(2)
    verifier.screenshot(path=str(tmp_path / "compare.png"), full_page=True)


def test_marks_are_versions_and_the_photo_stays(
    filming: Browser, hazard: tuple[Served, int], tmp_path: Path
) -> None:
    served, number = hazard
    page = opened(filming, served, "wang")
    page.goto(f"/hazards/{number}")
    link = page.locator(".pair-photos a", has_text="")
    address = page.locator("a[href*='/marks']").first.get_attribute("href")
    assert address and link.count()
    page.goto(address)
    page.wait_for_selector(".marking [data-kind]")
    page.locator("[data-kind=text]").click()
    page.locator(".marking label input").fill("裸露")
    box = page.locator(".marked svg").bounding_box()
    assert box
    page.mouse.click(box["x"] + 60, box["y"] + 90)
    page.mouse.click(box["x"] + 60, box["y"] + 150)
    page.locator(".marking .btns button", has_text="").last.click()  # undo
    page.screenshot(path=str(tmp_path / "marks-page.png"), full_page=True)
    shapes = json.loads(page.locator("input[name=marks]").input_value())
    assert [shape["text"] for shape in shapes] == ["裸露"]
    page.locator(".action-bar button").click()
    page.wait_for_url(f"**/hazards/{number}")
    app = build(f"sqlite:///{tmp_path / 'xuncha.db'}", tmp_path)
    with app.app_context():
        found = db.session.scalars(sa.select(PhotoMarks)).one()
        assert found.shapes[0]["text"] == "裸露"
        use = db.session.get_one(Hazard, number).photos[0]
        with Image.open(io.BytesIO(jpeg(scene(1)))) as original:
            assert use.photo.width == original.width
    shut_down(app)


def test_a_photo_that_the_browser_cannot_show_is_named_and_taken(
    hazard: tuple[Served, int], filming: Browser
) -> None:
    server, number = hazard
    context = filming.new_context(
        base_url=server.url, viewport=PHONE, locale="zh-CN", service_workers="block"
    )
    page = context.new_page()
    sign_in(page, "officer")
    page.goto(f"/hazards/{number}/report_done")
    chosen = {"name": "IMG_0001.HEIC", "mimeType": "image/heic", "buffer": heic(scene(7))}
    page.locator("input[type=file][multiple]").set_input_files(chosen)
    expect(page.locator("[data-chosen]")).to_contain_text("IMG_0001.HEIC：浏览器无法预览")
    expect(page.locator("[data-chosen] img")).to_have_count(0)
    expect(page.get_by_role("button", name="标注")).to_have_count(0)
    page.fill("[name=note]", "已清理")
    page.locator(".action-bar button.primary").click()
    page.wait_for_url(f"**/hazards/{number}")
    expect(page.locator(".timeline")).to_contain_text("已清理")
    context.close()
