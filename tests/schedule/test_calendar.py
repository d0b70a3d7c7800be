"""The calendar: reading a notice, entering and removing days, due days that follow, the warning."""

from collections.abc import Callable
from datetime import date, timedelta

import chinese_calendar
import pytest
import sqlalchemy as sa
from flask import Flask
from tests import cast
from tests.house import House

from xuncha.accounts.models import User
from xuncha.core.db import db
from xuncha.core.errors import NotAllowed, Refused
from xuncha.schedule import actions, workdays
from xuncha.schedule.loading import load_calendar
from xuncha.schedule.models import CalendarDay, DayKind, Task
from xuncha.schedule.notices import NamedDay, read_notice

GetUser, Browse = Callable[[str], User], Callable[[str], House]

NOTICE_2026 = """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。"""
NOTICE_2025 = """一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。"""
NOTICE_2023 = """一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。"""


@pytest.mark.parametrize(("year", "text"), [(2023, NOTICE_2023), (2025, NOTICE_2025), (2026, NOTICE_2026)])
@pytest.mark.parametrize("one_line", [False, True])
def test_a_read_notice_gives_the_years_real_working_days(year: int, text: str, one_line: bool) -> None:
    kinds = {one.day: one.kind for one in read_notice(text.replace("\n", "") if one_line else text, year)}
    day = date(year, 1, 1)
    while day.year == year:
        works = kinds[day] is DayKind.WORK if day in kinds else day.weekday() < 5
        assert works is chinese_calendar.is_workday(day), day
        day += timedelta(1)


def test_days_a_line_are_read_in_both_languages() -> None:
    assert read_notice("2027-01-01,休,元旦\n\n2027-01-03，班，元旦调休上班\n2027-01-02,off", 2027) == [
        NamedDay(date(2027, 1, 1), DayKind.OFF, "元旦"),
        NamedDay(date(2027, 1, 2), DayKind.OFF, ""),
        NamedDay(date(2027, 1, 3), DayKind.WORK, "元旦调休上班"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "没有放假安排",
        "一、元旦：1月1日至3日放假，共4天。",  # the count does not fit
        "一、元旦：2月30日放假。",
        "一、国庆节：10月1日至31日放假。",
        "一、元旦：1月1日放假。二、春节：1月1日至3日放假。",
        "2027-01-01,休,元旦\n2027-13-01,休",
        "2027-01-01,也许,元旦\n",
        "2027-01-01,休\n2027-01-01,班",
    ],
)
def test_a_text_that_cannot_be_right_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_notice(text, 2027)


def days_2027() -> list[NamedDay]:
    """Invented days of a year that nobody announced."""
    off = [NamedDay(date(2027, 5, day), DayKind.OFF, "劳动节") for day in range(1, 6)]
    off += [NamedDay(date(2027, 10, day), DayKind.OFF, "国庆节") for day in range(1, 9)]
    return [*off, NamedDay(date(2027, 5, 15), DayKind.WORK, "调休上班")]


def test_entering_a_notice_makes_the_year_known_and_moves_open_due_days(app: Flask, user: GetUser) -> None:
    actions.open_month(2027, 5, actor=None, now=cast.NOW)
    assert not workdays.year_known(2027)
    changed = actions.enter_days(days_2027(), source="通知", actor=user("admin"), now=cast.NOW)
    assert changed == 14
    assert workdays.year_known(2027)
    tasks = db.session.scalars(sa.select(Task).where(Task.window_start == date(2027, 5, 1))).all()
    assert {task.due_on for task in tasks} == {date(2027, 5, 15)}, "the Saturday is worked now"
    assert all(task.calendar_known for task in tasks)
    assert actions.enter_days(days_2027(), source="通知", actor=user("admin"), now=cast.NOW) == 0


