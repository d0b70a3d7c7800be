"""What a page's form cannot take is said beside the field in the house's words; what was typed stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.house import House
from xuncha.campaigns.models import Campaign, IllegalCase
from xuncha.checklists.models import Law
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.models import Hazard
from xuncha.schedule.models import CalendarDay, Task
from xuncha.trainings.models import Training

HIDDEN = "含有无法显示的字符"
TRAINING = {
    "kind": "course",
    "topic": "危险化学品安全法宣贯",
    "held_on": "2026-10-28",
    "hours": "1.5",
    "place": "管委会三楼会议室",
    "organiser": "安全生产办公室",
    "audience-0-group_name": "园区施工队",
    "audience-0-headcount": "12",
}
HAZARD = {
    "source": "complaint",
    "description": "消防通道被占用",
    "hazard_class": "fire",
    "due_on": "2026-11-20",
}
CASE = {"kind": "installation", "found_on": "2026-11-01", "place": "创业路8号", "description": "违建雨棚"}
CAMPAIGN = {"name": "百日行动", "kind": "special", "starts_on": "2026-11-01", "ends_on": "2026-12-31"}
LAW = {"title_zh": "中华人民共和国安全生产法", "kind": "law", "checked": "not checked"}
# who, where, what fits, and the rows that it makes
MAKING: dict[str, tuple[str, str, dict[str, str], type]] = {
    "training": ("wang", "/trainings/new", TRAINING, Training),
    "hazard": ("wang", "/hazards/new", HAZARD, Hazard),
    "case": ("wang", "/campaigns/cases/new", CASE, IllegalCase),
    "campaign": ("admin", "/campaigns/new", CAMPAIGN, Campaign),
    "law": ("admin", "/checklists/laws/new", LAW, Law),
}


def count(model: type) -> int:
    number = db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
    db.session.rollback()
    return number


@pytest.fixture
def making(site: Callable[[str], Site]) -> Callable[[str], tuple[str, str, dict[str, str], type]]:
    def of(kind: str) -> tuple[str, str, dict[str, str], type]:
        who, path, fields, model = MAKING[kind]
        more = {"site_id": str(site("huaxin").id)} if kind == "hazard" else {}
        db.session.rollback()
        return who, path, fields | more, model

    return of


@pytest.mark.parametrize(
    ("kind", "bad", "said"),
    [
        ("training", {"topic": "安全\x00课"}, HIDDEN),
        ("training", {"audience-0-group_name": "施工\x07队"}, HIDDEN),
        ("training", {"held_on": "0001-01-01"}, "2000至2099年"),
        ("training", {"kind": "nothing"}, "请从列出的选项中选择"),
        ("hazard", {"description": "通道\x0b占用"}, HIDDEN),
        ("hazard", {"due_on": "9999-12-31"}, "2000至2099年"),
        ("hazard", {"due_on": "2040-01-01"}, "最多为5年"),
        ("hazard", {"site_id": "²"}, "请从列出的选项中选择"),
        ("case", {"place": "创业路\x008号"}, HIDDEN),
        ("case", {"site_id": "9" * 25}, "请从列出的选项中选择"),
        ("campaign", {"name": "百日\x00行动"}, HIDDEN),
        ("campaign", {"ends_on": "9999-12-31"}, "2000至2099年"),
        ("law", {"title_zh": "安全\x00法"}, HIDDEN),
    ],
)
def test_what_a_form_cannot_take_is_said_beside_the_field(
    as_user: Callable[[str], House],
    making: Callable[[str], tuple[str, str, dict[str, str], type]],
    kind: str,
    bad: dict[str, str],
    said: str,
) -> None:
    who, path, fields, model = making(kind)
    before = count(model)
    answer = as_user(who).post(path, data=fields | bad)
    assert answer.status_code in {200, 422}
    assert said in answer.get_data(as_text=True)
    assert count(model) == before


def test_line_ends_and_tabs_are_no_hidden_characters(
    as_user: Callable[[str], House], making: Callable[[str], tuple[str, str, dict[str, str], type]]
) -> None:
    who, path, fields, model = making("case")
    answer = as_user(who).post(path, data=fields | {"description": "一\r\n二\t三"})
    assert answer.status_code == 302
    assert count(model) == 1


def test_a_hidden_character_in_a_filter_or_a_plain_field_is_refused_in_words(
    as_user: Callable[[str], House],
) -> None:
    for path in ("/checks?text=%00", "/enterprises?text=%00", "/hazards?q=%00", "/users?text=%00"):
        answer = as_user("admin").get(path)
        assert answer.status_code in {200, 422}, path


def test_a_step_of_a_hazard_takes_no_date_beyond_five_years(
    app: Flask,
    as_user: Callable[[str], House],
    making: Callable[[str], tuple[str, str, dict[str, str], type]],
) -> None:
    who, path, fields, _model = making("hazard")
    browser = as_user(who)
    where = browser.post(path, data=fields).headers["Location"]
    number = int(where.partition("?")[0].rpartition("/")[2])
    browser.post("/hazards/notices", data={"hazard": number})
    for day in ("9999-12-31", "2040-01-01"):
        answer = browser.post(
            f"/hazards/{number}/send_back", data={"note": "仍占用", "due_on": day, "version": ""}
        )
        assert answer.status_code in {409, 422}
    hazard = db.session.get_one(Hazard, number)
    assert hazard.due_on == date(2026, 11, 20)


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "2005-01"])
def test_no_month_without_a_calendar_is_opened(as_user: Callable[[str], House], month: str) -> None:
    answer = as_user("admin").post("/schedule/open", data={"month": month}, follow_redirects=True)
    assert "2020至2099" in answer.get_data(as_text=True)
    assert count(Task) == 0


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2010-01-01"])
def test_no_day_is_entered_that_no_page_shows(as_user: Callable[[str], House], day: str) -> None:
    before = count(CalendarDay)
    answer = as_user("admin").post(
        "/schedule/calendar/2026/days", data={"day": day, "kind": "off", "name": "x"}
    )
    assert answer.status_code == 200
    assert "2099" in answer.get_data(as_text=True)
    assert count(CalendarDay) == before
