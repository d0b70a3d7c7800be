"""Papers as Word documents: read back by python-docx, with the text, tables, photos and fields of their PDFs."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
import sqlalchemy as sa
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from flask import Flask
from PIL import Image
from tests import cast
from tests.hazards.builders import do, issued, person, planned
from tests.house import House
from tests.reports import half_year
from tests.reports.papers import bare, full_paper, paper, read

from xuncha.accounts.models import User
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.lifecycle import Act
from xuncha.hazards.models import Hazard, Letter, LetterKind
from xuncha.reports import printing
from xuncha.reports.layout import word_document
from xuncha.reports.layout.document import Column, Document, Photo, SignatureBlock
from xuncha.reports.papers.plaque_board import Board

Places, People, Browsers = Callable[[str], Site], Callable[[str], User], Callable[[str], House]
SERIAL = re.compile(r"[0-9\W_]+")


def written(made: Document, folder: Path) -> Any:
    path = folder / "paper.docx"
    word_document.save(made, path, cast.NOW)
    assert [one.name for one in folder.iterdir() if one.suffix == ".part"] == []
    return docx.Document(str(path))


def text_of(document: Any) -> str:
    """All text of the body, tables included, without white space."""
    return bare("".join(node.text or "" for node in document.element.body.iter(qn("w:t"))))


def fields_of(footer: Any) -> list[str]:
    return [one.get(qn("w:instr")).strip() for one in footer._element.iter(qn("w:fldSimple"))]


def test_a_paper_with_one_of_everything_is_all_there(tmp_path: Path) -> None:
    made = full_paper(tmp_path)
    document = written(made, tmp_path)
    text = text_of(document)
    made.save(tmp_path / "paper.pdf")
    for words in (
        "现场检查记录",
        "（试）应急检记〔2026〕1号",
        "试验区应急管理局",
        "一、概况",
        "甲公司",
        "长" * 200,
        "经检查，发现该单位存在以下问题。",
        "制度建立",
        "责任制",
        "合计1",
        "隐患1",
        "李明䶮",
        "有异议",
        "2026年11月18日",
        "注：以上属实。",
    ):
        assert bare(words) in text, words
    assert [one.style.name for one in document.paragraphs if one.text == "一、概况"] == ["Heading 1"]
    # Four photos in the grid and three in pairs, three charts, one signature in strokes.
    assert len(document.inline_shapes) == 4 + 3 + 3 + 1


def test_fonts_page_and_page_numbers_are_named(tmp_path: Path) -> None:
    document = written(full_paper(tmp_path), tmp_path)
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert (fonts.get(qn("w:eastAsia")), fonts.get(qn("w:ascii"))) == ("FangSong", "Times New Roman")
    themed = [one for one in document.styles["Title"].element.rPr.rFonts.attrib if "heme" in one]
    assert themed == []
    with zipfile.ZipFile(tmp_path / "paper.docx") as box:
        table = box.read("word/fontTable.xml").decode()
        assert "thumbnail" not in "".join(box.namelist())
    for name in ("FangSong", "STZhongsong", "SimHei"):
        assert f'w:name="{name}"' in table
    assert "\u4eff\u5b8b" in table
    section = document.sections[0]
    assert abs(section.page_width - Mm(210)) < Mm(1)
    for footer in (section.footer, section.first_page_footer):
        assert fields_of(footer) == ["PAGE", "NUMPAGES"]
    assert "一式两份" in section.footer.paragraphs[1].text
    assert "Draft" in section.first_page_header.paragraphs[0].text
    assert "现场检查记录" in section.header.paragraphs[0].text
    assert section.first_page_header.paragraphs[0].text.find("现场检查记录") < 0


def test_a_wide_paper_lies_on_its_side_and_its_head_repeats(tmp_path: Path) -> None:
    made = paper("隐患台账", orientation="landscape")
    made.table([Column("序号", 1), Column("内容", 5)], [[str(at), "责任制"] for at in range(80)])
    document = written(made, tmp_path)
    assert document.sections[0].page_width > document.sections[0].page_height
    rows = document.tables[0].rows
    assert len(rows) == 81
    heads = [row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None for row in rows]
    assert heads == [True] + [False] * 80
    assert [cell.text for cell in rows[80].cells] == ["79", "责任制"]


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    made = paper()
    hostile = "<w:p/>&amp;\x00\x1b\ufffe\ud800 ]]> 甲\n乙"
    made.paragraph(hostile)
    made.note(hostile)
    made.fields([("单位", hostile)])
    made.table([Column("<b>", 1)], [[hostile], hostile])
    document = written(made, tmp_path)
    assert text_of(document).count(bare("<w:p/>&amp; ]]> 甲乙")) == 5


def test_a_photo_that_cannot_be_read_is_said_and_a_bare_jpeg_is_shown(tmp_path: Path) -> None:
    broken, bare_jpeg = tmp_path / "broken.jpg", tmp_path / "bare.jpg"
    broken.write_bytes(b"\xff\xd8nothing")
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "JPEG")
    data = out.getvalue()
    length = int.from_bytes(data[4:6], "big")
    bare_jpeg.write_bytes(data[:2] + data[4 + length :])  # without the segment that says JFIF
    made = paper()
    made.photo_grid([Photo(broken, "坏"), Photo(bare_jpeg, "好"), Photo(None, "无")])
    document = written(made, tmp_path)
    assert len(document.inline_shapes) == 1
    text = text_of(document)
    assert "broken.jpg" in text
    assert bare("No photo") in text


def pieces(path: Path) -> Iterator[str]:
    document = docx.Document(str(path))
    for node in document.element.body.iter(qn("w:t")):
        if node.text:
            yield bare(node.text)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_numbered_paper_says_the_same_in_both(app: Flask, tmp_path: Path, lang: str) -> None:
    hazard = issued()
    assert hazard.check is not None
    assert hazard.notice is not None
    for order in (printing.record(hazard.check), printing.notice(hazard.notice)):
        printing.write(order, tmp_path / "paper.pdf", lang)
        printing.write_for_word(order, tmp_path / "paper.docx", lang)
        pdf = SERIAL.sub("", read(tmp_path / "paper.pdf"))
        missing = [
            one for one in pieces(tmp_path / "paper.docx") if SERIAL.sub("", one) not in pdf and len(one) < 60
        ]
        assert missing == []


def test_the_page_offers_both_and_says_which_is_the_record(as_user: Browsers, app: Flask) -> None:
    hazard = issued()
    wang = as_user("wang")
    address = f"/papers/notices/{hazard.notice_id}"
    assert "PDF" in wang.text(address)
    answer = wang.get(f"{address}?lang=en&format=docx")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    document = docx.Document(io.BytesIO(answer.data))
    assert bare("Rectification notice") in text_of(document)
    assert f"{address}?lang=zh&amp;format=docx" in wang.get(address).get_data(as_text=True)
    assert as_user("stranger").get(f"{address}?format=docx").status_code == 404


def test_summaries_and_ledger_come_for_word_too(site: Places, user: People, as_user: Browsers) -> None:
    half_year.settle(site, user)
    admin = as_user("admin")
    numbers = db.session.query(Hazard.number).all()
    for address in ("inspection-summary", "training-summary", "ledger"):
        answer = admin.get(f"/papers/{address}?period=custom&from=2026-07-01&to=2026-12-31&format=docx")
        document = docx.Document(io.BytesIO(answer.data))
        assert document.tables
        if address == "ledger":
            assert [one for (one,) in numbers if bare(one) not in text_of(document)] == []


def test_a_script_writes_word_documents_by_the_name_of_the_file(app: Flask, tmp_path: Path) -> None:
    hazard = issued()
    out = tmp_path / "n.docx"
    args = ["document", "rectification-notice", "--number", "1", "--out", str(out)]
    made = app.test_cli_runner().invoke(args=args)
    assert made.exit_code == 0, made.output
    assert bare(hazard.description) in text_of(docx.Document(str(out)))
    assert person("wang").name in text_of(docx.Document(str(out)))


def test_what_is_read_from_some_steps_away_is_large_in_word_too(tmp_path: Path) -> None:
    made = paper()
    made.large("发现隐患随手拍", size=26, bold=True)
    made.big_code("https://safety.example.cn/r/abc", 84)
    word_document.save(made, tmp_path / "a.docx", cast.NOW)
    read_back = docx.Document(str(tmp_path / "a.docx"))
    [line] = [one for one in read_back.paragraphs if one.text == "发现隐患随手拍"]
    assert [run.font.size.pt for run in line.runs if run.font.size] == [26]
    assert round(read_back.inline_shapes[0].width.mm) == 84


def test_the_seal_stands_in_one_piece_with_the_places_to_sign(
    app: Flask, tmp_path: Path, as_user: Browsers
) -> None:
    listed = planned(description="长" * 900)
    do(listed, Act.LIST)
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == LetterKind.LISTING)).one()
    printing.write_for_word(printing.letter(letter), tmp_path / "paper.docx", "zh")
    body = docx.Document(str(tmp_path / "paper.docx")).element.body
    sealed = [one for one in body.iter(qn("w:p")) if "（印章）" in "".join(one.itertext())]
    assert len(sealed) == 1
    rows = list(sealed[0].iterancestors(qn("w:tr")))
    assert len(rows) == 1 and rows[0].trPr.find(qn("w:cantSplit")) is not None
    together = bare("".join(rows[0].itertext()))
    assert "以下空白" in together and "责任领导（签名）" in together
    before = rows[0].getparent().getprevious()
    assert before.tag == qn("w:p") and before.pPr.find(qn("w:keepNext")) is not None


def test_no_empty_paragraph_stands_before_a_new_page(tmp_path: Path) -> None:
    """Below a full page it would be a page of its own."""
    made = paper()
    made.table([Column("甲", 1)], [["一"]])
    made.blank_below()
    made.signatures([SignatureBlock("经办人", "李明")])
    made.seal(["试验区应急管理局（印章）", "2026年11月30日"])
    made.page_break()
    made.heading("附件：照片")
    document = written(made, tmp_path)
    body = list(document.element.body.iterchildren())
    at = next(at for at, one in enumerate(body) if "附件" in "".join(one.itertext()))
    assert body[at - 1].tag == qn("w:tbl")
    assert document.paragraphs[-1].paragraph_format.page_break_before


def test_a_table_above_the_places_to_sign_goes_with_them(tmp_path: Path) -> None:
    made = paper()
    made.table([Column("甲", 1)], [[str(number)] for number in range(40)], total=["合计"])
    made.blank_below()
    made.signatures([SignatureBlock("经办人", "李明")])
    document = written(made, tmp_path)
    table = document.tables[0]
    kept = [all(one.paragraph_format.keep_with_next for one in row.cells[0].paragraphs) for row in table.rows]
    assert kept[-3:] == [True] * 3
    assert not any(kept[:-3])
    low = document.paragraphs[-1]
    assert low.text == ""
    assert low.paragraph_format.line_spacing == Pt(1)


def test_a_short_row_is_not_divided_and_a_dense_table_is_low(tmp_path: Path) -> None:
    made = paper()
    made.table([Column("甲", 1), Column("乙", 3)], [["1", "隐" * 60], ["2", "隐" * 3000]], dense=True)
    document = written(made, tmp_path)
    cannot = [
        row._tr.find(qn("w:trPr")).find(qn("w:cantSplit")) is not None for row in document.tables[0].rows
    ]
    assert cannot == [True, True, False]
    spacing = document.tables[0].rows[1].cells[0].paragraphs[0].paragraph_format.line_spacing
    assert spacing < Pt(12)


def test_a_plaque_has_its_code_as_large_in_word_with_the_words_below(tmp_path: Path) -> None:
    made = paper(orientation="landscape")
    address, words = "https://safety.example.cn/e/abc", "扫码查看责任人、风险等级和最近检查"
    made.plaque(Board("华鑫化工有限公司", "red", "重大风险（红）", [("监管人", "王监管")], address, words))
    read_back = written(made, tmp_path)
    assert round(read_back.inline_shapes[0].width.mm) == 52
    assert [one.text for one in read_back.paragraphs if one.text][-2:] == [words, address]


def test_text_above_a_table_leaves_room_and_a_band_stays_with_its_rows(tmp_path: Path) -> None:
    made = paper()
    made.note("截至2026年11月30日")
    made.table([Column("甲", 1), Column("乙", 1)], ["一组", ["1", "2"]])
    document = written(made, tmp_path)
    [note] = [one for one in document.paragraphs if one.text.startswith("截至")]
    assert note.paragraph_format.space_after >= Pt(4)
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in document.tables[0].rows]
    assert kept == [None, True, None]
