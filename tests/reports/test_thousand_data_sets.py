"""A thousand random zones: dashboard, list, workbook, paper, Word document and JSON say what plain counting says.

Each zone is built in one transaction and rolled back. The paper is the circular: small, with the figures, the paragraph
and the parts of the whole. Word documents are read without their charts, which are pictures.
"""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from io import BytesIO
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import docx
import openpyxl
import pypdfium2 as pdfium
import pytest
from flask import Flask
from tests.house import House
from tests.reports.papers import bare
from tests.stats import brute, builders, histories
from tests.stats.histories import DAYS, START, zone

from xuncha.accounts.models import User
from xuncha.checks.models import Check, VisitKind
from xuncha.core.clock import utcnow
from xuncha.core.db import db
from xuncha.core.i18n import use_language
from xuncha.enterprises.models import Site
from xuncha.reports.layout import content, word_document
from xuncha.reports.layout.document import Document
from xuncha.reports.summaries import inspection_summary, summary_facts
from xuncha.reports.summaries.inspection_summary import SHORT_NUMBERS
from xuncha.schedule.models import Task
from xuncha.stats import figure_list
from xuncha.stats.figures import FIGURES, Figures, Period, Scope, as_data

DATA_SETS, CHUNK = 1000, 50
ON_POSTGRESQL = (
    10  # of each chunk: the sentences of the figures are compared there, papers and workbooks are the same
)
SHEETS = 2  # workbooks of each data set; which figures they are of goes round
PARTS = ("hazards_closed", "found_to_verify", "found_overdue", "found_in_progress")
LISTED = tuple(name for name, figure in FIGURES.items() if figure.amount is None)
ROW = re.compile(rb"<row ")


def period_of(dice: random.Random) -> Period:
    first = START + timedelta(days=dice.randrange(DAYS))
    last = first + timedelta(days=dice.randrange(DAYS))
    return Period(first, last, first + timedelta(days=dice.randrange(DAYS)))


def rows_of_workbook(figures: Figures, name: str) -> int:
    kind = FIGURES[name].counts
    data = figure_list.workbook(name, kind, figure_list.lines(figures, kind, figures.rows(name)), [])
    with zipfile.ZipFile(BytesIO(data)) as packed:
        return len(ROW.findall(packed.read("xl/worksheets/sheet1.xml"))) - 1


def text_of_pdf(paper: Document, folder: Path) -> str:
    paper.save(folder / "a.pdf")
    file = pdfium.PdfDocument(folder / "a.pdf")
    text = " ".join(page.get_textpage().get_text_range() for page in file)
    file.close()
    return re.sub(r"\s+", " ", text)


