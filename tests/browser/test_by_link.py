"""The code on a notice, scanned with a phone that has no account: receipt, report, extension; what was typed survives."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from tests.browser.looks import LOOKS, looks
from tests.browser.offline import saved
from tests.browser.test_main_job import take_photo
from tests.conftest import build, shut_down
from tests.hazards.builders import file, filing, finding, person, photo, picture, place
from tests.hazards.by_link import BASE, path_of
from tests.served import Served
from xuncha.core.clock import today, utcnow
from xuncha.core.db import db
from xuncha.hazards.actions import issue_notice
from xuncha.hazards.models import Notice
from xuncha.hazards.public.notice_links import change_link, current

Scanned = Callable[..., Page]
NO_STORAGE = "Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError'); } });"


@pytest.fixture
def printed() -> Callable[[], str]:
    return notice_of_two


def notice_of_two() -> str:
    """The path on the paper of a notice of two hazards that are due in ten days."""
    due = (today() + timedelta(days=10)).isoformat()
    first = finding(due_on=due, before=[{"sha256": photo(200).sha256}])
    second = finding(due_on=due, description="灭火器压力不足", place="仓库")
    check = file(filing(place("huaxin"), first, second))
    notice = issue_notice(check, actor=person("wang"), now=utcnow())
    db.session.commit()
    return path_of(notice)


def acknowledge(page: Page) -> None:
    page.fill("#responsible", "孙安全")
    page.fill("#who", "周厂长")
    page.get_by_role("button", name="确认收到").tap()
    page.get_by_text("已确认收到，谢谢。").wait_for()


def test_receipt_and_report_by_the_code_and_a_reload_loses_nothing(
    scanned: Scanned, paper: tuple[Served, str]
) -> None:
    page = scanned()
    token = paper[1].removeprefix("/n/")
    assert token not in page.url and token not in page.evaluate("document.referrer")
    assert "灭火器压力不足" in page.locator("main").inner_text()
    acknowledge(page)
    assert token not in page.evaluate("document.referrer")

    page.get_by_role("link", name="提交整改").first.tap()
    take_photo(page, page.locator("#photos"), 7)
    page.fill("#note", "已封堵孔洞")
    page.fill("#cost", "0.3")
    page.fill("#who", "孙安全")
    saved(page)
    page.reload()
    page.get_by_text("您之前未发送的内容已恢复。").wait_for()
    assert page.input_value("#note") == "已封堵孔洞"
    page.locator("[data-chosen] img").wait_for()
    # The program may also be closed: another page of the same browser finds it too.
    address = page.url
    second = page.context.new_page()
    page.close()
    second.goto(address)
    second.locator("[data-chosen] img").wait_for()
    assert second.input_value("#who") == "孙安全"

    second.locator(".action-bar button").tap()
    second.get_by_text("待复查").first.wait_for()
    second.goto(address)
    assert second.locator("[data-chosen] img").count() == 0
    log = (paper[0].data / "server.log").read_text("utf-8")
    assert token not in log


def test_a_refused_report_keeps_text_and_photos_and_is_sent_again(scanned: Scanned) -> None:
    page = scanned()
    page.get_by_role("link", name="提交整改").first.tap()
    take_photo(page, page.locator("#photos"), 8)
    page.fill("#who", "孙安全")
    page.locator(".action-bar button").tap()
    page.locator(".errors").wait_for()
    assert page.locator("input[name=kept]").count() == 1
    page.fill("#note", "已更换")
    page.locator(".action-bar button").tap()
    page.get_by_text("待复查").first.wait_for()


def renew(server: Served, path: str) -> str:
    """The supervisor revokes the link and makes a new one; its path."""
    app = build(f"sqlite:///{server.data / 'xuncha.db'}", server.data, PUBLIC_URL=BASE)
    with app.app_context():
        notice = db.session.scalars(sa.select(Notice)).one()
        link = current(notice)
        assert link is not None and path_of(notice) == path
        change_link(notice, seen=link.id, renew=True, actor=person("wang"), now=utcnow())
        db.session.commit()
        new = path_of(notice)
        db.session.remove()
    shut_down(app)
    return new


def test_what_waited_under_a_renewed_link_is_there_by_the_new_paper(
    scanned: Scanned, paper: tuple[Served, str]
) -> None:
    page = scanned()
    page.get_by_role("link", name="提交整改").first.tap()
    take_photo(page, page.locator("#photos"), 12)
    page.fill("#note", "已封堵孔洞")
    page.fill("#who", "孙安全")
    saved(page)
    new = renew(*paper)
    page.locator(".action-bar button").tap()
    page.get_by_text("没有提交。").wait_for()
    assert "已封堵孔洞" in page.locator("main").inner_text()
    page.goto(new)
    page.get_by_role("link", name="提交整改").first.tap()
    page.locator("[data-chosen] img").wait_for()
    assert page.input_value("#note") == "已封堵孔洞"
    page.locator(".action-bar button").tap()
    page.get_by_text("待复查").first.wait_for()


def test_a_receipt_half_filled_survives_a_reload(scanned: Scanned) -> None:
    page = scanned()
    page.fill("#responsible", "孙安全")
    page.fill("#who", "周厂长")
    saved(page)
    page.reload()
    expect(page.locator("#responsible")).to_have_value("孙安全")
    page.get_by_role("button", name="确认收到").tap()
    page.get_by_text("已确认收到，谢谢。").wait_for()


def test_a_report_begun_before_the_receipt_is_there_after_it(scanned: Scanned) -> None:
    page = scanned()
    notice = page.url
    page.get_by_role("link", name="提交整改").first.tap()
    take_photo(page, page.locator("#photos"), 14)
    page.fill("#note", "已封堵孔洞")
    saved(page)
    page.goto(notice)
    acknowledge(page)
    page.get_by_role("link", name="提交整改").first.tap()
    page.locator("[data-chosen] img").wait_for()
    assert page.input_value("#note") == "已封堵孔洞"


def test_without_a_network_a_report_stays_on_its_page_and_is_sent_later(scanned: Scanned) -> None:
    page = scanned()
    page.get_by_role("link", name="提交整改").first.tap()
    take_photo(page, page.locator("#photos"), 13)
    page.fill("#note", "已封堵孔洞")
    page.fill("#who", "孙安全")
    page.context.set_offline(True)
    page.locator(".action-bar button").tap()
    page.get_by_text("现在没有网络").wait_for()
    assert page.input_value("#note") == "已封堵孔洞"
    page.context.set_offline(False)
    page.locator(".action-bar button").tap()
    page.get_by_text("待复查").first.wait_for()


def test_a_browser_without_storage_reports_too(scanned: Scanned) -> None:
    page = scanned(NO_STORAGE)
    acknowledge(page)
    page.get_by_role("link", name="申请延期").first.tap()
    page.fill("#reason", "等配件")
    page.fill("#interim_measures", "断电挂牌")
    page.fill("#due_on", (today() + timedelta(days=20)).isoformat())
    page.fill("#who", "孙安全")
    page.locator(".action-bar button").tap()
    page.get_by_text("延期待审").first.wait_for()


def test_a_browser_without_scripts_reports_too(scanned: Scanned) -> None:
    page = scanned(java_script_enabled=False)
    acknowledge(page)
    page.get_by_role("link", name="提交整改").first.tap()
    page.set_input_files("#photos-album", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture(61)})
    page.fill("#note", "已封堵")
    page.fill("#who", "孙安全")
    page.locator(".action-bar button").tap()
    page.get_by_text("待复查").first.wait_for()


def test_an_after_photo_is_taken_over_the_one_before_without_an_account(
    scanned: Scanned, filming: Browser, tmp_path: Path
) -> None:
    page = scanned(browser=filming)
    page.get_by_role("link", name="提交整改").first.tap()
    page.locator("#photos button").first.tap()
    ghost = page.locator("dialog.camera .ghost")
    ghost.evaluate("one => one.decode()")
    assert ghost.evaluate("one => [one.naturalWidth, one.naturalHeight]") == [640, 480]
    assert float(ghost.evaluate("one => getComputedStyle(one).opacity")) == 0.45
    video = page.locator("dialog.camera video")
    video.evaluate("one => new Promise(go => one.videoWidth ? go() : one.addEventListener('resize', go))")
    page.screenshot(path=str(tmp_path / "camera-by-link.png"))
    page.locator("dialog.camera .shutter").tap()
    page.locator("[data-chosen] img").wait_for()
    assert page.locator("dialog.camera").count() == 0
    # The photo taken is kept like one that was chosen.
    saved(page)
    page.reload()
    page.locator("[data-chosen] img").wait_for()
    # What lies beneath is for the cookie of this notice alone.
    address = page.locator("#photos").get_attribute("data-ghost") or ""
    assert page.request.get(address).status == 200
    stranger = filming.new_context(base_url=page.url)
    assert stranger.request.get(address).status == 404
    stranger.close()
    page.fill("#note", "已关闭箱门")
    page.fill("#who", "孙安全")
    page.locator(".action-bar button").tap()
    page.get_by_text("待复查").first.wait_for()
    assert page.locator(".one-photo img").count() == 2


def test_marks_survive_a_reload_and_arrive(scanned: Scanned, paper: tuple[Served, str]) -> None:
    page = scanned()
    page.get_by_role("link", name="提交整改").first.tap()
    take_photo(page, page.locator("#photos"), 7)
    page.locator("[data-chosen] button", has_text="标注").tap()
    layer = page.locator("dialog.marker svg")
    layer.hover(position={"x": 40, "y": 40})  # waits until the dialog stands still
    page.mouse.down()
    layer.hover(position={"x": 120, "y": 100})
    page.mouse.up()
    page.locator("dialog.marker .btn.primary").tap()
    expect(page.locator("[name=marks]")).to_have_value(re.compile("circle"))
    saved(page)
    page.reload()
    page.get_by_text("您之前未发送的内容已恢复。").wait_for()
    expect(page.locator("[name=marks]")).to_have_value(re.compile("circle"))
    # They lie over the photo that came back, not over a name that nothing answers to.
    expect(page.locator("[data-chosen] button").nth(1)).to_have_text("标注 (1)")
    page.locator("[data-chosen] button", has_text="标注").tap()
    expect(page.locator("dialog.marker svg ellipse")).to_have_count(2)
    page.locator("dialog.marker .btn", has_text="关闭").last.tap()
    page.fill("#note", "已封堵孔洞")
    page.fill("#who", "孙安全")
    page.locator(".action-bar button").tap()
    page.get_by_text("待复查").first.wait_for()
    expect(page.locator(".one-photo svg.drawn ellipse")).to_have_count(2)
    page.screenshot(path=str(paper[0].data / "marked.png"), full_page=True)


def test_a_hazard_without_a_photo_before_offers_the_plain_fields(scanned: Scanned, filming: Browser) -> None:
    page = scanned(browser=filming)
    page.get_by_role("link", name="提交整改").nth(1).tap()
    take_photo(page, page.locator("#photos"), 9)  # by now the behaviours of the page have begun
    assert page.locator("#photos .btns button").count() == 0


@pytest.mark.parametrize("lang", LOOKS)
def test_the_pages_of_the_code_are_sound(scanned: Scanned, lang: str) -> None:
    page = scanned(bypass_csp=True, locale="zh-CN" if lang == "zh" else "en-GB")
    first = page.url
    pages = [first, f"{first}/hazards/1/report_done", f"{first}/hazards/1/ask_extension", "/n/abc"]
    found = []
    for address in pages:
        page.goto(address)
        found += looks(page, lang)
    assert found == []
