"""Every step of the life cycle on a phone: people tap the buttons of their pages and fill their forms, by account and by link."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests import cast
from tests.browser.conftest import PHONE, sign_in
from tests.browser.life_cycle import JOURNEYS, LINK, Stage, typed
from tests.browser.looks import scrolls_sideways
from tests.browser.prepared import served_after
from tests.hazards.builders import WITH_PHOTO, picture
from tests.hazards.by_link import path_of
from tests.served import Served
from xuncha.hazards.lifecycle import STEPS, Act, State, next_state
from xuncha.hazards.public.link_views import ACTS

SHOWN = {
    State.DRAFT: "待下发",
    State.OPEN: "待整改",
    State.IN_PROGRESS: "整改中",
    State.EXTENSION_PENDING: "延期待审",
    State.REPORTED_DONE: "待复查",
    State.VERIFIED: "待批准销号",
    State.SENT_BACK: "已退回",
    State.CLOSED: "已销号",
    State.REFERRED: "已移送",
    State.VOID: "已作废",
}
HOLDER = "孙安全"  # what the holder of the paper types as his name
# By link the principal signs with the name that the zone has.
SIGNS = {Act.SIGN_OFF: cast.PEOPLE["principal"][0]}


@dataclass(frozen=True)
class Prepared:
    """The number of a journey's hazard, 0 where it is yet to be found, and the path on the paper of its notice."""

    number: int
    path: str


@pytest.fixture(scope="module")
def prepared(
    settled: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Served, dict[str, Prepared]]]:
    """One server for all journeys, with the hazard of each."""
    with served_after(prepare_all, settled, tmp_path_factory.mktemp("journeys")) as made:
        yield made


def prepare_all() -> dict[str, Prepared]:
    made = {}
    for name, journey in JOURNEYS.items():
        hazard = journey.prepare() if journey.prepare else None
        assert (hazard.state if hazard else None) is journey.begins
        notice = hazard.notice if hazard else None
        made[name] = Prepared(hazard.id if hazard else 0, path_of(notice) if notice else "")
    return made


@pytest.fixture(scope="module")
def phones(
    chromium: Browser, prepared: tuple[Served, dict[str, Prepared]]
) -> Iterator[Callable[[str], Page]]:
    """The phone of each person, signed in once and kept; that of the paper's holder has no account."""
    pages: dict[str, Page] = {}
    contexts: list[BrowserContext] = []
    broken: list[str] = []

    def phone(who: str) -> Page:
        if who not in pages:
            context = chromium.new_context(
                viewport=PHONE,
                has_touch=True,
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
                base_url=prepared[0].url,
                service_workers="block",
            )
            contexts.append(context)
            page = pages[who] = context.new_page()
            page.set_default_timeout(30_000)
            page.on("pageerror", lambda error: broken.append(f"{page.url}: {error}"))
            if who != LINK:
                sign_in(page, who)
        return pages[who]

    yield phone
    for context in contexts:
        context.close()
    assert broken == []


@pytest.mark.parametrize("name", JOURNEYS)
def test_a_journey(
    name: str, prepared: tuple[Served, dict[str, Prepared]], phones: Callable[[str], Page]
) -> None:
    served, hazards = prepared
    number, path = hazards[name].number, hazards[name].path
    for stage in JOURNEYS[name].stages:
        page = phones(stage.who)
        if stage.act is Act.FIND:
            number = enter(page)
        elif stage.who == LINK:
            by_link(page, path, number, stage.act)
        else:
            by_account(page, number, stage.act)
        demand_taken(served, number, stage)
        demand_shown(page, number, stage)


def test_every_step_of_the_table_is_in_a_journey() -> None:
    stages = [stage for journey in JOURNEYS.values() for stage in journey.stages]
    assert {stage.act for stage in stages} == {step.act for step in STEPS} | {Act.FIND}
    assert {stage.act for stage in stages if stage.who == LINK} == set(ACTS)


