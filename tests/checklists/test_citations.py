"""How laws and clauses are cited, in both languages and in the edition in force."""

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from xuncha.checklists.citations import basis_text, clause_text, law_text
from xuncha.checklists.models import Basis, Item, Law
from xuncha.core.db import db
from xuncha.core.i18n import use_language
from xuncha.enterprises.models import Sector


@pytest.mark.parametrize(
    ("stored", "chinese", "english"),
    [
        ("§22", "第二十二条", "Article 22"),
        ("§21(1)", "第二十一条第（一）项", "Article 21, item 1"),
        ("§36 para 2", "第三十六条第二款", "Article 36, paragraph 2"),
        ("§134之一", "第一百三十四条之一", "Article 134-1"),
        ("§10", "第十条", "Article 10"),
        ("§100", "第一百条", "Article 100"),
        ("§105", "第一百零五条", "Article 105"),
        ("§110", "第一百一十条", "Article 110"),
        ("5.1.1-5.1.3", "第5.1.1-5.1.3条", "clause 5.1.1-5.1.3"),
        ("4.3 c)", "第4.3条c）", "clause 4.3 c)"),
        ("§16 para 1(2)", "第十六条第一款第（二）项", "Article 16, paragraph 1, item 2"),
        ("Annex A", "附录A", "Annex A"),
        ("", "", ""),
    ],
)
def test_clauses_are_written_as_papers_write_them(
    app: Flask, stored: str, chinese: str, english: str
) -> None:
    with use_language("zh"):
        assert clause_text(stored) == chinese
    with use_language("en"):
        assert clause_text(stored) == english


def law(code: str) -> Law:
    return db.session.scalars(sa.select(Law).where(Law.code == code)).one()


def test_a_law_carries_its_edition_and_a_standard_its_number_once(app: Flask) -> None:
    with use_language("zh"):
        assert law_text(law("work-safety-law")) == "《中华人民共和国安全生产法》（2021）"
        assert law_text(law("gb-35181-2025")) == "《重大火灾隐患判定规则》（GB 35181-2025）"
    with use_language("en"):
        assert law_text(law("work-safety-law")) == "Work Safety Law (2021)"


def item(code: str) -> Item:
    return db.session.scalars(sa.select(Item).where(Item.code == code)).one()


def test_the_clauses_of_one_law_are_cited_together(app: Flask) -> None:
    with use_language("zh"):
        text = basis_text(item("GEN-01"), date(2026, 11, 3))
    assert text == "《中华人民共和国安全生产法》（2021）第二十一条第（一）项、第二十二条"


def test_the_edition_in_force_on_the_day_of_the_visit_is_cited(app: Flask) -> None:
    electricity = item("FAC-10")
    with use_language("en"):
        assert "GB/T 13869-2017" in basis_text(electricity, date(2027, 1, 31))
        after = basis_text(electricity, date(2027, 2, 1))
    assert "GB/T 13869-2017" not in after


def test_a_basis_that_nobody_compared_is_cited_neither_by_clause_nor_by_title(app: Flask) -> None:
    one = Item(bases=[Basis(law=law("work-safety-law"), clause="§99", checked=False)])
    with use_language("zh"):
        assert basis_text(one, date(2026, 11, 3)) == ""


ORDER_10, GB_45067 = "《工贸企业重大事故隐患判定标准》", "《特种设备重大事故隐患判定准则》"


def test_a_criterion_is_cited_only_for_a_major_hazard_at_a_site_in_its_scope(app: Flask) -> None:
    day = date(2026, 11, 3)
    with use_language("zh"):
        assert ORDER_10 not in basis_text(item("GEN-05"), day)
        assert ORDER_10 in basis_text(item("GEN-05"), day, major_at=Sector.INDUSTRY)
        assert ORDER_10 not in basis_text(item("GEN-05"), day, major_at=Sector.HAZCHEM)
        assert GB_45067 not in basis_text(item("FAC-05"), day)
        assert GB_45067 in basis_text(item("FAC-05"), day, major_at=Sector.HAZCHEM)


@pytest.mark.parametrize("sector", [None, *Sector])
def test_no_item_cites_what_is_not_a_law_or_was_not_compared(app: Flask, sector: Sector | None) -> None:
    with use_language("zh"):
        for one in db.session.scalars(sa.select(Item)):
            text = basis_text(one, date(2026, 11, 3), major_at=sector)
            assert "园区自定制度" not in text
            assert "地方性法规、规章" not in text
            compared = {basis.law.title_zh.partition("（")[0] for basis in one.bases if basis.checked}
            assert all(any(title in part for title in compared) for part in text.split("；") if text), (
                one.code
            )
