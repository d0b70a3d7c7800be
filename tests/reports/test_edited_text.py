"""The paragraph edited by hand: slots stay slots, numbers by hand are marked, and so is what moved since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from tests import cast
from tests.house import House
from tests.reports import half_year
from tests.reports.papers import bare, read

from xuncha.accounts.models import User
from xuncha.core.db import db
from xuncha.core.i18n import use_language
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import step
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Hazard
from xuncha.reports import printing
from xuncha.reports.models import EditionKind, SummaryText
from xuncha.reports.summaries import edited_text, editions
from xuncha.reports.summaries.summary_text import Part
from xuncha.stats.figures import Period

Places, People = Callable[[str], Site], Callable[[str], User]
Browsers = Callable[[str], House]
PERIOD = Period(date(2026, 7, 1), date(2026, 12, 31), date(2026, 11, 3))
ADDRESS = "/papers/summary?of=2026-H2"
EDIT = "/papers/summary/text?of=2026-H2"

SHOWN: list[list[Part]] = [
    ["巡查", {"slot": "patrol_visits", "n": 412}, "家次，发现", {"slot": "hazards_found", "n": 323}, "项。"],
    ["整改率", {"slot": "rectification_rate", "n": [256, 323]}, "。"],
]


def slots(paragraphs: list[list[Part]]) -> list[tuple[str, str]]:
    """Each slot with what was written by hand in it."""
    return [
        (part["slot"], part.get("hand", "")) for one in paragraphs for part in one if isinstance(part, dict)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Left alone, whatever is written around it.
        (
            "今年以来，共巡查400余家次，累计发现323项。\n整改率79.3%，较好。",
            [("patrol_visits", ""), ("hazards_found", ""), ("rectification_rate", "")],
        ),
        # A number typed over; the others stay.
        (
            "巡查420家次，发现323项。\n整改率79.3%。",
            [("patrol_visits", "420"), ("hazards_found", ""), ("rectification_rate", "")],
        ),
        (
            "巡查400余家次，发现323项。\n整改率80%。",
            [("patrol_visits", ""), ("hazards_found", ""), ("rectification_rate", "80%")],
        ),
        # A sentence taken out takes its slot with it.
        ("巡查400余家次，发现323项。", [("patrol_visits", ""), ("hazards_found", "")]),
        # A number of one's own is no slot.
        (
            "巡查400余家次，发现323项。\n整改率79.3%。\n投入资金35万元。",
            [("patrol_visits", ""), ("hazards_found", ""), ("rectification_rate", "")],
        ),
    ],
)
def test_slots_are_found_again_in_what_was_edited(
    app: Flask, text: str, expected: list[tuple[str, str]]
) -> None:
    with use_language("zh"):
        read_back = edited_text.read(text, SHOWN, rounded=True)
        assert slots(read_back) == expected
        assert edited_text.plain(read_back, rounded=True) == text


@pytest.fixture
def office(site: Places, user: People, as_user: Browsers) -> House:
    half_year.settle(site, user)
    browser = as_user("admin")
    browser.post("/language", data={"lang": "en"})
    return browser


def text_of(browser: House) -> str:
    page = browser.get(EDIT).get_data(as_text=True)
    return page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0].strip()


def test_a_number_before_a_comma_is_no_number_by_hand(office: House) -> None:
    edited = text_of(office).replace("Accidents: ＿＿＿＿＿＿＿＿＿＿＿＿.", "There was no fatal accident.")
    assert "Publicity lecture: 1, Staff training and exam: 1" in edited
    assert office.post(EDIT, data={"text": edited}).status_code == 302
    said = office.text(ADDRESS)
    assert "There was no fatal accident." in said
    assert "by hand; figure" not in said


def test_a_number_by_hand_is_marked_on_the_page_and_on_the_paper(
    office: House, user: People, tmp_path: Path
) -> None:
    edited = text_of(office).replace("9 hazards were found", "12 hazards were found")
    edited = edited.replace("Accidents: ＿＿＿＿＿＿＿＿＿＿＿＿.", "There was no fatal accident.")
    assert office.post(EDIT, data={"text": edited}).status_code == 302
    said = office.text(ADDRESS)
    assert "12 by hand; figure: 9 hazards were found" in said
    assert "There was no fatal accident." in said
    assert "Written by 安管理" in said
    made = editions.draft(EditionKind.SUMMARY, PERIOD, rounded=False, now=cast.NOW)
    edition = editions.issue(made, actor=user("leader"), now=cast.NOW)
    db.session.commit()
    printing.write(printing.edition(edition), tmp_path / "a.pdf", "en")
    text = read(tmp_path / "a.pdf")
    assert bare("12 hazards were found, 4 of them rectified") in text
    assert bare("Numbers entered by hand: 12 (figure: 9)\n3. Hazards") in text
    # The Chinese text was not edited: it is the generated one.
    printing.write(printing.edition(edition), tmp_path / "a.pdf", "zh")
    assert bare("发现隐患9项，已整改4项") in read(tmp_path / "a.pdf")


def test_what_moved_since_the_edit_is_marked(office: House, user: People) -> None:
    edited = text_of(office).replace("Problems:", "Main problems:")
    office.post(EDIT, data={"text": edited})
    assert "when it was written" not in office.text(ADDRESS)
    waiting = sa.select(Hazard).where(Hazard.state == State.OPEN).order_by(Hazard.id).limit(1)
    brought = {"method": "on_site", "note": "已改"}
    hazard = db.session.scalars(waiting).one()
    actor = user("wang" if hazard.site.supervisor and hazard.site.supervisor.username == "wang" else "zhao")
    step(hazard, Act.VERIFY, actor=actor, now=cast.NOW, brought=brought)
    db.session.commit()
    said = office.text(ADDRESS)
    assert "5 4 when it was written of them rectified" in said
    assert "Main problems:" in said


def test_an_empty_text_brings_the_generated_one_back(office: House) -> None:
    generated = text_of(office)
    office.post(EDIT, data={"text": "Nothing but this."})
    assert text_of(office) == "Nothing but this."
    office.post(EDIT, data={"text": "  "})
    assert text_of(office) == generated
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SummaryText)) == 2


def test_a_text_that_is_too_long_is_refused_and_nothing_is_lost(office: House) -> None:
    long = "a" * (edited_text.LONGEST + 1)
    answer = office.post(EDIT, data={"text": long})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "This text is too long." in page and long in page
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SummaryText)) == 0


def test_the_languages_are_edited_apart(office: House) -> None:
    office.post(f"{EDIT}&lang=zh", data={"text": "只有中文改了。"})
    assert text_of(office).startswith("Responsibility was settled by name")
    office.post("/language", data={"lang": "zh"})
    assert "只有中文改了。" in office.text(ADDRESS)