def test_every_arrow_between_two_states_is_in_a_journey() -> None:
    arrows = {
        (source, next_state(step.act, source, general=general))
        for step in STEPS
        for source in step.sources
        for general in (True, False)
    }
    walked = {
        pair
        for journey in JOURNEYS.values()
        for pair in pairwise([journey.begins, *(stage.state for stage in journey.stages)])
    }
    assert {(one, other) for one, other in arrows if one is not other} <= walked


def enter(page: Page) -> int:
    """Enter what the enterprise found itself; the number of the hazard's page."""
    page.goto("/hazards/inbox")
    page.locator("main a[href='/hazards/new']").first.tap()
    page.fill("#description", "车间地面积油")
    page.fill("#due_on", typed(Act.SEND_BACK)["due_on"])
    sent(page, page.locator(".action-bar button"))
    return int(page.url.partition("?")[0].rsplit("/", 1)[1])


def by_account(page: Page, number: int, act: Act) -> None:
    """Take the step on the hazard's page: its button, then its form."""
    page.goto(f"/hazards/{number}")
    if act is Act.ISSUE:
        sent(page, page.locator("#next form[action='/hazards/notices'] button"))
    elif act is Act.REMIND:
        page.locator("#contacts summary").first.tap()
        sent(page, page.locator("#contacts details[open] button[value=reached]"))
    else:
        link = page.locator(f"#next a[href='/hazards/{number}/{act.value}']")
        if not link.is_visible():
            page.locator("#next summary").tap()
        link.tap()
        page.wait_for_url(f"**/hazards/{number}/{act.value}")
        fill(page, act)
        sent(page, page.locator(".action-bar button"))


def by_link(page: Page, path: str, number: int, act: Act) -> None:
    """Take the step on the page that the paper opens: its receipt, or a button of the hazard and its form."""
    page.goto(path)
    if act is not Act.ACCEPT:
        page.locator(f"a[href$='/hazards/{number}/{act.value}']").tap()
        page.wait_for_url(f"**/hazards/{number}/{act.value}")
    page.fill("#who", SIGNS.get(act, HOLDER))
    fill(page, act)
    sent(page, page.locator(".action-bar button"))


def fill(page: Page, act: Act) -> None:
    """Fill the form of a step as a person does, with a photo where one is asked for."""
    assert not scrolls_sideways(page), page.url
    for name, value in typed(act).items():
        field = page.locator(f"main form [name={name}]")
        if field.count() > 1 or (act is Act.MERGE and field.count()):
            choices = page.locator(f"main label:has([name={name}])")
            picked = choices.filter(has=page.locator(f"[value='{value}']"))
            (picked if picked.count() else choices).first.tap()
        elif field.count():
            field.fill(value)
    if act in WITH_PHOTO:
        photo = {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": picture(len(page.url) + len(act))}
        page.locator("#photos-camera").set_input_files(photo)
        page.locator("[data-chosen] img").wait_for()


def sent(page: Page, button: Any) -> None:
    """Send the form; the answer is another page, or this one without a complaint."""
    with page.expect_navigation():
        button.first.tap()
    assert page.locator(".errors, main .error").count() == 0, page.locator("main").inner_text()[:600]


def demand_taken(served: Served, number: int, stage: Stage) -> None:
    """The history says who did it, and where the hazard stands."""
    with closing(sqlite3.connect(f"file:{served.data}/xuncha.db?mode=ro", uri=True)) as database:
        row = database.execute(
            "SELECT act, actor_name, to_state FROM hazard_events WHERE hazard_id = ? ORDER BY id DESC LIMIT 1",
            (number,),
        ).fetchone()
    name = SIGNS.get(stage.act, HOLDER) if stage.who == LINK else cast.PEOPLE[stage.who][0]
    assert row == (stage.act.value, name, stage.state.value)


def demand_shown(page: Page, number: int, stage: Stage) -> None:
    """The page says where the hazard stands, within the width of a phone."""
    if stage.who != LINK and not re.search(rf"/hazards/{number}$", page.url):
        page.goto(f"/hazards/{number}")
    assert SHOWN[stage.state] in page.locator("main").inner_text()
    assert not scrolls_sideways(page), page.url
