"""The keys of a list on a desk: from line to line, selecting, opening, searching; switched off; no field is robbed."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

Device = Callable[..., Page]
LINE = "document.activeElement.closest('tr')?.rowIndex ?? 0"


def opened(device: Device) -> Page:
    page = device("admin", desk=True, service_workers="block")
    page.goto("/enterprises")
    page.wait_for_selector(".batch[data-ready]")
    return page


def test_keys_go_through_the_lines_select_and_open(device: Device) -> None:
    page = opened(device)
    assert page.locator("[data-keys]").is_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate(LINE) == 1
    page.keyboard.press("x")
    assert page.locator("tbody tr").first.locator("[type=checkbox]").is_checked()
    page.keyboard.press("Enter")
    page.wait_for_url("**/enterprises/*")


def test_letters_typed_in_a_field_stay_there(device: Device) -> None:
    page = opened(device)
    page.keyboard.press("/")
    page.keyboard.type("jkx/")
    assert page.locator("[name=text]").input_value() == "jkx/"
    assert page.evaluate(LINE) == 0


def test_the_keys_are_switched_off_for_good(device: Device) -> None:
    page = opened(device)
    page.locator("[data-keys-switch]").click()
    page.reload()
    page.wait_for_selector(".batch[data-ready]")
    page.keyboard.press("j")
    assert page.evaluate(LINE) == 0
    assert page.locator("[data-keys-switch]").get_attribute("aria-pressed") == "false"
