"""The check page tells what is known of the site, in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask

from tests import cast
from tests.checks.filings import failing, filing, visit
from tests.house import House
from xuncha.accounts.models import User
from xuncha.campaigns.actions import create
from xuncha.campaigns.models import CampaignKind
from xuncha.checks.actions import file_check
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_notice


def test_a_page_with_no_answer_is_told_so_beside_the_first_item(
    app: Flask, site: Callable[[str], Site], as_user: Callable[[str], House]
) -> None:
    number, first = site("huaxin").id, visit(site("huaxin"))["answers"][0]["item_id"]
    db.session.rollback()
    on_paper = {f"signatures.{party}.on_paper": "1" for party in ("inspector", "site")}
    fields = {
        "uuid": str(uuid4()),
        "site_id": str(number),
        "kind": "routine",
        "started_at": "2026-11-03T09:20",
    }
    answer = as_user("wang").post("/checks", data=fields | on_paper)
    assert answer.status_code == 422
    assert f'id="answers.{first}.result-error"' in answer.text
    assert "没有填写任何检查项" in answer.text


def test_enforcement_is_offered_only_by_an_organ_with_that_power(
    app: Flask, site: Callable[[str], Site], as_user: Callable[[str], House]
) -> None:
    app.config["SETTINGS_GIVEN"]["legal_mode"] = "enforcement"
    address = f"/checks/new?site={site('huaxin').id}"
    db.session.rollback()
    wang = as_user("wang")
    assert 'value="enforcement"' not in wang.get(address).text
    app.config["SETTINGS_GIVEN"]["enforcement"] = "1"
    assert 'value="enforcement" selected' in wang.get(address).text


def test_a_campaign_stands_on_the_page_in_the_readers_language(
    app: Flask, user: Callable[[str], User], site: Callable[[str], Site], as_user: Callable[[str], House]
) -> None:
    create(
        name="电气火灾专项",
        name_en="Electrical fire drive",
        kind=CampaignKind.SPECIAL,
        starts_on=date(2026, 11, 1),
        ends_on=date(2026, 11, 30),
        actor=user("admin"),
        now=cast.NOW,
    )
    user("wang").lang = "en"
    db.session.commit()
    address = f"/checks/new?site={site('huaxin').id}"
    db.session.rollback()
    text = as_user("wang").text(address)
    assert "Electrical fire drive" in text
    assert "电气火灾专项" not in text


def test_the_last_finding_and_the_open_hazard_stand_in_words(
    app: Flask, user: Callable[[str], User], site: Callable[[str], Site], as_user: Callable[[str], House]
) -> None:
    raw = failing(visit(site("huaxin")), due_on="2026-12-20")
    file_check(filing(raw), actor=user("wang"), now=cast.NOW)
    check = db.session.scalars(sa.select(Check)).one()
    issue_notice(check, actor=user("wang"), now=cast.NOW)
    db.session.commit()
    number = site("huaxin").id
    db.session.rollback()
    text = as_user("wang").text(f"/checks/new?site={number}")
    assert "待整改" in text
    assert " open " not in text


def test_the_style_is_told_before_the_page(
    site: Callable[[str], Site], as_user: Callable[[str], House]
) -> None:
    number = site("huaxin").id
    db.session.rollback()
    answer = as_user("wang").get(f"/checks/new?site={number}")
    style = re.search(r'<link rel="stylesheet" href="([^"]+)">', answer.text)
    assert style is not None
    assert answer.headers["Link"] == f"<{style[1]}>; rel=preload; as=style"
    assert "Link" not in as_user("wang").get("/sync/pack").headers
