"""The end of every paper: no page holds nothing but signatures or the remark that the rest is blank."""

from __future__ import annotations

from pathlib import Path

import pypdfium2 as pdfium
import pytest
from tests.reports.papers import bare, noise, paper

from xuncha.reports.layout.document import Column, Document, Photo, SignatureBlock

FOUR = [SignatureBlock(role) for role in ("检查人员", "见证人", "负责人", "陪同人员")]


def pages_of(made: Document, folder: Path) -> list[str]:
    made.save(folder / "a.pdf")
    return [bare(page.get_textpage().get_text_range()) for page in pdfium.PdfDocument(folder / "a.pdf")]


def to_the_foot(made: Document, points: int) -> None:
    """Fill the first page with lines until about this many points are left."""
    while points < made.height - 70:
        made.note("填充的一行")
        points += 17


@pytest.mark.parametrize("left", range(20, 330, 15))
def test_lines_of_the_last_paragraph_go_with_the_signatures(tmp_path: Path, left: int) -> None:
    made = paper()
    to_the_foot(made, left)
    made.paragraph("正文" * 90)
    made.blank_below()
    made.signatures(FOUR)
    pages = pages_of(made, tmp_path)
    with_signatures = [text for text in pages if "signature" in text]
    assert len(with_signatures) == 1
    assert with_signatures[0].count("正文") > 30
    assert "".join(pages).count("正文") == 90


@pytest.mark.parametrize("left", range(20, 330, 15))
def test_the_last_rows_of_a_table_go_with_the_signatures(tmp_path: Path, left: int) -> None:
    made = paper(orientation="landscape")
    to_the_foot(made, left)
    made.heading("标题在此")
    made.table([Column("表头", 1)], [[f"第{number}行"] for number in range(1, 9)])
    made.blank_below()
    made.signatures(FOUR)
    pages = pages_of(made, tmp_path)
    [last] = [text for text in pages if "signature" in text]
    assert "第7行" in last
    assert "第8行" in last
    assert "表头" in last
    assert all("第" in text for text in pages if "标题在此" in text)


@pytest.mark.parametrize("left", range(20, 330, 30))
def test_a_short_last_section_goes_whole_with_its_heading(tmp_path: Path, left: int) -> None:
    made = paper()
    to_the_foot(made, left)
    made.heading("异议")
    made.paragraph("无。")
    made.note("附件：照片")
    made.blank_below()
    made.signatures(FOUR)
    [last] = [text for text in pages_of(made, tmp_path) if "signature" in text]
    assert bare("异议无。附件：照片(Blank below)检查人员") in last


def test_a_photo_goes_with_the_remark_that_nothing_follows(tmp_path: Path) -> None:
    picture = noise(tmp_path / "a.jpg", 1)
    for count in range(1, 8):
        made = paper()
        made.photo_grid([Photo(picture, f"照片{number}") for number in range(count)], columns=1)
        made.blank_below()
        for text in pages_of(made, tmp_path):
            assert "照片" in text


def test_more_places_to_sign_than_a_page_holds_are_all_printed(tmp_path: Path) -> None:
    made = paper()
    to_the_foot(made, 200)
    made.paragraph("正文" * 90)
    made.signatures([SignatureBlock(f"专家{number}") for number in range(40)])
    found = "".join(pages_of(made, tmp_path))
    assert [number for number in range(40) if f"专家{number}(signature)" not in found] == []
