"""Every page of the demo zone, as its readers see it: no accessibility fault, no sideways scroll, no script that breaks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.looks import LOOKS, looks
from tests.served import Served
from xuncha.demo.people_and_sites import PASSWORD

# Where a page shows one thing, the list it is reached from, and the address its link begins with.
PAGES: dict[str, list[str]] = {
    "shenyichuan": [
        "/today",
        "/checks",
        "/checks/start",
        "/hazards",
        "/me",
        "/help/phone",
        "/offline",
        "/rescue",
        "/schedule/grid",
        "/trainings/new",
        "/hazards/new",
    ],
    "leader": [
        "/figures",
        "/figures/all",
        "/figures/hazards_found",
        "/figures/courses",
        "/figures/courses?rates=others",
        "/figures/map",
        "/figures/heat",
        "/figures/wall",
        "/enterprises",
        "/enterprises/idle",
        "/enterprises/load",
        "/papers",
        "/campaigns",
        "/campaigns/cases",
        "/trainings",
        "/schedule",
        "/schedule/excuses",
    ],
    "admin": [
        "/users",
        "/users/new",
        "/users/import",
        "/enterprises/new",
        "/enterprises/import",
        "/enterprises/handover",
        "/checklists",
        "/checklists/GEN",
        "/checklists/laws",
        "/schedule/calendar",
        "/jobs",
        "/campaigns/new",
        "/hazards/import",
        "/me/password",
        "/settings/map",
    ],
    "qy01": ["/hazards/inbox", "/hazards", "/hazards/posters", "/hazards/worker-reports"],
    "zhuanjia1": ["/checks/start"],
}
THINGS = {
    "shenyichuan": [("/today", "/checks/new?task="), ("/checks", "/checks/"), ("/hazards", "/hazards/")],
    "leader": [
        ("/enterprises", "/enterprises/"),
        ("/campaigns", "/campaigns/"),
        ("/trainings", "/trainings/"),
        ("/campaigns/cases", "/campaigns/cases/"),
    ],
    "qy01": [("/hazards?view=todo", "/hazards/")],
}


# The dashboard fetches its parts after the first paint; until then a link to the part stands in its place.
PARTS_ARE_THERE = """() => [...document.querySelectorAll(".later:not([data-on-opening])")].every(
  (place) => !place.matches("[aria-busy]") && !place.querySelector(`a[href="${place.dataset.url}"]`))"""


@pytest.fixture(scope="module")
def zone(demo_zone: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The shipped server on a copy of the demo zone."""
    folder = tmp_path_factory.mktemp("zone") / "data"
    shutil.copytree(demo_zone, folder)
    server = Served(folder).start()
    yield server
    server.kill()


def addresses(page: Page, who: str) -> list[str]:
    """The pages of a person, and one thing of every list."""
    found = list(PAGES[who])
    for lister, begins in THINGS.get(who, []):
        page.goto(lister)
        links = [link.get_attribute("href") or "" for link in page.locator("main a").all()]
        fitting = [
            link
            for link in links
            if link.startswith(begins) and link[len(begins) : len(begins) + 1].isdigit()
        ]
        assert fitting, f"{lister} names nothing like {begins}"
        found.append(fitting[0])
    return found


@pytest.mark.parametrize("who", PAGES)
@pytest.mark.parametrize("lang", LOOKS)
def test_every_page_is_sound(chromium: Browser, zone: Served, who: str, lang: str) -> None:
    context = chromium.new_context(
        locale="zh-CN" if lang == "zh" else "en-GB",
        timezone_id="Asia/Shanghai",
        base_url=zone.url,
        bypass_csp=True,  # axe is put into the page; the policy itself is tested over HTTP
        service_workers="block",
    )
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(f"{page.url}: {error}"))
    page.goto("/sign-in")
    if page.locator(f"button[name=lang][value={lang}]").count():
        page.locator(f"button[name=lang][value={lang}]").click()
    page.fill("#username", who)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    found: list[str] = []
    for address in addresses(page, who):
        answer = page.goto(address)
        assert answer is not None and answer.status == 200, address
        page.wait_for_function(PARTS_ARE_THERE)
        assert page.locator("html").get_attribute("lang") == ("zh-CN" if lang == "zh" else "en")
        found += looks(page, lang)
    context.close()
    assert found == []
    assert broken == []
