"""Tables of many rows: each row once and in order, set page by page."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reports.papers import bare, paper, read

from xuncha.reports.layout.document import Column, SignatureBlock
from xuncha.reports.layout.tables import Row, table_grid

COLUMNS = [Column("甲", 1), Column("乙", 3)]
LENGTHS = st.lists(st.integers(0, 900), min_size=1, max_size=25)


@given(LENGTHS, st.sampled_from(["portrait", "landscape"]), st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_row_stands_once_and_in_order_whatever_its_length(
    tmp_path: Path, lengths: list[int], orientation: str, dense: bool
) -> None:
    made = paper("表", orientation=orientation)
    rows = [[f"<{number}>", "隐" * length] for number, length in enumerate(lengths)]
    made.table(COLUMNS, rows, total=["合计", "完"], dense=dense)
    made.blank_below()
    made.save(tmp_path / "a.pdf")
    text = read(tmp_path / "a.pdf")
    assert re.findall(r"<(\d+)>", text) == [str(number) for number in range(len(rows))]
    assert text.count("隐") == sum(lengths)
    assert text.count("合计") == 1


def test_rows_are_set_only_as_pages_need_them(tmp_path: Path) -> None:
    made = paper("表")
    made.table(COLUMNS, ([str(number), "一行"] for number in range(2000)))
    heard: list[tuple[int, int]] = []
    saved = made.save(tmp_path / "a.pdf", lambda done, total: heard.append((done, total)))
    assert len(heard) == saved.pages
    assert heard[0][0] < 300
    assert heard[-1] == (2000, 2000)
    assert [done for done, _total in heard] == sorted(done for done, _total in heard)


def test_a_paper_that_is_broken_off_leaves_no_file_under_its_name(tmp_path: Path) -> None:
    made = paper("表")
    made.table(COLUMNS, ([str(number), "一行"] for number in range(200)))

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made.save(tmp_path / "a.pdf", stop)
    assert list(tmp_path.iterdir()) == []
    made.save(tmp_path / "a.pdf")
    pages = pdfium.PdfDocument(tmp_path / "a.pdf")
    assert f"Page1of{len(pages)}" in bare(pages[0].get_textpage().get_text_range())


def cut_rows(lines: list[int], room: float) -> list[list[Row]]:
    """The parts that a row of cells with so many lines is cut into on a page with `room` points left."""
    grid = table_grid(
        [Column(str(at), 1) for at in range(len(lines))],
        [["\n".join("隐" * count) for count in lines]],
        None,
        9,
        ready=lambda row: row,
    )
    return [list(part.rows) for part in grid.split(500, room)]


@given(st.lists(st.integers(1, 60), min_size=1, max_size=4), st.floats(30, 740))
@settings(max_examples=200, deadline=None)
def test_a_cut_row_leaves_three_lines_of_each_cell_on_either_page(lines: list[int], room: float) -> None:
    parts = cut_rows(lines, room)
    if len(parts) == 2 and parts[0][0].cut:
        for first, rest, whole in zip(parts[0][0].cells, parts[1][0].cells, lines, strict=True):
            shown, left = len(first.lines), len(rest.lines)
            assert shown + left == whole
            assert (shown >= 3 and left >= 3) or left == 0, (shown, left, whole)


@pytest.mark.parametrize("count", [1, 2, 3, 40])
def test_a_total_stands_on_the_page_of_a_row_that_it_sums(tmp_path: Path, count: int) -> None:
    for before in range(15, 36):
        made = paper("表")
        for number in range(before):
            made.paragraph(f"前文{number}")
        made.heading("标题")
        made.table(COLUMNS, [[f"<{number}>", "一行"] for number in range(count)], total=["合计", "完"])
        made.page_break()
        made.signatures([SignatureBlock("填表人")])
        made.save(tmp_path / "a.pdf")
        pages = [page.get_textpage().get_text_range() for page in pdfium.PdfDocument(tmp_path / "a.pdf")]
        assert all("<" in page for page in pages if "合计" in page)
        assert all("<0>" in page for page in pages if "标题" in page)


def test_a_total_below_a_row_of_a_whole_page_is_printed(tmp_path: Path) -> None:
    made = paper("表")
    for lines in range(40, 60):
        made.table(COLUMNS, [["甲", "\n".join("隐" * lines)]], total=["合计", "完"])
    made.save(tmp_path / "a.pdf")
    assert read(tmp_path / "a.pdf").count("合计") == 20
