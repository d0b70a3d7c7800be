"""The criteria for major hazards: complete, in scope, picked from the list also without a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.hazards.builders import NOW, USUAL, draft, person
from tests.house import House

from xuncha.checklists.models import Criterion
from xuncha.checklists.queries import compose, criteria_in_force, demand_in_scope
from xuncha.core.db import db
from xuncha.core.errors import Refused
from xuncha.core.i18n import use_language
from xuncha.enterprises.models import Sector, Site
from xuncha.hazards.actions import step
from xuncha.hazards.lifecycle import Act
from xuncha.hazards.models import Grade

ORDER_10 = "《工贸企业重大事故隐患判定标准》（应急管理部令第10号）"


def test_every_item_of_the_documents_is_there_in_both_languages(app: Flask) -> None:
    found = db.session.scalars(sa.select(Criterion)).all()
    # Order 10: 64 items in its articles 3 to 13, as the ministry counts them; GB 45067: 47 points less a cross-reference.
    assert Counter(one.law.code for one in found) == {
        "order-10-major-hazard-criteria": 64,
        "gb-45067-2024": 46,
    }
    for one in found:
        assert one.law.kind == "criterion"
        assert one.wording_zh.endswith("。"), one.code
        assert "：" in one.wording_zh, one.code
        assert one.wording_en.isascii() and one.wording_en.endswith("."), one.code


def test_a_criterion_is_cited_by_the_number_of_its_order_and_its_item(app: Flask) -> None:
    with use_language("zh"):
        cited = {one.cited: one for one in criteria_in_force(date(2026, 11, 1))}
    dust = cited[f"{ORDER_10}第十一条第（三）项"]
    assert "泄爆" in dust.wording
    assert set(dust.sectors.split()) == {"industry", "fire", "crowded", "other"}
    assert cited["《特种设备重大事故隐患判定准则》（GB 45067-2024）第4.3条c）"].sectors == ""
    # No text of AQ 3067 is held: the document is offered as a whole, from the day on which it is in force.
    aq = "《化工和危险化学品生产经营企业重大生产安全事故隐患判定准则》（AQ 3067-2026）"
    assert cited[aq].sectors == "hazchem"
    with use_language("zh"):
        assert aq not in {one.cited for one in criteria_in_force(date(2026, 9, 1))}


@pytest.mark.parametrize(
    ("criterion", "sector", "fits"),
    [
        (f"{ORDER_10}第三条第（一）项", Sector.INDUSTRY, True),
        (f"{ORDER_10}第三条第（一）项", Sector.HAZCHEM, False),
        ("工贸企业重大事故隐患判定标准第三条", Sector.HAZCHEM, False),
        ("（AQ 3067-2026）化工和危险化学品生产经营企业重大生产安全事故隐患判定准则", Sector.INDUSTRY, False),
        ("《特种设备重大事故隐患判定准则》（GB 45067-2024）", Sector.HAZCHEM, True),
        ("园区自定", Sector.HAZCHEM, True),
    ],
)
def test_a_criterion_out_of_scope_is_refused(app: Flask, criterion: str, sector: Sector, fits: bool) -> None:
    if fits:
        demand_in_scope(criterion, sector)
    else:
        with pytest.raises(Refused):
            demand_in_scope(criterion, sector)


def test_the_office_cannot_confirm_by_a_criterion_out_of_scope(app: Flask) -> None:
    hazard = draft(suspected_major=True, major_criterion=f"{ORDER_10}第三条第（一）项")
    assert hazard.site.sector is Sector.HAZCHEM
    brought = {"criterion": hazard.major_criterion, "interim_measures": "停用", "note": ""}
    leader = person(USUAL[Act.CONFIRM_MAJOR])
    with pytest.raises(Refused) as refused:
        step(hazard, Act.CONFIRM_MAJOR, actor=leader, now=NOW, brought=brought)
    assert refused.value.field == "criterion"
    assert hazard.grade is Grade.SUSPECTED


def test_the_page_lists_the_criteria_for_whoever_reads_checklists(
    app: Flask, as_user: Callable[[str], House]
) -> None:
    page = as_user("wang").get("/checklists/criteria").get_data(as_text=True)
    assert page.count("data-cited=") > 110
    assert f'data-cited="{ORDER_10}第十一条第（三）项"' in page
    assert as_user("officer").get("/checklists/criteria").status_code == 403


def test_a_factory_is_asked_the_fire_items_of_any_factory(app: Flask) -> None:
    factory = db.session.scalars(sa.select(Site).where(Site.sector == Sector.INDUSTRY)).first()
    assert factory is not None
    asked = {item.code for section in compose(factory, "routine") for item in section.items}
    assert {"FIRE-04", "FIRE-07", "IND-01", "GEN-01"} <= asked
    assert not asked & {"FIRE-12", "FIRE-15"}
