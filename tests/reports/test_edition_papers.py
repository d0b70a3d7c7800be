"""A reprint of an edition is the same bytes, also where a later release would print it in another way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.evidence import CHANGES, attempt, guarded
from tests.house import House
from tests.reports import half_year

from xuncha.accounts.models import User
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.jobs.worker import Worker
from xuncha.reports.layout.document import Document
from xuncha.reports.models import Edition, EditionKind, EditionPaper
from xuncha.reports.summaries import editions, inspection_summary
from xuncha.stats.figures import Period

NOW = at(date(2026, 11, 2), 17)


@pytest.fixture
def edition(site: Callable[[str], Site], user: Callable[[str], User]) -> Edition:
    """An issued summary of the half-year."""
    half_year.settle(site, user)
    made = editions.draft(
        EditionKind.SUMMARY,
        Period(date(2026, 7, 1), date(2026, 12, 31), NOW.date()),
        rounded=False,
        now=NOW,
    )
    issued = editions.issue(made, actor=user("leader"), now=NOW)
    db.session.commit()
    return issued


def paper(browser: House, number: int, lang: str) -> bytes:
    answer = browser.get(f"/papers/editions/{number}/paper?format=pdf&lang={lang}")
    assert answer.status_code == 200
    return answer.data


def test_a_later_release_reprints_the_same_bytes(
    app: Flask, edition: Edition, as_user: Callable[[str], House], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, number = as_user("leader"), edition.id
    db.session.rollback()  # no transaction of the test keeps the worker waiting
    first = {lang: paper(browser, number, lang) for lang in ("zh", "en")}
    assert Worker(app).run_due() == 1
    print_now = inspection_summary.of_facts

    def print_in_another_way(facts: dict[str, Any], lang: str, **named: Any) -> Document:
        return print_now({**facts, "org_zh": "another", "org_en": "another"}, lang, **named)

    monkeypatch.setattr(inspection_summary, "of_facts", print_in_another_way)
    assert {lang: paper(browser, number, lang) for lang in ("zh", "en")} == first


def test_a_kept_paper_is_evidence_and_is_kept_once(app: Flask, edition: Edition) -> None:
    db.session.rollback()
    worker = Worker(app)
    assert (worker.run_due(), worker.run_due()) == (1, 0)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(EditionPaper)) == 2
    for change in CHANGES:
        with guarded():
            attempt(change, "edition_papers")
        db.session.rollback()
