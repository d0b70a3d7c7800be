"""The training summary: totals, events, materials, exams."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from tests import cast
from tests.reports import half_year
from tests.reports.papers import as_set, bare, read

from xuncha.accounts.models import User
from xuncha.core.db import commit, db
from xuncha.enterprises.models import Site
from xuncha.reports import printing
from xuncha.stats.figures import Figures, Period, Scope
from xuncha.trainings import plans
from xuncha.trainings.models import Training, TrainingKind

Places, People = Callable[[str], Site], Callable[[str], User]
PERIOD = Period(date(2026, 7, 1), date(2026, 12, 31), date(2026, 11, 3))


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "zh",
            [
                "共开展培训、演练等活动2场，参加110人次，发放资料400份。",
                "合计21104005",
                "特种作业人员培训",
                "华鑫化工有限公司、园区职工",
                "宣传手册400",
                "60 57 95.0% 88.5",
            ],
        ),
        ("en", ["2 trainings and drills were held, 110 attendances, 400 copies handed out.", "95.0%"]),
    ],
)
def test_the_summary_adds_up(site: Places, user: People, tmp_path: Path, lang: str, words: list[str]) -> None:
    half_year.settle(site, user)
    printing.write(printing.trainings(PERIOD, Scope()), tmp_path / "a.pdf", lang)
    found = read(tmp_path / "a.pdf")
    assert [word for word in words if bare(word) not in found] == []
    assert Figures(PERIOD).number("attendances") == 110


def test_a_half_year_without_trainings_can_be_printed(app: Flask, tmp_path: Path) -> None:
    printing.write(printing.trainings(PERIOD, Scope()), tmp_path / "a.pdf", "zh")
    assert bare("活动0场") in read(tmp_path / "a.pdf")


def test_a_long_audience_is_named_in_part(app: Flask) -> None:
    from xuncha.reports.papers.training_summary import _audience
    from xuncha.trainings.models import Audience

    groups = [Audience(group_name=f"第{number}班", headcount=1, position=number) for number in range(9)]
    with db.session.no_autoflush:
        told = _audience(Training(audience=groups))
    assert "第0班" in told and "第2班" in told and "第3班" not in told
    assert "6" in told


def test_the_plan_stands_against_what_was_held(site: Places, user: People, tmp_path: Path) -> None:
    half_year.settle(site, user)
    admin, held = user("admin"), db.session.query(Training).first()
    assert held is not None
    for month, kind, topic in ((held.held_on.month, held.kind, "计划内"), (8, TrainingKind.FILM, "未办影片")):
        facts = plans.PlanFacts(2026, month, kind, topic, "企业员工", 100, admin.id)
        item = plans.add_item(facts, actor=admin, now=cast.NOW)
        if topic == "计划内":
            plans.link(held, item, actor=admin, now=cast.NOW)
    commit()
    printing.write(printing.trainings(PERIOD, Scope()), tmp_path / "a.pdf", "en")
    found = read(tmp_path / "a.pdf")
    total = f"Total 2 1 50.0% 200 {held.attendances}"
    for words in ("Plan and what was done", total, "Planned and not held: 2026-08 未办影片"):
        assert bare(words) in found, words


def test_no_head_of_the_events_is_divided_within_a_word(site: Places, user: People, tmp_path: Path) -> None:
    half_year.settle(site, user)
    printing.write(printing.trainings(PERIOD, Scope()), tmp_path / "a.pdf", "en")
    found = as_set(tmp_path / "a.pdf")
    assert "Organiser" in found and not re.search(r"Attendance\s+s", found)
