"""The training summary: totals, events, materials, exams."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from tests.reports import half_year
from tests.reports.papers import bare, read

from xuncha.accounts.models import User
from xuncha.enterprises.models import Site
from xuncha.reports import printing
from xuncha.stats.figures import Figures, Period, Scope

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
    from xuncha.core.db import db
    from xuncha.reports.training_summary import _audience
    from xuncha.trainings.models import Audience, Training

    groups = [Audience(group_name=f"第{number}班", headcount=1, position=number) for number in range(9)]
    with db.session.no_autoflush:
        told = _audience(Training(audience=groups))
    assert "第0班" in told and "第2班" in told and "第3班" not in told
    assert "6" in told