def test_removing_a_day_lets_the_plain_week_hold_again(app: Flask, user: GetUser) -> None:
    actions.open_month(2027, 5, actor=None, now=cast.NOW)
    actions.enter_days(days_2027(), source="通知", actor=user("admin"), now=cast.NOW)
    row = db.session.scalars(sa.select(CalendarDay).where(CalendarDay.day == date(2027, 5, 15))).one()
    actions.remove_day(row, actor=user("admin"), now=cast.NOW)
    tasks = db.session.scalars(sa.select(Task).where(Task.window_start == date(2027, 5, 1)))
    assert {task.due_on for task in tasks} == {date(2027, 5, 14)}


def test_due_days_of_past_half_months_stay_as_people_knew_them(app: Flask, user: GetUser) -> None:
    actions.open_month(2026, 10, actor=None, now=cast.NOW)
    off = [NamedDay(date(2026, 10, 30), DayKind.OFF, "台风停工")]
    actions.enter_days(off, source="手工", actor=user("admin"), now=cast.NOW)
    tasks = db.session.scalars(sa.select(Task).where(Task.window_start == date(2026, 10, 16)))
    assert {task.due_on for task in tasks} == {date(2026, 10, 30)}


@pytest.mark.parametrize("name", ["leader", "lin", "wang", "auditor"])
def test_only_the_office_edits_the_calendar(app: Flask, user: GetUser, as_user: Browse, name: str) -> None:
    with pytest.raises(NotAllowed):
        actions.enter_days(days_2027(), source="", actor=user(name), now=cast.NOW)
    browser = as_user(name)
    assert browser.get("/schedule/calendar").status_code == 200
    assert browser.post("/schedule/calendar/2027/notice", data={"text": "x"}).status_code == 403
    assert browser.post("/schedule/calendar/2027/days", data={"day": "2027-01-01"}).status_code == 403


def test_an_unannounced_year_is_warned_of_until_it_is_entered(app: Flask, as_user: Browse) -> None:
    browser = as_user("admin")
    warning = "2027年节假日安排未公布"
    assert warning in browser.text("/schedule/calendar?year=2027")
    assert warning in browser.text("/today"), "in November next year's notice is awaited"
    assert warning in browser.text("/schedule/grid?from=2026-12&to=2027-01")
    assert warning not in browser.text("/schedule/calendar?year=2026")
    text = NOTICE_2026.replace("共", "计")  # another year's days stand in for a notice of 2027
    preview = browser.post("/schedule/calendar/2027/notice", data={"text": text})
    assert "2027年10月7日" in preview.get_data(as_text=True)
    assert warning in browser.text("/schedule/calendar?year=2027"), "reading alone enters nothing"
    entered = browser.post("/schedule/calendar/2027/notice", data={"text": text, "act": "enter"})
    assert entered.status_code == 302
    assert warning not in browser.text("/schedule/calendar?year=2027")
    assert warning not in browser.text("/today")


def test_days_are_entered_by_hand_and_removed_on_the_page(app: Flask, as_user: Browse) -> None:
    load_calendar()
    db.session.commit()
    browser = as_user("admin")
    assert "姓名" not in browser.text("/schedule/calendar?year=2026"), "a day has no person's name"
    span = {"day": "2026-12-28", "until": "2026-12-30", "kind": "off", "name": "暴雪停工"}
    assert (
        browser.post("/schedule/calendar/2026/days", data=span | {"until": "2026-12-01"}).status_code == 200
    )
    assert browser.post("/schedule/calendar/2026/days", data=span).status_code == 302
    assert workdays.workdays(date(2026, 12, 27), date(2026, 12, 31)) == [date(2026, 12, 31)]
    row = db.session.scalars(sa.select(CalendarDay.id).where(CalendarDay.day == date(2026, 12, 29))).one()
    db.session.rollback()
    assert browser.post(f"/schedule/calendar/days/{row}/remove").status_code == 302
    assert workdays.is_workday(date(2026, 12, 29))
    assert browser.post(f"/schedule/calendar/days/{row}/remove").status_code == 404
    assert browser.get("/schedule/calendar?year=1900").status_code == 404
