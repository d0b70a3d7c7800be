"""The report of a campaign: its figures are those of its page and of the zone's definitions, its cases are named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pypdfium2 as pdfium
import pytest
from tests import cast
from tests.campaigns.visits import visit
from tests.hazards.builders import hazards_of
from tests.house import House
from tests.reports.papers import bare

from xuncha.accounts.models import User
from xuncha.campaigns import actions, queries
from xuncha.campaigns.models import CampaignKind, CaseKind
from xuncha.checks.models import VisitKind
from xuncha.core.db import commit, db
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import step
from xuncha.hazards.lifecycle import Act

Browser = Callable[[str], House]


@pytest.fixture
def campaign(user: Callable[[str], User], site: Callable[[str], Site]) -> int:
    """Three visits to two sites with three hazards, one of them void; a visit that does not count; a case."""
    admin = user("admin")
    made = actions.create(
        name="冬季消防行动",
        name_en="Winter fire campaign",
        kind=CampaignKind.SPECIAL,
        starts_on=date(2026, 11, 1),
        ends_on=date(2026, 11, 30),
        basis="安委办〔2026〕18号",
        goal="冬季不发生火灾",
        actor=admin,
        now=cast.NOW,
    )
    commit()
    named = {"campaign_ids": [made.id]}
    visit(site("huaxin"), user("wang"), hazards=2, **named)
    other = visit(site("lifeng"), user("zhao"), date(2026, 11, 3), hazards=1, **named)
    visit(site("huaxin"), user("wang"), date(2026, 11, 3), **named)
    visit(site("lifeng"), user("zhao"), date(2026, 11, 2), kind=VisitKind.RECHECK, **named)
    visit(site("minghe"), user("chen"), hazards=1)
    step(hazards_of(other)[0], Act.VOID, actor=admin, now=cast.NOW, brought={"reason": "重复"})
    actions.record_case(
        kind=CaseKind.INSTALLATION,
        place="北围墙外",
        description="擅自搭建",
        found_on=date(2026, 11, 2),
        campaign_id=made.id,
        actor=admin,
        now=cast.NOW,
    )
    commit()
    return made.id


def pdf_text(answer: bytes) -> str:
    return bare("".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(answer)))


def test_its_figures_are_those_of_the_campaign(
    campaign: int, as_user: Browser, user: Callable[[str], User]
) -> None:
    came = queries.figures(user("admin"), [campaign])[campaign]
    assert came == queries.Figures(3, 2, 2, 0)
    db.session.rollback()
    office = as_user("admin")
    text = pdf_text(office.get(f"/papers/campaigns/{campaign}?format=pdf&lang=en").data)
    said = "3visitsto2enterprisesandsitesfound2hazards;0ofthemarerectified(0.0%),2arenotyet."
    ordered = (
        "Winterfirecampaign",
        "安委办〔2026〕18号",
        "冬季不发生火灾",
        said,
        "1illegalcase:0removed",
        "北围墙外",
    )
    places = [text.index(bare(words)) for words in ordered]
    assert places == sorted(places)
    assert "冬季消防行动" in pdf_text(office.get(f"/papers/campaigns/{campaign}?format=pdf&lang=zh").data)
    assert office.get(f"/papers/campaigns/{campaign}?format=docx").status_code == 200
    assert f"/papers/campaigns/{campaign}" in office.page(f"/campaigns/{campaign}").links


def test_a_supervisor_gets_the_report_of_what_he_sees(campaign: int, as_user: Browser) -> None:
    text = pdf_text(as_user("zhao").get(f"/papers/campaigns/{campaign}?format=pdf&lang=en").data)
    assert "1visitto1enterpriseorsitefound0hazards" in text
    for name in ("officer", "expert"):
        assert as_user(name).get(f"/papers/campaigns/{campaign}").status_code == 403


def test_a_campaign_that_has_not_begun_is_told_as_of_today(
    as_user: Browser, user: Callable[[str], User]
) -> None:
    made = actions.create(
        name="岁末行动",
        name_en="Year end",
        kind=CampaignKind.SPECIAL,
        starts_on=date(2026, 12, 20),
        ends_on=date(2026, 12, 31),
        basis="",
        goal="",
        actor=user("admin"),
        now=cast.NOW,
    )
    commit()
    text = pdf_text(as_user("admin").get(f"/papers/campaigns/{made.id}?format=pdf&lang=zh").data)
    assert "行动尚未开始。" in text
    assert bare(f"数据截至{cast.NOW.year}年{cast.NOW.month}月") in text
