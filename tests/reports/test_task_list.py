"""A supervisor's half-month on paper: due days, last finding, open hazards, phones; who may print whose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from tests.house import House
from tests.reports.papers import bare, read
from tests.reports.test_notice_code import text_of
from tests.stats import builders

from xuncha.core.db import db
from xuncha.enterprises.models import Contact, ContactDuty
from xuncha.hazards.lifecycle import Act
from xuncha.hazards.rounds import stops
from xuncha.schedule.lifecycle import window_of

Browser = Callable[[str], House]
TODAY = date(2026, 11, 3)
WINDOW = window_of(TODAY)


@pytest.fixture(autouse=True)
def _half_month(app: Flask) -> None:
    """Wang has Huaxin this half-month and missed the last one; two hazards are open there, one overdue."""
    builders.task(date(2026, 10, 16))
    builders.task(TODAY)
    builders.task(TODAY, "lifeng", "zhao", done_on=date(2026, 11, 2))
    builders.hazard(date(2026, 10, 1)).then(Act.ISSUE, date(2026, 10, 1)).hazard.description = "旧的问题"
    newest = builders.hazard(date(2026, 10, 20), due_on=date(2026, 12, 1)).then(Act.ISSUE, date(2026, 10, 20))
    newest.hazard.description = "安全出口堆放纸箱"
    void = builders.hazard(date(2026, 10, 25)).then(Act.VOID, date(2026, 10, 26))
    void.hazard.description = "误录"
    db.session.add(
        Contact(
            site=builders.place("huaxin"),
            duty=ContactDuty.SAFETY_OFFICER,
            name="孙安全",
            phone="13900000001",
            position=1,
        )
    )
    db.session.commit()


def test_each_stop_knows_what_was_last_found_and_what_is_open() -> None:
    found = stops(builders.person("wang"), builders.person("wang"), WINDOW, TODAY)
    assert [one.task.window_start for one in found] == [date(2026, 10, 16), date(2026, 11, 1)]
    assert {(one.unsettled, one.overdue) for one in found} == {(2, 1)}
    assert {one.last_found.description for one in found if one.last_found} == {"安全出口堆放纸箱"}
    (other,) = stops(builders.person("admin"), builders.person("zhao"), WINDOW, TODAY)
    assert (other.last_found, other.unsettled, other.task.done_on) == (None, 0, date(2026, 11, 2))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_paper_tells_where_to_go_and_whom_to_call(as_user: Browser, lang: str) -> None:
    number = builders.number("wang")
    db.session.rollback()
    paper = as_user("wang").get(f"/papers/task-list?supervisor={number}&format=pdf&lang={lang}").data
    text = text_of(paper)
    for word in (
        "华鑫化工有限公司",
        "安全出口堆放纸箱",
        "孙安全13900000001",
        "周厂长13800000000",
        "2026-11-13",
        "2026-10-29",
    ):
        assert word in text, word
    # Who answers first stands first.
    assert text.index("孙安全") < text.index("周厂长")
    assert "误录" not in text and "利丰机械" not in text


def test_the_next_half_month_has_its_own_list(as_user: Browser) -> None:
    builders.task(date(2026, 11, 16))
    db.session.commit()
    number = builders.number("wang")
    db.session.rollback()
    paper = as_user("wang").get(f"/papers/task-list?supervisor={number}&half=2026-11-16&format=pdf").data
    assert "2026-11-28" in text_of(paper)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("wang", 200),
        ("lin", 200),
        ("admin", 200),
        ("auditor", 200),
        ("zhao", 404),
        ("chen", 404),
        ("officer", 403),
        ("expert", 403),
    ],
)
def test_it_is_printed_for_who_sees_the_supervisor(as_user: Browser, who: str, status: int) -> None:
    number = builders.number("wang")
    db.session.rollback()
    assert as_user(who).get(f"/papers/task-list?supervisor={number}&format=pdf").status_code == status


def test_one_chooses_whose_list(as_user: Browser) -> None:
    assert "王监管" in as_user("admin").text("/papers/task-list")
    own = as_user("wang").text("/papers/task-list")
    assert "王监管" in own and "赵同事" not in own
    assert as_user("admin").get("/papers/task-list?supervisor=x").status_code == 404


def test_the_command_line_prints_it(app: Flask, tmp_path: Path) -> None:
    out = tmp_path / "a.pdf"
    run = app.test_cli_runner().invoke(
        args=["document", "task-list", "--supervisor", "wang", "--out", str(out)]
    )
    assert run.exit_code == 0, run.output
    assert bare("华鑫化工有限公司") in read(out)
