"""The PDF kit: every paper is read back and must say what went in."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from pypdf import PdfReader
from tests.reports.papers import (
    RARE,
    as_set,
    bare,
    dark_share,
    embedded_fonts,
    full_paper,
    generated,
    paper,
    read,
)

from xuncha.reports.layout import fonts
from xuncha.reports.layout.document import Column, SavedDocument
from xuncha.reports.layout.typesetting import NOT_AT_END, NOT_AT_START, Style, break_lines, even_lines


def test_every_font_is_embedded_and_none_is_foreign(tmp_path: Path) -> None:
    full_paper(tmp_path).save(tmp_path / "a.pdf")
    found = set(embedded_fonts(tmp_path / "a.pdf"))
    assert found
    assert all(embedded and "NotoSansSC" in name for name, embedded in found)


@pytest.mark.parametrize("place", ["paragraph", "note", "table", "fields"])
def test_text_reads_back_as_it_was_given(tmp_path: Path, place: str) -> None:
    for seed in range(15):
        texts = generated(20, seed)
        made = paper("题")
        if place == "table":
            made.table([Column("", 1)], [[text] for text in texts])
        elif place == "fields":
            made.fields([("", text) for text in texts], columns=1)
        else:
            for text in texts:
                getattr(made, place)(text)
        assert made.save(tmp_path / "a.pdf").warnings == []
        pages = pdfium.PdfDocument(tmp_path / "a.pdf")
        body = "".join(bare(page.get_textpage().get_text_bounded(bottom=50, top=778)) for page in pages)
        assert body == "题" + "".join(bare(text) for text in texts)


def test_rare_names_above_the_first_plane_can_be_copied(tmp_path: Path) -> None:
    made = paper()
    made.paragraph(f"王𬭎、{RARE}")
    made.save(tmp_path / "a.pdf")
    assert f"王𬭎、{RARE}" in read(tmp_path / "a.pdf")
    assert f"王𬭎、{RARE}" in bare(
        "".join(page.extract_text() for page in PdfReader(tmp_path / "a.pdf").pages)
    )


def test_a_character_the_font_lacks_is_shown_and_reported(tmp_path: Path) -> None:
    made = paper()
    made.paragraph("请注意😀危险")
    saved = made.save(tmp_path / "a.pdf")
    assert "请注意〓危险" in read(tmp_path / "a.pdf")
    assert any("U+1F600" in warning for warning in saved.warnings)


def test_markup_typed_by_a_person_prints_as_typed(tmp_path: Path) -> None:
    typed = '<b>粗</b> & <img src="/etc/passwd"> <para> &lt; </font> <'
    made = paper(title=typed, organisation=typed)
    made.paragraph(typed)
    made.fields([(typed, typed)])
    made.table([Column(typed, 1)], [[typed], typed])
    made.save(tmp_path / "a.pdf")
    assert read(tmp_path / "a.pdf").count(bare('<img src="/etc/passwd">')) >= 3


def test_every_letter_of_a_row_split_over_pages_is_kept(tmp_path: Path) -> None:
    made = paper()
    letters = [chr(0x4E00 + number) for number in range(4000)]
    made.table([Column("甲", 1), Column("乙", 1)], [["短", "".join(letters)]])
    made.save(tmp_path / "a.pdf")
    found = read(tmp_path / "a.pdf")
    assert [letter for letter in letters if letter not in found] == []


def test_the_same_content_gives_the_same_bytes_wherever_the_photos_lie(tmp_path: Path) -> None:
    saved: list[SavedDocument] = []
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        made = full_paper(tmp_path / name)
        saved += [made.save(tmp_path / name / "a.pdf"), made.save(tmp_path / name / "b.pdf")]
    assert len({one.sha256 for one in saved}) == 1
    other = full_paper(tmp_path)
    other.note("更正")
    assert other.save(tmp_path / "c.pdf").sha256 != saved[0].sha256


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() -> None:
    style = Style()
    for text in generated(300, seed=11):
        text = re.sub(f"[{re.escape(''.join(NOT_AT_START | NOT_AT_END))}]{{3,}}", "，", text).lstrip(
            "".join(NOT_AT_START)
        )
        lines = [line.text for line in break_lines(text, 200, style)]
        assert bare("".join(lines)) == bare(text)
        assert [line for line in lines[1:] if line[0] in NOT_AT_START] == []
        assert [line for line in lines[:-1] if line[-1] in NOT_AT_END] == []


def test_english_words_and_numbers_with_units_stay_whole() -> None:
    text = "The interval between combustible containers is only 1.4 m while GB/T 8196-2018 demands more. " * 5
    words = {word for line in break_lines(text, 150, Style()) for word in line.text.split(" ")}
    assert {word.replace("\u00a0", " ") for word in words} <= {*text.split(" "), "1.4 m"}


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Work safety inspection summary", ["Work safety", "inspection summary"]),
        ("Notice of public listing of a major hazard", ["Notice of public listing", "of a major hazard"]),
        ("Rectification notice", ["Rectification notice"]),
        ("临江经济开发区安全生产委员会全体会议纪要", ["临江经济开发区安全生产委员", "会全体会议纪要"]),
    ],
)
def test_a_title_of_two_lines_has_lines_of_one_length(title: str, lines: list[str]) -> None:
    style = Style(size=26, bold=True, align="center")
    assert [line.text for line in even_lines(title, 340, style)] == lines


def test_no_line_is_wider_than_its_column() -> None:
    for text in generated(100, seed=5):
        for line in break_lines(text, 120, Style()):
            assert line.start + line.width + line.gap * max(len(line.text) - 1, 0) <= 120.5


@pytest.mark.parametrize("dense", [False, True])
def test_no_head_of_a_table_is_divided_within_a_word(tmp_path: Path, dense: bool) -> None:
    made = paper(lang="en")
    heads = ("Number", "What is false, and what proves it", "Points deducted", "Attendances", "Remark")
    columns = [Column(head, width) for head, width in zip(heads, (34, 90, 14, 12, 20), strict=True)]
    made.table(columns, [["1", "2", "3", "4", "5"]], dense=dense)
    made.save(tmp_path / "a.pdf")
    found = as_set(tmp_path / "a.pdf")
    assert [word for head in heads for word in head.split() if word not in found] == []


def test_pages_are_numbered_and_the_head_of_a_table_repeats(tmp_path: Path) -> None:
    made = paper(number="检记〔2026〕9号", orientation="landscape")
    made.table([Column("隐患描述", 1)], [[f"第{number}项"] for number in range(120)])
    saved = made.save(tmp_path / "a.pdf")
    pages = [bare(page.get_textpage().get_text_range()) for page in pdfium.PdfDocument(tmp_path / "a.pdf")]
    assert saved.pages == len(pages) > 2
    for number, text in enumerate(pages, start=1):
        assert f"Page{number}of{len(pages)}" in text
        assert "隐患描述" in text
        assert "检记〔2026〕9号" in text
    assert ["(continued)" in text for text in pages] == [False] + [True] * (len(pages) - 1)


def test_a_heading_is_never_left_alone_at_the_foot_of_a_page(tmp_path: Path) -> None:
    for filler in range(20, 44):
        made = paper()
        for _ in range(filler):
            made.paragraph("一行文字")
        made.heading("标题在此")
        made.table([Column("表头", 1)], [["表中首行"]])
        made.save(tmp_path / "a.pdf")
        pages = [
            bare(page.get_textpage().get_text_range()) for page in pdfium.PdfDocument(tmp_path / "a.pdf")
        ]
        assert all(("标题在此" in text) == ("表中首行" in text) for text in pages)


def test_the_file_states_its_title_author_and_language(tmp_path: Path) -> None:
    paper(number="1号", organisation="试验区").save(tmp_path / "a.pdf")
    file = PdfReader(tmp_path / "a.pdf")
    assert file.metadata is not None
    assert file.metadata.title == "现场检查记录 1号"
    assert file.metadata.author == "试验区"
    assert file.trailer["/Root"]["/Lang"] == "zh-CN"


def test_an_empty_paper_and_an_empty_table_can_be_saved(tmp_path: Path) -> None:
    assert paper().save(tmp_path / "a.pdf").pages == 1
    made = paper()
    made.table([Column("甲", 1)], [])
    made.fields([])
    made.photo_grid([])
    made.signatures([])
    made.heading("末尾")
    made.save(tmp_path / "a.pdf")
    assert "末尾" in read(tmp_path / "a.pdf")


def test_without_a_font_a_paper_is_refused_with_the_places_that_were_tried(tmp_path: Path) -> None:
    with pytest.raises(fonts.FontMissing, match=re.escape(str(tmp_path))):
        fonts.find_fonts([tmp_path])


def test_bold_is_darker_than_regular_in_print(tmp_path: Path) -> None:
    words, columns = ["隐患整改通知书" * 4], [Column("", 1)]
    regular, bold = paper(), paper()
    regular.table(columns, [["一"], words])
    bold.table(columns, [["一"]], total=words)
    regular.save(tmp_path / "regular.pdf")
    bold.save(tmp_path / "bold.pdf")
    assert dark_share(tmp_path / "bold.pdf") > dark_share(tmp_path / "regular.pdf")
