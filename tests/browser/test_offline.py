"""Work without a network: the pack, whole visits, provisional papers, one phone and two people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, Route, expect

from tests.browser.conftest import ARGUMENTS, CHROMIUM, PHONE, sign_in
from tests.browser.offline import (
    READY,
    answer_all,
    extra_hazard,
    has_pack,
    open_check,
    ready,
    received,
    saved,
    sign_and_submit,
    site_page,
    until,
    wait_until_kept,
)
from tests.served import Served

Device = Callable[..., Page]


@pytest.fixture
def phone(playwright: Playwright, served: Served, tmp_path: Path) -> Iterator[Callable[[], BrowserContext]]:
    """A phone whose browser is closed and opened again with all that it had kept."""
    opened: list[BrowserContext] = []

    def switch_on() -> BrowserContext:
        while opened:
            opened.pop().close()
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"),
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            viewport=PHONE,
            has_touch=True,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=served.url,
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        return context

    yield switch_on
    for context in opened:
        context.close()


def test_the_pack_opens_after_the_browser_was_closed_and_the_server_is_gone(
    phone: Callable[[], BrowserContext], served: Served
) -> None:
    page = phone().new_page()
    sign_in(page, "wang")
    ready(page)
    assert re.search(r"离线可用，\d\d:\d\d · \d+ 页 · \d+\.\d MB", page.locator(READY).inner_text())
    task = page.locator("a.btn[href^='/checks/new?task=']").first.get_attribute("href") or ""
    served.kill()

    page = phone().new_page()
    page.goto("/")
    assert "华鑫化工有限公司" in page.locator("main").inner_text()
    expect(page.locator(READY)).to_be_visible()
    expect(page.locator(".banner.info")).to_contain_text("没有网络")
    open_check(page, task)
    assert page.locator("[data-item]").count() > 10
    began = page.input_value("[name=started_at]")
    now = page.evaluate(
        "[0, 60000].map((ago) => new Date(Date.now() - ago + 8 * 3600000).toISOString().slice(0, 16))"
    )
    assert began in now, "this minute, or the one in which the page was opened"
    for path in ("/checks", "/checks/start", "/hazards", "/me", "/help/phone", "/enterprises"):
        page.goto(path)
        assert page.locator("h1").count() == 1, path
        assert "没有网络" in page.locator("main").inner_text(), path
    page.goto("/enterprises")
    page.locator(".filters summary").tap()
    for words, rows in (("没有这家", 0), ("华鑫", 1)):
        page.fill("[name=text]", words)
        page.press("[name=text]", "Enter")
        expect(page.locator("main tbody tr:visible")).to_have_count(rows)
        expect(page.get_by_text("本机保存的页面中没有符合的内容")).to_be_visible(visible=rows == 0)
    page.goto("/checks/987654")
    assert page.locator("h1").inner_text() == "没有网络"


def test_a_whole_visit_without_a_line(device: Device, served: Served) -> None:
    page = ready(device("wang"))
    # A first visit finds a hazard, so that there is one to look at again.
    start = site_page(page, "华鑫")
    open_check(page, start)
    answer_all(page)
    extra_hazard(page, 0, "消防通道堆放杂物")
    sign_and_submit(page)
    page.wait_for_selector("[data-filed] .banner.success")
    page.locator("[data-filed] a[href^='/checks/']").first.tap()
    page.get_by_role("button", name="下发整改").first.tap()
    page.wait_for_url(re.compile("/hazards/notices/"))
    page.goto("/today")
    wait_until_kept(page, start, "消防通道堆放杂物")
    page.context.set_offline(True)
    served.kill()

    open_check(page, start)
    assert "消防通道堆放杂物" in page.locator("#earlier").inner_text()
    page.locator("#earlier label", has_text="已整改").first.tap()
    answer_all(page)
    extra_hazard(page, 0, "配电箱未上锁")
    extra_hazard(page, 1, "气瓶未固定")
    sign_and_submit(page)
    papers = page.locator(".paper")
    expect(papers).to_have_count(2)
    for words in ("暂未上传", "配电箱未上锁", "气瓶未固定", "王监管", "周厂长", "消防通道堆放杂物"):
        assert words in papers.first.inner_text(), words
    assert papers.first.locator("svg polyline").count() >= 2
    assert "整改通知" in papers.nth(1).inner_text()
    assert papers.nth(1).inner_text().count("前整改") == 2
    code = re.search(r"凭证码 ([0-9A-F]{4}) ([0-9A-F]{4})", papers.first.inner_text())
    assert code is not None
    page.reload()
    expect(page.locator(".paper").first).to_contain_text(code[0])
    page.goto("/today")
    expect(page.locator(".count [aria-hidden]")).to_have_text("1")
    assert len(received(served)) == 1

    served.start()
    page.context.set_offline(False)
    page.goto("/me")
    until(page, lambda: len(received(served)) == 2)
    expect(page.locator(".count")).to_be_hidden()
    uuid, digest = received(served)[-1]
    assert digest[:8].upper() == code[1] + code[2]
    page.goto(f"{start}#filed-{uuid}")
    expect(page.locator("[data-filed]")).to_contain_text(f"服务器已确认，凭证码 {code[1]} {code[2]}")
    page.locator("[data-filed] a[href^='/checks/']").first.tap()
    page.wait_for_url(re.compile(r"/checks/\d+$"))
    assert f"{code[1]} {code[2]}" in page.locator("main").inner_text()


def test_one_kept_page_serves_two_visits_and_a_task_only_one(device: Device, served: Served) -> None:
    page = ready(device("wang"))
    start = site_page(page, "老纺织厂")
    page.goto("/today")
    task = page.locator("a.btn[href^='/checks/new?task=']").first.get_attribute("href") or ""
    page.context.set_offline(True)
    served.kill()
    for words in ("早上巡查", "下午巡查"):
        open_check(page, start)
        assert page.input_value("[name=summary]") == ""
        answer_all(page)
        page.fill("[name=summary]", words)
        sign_and_submit(page)
        assert words in page.locator(".paper").first.inner_text()
    # A third is begun and left: coming back finds it, though the first two still wait.
    open_check(page, start)
    page.fill("[name=summary]", "夜间巡查")
    page.locator("[name=summary]").blur()
    saved(page)
    open_check(page, start)
    assert page.input_value("[name=summary]") == "夜间巡查"

    open_check(page, task)
    answer_all(page)
    sign_and_submit(page)
    page.goto("/today")
    expect(page.locator("[data-here]")).to_have_text("已提交，待上传")
    page.goto(task)
    expect(page.locator("[data-filed]")).to_contain_text("已保存在本机")

    served.start()
    # The line stays just long enough for what is sent, not for the pack.
    page.context.route("**/sync/pack", lambda route: route.abort())
    page.context.set_offline(False)
    page.goto("/me")
    until(page, lambda: len({uuid for uuid, _digest in received(served)}) == 3)
    expect(page.locator(".count")).to_be_hidden()
    page.context.set_offline(True)
    served.kill()
    page.goto("/today")
    expect(page.locator("[data-here]")).to_have_text("已送达")
    page.goto(task)
    expect(page.locator("[data-filed]")).to_contain_text("检记〔")


def test_signing_out_takes_the_pack_and_keeps_what_waits(device: Device, served: Served) -> None:
    page = ready(device("wang"))
    start = site_page(page, "老纺织厂")
    page.context.set_offline(True)
    open_check(page, start)
    answer_all(page)
    sign_and_submit(page)
    # Without a network nobody is signed out, and nothing is taken away.
    page.goto("/me")
    page.locator("main form[action='/sign-out'] button").tap()
    expect(page.locator("[role=alert]").first).to_contain_text("需要网络")
    assert has_pack(page)

    # The line is back for the page but not for what is sent.
    page.context.route("**/sync/filings", lambda route: route.abort())
    page.context.set_offline(False)
    page.goto("/me")
    button = page.locator("main form[action='/sign-out'] button")
    button.tap()
    expect(page.locator("[role=alert]").first).to_contain_text("1")
    # It goes again at the very moment of pressing: still signed in, still the kept pages.
    page.context.set_offline(True)
    button.tap()
    expect(page.locator("[role=alert]").first).to_contain_text("仍处于登录状态")
    assert has_pack(page)
    page.context.set_offline(False)
    button.tap()
    page.wait_for_url("**/sign-in")
    assert not has_pack(page)

    # Another person on the same phone.
    sign_in(page, "zhao")
    ready(page)
    assert page.locator(".count").is_hidden()
    page.goto("/me")
    assert "老纺织厂" not in page.locator("body").inner_text()
    assert received(served) == []
    page.context.set_offline(True)
    page.goto(start)
    assert page.locator("h1").inner_text() == "没有网络"
    page.context.set_offline(False)

    # The first one comes back: now it goes.
    page.goto("/me")
    page.locator("main form[action='/sign-out'] button").tap()
    page.wait_for_url("**/sign-in")
    page.context.unroute("**/sync/filings")
    sign_in(page, "wang")
    until(page, lambda: len(received(served)) == 1)


def test_who_signs_in_next_sees_nothing_of_the_last_even_after_a_lost_session(
    device: Device, served: Served
) -> None:
    page = ready(device("wang"))
    start = site_page(page, "华鑫")
    page.context.clear_cookies()
    sign_in(page, "zhao")
    ready(page)
    names = page.evaluate("caches.keys()")
    assert sum(name.startswith("pack-") for name in names) == 1
    page.context.set_offline(True)
    page.goto(start)
    assert page.locator("h1").inner_text() == "没有网络"
    page.goto("/today")
    assert "华鑫化工" not in page.locator("body").inner_text()


def test_a_kept_page_posts_again_when_the_network_is_back_in_an_older_safari(
    device: Device, served: Served
) -> None:
    page = device("wang", service_workers="block")
    page.add_init_script("delete HTMLFormElement.prototype.requestSubmit")
    page.route("**/me", as_kept)
    page.goto("/me")
    expect(page.locator(".banner", has_text="没有网络")).to_be_visible()
    page.locator("main form[action='/sign-out'] button").tap()
    page.wait_for_url("**/sign-in")


def as_kept(route: Route) -> None:
    """The page as the phone keeps it."""
    answer = route.fetch()
    body = '<body data-module="cached-page" data-kept="2026-11-03T02:00:00Z" '
    route.fulfill(response=answer, body=answer.text().replace("<body ", body))


def test_a_criterion_is_picked_from_the_list_without_a_network(device: Device) -> None:
    page = ready(device("wang"))
    page.context.set_offline(True)
    page.locator("a.btn[href*='/checks/new?task=']").first.tap()
    page.wait_for_selector("form[data-ready]")
    item = page.locator("[data-item]").first
    item.locator("label", has_text="不符合").tap()
    item.locator("summary", has_text="整改措施").tap()
    item.get_by_role("button", name="从列表选取").tap()
    item.locator(".picks input").fill("安全阀")
    row = item.locator(".picks li:visible").first
    wording = row.locator("strong").inner_text()
    assert "安全阀" in wording
    row.locator("button").tap()
    cited = item.locator("[name$='.major_criterion']").input_value()
    assert cited.startswith("《特种设备重大事故隐患判定准则》（GB 45067-2024）第")
    saved(page)
    page.reload()
    page.wait_for_selector("form[data-ready]")
    assert item.locator("[name$='.major_criterion']").input_value() == cited
