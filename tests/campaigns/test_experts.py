"""Who sends the experts: contract and certificate, the warning before they end, and who may be sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests import cast
from tests.campaigns.visits import visit
from tests.house import House
from xuncha.accounts.models import User
from xuncha.campaigns import credentials
from xuncha.campaigns.credentials import ExpertCredential, ExpertOrganisation
from xuncha.checks.models import LegalMode, VisitKind
from xuncha.core.clock import local_day
from xuncha.core.db import commit, db
from xuncha.enterprises.models import Engagement, Site

TODAY = local_day(cast.NOW)
CONTRACT = {
    "kind": "association",
    "name": "开发区安全生产协会",
    "contract_number": "HT-07",
    "contract_from": "2026-11-01",
    "contract_until": "2026-11-20",
    "contact": "秘书处",
}
CERTIFICATE = {
    "certificate_kind": "注册安全工程师",
    "certificate_number": "A-1",
    "certificate_until": "2026-11-15",
}


def enter(office: House, expert: int, **more: str) -> None:
    """The contract and the certificate, by their pages."""
    assert office.post("/campaigns/organisations/new", data=CONTRACT).status_code == 302
    query = sa.select(ExpertOrganisation.id).where(ExpertOrganisation.name == CONTRACT["name"])
    sender = str(db.session.scalars(query).one())
    db.session.rollback()
    data = CERTIFICATE | {"organisation_id": sender, "version": "1"} | more
    assert office.post(f"/campaigns/experts/{expert}", data=data).status_code == 302


def engage(office: House, site: int, expert: int, from_on: str, until_on: str) -> tuple[int, str]:
    data = {"expert_id": str(expert), "from_on": from_on, "until_on": until_on, "body": "x"}
    answer = office.post(f"/enterprises/{site}/engage", data=data)
    return answer.status_code, answer.get_data(as_text=True)


def test_an_expert_is_sent_only_while_contract_and_certificate_are_valid(
    as_user: Callable[[str], House], user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    expert, lifeng = user("expert").id, site("lifeng").id
    db.session.rollback()
    office = as_user("admin")
    enter(office, expert)
    for from_on, until_on, field, day in (
        ("2026-10-31", "2026-11-10", "from_on", "2026年11月1日"),
        ("2026-11-10", "2026-11-21", "until_on", "2026年11月20日"),
        ("2026-11-10", "2026-11-16", "until_on", "2026年11月15日"),
    ):
        status, text = engage(office, lifeng, expert, from_on, until_on)
        assert status == 422 and f'id="{field}-error"' in text and day in text
    assert engage(office, lifeng, expert, "2026-11-03", "2026-11-15")[0] == 302


def test_who_has_no_certificate_entered_is_not_sent_and_past_checks_stay(
    as_user: Callable[[str], House], user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    check = visit(site("huaxin"), user("expert"), kind=VisitKind.EXPERT, mode=LegalMode.EXPERT)
    number, expert, lifeng = check.id, user("expert").id, site("lifeng").id
    db.session.execute(sa.delete(ExpertCredential))
    commit()
    office = as_user("admin")
    status, text = engage(office, lifeng, expert, "2026-11-03", "2026-11-10")
    assert status == 422 and 'id="expert_id-error"' in text
    assert db.session.scalars(sa.select(Engagement).where(Engagement.site_id == lifeng)).all() == []
    db.session.rollback()
    assert office.get(f"/checks/{number}").status_code == 200


def test_what_ends_soon_is_named_to_the_office_alone(
    as_user: Callable[[str], House], user: Callable[[str], User]
) -> None:
    expert = user("expert").id
    db.session.rollback()
    office = as_user("admin")
    assert credentials.ending(TODAY) == []
    enter(office, expert)
    assert [(one.certificate, one.last_day) for one in credentials.ending(TODAY)] == [
        (True, date(2026, 11, 15)),
        (False, date(2026, 11, 20)),
    ]
    assert credentials.ending(date(2026, 11, 15) - credentials.SOON - timedelta(days=1)) == []
    assert [one.is_over(date(2026, 11, 16)) for one in credentials.ending(date(2026, 11, 16))] == [
        True,
        False,
    ]
    db.session.rollback()
    assert CONTRACT["name"] in office.text("/today")
    assert CONTRACT["name"] not in as_user("wang").text("/today")


def test_bad_input_is_said_and_nothing_is_lost(
    as_user: Callable[[str], House], user: Callable[[str], User]
) -> None:
    expert = user("expert").id
    db.session.rollback()
    office = as_user("admin")
    wrong = office.post("/campaigns/organisations/new", data=CONTRACT | {"contract_until": "2026-10-01"})
    text = wrong.get_data(as_text=True)
    assert wrong.status_code == 422 and 'id="contract_until-error"' in text and "HT-07" in text
    twice = office.post("/campaigns/organisations/new", data=CONTRACT | {"name": "某安全技术中心"})
    assert twice.status_code == 422 and 'id="name-error"' in twice.get_data(as_text=True)
    stale = CERTIFICATE | {"organisation_id": "1", "version": "9"}
    assert office.post(f"/campaigns/experts/{expert}", data=stale).status_code == 422
    assert office.post("/campaigns/experts/1", data=stale).status_code == 404


@pytest.mark.parametrize("name", ["leader", "wang", "expert", "auditor", "officer"])
def test_the_office_alone_enters_them(as_user: Callable[[str], House], name: str) -> None:
    browser = as_user(name)
    assert browser.post("/campaigns/organisations/new", data=CONTRACT).status_code == 403
    assert browser.post("/campaigns/experts/7", data=CERTIFICATE).status_code == 403
    assert browser.get("/campaigns/experts").status_code == (403 if name == "officer" else 200)
