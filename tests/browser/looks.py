"""What is wrong with a page, looked at on a phone and on a desk, light and dark: axe's findings, and scrolling sideways."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE
from tests.served import ROOT

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS = {"zh": [(PHONE, "light"), (DESK, "dark")], "en": [(PHONE, "dark"), (DESK, "light")]}

ONCE = {"zh": LOOKS["zh"][:1], "en": [(DESK, "dark")]}
"""One look in each language, for pages of which there are many."""


def faults(page: Page) -> list[str]:
    """What axe finds on the page, in a line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    answer = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})",
        RULES,
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in answer["violations"]]


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


SQUEEZED = """() => [...document.querySelectorAll(".task-name strong, .row-text strong")]
  .filter((name) => name.offsetParent && name.clientWidth < 96)
  .filter((name) => name.clientHeight > 3 * parseFloat(getComputedStyle(name).lineHeight))
  .map((name) => name.textContent.trim())"""


def squeezed(page: Page) -> list[str]:
    """The names of a list that buttons beside them leave no room: a few letters in a line."""
    return [f"squeezed: {name}" for name in page.evaluate(SQUEEZED)]


def looks(page: Page, lang: str, *, once: bool = False) -> Iterator[str]:
    """What is wrong in the looks of a language, a line each; `once`: in one of them, and whether a phone scrolls sideways."""
    if once:
        page.set_viewport_size(PHONE)
        if scrolls_sideways(page):
            yield f"{page.url} {PHONE['width']}: scrolls sideways"
        yield from squeezed(page)
    for viewport, scheme in (ONCE if once else LOOKS)[lang]:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        look = f"{page.url} {viewport['width']} {scheme}"
        if not once and scrolls_sideways(page):
            yield f"{look}: scrolls sideways"
        yield from squeezed(page)
        yield from (f"{look}: {fault}" for fault in faults(page))
