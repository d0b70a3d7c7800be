"""The dashboard in a browser: parts arrive, charts answer a desk, keys reach every number, phones load no library."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Request

from tests.browser.looks import scrolls_sideways

Device = Callable[..., Page]
ARRIVED = "() => !document.querySelector('.later[aria-busy]') && document.querySelector('.course')"


def opened(device: Device, *, desk: bool) -> tuple[Page, dict[str, int]]:
    page = device("leader", desk=desk, service_workers="block")
    sizes: dict[str, int] = {}

    def finished(request: Request) -> None:
        found = request.sizes()
        sizes[request.url] = found["responseBodySize"] + found["responseHeadersSize"]

    page.on("requestfinished", finished)
    page.goto("/figures")
    page.wait_for_function(ARRIVED)
    page.wait_for_load_state("networkidle")
    return page, sizes


def test_a_desk_draws_charts_from_the_tables_and_a_phone_loads_no_library(device: Device) -> None:
    desk, sizes = opened(device, desk=True)
    assert desk.locator(".uplot").count() == desk.locator(".course").count() == 4
    assert any("charts.js" in url for url in sizes)
    assert sum(sizes.values()) <= 250_000
    phone, fewer = opened(device, desk=False)
    assert not any("charts.js" in url for url in fewer)
    assert phone.locator(".uplot").count() == 0 and phone.locator(".course-line").first.is_visible()


def test_keys_open_the_table_of_a_chart_and_the_list_of_a_month(device: Device) -> None:
    page, _sizes = opened(device, desk=True)
    page.locator(".course summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".course table").first.is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate(
        "document.activeElement.closest('.course') !== null || document.activeElement.tagName === 'SUMMARY'"
    )


def test_the_tables_of_rates_fit_a_phone(device: Device) -> None:
    page = device("leader", desk=False)
    page.goto("/figures/courses?rates=others")
    for summary in page.locator(".course summary").all():
        summary.click()
    assert page.locator(".course table").first.is_visible()
    assert not scrolls_sideways(page)


def test_without_page_code_each_part_is_a_link(device: Device) -> None:
    page = device("leader", desk=True)
    address = page.url
    browser = page.context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False, base_url=address)
    plain.add_cookies(page.context.cookies())
    still = plain.new_page()
    still.goto("/figures")
    for name in ("courses", "map", "heat", "groups", "compared"):
        link = still.locator(f"a[href*='/figures/{name}?']").first
        assert link.is_visible()
    still.locator("a[href*='/figures/map?']").first.click()
    assert still.locator("svg.zone-map").is_visible()
    plain.close()


def test_what_is_printed_shows_the_server_drawing(device: Device) -> None:
    page, _sizes = opened(device, desk=True)
    page.emulate_media(media="print")
    assert page.locator(".course-line").first.is_visible()
    assert not page.locator(".uplot").first.is_visible()
    title = page.locator("details.desk-open > summary h2").first
    assert title.is_visible(), "the figures compared have their title on paper too"


def test_the_wall_says_when_it_may_be_old(device: Device) -> None:
    page = device("leader", desk=True, service_workers="block")
    page.clock.install()
    page.goto("/figures/wall")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.clock.run_for(5 * 60 * 1000 + 1000)
    page.locator("[data-renew-failed]").wait_for(state="visible")
    page.context.set_offline(False)
    page.clock.run_for(5 * 60 * 1000 + 1000)
    page.locator("[data-renew-failed]").wait_for(state="hidden")
