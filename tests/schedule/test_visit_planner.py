"""The visit planner: what waits at a site is one entry; the day stands by place until somebody changes its order."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from tests import cast
from tests.house import House
from tests.stats import builders

from xuncha.accounts.models import User
from xuncha.campaigns.actions import create
from xuncha.campaigns.models import CampaignKind
from xuncha.core import settings
from xuncha.core.db import db
from xuncha.enterprises import assignments
from xuncha.enterprises.models import Site
from xuncha.hazards.lifecycle import Act
from xuncha.schedule import planner, visit_plan
from xuncha.schedule.excuses import Grounds, postpone
from xuncha.schedule.models import PlannedVisit, Task
from xuncha.schedule.places import Place, by_place, metres

GetUser, GetSite, Browse = Callable[[str], User], Callable[[str], Site], Callable[[str], House]
FindTask = Callable[..., Task]
TODAY = date(2026, 11, 3)
NAMES = ("甲厂", "乙厂", "丙厂")


def entry_of(user: User, site: Site, day: date = TODAY) -> planner.Entry:
    plan = planner.plan_of(user, day, TODAY)
    return next(one for one in [*plan.others, *(stop.entry for stop in plan.stops)] if one.site == site)


@pytest.fixture
def three(november: FindTask, user: GetUser) -> list[Site]:
    """Three more sites of Wang on a line to the north of Huaxin, each with an overdue hazard."""
    sites = [
        Site(name=name, area="北片区", latitude=31.30 + step / 100, longitude=120.6, created_at=cast.NOW)
        for name, step in zip(NAMES, (1, 3, 2), strict=True)
    ]
    db.session.add_all(sites)
    db.session.flush()
    for place, site in enumerate(sites):
        assignments.put(site, user("wang"), TODAY, actor=user("admin"), now=cast.NOW)
        builders.hazard(date(2026, 10, 1) + timedelta(place), site, due_on=date(2026, 10, 10 + place))
    db.session.commit()
    return sites


def test_everything_of_an_enterprise_is_one_entry(november: FindTask, user: GetUser, site: GetSite) -> None:
    for _time in range(3):
        builders.hazard(date(2026, 10, 20), due_on=date(2026, 11, 9)).then(Act.ISSUE, TODAY).then(
            Act.REPORT_DONE, TODAY
        )
    builders.hazard(date(2026, 10, 1), due_on=date(2026, 10, 8)).then(Act.ISSUE, TODAY)
    create(
        name="消防",
        kind=CampaignKind.SPECIAL,
        starts_on=TODAY,
        ends_on=date(2026, 11, 30),
        actor=user("admin"),
        now=cast.NOW,
    )
    db.session.commit()
    entry = entry_of(user("wang"), site("huaxin"))
    keys = [one.key.partition(":")[0] for one in entry.matters]
    assert sorted(keys) == ["campaign", "expert", "overdue", "task", "verify"]
    assert keys[0] == "overdue", "what is late stands first"
    counts = {
        one.key: re.search(r"\d+", one.words) for one in entry.matters if one.key in {"verify", "overdue"}
    }
    assert {key: found and found.group() for key, found in counts.items()} == {"verify": "3", "overdue": "1"}
    builders.visit(TODAY, by="expert")
    left = [one.key.partition(":")[0] for one in entry_of(user("wang"), site("huaxin")).matters]
    assert "expert" not in left, "the expert has been there"


def test_what_a_day_cannot_do_is_not_shown(november: FindTask, user: GetUser, site: GetSite) -> None:
    second = november("huaxin", date(2026, 11, 16))
    assert f"task:{second.id}" not in {one.key for one in entry_of(user("wang"), site("huaxin")).matters}
    later = entry_of(user("wang"), site("huaxin"), date(2026, 11, 16))
    assert f"task:{second.id}" in {one.key for one in later.matters}


def test_a_postponed_check_keeps_its_place_in_the_plan(
    november: FindTask, user: GetUser, site: GetSite
) -> None:
    grounds = Grounds("停产", postponed_to=date(2026, 11, 20))
    postpone([november("huaxin")], grounds, actor=user("leader"), now=cast.NOW)
    assert entry_of(user("wang"), site("huaxin")).by == date(2026, 11, 20)


@pytest.mark.parametrize(("cap", "warned"), [("1", True), ("2", False), ("0", False)])
def test_a_visit_over_the_cap_is_warned_of(
    november: FindTask, user: GetUser, site: GetSite, cap: str, warned: bool
) -> None:
    builders.visit(date(2026, 10, 5))
    settings.write({"cap_zone_check": cap}, actor=None, now=cast.NOW)
    db.session.commit()
    assert bool(entry_of(user("wang"), site("huaxin")).caution) is warned


def test_a_day_is_put_together_ordered_ticked_and_taken_apart(
    three: list[Site], as_user: Browse, user: GetUser
) -> None:
    numbers = [site.id for site in three]
    db.session.rollback()
    wang = as_user("wang")
    assert wang.post("/schedule/plan/put", data={"day": "2026-11-03", "ids": numbers}).status_code == 302
    names = re.compile("|".join(NAMES))

    def order() -> list[str]:
        page = wang.text("/schedule/plan")
        return list(dict.fromkeys(names.findall(page)))

    assert order() == ["甲厂", "丙厂", "乙厂"], "the most pressing first, then the nearest"
    last = db.session.scalars(sa.select(PlannedVisit).where(PlannedVisit.site_id == numbers[1])).one().id
    db.session.rollback()
    wang.post("/schedule/plan/move", data={"visit": last, "to": "up"})
    assert order() == ["甲厂", "乙厂", "丙厂"]
    wang.post("/schedule/plan/tick", data={"visit": last, "matter": "overdue", "taken": "1"})
    assert 'aria-pressed="true"' in wang.get("/schedule/plan").text
    wang.post("/schedule/plan/tick", data={"visit": last, "matter": "overdue", "taken": "0"})
    assert 'aria-pressed="true"' not in wang.get("/schedule/plan").text
    wang.post("/schedule/plan/by-place", data={"day": "2026-11-03"})
    assert order() == ["甲厂", "丙厂", "乙厂"]
    wang.post("/schedule/plan/take-out", data={"visit": last})
    assert db.session.get(PlannedVisit, last) is None


def test_the_day_begins_at_the_office_where_that_is_known(
    three: list[Site], as_user: Browse, user: GetUser
) -> None:
    visit_plan.put([site.id for site in three], TODAY, actor=user("wang"), today=TODAY)
    db.session.commit()
    admin = as_user("admin")
    fields = {**admin.page("/settings/map").fields, "office_place": "31.34， 120.6"}
    bad = admin.post("/settings/map", data=fields | {"office_place": "31.34; 120.6"})
    assert bad.status_code == 422 and "31.34; 120.6" in bad.text
    assert admin.post("/settings/map", data=fields).status_code == 302
    stops = planner.plan_of(user("wang"), TODAY, TODAY).stops
    assert [stop.entry.site.name for stop in stops] == ["乙厂", "丙厂", "甲厂"]
    assert "1.1" in stops[0].way, "a hundredth of a degree of latitude is 1.1 km"


def test_a_plan_is_changed_by_its_owner_alone(three: list[Site], as_user: Browse, user: GetUser) -> None:
    visit_plan.put([three[0].id], TODAY, actor=user("wang"), today=TODAY)
    db.session.commit()
    number = db.session.scalars(sa.select(PlannedVisit.id)).one()
    wang, foreign = user("wang").id, three[1].id
    db.session.rollback()
    for who in ("chen", "lin"):
        moved = as_user(who).post("/schedule/plan/move", data={"visit": number, "to": "up"})
        assert moved.status_code == 404
    as_user("chen").post("/schedule/plan/put", data={"day": "2026-11-03", "ids": foreign})
    assert db.session.scalar(sa.select(sa.func.count(PlannedVisit.id))) == 1
    db.session.rollback()
    address = f"/schedule/plan?supervisor={wang}"
    lead = as_user("lin").get(address).text
    assert "甲厂" in lead and "/schedule/plan/move" not in lead
    assert "/enterprises/reassign" in lead, "a team lead hands many over from here"
    assert as_user("chen").get(address).status_code == 404


@pytest.mark.parametrize("day", ["2026-11-02", "2027-11-03", "x"])
def test_a_day_that_cannot_be_planned_changes_nothing_before_today(
    three: list[Site], as_user: Browse, day: str
) -> None:
    number = three[0].id
    db.session.rollback()
    assert as_user("wang").post("/schedule/plan/put", data={"day": day, "ids": number}).status_code == 302
    days = set(db.session.scalars(sa.select(PlannedVisit.day)))
    assert days <= {TODAY}


def test_a_site_that_is_handed_over_leaves_the_plan(
    three: list[Site], user: GetUser, as_user: Browse
) -> None:
    visit_plan.put([site.id for site in three], TODAY, actor=user("wang"), today=TODAY)
    assignments.put(three[0], user("zhao"), TODAY, actor=user("admin"), now=cast.NOW)
    db.session.commit()
    stops = planner.plan_of(user("wang"), TODAY, TODAY).stops
    assert {stop.entry.site.name for stop in stops} == {"乙厂", "丙厂"}


def test_today_names_the_visits_and_the_sheet_prints_them(
    three: list[Site], user: GetUser, as_user: Browse, tmp_path
) -> None:
    visit_plan.put([site.id for site in three], TODAY, actor=user("wang"), today=TODAY)
    db.session.commit()
    number = user("wang").id
    db.session.rollback()
    wang = as_user("wang")
    assert all(name in wang.text("/today") for name in NAMES)
    paper = wang.get(f"/papers/visit-plan?supervisor={number}&day=2026-11-03&format=pdf&lang=zh").data
    (tmp_path / "plan.pdf").write_bytes(paper)
    sheets = PdfReader(tmp_path / "plan.pdf").pages
    assert len(sheets) == 1
    text = sheets[0].extract_text()
    assert re.findall("|".join(NAMES), text) == ["甲厂", "丙厂", "乙厂"]
    assert as_user("chen").get(f"/papers/visit-plan?supervisor={number}&format=pdf").status_code == 404
    english = wang.get(f"/papers/visit-plan?supervisor={number}&day=2026-11-03&format=pdf&lang=en").data
    (tmp_path / "english.pdf").write_bytes(english)
    text = PdfReader(tmp_path / "english.pdf").pages[0].extract_text()
    assert "1 overdue hazard" in text and "about 1.1 km from there" in text, "its language is the paper's"
    assert "逾期" not in text and "距" not in text


PLACES = st.tuples(st.floats(30, 32), st.floats(119, 121))


@given(
    stops=st.lists(st.tuples(st.none() | PLACES, st.sampled_from(["", "北片区", "南片区"])), max_size=8),
    start=st.none() | PLACES,
)
def test_by_place_goes_to_the_nearest_next_and_loses_nobody(
    stops: list[tuple[Place | None, str]], start: Place | None
) -> None:
    numbered = list(enumerate(stops))
    ordered = by_place(numbered, lambda one: one[1][0], lambda one: one[1][1], start)
    assert sorted(one[0] for one in ordered) == list(range(len(stops)))
    placed = [one[1][0] for one in ordered if one[1][0]]
    at = start or (placed[0] if placed else None)
    for index, place in enumerate(placed):
        assert at is not None
        assert all(metres(at, place) <= metres(at, later) + 1e-6 for later in placed[index:])
        at = place


def test_metres_are_those_of_the_globe() -> None:
    """A degree of latitude is a 360th of the meridian of 40,030 km; at 60 degrees north one of longitude is half of it."""
    assert metres((0, 0), (1, 0)) == pytest.approx(40_030_000 / 360, rel=0.001)
    assert metres((60, 0), (60, 1)) == pytest.approx(40_030_000 / 720, rel=0.001)
