"""The inspection summary: every number is the figure's, whatever the scope and the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader
from tests.reports import half_year
from tests.reports.papers import bare, read

from xuncha.accounts.models import User
from xuncha.core.i18n import use_language, write_rate
from xuncha.enterprises.models import Site
from xuncha.reports import printing
from xuncha.reports.summaries.inspection_summary import NUMBERS, period_text
from xuncha.reports.summaries.summary_text import about
from xuncha.stats.figures import FIGURES, RATES, Figures, Period, Scope

Places, People = Callable[[str], Site], Callable[[str], User]
PERIOD = Period(date(2026, 7, 1), date(2026, 12, 31), date(2026, 11, 3))


def text_of(folder: Path, period: Period = PERIOD, scope: Scope | None = None, lang: str = "zh") -> str:
    saved = printing.write(printing.inspection(period, scope or Scope()), folder / "a.pdf", lang)
    assert saved.warnings == []
    return read(folder / "a.pdf")


def test_an_empty_zone_prints_dashes_and_no_rate(app: Flask, tmp_path: Path) -> None:
    found = text_of(tmp_path)
    assert bare("整改率—（0/0）") in found
    assert "100.0%" not in found


def test_the_numbers_of_the_paper_are_the_figures(site: Places, user: People, tmp_path: Path) -> None:
    half_year.settle(site, user)
    figures = Figures(PERIOD)
    found = text_of(tmp_path, lang="en")
    for name in NUMBERS:
        assert bare(f"{FIGURES[name].label}{figures.number(name)}") in found, name
    for name, rate in RATES.items():
        with use_language("en"):
            printed = f"{rate.label}{write_rate(figures.rate(name))}{figures.share(name)}"
        assert bare(printed) in found, name
    assert bare("9 hazards were found, 4 of them rectified") in found
    assert bare("rectification rate 44.4% (4/9)") in found


@pytest.mark.parametrize(
    ("lang", "last", "note", "after"),
    [
        ("en", "Materials given", "and for states of a day.", "2. Overview"),
        ("zh", "发放资料（份）", "以“—”表示。", "二、总体情况"),
    ],
)
def test_all_figures_and_their_note_stand_on_one_page(
    site: Places, user: People, tmp_path: Path, lang: str, last: str, note: str, after: str
) -> None:
    half_year.settle(site, user)
    text_of(tmp_path, lang=lang)
    pages = [bare(page.extract_text()) for page in PdfReader(tmp_path / "a.pdf").pages]
    assert bare(last) in pages[1] and bare(note) in pages[1]
    assert bare(after) in pages[2]


def test_the_chinese_paragraph_fills_its_slots(site: Places, user: People, tmp_path: Path) -> None:
    half_year.settle(site, user)
    found = text_of(tmp_path)
    for said in (
        "2026年下半年（截至2026年11月3日）",
        "发现隐患9项，已整改4项（其中当场整改0项），整改率44.4%（4/9）",
        "共检查6家次，涉及企业2家",
        "开展国庆节前安全大检查，检查1家次，发现隐患3项，已整改2项",
        "培训宣教活动2场（宣讲1场、职工培训及考试1场），发放资料400份，培训110人次",
        "存在问题：",
        "各月隐患发现与销号",
        "监管员任务完成情况",
        "同一检查可计入多个专项行动",
    ):
        assert bare(said) in found, said
    assert "\uff3f\uff3f" in found


def test_the_summary_told_as_of_an_earlier_day_says_what_was_true_then(
    site: Places, user: People, tmp_path: Path
) -> None:
    half_year.settle(site, user)
    found = text_of(tmp_path, Period(PERIOD.first, PERIOD.last, date(2026, 9, 10)))
    assert bare("发现隐患5项，已整改0项") in found


def test_the_overdue_are_listed_with_their_days(site: Places, user: People, tmp_path: Path) -> None:
    half_year.settle(site, user)
    found = text_of(tmp_path)
    overdue = Figures(PERIOD).number("hazards_overdue")
    assert overdue > 0
    assert bare("2026-09-22 42 王监管") in found


def test_a_supervisors_summary_is_his_own_and_without_the_zones_paragraph(
    site: Places, user: People, tmp_path: Path
) -> None:
    half_year.settle(site, user)
    zhao = user("zhao")
    found = text_of(tmp_path, scope=Scope(zhao))
    assert "华鑫化工有限公司" not in found
    assert bare("发现隐患3项，已整改2项") in found
    assert "压实监管责任" not in found
    assert "赵同事" in found


def test_an_enterprises_summary_counts_only_its_own(site: Places, user: People, tmp_path: Path) -> None:
    half_year.settle(site, user)
    found = text_of(tmp_path, scope=Scope(site=site("huaxin").id))
    assert bare("发现隐患6项，已整改2项") in found
    assert "利丰机械有限公司" not in found


def test_the_same_day_gives_the_same_bytes(site: Places, user: People, tmp_path: Path) -> None:
    half_year.settle(site, user)
    order = printing.inspection(PERIOD, Scope())
    assert len({printing.write(order, tmp_path / "a.pdf", "zh").sha256 for _ in range(2)}) == 1


@pytest.mark.parametrize(
    ("number", "said"),
    [(7, "7"), (400, "400"), (412, "400余"), (396, "近400"), (380, "近400"), (379, "300余")],
)
def test_large_numbers_are_rounded_as_speeches_do(app: Flask, number: int, said: str) -> None:
    with use_language("zh"):
        assert about(number) == said


@pytest.mark.parametrize(
    ("period", "said"),
    [
        (Period(date(2026, 1, 1), date(2026, 6, 30), date(2026, 6, 30)), "2026年上半年"),
        (Period(date(2026, 1, 1), date(2026, 12, 31), date(2026, 12, 31)), "2026年"),
        (
            Period(date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 2)),
            "2026年10月1日 至 2026年10月31日（截至2026年11月2日）",
        ),
    ],
)
def test_periods_are_named_as_offices_name_them(app: Flask, period: Period, said: str) -> None:
    with use_language("zh"):
        assert period_text(period) == said
