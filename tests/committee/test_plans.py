"""Plans by sector: written by managers, their progress counted by the zone's figures, each number with its list."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from docx import Document as WordDocument
from flask import Flask
from tests import cast
from tests.checks.filings import failing, filing, visit
from tests.committee.test_meetings import pdf_text
from tests.house import House
from tests.reports.papers import bare

from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.committee.plans import SectorPlan
from xuncha.core.db import db
from xuncha.core.history import HistoryRow
from xuncha.enterprises.models import Site

Browser, People, Places = Callable[[str], House], Callable[[str], User], Callable[[str], Site]


def plan(responsible: User, **more: Any) -> dict[str, Any]:
    number = responsible.id
    db.session.rollback()
    return {
        "sector": "hazchem",
        "name": "危险化学品专项整治方案",
        "name_en": "Plan for hazardous chemicals",
        "from_on": "2026-11-01",
        "until_on": "2026-11-30",
        "reach": "sector",
        "hazard_class": "",
        "checklist_id": "",
        "goals": "重点企业检查全覆盖\n隐患整改率九成以上",
        "coverage_goal": "１００",
        "rate_goal": "90",
        "documents": "某开应〔2026〕5号 整治方案",
        "responsible_id": str(number),
    } | more


@pytest.fixture
def checked(user: People, site: Places) -> None:
    """A check with one hazard at Huaxin (chemicals) and one at Lifeng (industry, crowded); Minghe was not visited."""
    for code, who in (("huaxin", "wang"), ("lifeng", "zhao")):
        actor = user(who)
        file_check(filing(failing(visit(site(code)))), actor=actor, now=cast.NOW)
        db.session.commit()


def write(browser: House, data: dict[str, Any]) -> int:
    answer = browser.post("/committee/plans/new", data=data)
    assert answer.status_code == 302
    return int(answer.location.rsplit("/", 1)[1])


def figures_of(browser: House, number: int) -> dict[str, str]:
    """The list behind each number of a plan's page, by the figure's name."""
    links = browser.page(f"/committee/plans/{number}").links
    return {link.split("?")[0].rsplit("/", 1)[1]: link for link in links if link.startswith("/figures/")}


@pytest.mark.parametrize(
    ("reach", "enterprises", "hazards", "share"),
    [
        ("sector", {"huaxin"}, {"huaxin"}, "1/1"),
        ("crowded", {"lifeng"}, {"lifeng"}, "1/1"),
        ("every", {"huaxin", "lifeng", "minghe"}, {"huaxin", "lifeng"}, "2/3"),
    ],
)
def test_progress_counts_the_enterprises_that_the_plan_reaches(
    as_user: Browser,
    user: People,
    checked: None,
    reach: str,
    enterprises: set[str],
    hazards: set[str],
    share: str,
) -> None:
    admin = as_user("admin")
    number = write(admin, plan(user("lin"), reach=reach))
    text = admin.text(f"/committee/plans/{number}")
    assert share in text and "危险化学品专项整治方案" in admin.text("/committee/plans")
    lists = figures_of(admin, number)
    for name, wanted in (("coverage", enterprises), ("hazards_found", hazards)):
        listed = admin.text(lists[name])
        assert {code for code in cast.PLACES if cast.PLACES[code].name in listed} == wanted, name


def test_a_supervisor_sees_the_progress_at_his_own_enterprises(
    as_user: Browser, user: People, checked: None
) -> None:
    number = write(as_user("admin"), plan(user("lin"), reach="every"))
    assert "1/1" in as_user("zhao").text(f"/committee/plans/{number}")
    assert "0/1" in as_user("chen").text(f"/committee/plans/{number}")


def test_a_plan_narrowed_to_a_class_counts_its_hazards_only(
    as_user: Browser, user: People, checked: None
) -> None:
    admin = as_user("admin")
    number = write(admin, plan(user("lin"), reach="every", hazard_class="dust"))
    lists = figures_of(admin, number)
    assert "class=dust" in lists["hazards_found"]
    assert cast.PLACES["huaxin"].name not in admin.text(lists["hazards_found"])


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"until_on": "2026-10-31"}, "until_on"),
        ({"goals": "  "}, "goals"),
        ({"coverage_goal": "101"}, "coverage_goal"),
        ({"rate_goal": "viel"}, "rate_goal"),
        ({"sector": "gold"}, "sector"),
        ({"responsible_id": ""}, "responsible_id"),
        ({"checklist_id": "99999"}, "checklist_id"),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field(
    as_user: Browser, user: People, bad: dict[str, str], field: str
) -> None:
    answer = as_user("admin").post("/committee/plans/new", data=plan(user("lin")) | bad)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and f'id="{field}-error"' in page and "整治方案" in page
    assert db.session.scalars(sa.select(SectorPlan)).all() == []


def test_a_change_keeps_what_was_before(as_user: Browser, user: People) -> None:
    admin = as_user("admin")
    number = write(admin, plan(user("lin")))
    changed = plan(user("wang")) | {"version": "1", "until_on": "2026-12-15"}
    path = f"/committee/plans/{number}/edit"
    assert admin.post(path, data=changed).status_code == 302
    assert admin.post(path, data=changed | {"until_on": "2026-12-16"}).status_code == 422  # an old version
    row = db.session.scalars(
        sa.select(HistoryRow).where(HistoryRow.thing == "sector_plans", HistoryRow.action == "change")
    ).one()
    assert (row.before["until_on"], row.after["until_on"]) == ("2026-11-30", "2026-12-15")
    assert set(row.before) == {"until_on", "responsible_id"}
    db.session.rollback()
    for who in ("lin", "wang", "auditor"):
        assert as_user(who).post(path, data=changed).status_code == 403


def test_the_plan_as_a_paper(app: Flask, as_user: Browser, user: People, checked: None) -> None:
    admin = as_user("admin")
    number = write(admin, plan(user("lin")))
    path = f"/papers/plans/{number}"
    text = pdf_text(admin.get(f"{path}?format=pdf&lang=en").data)
    said = (
        "Planforhazardouschemicals",
        "1Nov2026to30Nov2026",
        "重点企业检查全覆盖",
        "某开应〔2026〕5号整治方案",
        "林组长",
        "100%",
        "100.0%",
        "0.0%",
        "1/1",
        "0/1",
    )
    for words in said:
        assert words in text, words
    word = WordDocument(io.BytesIO(admin.get(f"{path}?format=docx&lang=en").data))
    written = bare(
        "".join(one.text for one in word.paragraphs)
        + "".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)
    )
    for words in said[2:]:
        assert words in written, words
    assert as_user("officer").get(path).status_code == 403
    assert admin.get("/papers/plans/987654").status_code == 404
    out = app.config["DATA"] / "plan.pdf"
    made = app.test_cli_runner().invoke(
        args=["document", "sector-plan", "--plan", str(number), "--out", str(out)]
    )
    assert made.exit_code == 0, made.output
    assert out.read_bytes()[:5] == b"%PDF-"