def lines_of_word(paper: Document, folder: Path) -> tuple[dict[str, str], str]:
    """The second cell of each row by the first one, and the running text."""
    paper.parts[:] = [part for part in paper.parts if not isinstance(part, content.Chart)]
    word_document.save(paper, folder / "a.docx", utcnow())
    with zipfile.ZipFile(folder / "a.docx") as packed:
        xml = packed.read("word/document.xml").decode()
    cells: dict[str, str] = {}
    for row in re.findall(r"<w:tr[ >].*?</w:tr>", xml, re.DOTALL):
        texts = ["".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", one)) for one in row.split("</w:tc>")]
        cells.setdefault(texts[0], texts[1] if len(texts) > 1 else "")
    return cells, bare("".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", xml)))


def sums_hold(facts: Mapping[str, Any]) -> None:
    """The parts of what a summary tells make up its totals."""
    values = facts["values"]
    found, closed = values["hazards_found"], values["hazards_closed"]
    assert found == sum(values[part] for part in PARTS)
    assert [sum(row[at] for row in facts["classes"]) for at in (1, 2)] == [found, closed]
    for group in ("sectors", "teams"):
        sums = [sum(row[at] for row in facts[group]) for at in (1, 2, 3, 4)]
        assert sums == [found, closed, values["found_overdue"], values["visits"]], group
    names = ("tasks_planned", "tasks_done", "tasks_done_late", "tasks_not_done", "tasks_excused")
    assert [sum(row[at] for row in facts["supervisors"]) for at in range(1, 6)] == [
        values[one] for one in names
    ]
    assert sum(row[2] for row in facts["trainings"]["kinds"]) == values["attendances"]


def agree(period: Period, seed: int, folder: Path) -> None:
    figures, expected = Figures(period), brute.count_all(period)
    told = as_data(figures)
    assert {name: told[name] for name in expected} == expected
    listed = [name for name in LISTED if name in expected]
    assert {name: len(figures.ids(name)) for name in listed} == {name: expected[name] for name in listed}
    for at in range(SHEETS):
        name = listed[(seed * SHEETS + at) % len(listed)]
        assert rows_of_workbook(figures, name) == expected[name], name
    facts = summary_facts.gather(period, Scope(), short=True)
    assert {
        name: facts["values"][name] for name in expected if name in facts["values"]
    }.items() <= expected.items()
    sums_hold(facts)
    paper = inspection_summary.of_live_facts(facts, "zh", draft=False, rounded=False)
    names = {name: facts["definitions"]["zh"][name][0] for name in SHORT_NUMBERS}
    text = text_of_pdf(paper, folder)
    said = f"发现隐患{expected['hazards_found']}项，已整改{expected['hazards_closed']}项"
    assert said in bare(text)
    for name in SHORT_NUMBERS:
        assert re.search(rf"{re.escape(names[name])} {expected.get(name, facts['values'][name])} ", text), (
            name
        )
    cells, words = lines_of_word(paper, folder)
    assert said in words
    for name in SHORT_NUMBERS:
        assert cells[names[name]] == str(expected.get(name, facts["values"][name])), name


class Together:
    """The session for who builds a zone: rows are written when something is read, not one by one as they are entered."""

    def __init__(self) -> None:
        self.numbers = count(1)

    def __getattr__(self, name: str) -> Any:
        return getattr(db.session, name)

    def add(self, row: Any) -> None:
        if isinstance(row, Task):
            row.id = next(self.numbers)
        db.session.add(row)

    def flush(self) -> None:
        """Later."""

    def scalars(self, *given: Any) -> Any:
        db.session.flush()
        return db.session.scalars(*given)

    def expire_all(self) -> None:
        db.session.flush()
        db.session.expire_all()


@pytest.fixture
def in_bulk(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """People and places are looked up once, and rows are written together."""
    plain, together = builders.number, Together()

    @cache
    def known(code: str) -> int:
        return plain(code)

    def number(thing: str | User | Site) -> int:
        return known(thing) if isinstance(thing, str) else thing.id

    def visit(day: date, site: str, by: str, kind: VisitKind, replaces: Check | None) -> Check:
        if replaces is not None:
            db.session.flush()  # its number is asked for
        return one_visit(day, site, by, kind, replaces)

    one_visit = builders.visit
    monkeypatch.setattr(builders, "visit", visit)
    monkeypatch.setattr(builders, "number", number)
    for module in (builders, histories):
        monkeypatch.setattr(module, "db", SimpleNamespace(session=together))


@pytest.mark.parametrize("first", range(0, DATA_SETS, CHUNK))
def test_what_is_shown_exported_and_printed_is_what_is_counted(
    app: Flask, in_bulk: None, tmp_path: Path, first: int
) -> None:
    with app.test_request_context(), use_language("zh"):
        sets = CHUNK if db.engine.name == "sqlite" else ON_POSTGRESQL
        for seed in range(first, first + sets):
            db.session.rollback()
            dice = random.Random(seed)
            with db.session.no_autoflush:
                zone(dice)
            try:
                agree(period_of(dice), seed, tmp_path)
            except AssertionError as fault:
                raise AssertionError(f"data set {seed}: {fault}") from fault


@pytest.mark.parametrize("seed", range(5000, 5003))
def test_pages_and_files_of_the_same_day_agree_over_http(
    app: Flask, as_user: Callable[[str], House], seed: int
) -> None:
    browser = as_user("leader")
    dice = random.Random(seed)
    zone(dice)
    period = period_of(dice)
    expected = brute.count_all(period)
    db.session.commit()
    address = "&".join(f"{name}={day}" for name, day in period.to_args().items())
    data = browser.get(f"/figures/dashboard.json?{address}").get_json()["figures"]
    for name in ("hazards_found", *PARTS, "visits", "hazards_overdue"):
        assert data[name] == expected[name], name
        sheet = openpyxl.load_workbook(
            BytesIO(browser.get(f"/figures/{name}.xlsx?{address}").data)
        ).worksheets[0]
        assert sheet.max_row - 1 == expected[name], name
        page = browser.get(f"/figures/{name}?{address}").get_data(as_text=True)
        assert page.count('<th scope="row">') == min(expected[name], 50), name
    docx_ = browser.get(f"/papers/inspection-summary?period=custom&format=docx&{address}").data
    tables = docx.Document(BytesIO(docx_)).tables
    rows = [[cell.text for cell in row.cells] for table in tables for row in table.rows]
    # The definitions of the figures follow in an appendix.
    assert next(row[1] for row in rows if row[0] == "发现隐患") == str(expected["hazards_found"])
