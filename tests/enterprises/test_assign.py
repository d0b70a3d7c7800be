"""Who is responsible from when: today, later, handed over, corrected, and never nobody."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from tests import cast
from tests.house import House

from xuncha.accounts import actions as account_actions
from xuncha.accounts.models import User
from xuncha.core.access import Role
from xuncha.core.db import db
from xuncha.core.errors import NotAllowed, Refused
from xuncha.core.history import HistoryRow
from xuncha.enterprises import actions, queries
from xuncha.enterprises.models import Engagement, Site

TODAY = date(2026, 11, 3)
LATER = date(2026, 11, 20)
People = Callable[[str], User]
Sites = Callable[[str], Site]


def holders(site: Site, *days: date) -> list[str]:
    return [held.supervisor.username if (held := queries.assignment_on(site, day)) else "" for day in days]


def test_from_today_the_new_one_holds_and_the_past_stays(app: Flask, user: People, site: Sites) -> None:
    actions.assign(site("huaxin"), user("zhao"), TODAY, actor=user("leader"), now=cast.NOW)
    db.session.commit()
    assert site("huaxin").supervisor_id == user("zhao").id
    assert holders(site("huaxin"), TODAY - timedelta(days=1), TODAY) == ["wang", "zhao"]
    row = db.session.scalars(sa.select(HistoryRow).where(HistoryRow.action == "assign")).one()
    assert (row.before["supervisor"], row.after["supervisor"], row.actor_name) == (
        "王监管",
        "赵同事",
        "李分管",
    )


def test_a_later_day_takes_effect_on_that_day(app: Flask, user: People, site: Sites) -> None:
    actions.assign(site("huaxin"), user("zhao"), LATER, actor=user("admin"), now=cast.NOW)
    db.session.commit()
    assert site("huaxin").supervisor_id == user("wang").id
    eve = cast.NOW + timedelta(days=16)
    with time_machine.travel(eve):
        assert actions.apply_due_assignments(now=eve) == 0
    morning = cast.NOW + timedelta(days=17)
    with time_machine.travel(morning):
        assert actions.apply_due_assignments(now=morning) == 1
        assert actions.apply_due_assignments(now=morning) == 0
        db.session.commit()
    assert site("huaxin").supervisor_id == user("zhao").id


def test_a_later_assignment_outlasts_one_made_before_it(app: Flask, user: People, site: Sites) -> None:
    actions.assign(site("huaxin"), user("zhao"), LATER, actor=user("admin"), now=cast.NOW)
    actions.assign(site("huaxin"), user("chen"), TODAY, actor=user("admin"), now=cast.NOW)
    assert holders(site("huaxin"), date(2026, 11, 2), TODAY, LATER) == ["wang", "chen", "zhao"]


def test_a_second_choice_for_the_same_day_replaces_the_first(app: Flask, user: People, site: Sites) -> None:
    actions.assign(site("huaxin"), user("zhao"), TODAY, actor=user("admin"), now=cast.NOW)
    actions.assign(site("huaxin"), user("chen"), TODAY, actor=user("admin"), now=cast.NOW)
    assert holders(site("huaxin"), date(2026, 11, 2), TODAY) == ["wang", "chen"]
    assert db.session.scalar(sa.select(sa.func.count()).where(HistoryRow.action == "assign")) == 2


def test_a_past_day_needs_a_correction_with_its_reason(app: Flask, user: People, site: Sites) -> None:
    past = date(2026, 10, 1)
    for more in ({}, {"correcting": True}):
        with pytest.raises(Refused):
            actions.assign(site("huaxin"), user("zhao"), past, actor=user("admin"), now=cast.NOW, **more)
    actions.assign(
        site("huaxin"),
        user("zhao"),
        past,
        actor=user("admin"),
        now=cast.NOW,
        correcting=True,
        note="交接单为证",
    )
    assert holders(site("huaxin"), date(2026, 9, 30), past) == ["wang", "zhao"]


def test_the_first_assignment_of_a_site_may_begin_in_the_past(app: Flask, user: People, site: Sites) -> None:
    place, past = site("huaxin"), date(2025, 3, 1)
    for row in list(place.assignments):
        db.session.delete(row)
    db.session.flush()
    db.session.expire(place)
    actions.assign(place, user("zhao"), past, actor=user("admin"), now=cast.NOW)
    assert holders(place, date(2025, 2, 28), past, TODAY) == ["", "zhao", "zhao"]


@pytest.mark.parametrize("name", ["wang", "expert", "auditor", "officer"])
def test_others_may_not_name(app: Flask, user: People, site: Sites, name: str) -> None:
    with pytest.raises(NotAllowed):
        actions.assign(site("huaxin"), user("zhao"), TODAY, actor=user(name), now=cast.NOW)


def test_a_team_lead_names_only_in_the_own_team(app: Flask, user: People, site: Sites) -> None:
    with pytest.raises(Refused):
        actions.assign(site("huaxin"), user("chen"), TODAY, actor=user("lin"), now=cast.NOW)
    with pytest.raises(NotAllowed):
        actions.assign(site("minghe"), user("zhao"), TODAY, actor=user("lin"), now=cast.NOW)
    actions.assign(site("huaxin"), user("zhao"), TODAY, actor=user("lin"), now=cast.NOW)


@pytest.mark.parametrize("name", ["expert", "leader", "officer"])
def test_only_supervisors_can_be_named(app: Flask, user: People, site: Sites, name: str) -> None:
    with pytest.raises(Refused):
        actions.assign(site("huaxin"), user(name), TODAY, actor=user("admin"), now=cast.NOW)


def test_a_supervisor_with_sites_cannot_be_ended(app: Flask, user: People, site: Sites) -> None:
    for change in ({"active": False}, {"role": Role.AUDITOR}):
        with pytest.raises(Refused, match="2 sites"):
            account_actions.change_user(user("wang"), actor=user("admin"), now=cast.NOW, **change)
    moves = [(site(code), user("zhao")) for code in ("huaxin", "oldmill")]
    assert actions.hand_over(moves, TODAY, actor=user("admin"), now=cast.NOW) == 2
    account_actions.change_user(user("wang"), actor=user("admin"), now=cast.NOW, active=False)
    assert not user("wang").active


def test_whoever_is_named_for_later_cannot_be_ended(app: Flask, user: People, site: Sites) -> None:
    actions.assign(site("minghe"), user("zhao"), TODAY, actor=user("admin"), now=cast.NOW)
    actions.assign(site("minghe"), user("chen"), LATER, actor=user("admin"), now=cast.NOW)
    with pytest.raises(Refused, match="1 sites"):
        account_actions.change_user(user("chen"), actor=user("admin"), now=cast.NOW, active=False)


def test_a_later_assignment_can_be_taken_back(
    as_user: Callable[[str], House], app: Flask, user: People, site: Sites
) -> None:
    row = actions.assign(site("huaxin"), user("zhao"), LATER, actor=user("admin"), now=cast.NOW)
    db.session.commit()
    url = f"/enterprises/{site('huaxin').id}/assignments/{row.id}/cancel"
    db.session.rollback()
    assert as_user("wang").post(url).status_code == 403
    assert as_user("admin").post(url).status_code == 302
    assert holders(site("huaxin"), TODAY, LATER) == ["wang", "wang"]


def test_the_handover_page_moves_what_is_chosen(
    as_user: Callable[[str], House], app: Flask, user: People, site: Sites
) -> None:
    wang, zhao, chen = user("wang").id, user("zhao").id, user("chen").id
    huaxin, oldmill = site("huaxin").id, site("oldmill").id
    db.session.rollback()
    browser = as_user("admin")
    url = f"/enterprises/handover?supervisor={wang}"
    assert "华鑫化工有限公司" in browser.text(url)
    form = {"from_on": "2026-11-03", "to_all": str(zhao), f"to-{oldmill}": str(chen)}
    assert browser.post(url, data=form).status_code == 302
    db.session.rollback()
    assert (site("huaxin").supervisor_id, site("oldmill").supervisor_id) == (zhao, chen)
    assert huaxin and "名下没有场所" in browser.text(url)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"from_on": "2026-11-02"}, "日期已过"),
        ({"from_on": "soon"}, "起始日期"),
        ({"to_all": ""}, "至少为一个场所"),
        ({"to_all": "999999"}, "全部移交给"),
    ],
)
def test_a_wrong_handover_moves_nothing_and_keeps_the_text(
    as_user: Callable[[str], House], app: Flask, user: People, site: Sites, change: dict[str, str], words: str
) -> None:
    wang, zhao = user("wang").id, user("zhao").id
    db.session.rollback()
    form = {"from_on": "2026-11-03", "to_all": str(zhao), "note": "片区重划"} | change
    answer = as_user("admin").post(f"/enterprises/handover?supervisor={wang}", data=form)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True) and "片区重划" in answer.get_data(as_text=True)
    db.session.rollback()
    assert site("huaxin").supervisor_id == wang


def test_an_expert_sees_a_site_only_while_engaged(
    as_user: Callable[[str], House], app: Flask, user: People, site: Sites
) -> None:
    number = site("lifeng").id
    browser = as_user("expert")
    assert browser.get(f"/enterprises/{number}").status_code == 404
    office = as_user("admin")
    form = {
        "expert_id": str(user("expert").id),
        "from_on": "2026-11-03",
        "until_on": "2026-11-10",
        "body": "某中心",
    }
    db.session.rollback()
    assert office.post(f"/enterprises/{number}/engage", data=form).status_code == 302
    assert browser.get(f"/enterprises/{number}").status_code == 200
    assert office.post(f"/enterprises/{number}/engage", data=form).status_code == 422
    row = db.session.scalars(sa.select(Engagement).where(Engagement.site_id == number)).one().id
    db.session.rollback()
    assert office.post(f"/enterprises/{number}/engagements/{row}/end").status_code == 302
    assert browser.get(f"/enterprises/{number}").status_code == 404
    assert as_user("leader").post(f"/enterprises/{number}/engage", data=form).status_code == 403
