"""Campaigns: set up by the office, offered to checks in their period, counted from the checks that name them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests import cast
from tests.campaigns.visits import again, visit
from tests.house import House
from xuncha.accounts.models import User
from xuncha.campaigns import actions, queries
from xuncha.campaigns.models import Campaign, CampaignKind
from xuncha.checks import queries as checks
from xuncha.checks.models import VisitKind
from xuncha.core import history
from xuncha.core.db import commit, db
from xuncha.core.errors import ActedFirst, NotAllowed, Refused
from xuncha.enterprises.models import Site
from xuncha.reports.summaries.summary_facts import campaigns as drives
from xuncha.stats.figures import Figures, Period

FIELDS: dict[str, Any] = {
    "name": "冬季安全生产百日行动",
    "name_en": "Winter campaign",
    "kind": CampaignKind.SPECIAL,
    "starts_on": date(2026, 11, 1),
    "ends_on": date(2026, 11, 30),
    "basis": "安委办〔2026〕18号",
    "goal": "No fire this winter",
}


@pytest.fixture
def campaign(user: Callable[[str], User]) -> Campaign:
    made = actions.create(**FIELDS, actor=user("admin"), now=cast.NOW)
    commit()
    return made


def test_the_office_sets_one_up_on_its_page(as_user: Callable[[str], House]) -> None:
    browser = as_user("admin")
    data = {name: str(getattr(value, "value", value)) for name, value in FIELDS.items()}
    wrong = browser.post("/campaigns/new", data=data | {"ends_on": "2026-10-31"})
    assert wrong.status_code == 422
    assert 'id="ends_on-error"' in wrong.get_data(as_text=True)
    assert FIELDS["goal"] in wrong.get_data(as_text=True)
    page = browser.post("/campaigns/new", data=data, follow_redirects=True).get_data(as_text=True)
    for words in (FIELDS["name"], FIELDS["basis"], FIELDS["goal"]):
        assert words in page


@pytest.mark.parametrize("name", ["leader", "lin", "wang", "expert", "officer", "auditor"])
def test_nobody_else_does(user: Callable[[str], User], name: str, campaign: Campaign) -> None:
    with pytest.raises(NotAllowed):
        actions.create(**FIELDS, actor=user(name), now=cast.NOW)
    with pytest.raises(NotAllowed):
        actions.change(campaign, version=1, goal="other", actor=user(name), now=cast.NOW)


def test_a_change_is_written_down_and_never_over_another(
    campaign: Campaign, user: Callable[[str], User]
) -> None:
    admin = user("admin")
    actions.change(campaign, version=1, goal="None hurt", actor=admin, now=cast.NOW)
    commit()
    row = history.of(campaign)[-1]
    assert (row.before, row.after) == ({"goal": FIELDS["goal"]}, {"goal": "None hurt"})
    with pytest.raises(ActedFirst):
        actions.change(campaign, version=1, goal="third", actor=admin, now=cast.NOW)
    with pytest.raises(Refused):
        actions.change(campaign, version=2, ends_on=date(2026, 10, 1), actor=admin, now=cast.NOW)


def test_it_is_active_on_both_ends_of_its_period(campaign: Campaign) -> None:
    for day, expected in ((1, [campaign]), (30, [campaign])):
        assert queries.active_on(date(2026, 11, day)) == expected
    assert queries.active_on(date(2026, 10, 31)) == queries.active_on(date(2026, 12, 1)) == []
    assert checks.offered_campaigns(date(2026, 11, 15)) == [campaign]


def test_a_filed_check_counts_for_the_campaigns_it_names(
    campaign: Campaign, user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    wang = user("wang")
    check = visit(site("huaxin"), wang, campaign_ids=[campaign.id], hazards=2)
    visit(site("huaxin"), wang)
    assert queries.campaigns_of(check) == [campaign]
    assert queries.figures(wang, [campaign.id])[campaign.id] == queries.Figures(1, 1, 2, 0)
    listed = db.session.scalars(checks.filtered(wang, checks.Criteria(campaign=campaign.id))).all()
    assert list(listed) == [check]


def test_one_site_on_one_day_is_one_visit_and_re_inspections_count_apart(
    campaign: Campaign,
    user: Callable[[str], User],
    site: Callable[[str], Site],
    as_user: Callable[[str], House],
) -> None:
    admin, named = user("admin"), {"campaign_ids": [campaign.id]}
    visit(site("huaxin"), user("wang"))
    visit(site("huaxin"), admin, **named)
    visit(site("huaxin"), user("wang"), **named)
    visit(site("huaxin"), admin, date(2026, 11, 3), **named)
    visit(site("lifeng"), admin, **named)
    visit(site("lifeng"), admin, date(2026, 11, 3), kind=VisitKind.RECHECK, **named)
    figures = queries.figures(admin, [campaign.id])[campaign.id]
    assert (figures.visits, figures.sites) == (3, 2)
    zone = Figures(Period(date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 3)))
    assert (zone.number("visits"), drives(zone)[0]["visits"]) == (3, 3)
    browser = as_user("admin")
    page = browser.page(f"/campaigns/{campaign.id}")
    listed = browser.get(next(link for link in page.links if link.startswith("/checks?")))
    text = listed.get_data(as_text=True)
    assert "3 次检查" not in text and "3 家次" in text
    assert text.count("<tr>") - 1 == 3


def test_a_person_counts_what_he_sees(
    campaign: Campaign, user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    visit(site("huaxin"), user("wang"), campaign_ids=[campaign.id], hazards=1)
    for name, count in (("admin", 1), ("lin", 1), ("wang", 1), ("expert", 1), ("zhao", 0), ("chen", 0)):
        assert queries.figures(user(name), [campaign.id])[campaign.id].visits == count, name
        assert len(db.session.scalars(queries.hazards_of(user(name), campaign)).all()) == count, name


def test_a_corrected_check_still_counts_once(
    campaign: Campaign, user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    wang = user("wang")
    check = visit(site("huaxin"), wang, campaign_ids=[campaign.id])
    newer = again(check, wang, campaign_ids=[campaign.id], hazards=1)
    assert queries.figures(wang, [campaign.id])[campaign.id] == queries.Figures(1, 1, 1, 0)
    assert queries.campaigns_of(newer) == [campaign]


def test_a_correction_that_names_none_keeps_its_campaigns(
    campaign: Campaign, user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    wang = user("wang")
    newer = again(visit(site("huaxin"), wang, campaign_ids=[campaign.id]), wang)
    assert queries.campaigns_of(newer) == [campaign]


def test_a_check_is_never_lost_over_a_campaign_that_does_not_fit(
    campaign: Campaign, user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    wang = user("wang")
    early = visit(
        site("huaxin"), wang, date(2026, 10, 30), campaign_ids=[campaign.id, 999], late_reason="no signal"
    )
    assert queries.campaigns_of(early) == []
    assert {f"campaign_left_out:{campaign.id}", "campaign_left_out:999"} <= set(early.flags)


def test_the_pages_show_counts_that_open_their_lists(
    campaign: Campaign,
    user: Callable[[str], User],
    site: Callable[[str], Site],
    as_user: Callable[[str], House],
) -> None:
    check = visit(site("huaxin"), user("wang"), campaign_ids=[campaign.id], hazards=1)
    number, check_number, check_id = campaign.id, check.number, check.id
    browser = as_user("leader")
    page = browser.page(f"/campaigns/{number}")
    visits = next(link for link in page.links if link.startswith("/checks?"))
    assert check_number in browser.text(visits)
    assert "Blocked exit 0" in browser.text(f"/campaigns/{number}/hazards")
    assert "Blocked exit 0" in browser.text(f"/campaigns/{number}/hazards?state=open")
    assert "Blocked exit 0" not in browser.text(f"/campaigns/{number}/hazards?state=closed")
    assert FIELDS["name"] in browser.text("/campaigns?kind=special")
    assert FIELDS["name"] not in browser.text("/campaigns?kind=holiday")
    assert FIELDS["name"] in browser.text(f"/checks/{check_id}")
    assert as_user("officer").get("/campaigns").status_code == 403


class TestExperts:
    """Engaging an expert under an expert campaign."""

    @pytest.fixture
    def screening(self, user: Callable[[str], User]) -> Campaign:
        made = actions.create(
            name="专家排查",
            kind=CampaignKind.EXPERT,
            starts_on=date(2026, 11, 1),
            ends_on=date(2026, 12, 31),
            actor=user("admin"),
            now=cast.NOW,
        )
        commit()
        return made

    def test_an_engaged_expert_sees_the_enterprises(
        self,
        screening: Campaign,
        user: Callable[[str], User],
        site: Callable[[str], Site],
        as_user: Callable[[str], House],
    ) -> None:
        number, expert, lifeng, minghe = screening.id, user("expert").id, site("lifeng").id, site("minghe").id
        assert db.session.scalars(checks.ids_visible_to(user("expert"))).all() == [site("huaxin").id]
        data = {
            "expert_id": str(expert),
            "from_on": "2026-11-03",
            "until_on": "2026-11-20",
            "body": "某安全技术中心",
            "site_ids": [str(lifeng), str(minghe)],
        }
        browser = as_user("admin")
        assert browser.post(f"/campaigns/{number}/experts", data=data).status_code == 302
        assert set(db.session.scalars(checks.ids_visible_to(user("expert")))) >= {lifeng, minghe}
        text = browser.text(f"/campaigns/{number}")
        assert cast.PLACES["lifeng"].name in text and "某安全技术中心" in text
        twice = browser.post(f"/campaigns/{number}/experts", data=data)
        assert twice.status_code == 422
        assert 'id="site_ids-error"' in twice.get_data(as_text=True)

    def test_what_does_not_fit_is_refused(
        self,
        screening: Campaign,
        campaign: Campaign,
        user: Callable[[str], User],
        site: Callable[[str], Site],
    ) -> None:
        admin, expert, lifeng = user("admin"), user("expert"), site("lifeng")
        first, last = date(2026, 11, 3), date(2026, 11, 20)

        def engage(which: Campaign = screening, **more: Any) -> None:
            asked: dict[str, Any] = {"expert": expert, "sites": [lifeng], "from_on": first, "until_on": last}
            actions.engage(which, **(asked | more), actor=more.pop("actor", admin), now=cast.NOW)

        for wrong in (
            {"which": campaign},
            {"sites": []},
            {"expert": user("wang")},
            {"until_on": date(2027, 1, 1)},
            {"from_on": date(2026, 10, 31)},
            {"from_on": last, "until_on": first},
        ):
            with pytest.raises(Refused):
                engage(**wrong)
            db.session.rollback()

    def test_only_the_office_engages(
        self, screening: Campaign, user: Callable[[str], User], site: Callable[[str], Site]
    ) -> None:
        for name in ("leader", "lin", "wang", "expert"):
            with pytest.raises(NotAllowed):
                actions.engage(
                    screening,
                    user("expert"),
                    [site("lifeng")],
                    date(2026, 11, 3),
                    date(2026, 11, 3) + timedelta(days=1),
                    actor=user(name),
                    now=cast.NOW,
                )
