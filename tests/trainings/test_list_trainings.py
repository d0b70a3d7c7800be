"""The list of trainings: filters in the address, totals of exactly what is listed, and the same as a workbook."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from tests import cast
from tests.house import House

from xuncha.accounts.models import User
from xuncha.core.db import commit, db
from xuncha.enterprises.models import Site
from xuncha.trainings import queries
from xuncha.trainings.actions import Facts, Handout, Heads, record_training, void_training
from xuncha.trainings.models import Training, TrainingKind


def add(actor: User, topic: str, day: date, heads: tuple[Heads, ...], **more: Any) -> Training:
    facts = {
        "kind": TrainingKind.LECTURE,
        "place": "Hall",
        "organiser": "Office",
        "hours": 1.5,
        "materials": (Handout("Leaflet", 10),),
    }
    return record_training(
        Facts(topic=topic, held_on=day, audience=heads, **(facts | more)), actor=actor, now=cast.NOW
    )


@pytest.fixture
def three(user: Callable[[str], User], site: Callable[[str], Site]) -> list[Training]:
    """Two that count, in June and October, and a void one in June."""
    admin, huaxin, lifeng = user("admin"), site("huaxin"), site("lifeng")
    june = add(
        admin,
        "=cmd|' /C calc'!A0",
        date(2026, 6, 30),
        (Heads(20, huaxin.id), Heads(5, group_name="@Managers")),
        kind=TrainingKind.COURSE,
        exam_taken=20,
        exam_passed=19,
    )
    october = add(
        admin,
        "100% drill_x",
        date(2026, 10, 1),
        (Heads(8, lifeng.id),),
        kind=TrainingKind.DRILL,
        materials=(),
    )
    gone = add(admin, "Entered twice", date(2026, 6, 30), (Heads(99, huaxin.id),))
    void_training(gone, "twice", version=1, actor=admin, now=cast.NOW)
    commit()
    return [june, october, gone]


def test_totals_are_of_exactly_what_is_listed(three: list[Training], user: Callable[[str], User]) -> None:
    admin = user("admin")

    def totals(**filters: Any) -> queries.Totals:
        return queries.totals(queries.filtered(admin, queries.Criteria(**filters)))

    assert totals() == queries.Totals(2, 3.0, 33, 10, 20, 19)
    assert totals(kind=TrainingKind.DRILL) == queries.Totals(1, 1.5, 8, 0, 0, 0)
    assert totals(kind=TrainingKind.DRILL).pass_rate is None
    assert totals(on_to=date(2026, 6, 30)).events == 1
    assert totals(on_from=date(2026, 7, 1)).events == 1
    assert totals(text="100%").events == 1
    assert totals(text="_x").events == 1
    assert totals(text="%x%").events == 0
    assert totals(text=cast.PLACES["huaxin"].name).attendances == 25
    assert totals(void=True).attendances == 99


def test_the_figures_of_a_period_leave_void_ones_out(three: list[Training]) -> None:
    first, last = date(2026, 1, 1), date(2026, 6, 30)
    assert len(db.session.scalars(queries.events(first, last)).all()) == 1
    assert db.session.scalar(queries.attendances(first, last)) == 25
    assert db.session.scalar(queries.materials(first, last)) == 10
    assert db.session.scalar(queries.hours(first, last)) == 1.5
    assert db.session.scalar(queries.attendances(date(2025, 1, 1), date(2025, 1, 2))) == 0


def test_an_address_gives_its_filters_back(user: Callable[[str], User]) -> None:
    criteria = queries.Criteria(
        kind=TrainingKind.DRILL,
        on_from=date(2026, 1, 1),
        on_to=date(2026, 6, 30),
        site=3,
        text="a b",
        void=True,
    )
    assert queries.Criteria.from_args(criteria.to_args()) == criteria
    odd = {"kind": "party", "on_from": "yesterday", "site": "１", "void": "yes"}
    assert queries.Criteria.from_args(odd) == queries.Criteria()


def test_a_list_of_an_enterprise_says_how_many_came_from_it(
    three: list[Training], as_user: Callable[[str], House], site: Callable[[str], Site]
) -> None:
    number = site("huaxin").id
    text = as_user("admin").text(f"/trainings?site={number}")
    assert "25" in text and "20" in text
    assert "100% drill_x" not in text


def test_the_workbook_holds_the_list_as_text_without_formulas(
    three: list[Training], as_user: Callable[[str], House]
) -> None:
    answer = as_user("auditor").get("/trainings/ledger.xlsx")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    lines = list(book.active.iter_rows())
    assert len(lines) == 4  # heads, two trainings, totals
    for line in lines:
        for cell in line:
            assert cell.data_type != "f"
            if isinstance(cell.value, str):
                assert not unicodedata.normalize("NFKC", cell.value).startswith(
                    ("=", "+", "-", "@", "\t", "\r")
                )
    assert lines[2][0].value == datetime(2026, 6, 30)
    assert lines[2][8].value == 25
    assert lines[3][8].value == 33 and lines[3][10].value == 10
    assert lines[3][13].value == "95.0%"


def test_enterprises_and_experts_see_none(three: list[Training], as_user: Callable[[str], House]) -> None:
    number = three[0].id
    for name in ("officer", "stranger", "expert"):
        assert as_user(name).get("/trainings").status_code == 403
        assert as_user(name).get(f"/trainings/{number}").status_code == 403


def test_every_page_opens_for_whom_the_rules_name(
    three: list[Training], as_user: Callable[[str], House]
) -> None:
    number = three[0].id
    for name in ("admin", "leader", "auditor", "lin", "chen"):
        as_user(name).page("/trainings")
        as_user(name).page(f"/trainings/{number}")
    for name in ("leader", "auditor"):
        assert as_user(name).get("/trainings/new").status_code == 403
    assert as_user("chen").get(f"/trainings/{number}/edit").status_code == 403
    as_user("admin").page(f"/trainings/{number}/edit")
