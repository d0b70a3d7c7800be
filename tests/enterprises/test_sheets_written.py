"""Sheets that are written row by row: what went in is what a reader of workbooks finds, whatever it was."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from xuncha.lists import xlsx

TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn")) | st.sampled_from("&<>\"'\n=+-@隐患"),
    min_size=1,
    max_size=40,
)
CELL = (
    st.none()
    | TEXT
    | st.integers(-(10**9), 10**9)
    | st.floats(-1e9, 1e9).map(lambda value: round(value, 3))
    | st.dates(date(1950, 1, 1), date(2099, 12, 31))
)
ROWS = st.lists(st.lists(CELL, min_size=3, max_size=5), max_size=8)
HEADS = [xlsx.Head(f"第{number}列") for number in range(5)]


def sheet_of(data: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return [[xlsx.shown(cell.value) for cell in row] for row in sheet.iter_rows()]


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_every_cell_reads_back_as_it_was_written(rows: list[list[object]]) -> None:
    found = sheet_of(xlsx.write("表", HEADS, rows))
    assert found[0] == [head.label for head in HEADS]
    for written, read in zip(rows, found[1:], strict=False):
        for value, cell in zip(written, read, strict=False):
            if isinstance(value, date):
                assert getattr(cell, "date", lambda: None)() == value
            else:
                assert cell == value
    filled = [number for number, row in enumerate(rows, start=1) if any(cell is not None for cell in row)]
    assert len(found) >= max(filled, default=0) + 1


@given(st.lists(st.text(st.characters(codec="utf-16", exclude_characters="\0"), min_size=1), max_size=5))
@settings(max_examples=60, deadline=None)
def test_no_text_breaks_the_workbook(texts: list[str]) -> None:
    found = sheet_of(xlsx.write("表", HEADS, ([text, "后"] for text in texts)))
    assert [row[1] for row in found[1:]] == ["后"] * len(texts)


def test_a_list_may_come_as_it_is_read() -> None:
    data = xlsx.write("表", HEADS, ([number, f"第{number}行", date(2026, 11, 3)] for number in range(1000)))
    rows = xlsx.read(data).rows
    assert len(rows) == 1001
    assert rows[-1][1][:2] == [999, "第999行"]


def test_a_text_longer_than_a_cell_may_be_is_cut() -> None:
    assert len(str(sheet_of(xlsx.write("表", HEADS, [["长" * 40_000]]))[1][0])) == 32_767
