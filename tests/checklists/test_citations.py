"""How laws and clauses are cited, in both languages and in the edition in force."""

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from xuncha.checklists.citations import basis_text, clause_text, law_text
from xuncha.checklists.models import Basis, Item, Law
from xuncha.core.db import db
from xuncha.core.i18n import speaking


@pytest.mark.parametrize(
    ("stored", "chinese", "english"),
    [
        ("§22", "第二十二条", "Article 22"),
        ("§21(1)", "第二十一条第（一）项", "Article 21, item 1"),
        ("§36 para 2", "第三十六条第二款", "Article 36, paragraph 2"),
        ("§134之一", "第一百三十四条之一", "Article 134-1"),
        ("§10", "第十条", "Article 10"),
        ("§100", "第一百条", "Article 100"),
        ("§105", "第一百〇五条", "Article 105"),
        ("§110", "第一百一十条", "Article 110"),
        ("5.1.1-5.1.3", "第5.1.1-5.1.3条", "clause 5.1.1-5.1.3"),
        ("Annex A", "附录A", "Annex A"),
        ("", "", ""),
    ],
)
def test_clauses_are_written_as_papers_write_them(
    app: Flask, stored: str, chinese: str, english: str
) -> None:
    with speaking("zh"):
        assert clause_text(stored) == chinese
    with speaking("en"):
        assert clause_text(stored) == english


def law(code: str) -> Law:
    return db.session.scalars(sa.select(Law).where(Law.code == code)).one()


def test_a_law_carries_its_edition_and_a_standard_its_number_once(app: Flask) -> None:
    with speaking("zh"):
        assert law_text(law("work-safety-law")) == "《中华人民共和国安全生产法》（2021）"
        assert law_text(law("gb-35181-2025")) == "《重大火灾隐患判定规则》（GB 35181-2025）"
        assert law_text(law("zone-rule")) == "《园区自定制度》"
    with speaking("en"):
        assert law_text(law("work-safety-law")) == "Work Safety Law (2021)"


def item(code: str) -> Item:
    return db.session.scalars(sa.select(Item).where(Item.code == code)).one()


def test_the_clauses_of_one_law_are_cited_together(app: Flask) -> None:
    with speaking("zh"):
        text = basis_text(item("GEN-01"), date(2026, 11, 3))
    assert text == "《中华人民共和国安全生产法》（2021）第二十一条第（一）项、第二十二条"


def test_the_edition_in_force_on_the_day_of_the_visit_is_cited(app: Flask) -> None:
    electricity = item("FAC-10")
    with speaking("en"):
        assert "GB/T 13869-2017" in basis_text(electricity, date(2027, 1, 31))
        after = basis_text(electricity, date(2027, 2, 1))
    assert "GB/T 13869-2017" not in after


def test_a_clause_nobody_checked_is_not_cited_by_number(app: Flask) -> None:
    one = Item(bases=[Basis(law=law("work-safety-law"), clause="§99", checked=False)])
    with speaking("zh"):
        assert basis_text(one, date(2026, 11, 3)) == "《中华人民共和国安全生产法》（2021）"
