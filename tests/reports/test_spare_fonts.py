"""Names of people: rare Chinese characters and other scripts print from fonts that set-up installs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader
from tests.reports.papers import bare, embedded_fonts, paper, read

from xuncha.reports.layout import fonts, spare_fonts, text_runs
from xuncha.reports.layout.document import Column, SignatureBlock
from xuncha.reports.layout.typesetting import Style, break_lines

NAMES = {
    "rare": "𠮷田一郎",
    "rarer": "王𡈽生",
    "hong_kong": "陳𨋢明",
    "uyghur": "ئالىم",
    "uyghur_with_dots": "گۈلنار",
    "kazakh": "ءادىل",
    "tibetan": "བཀྲ་ཤིས་ཚེ་རིང་",
    "tibetan_stacked": "རྡོ་རྗེ་སྒྲོལ་མ",
    "mongolian": "ᠪᠠᠲᠤᠪᠠᠶᠠᠷ",
    "korean": "김철수",
    "yi": "ꀊꆈꌠ",
}


@pytest.fixture
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine with the main font alone."""
    fonts.register_fonts()
    monkeypatch.setattr(fonts, "BUILT", tmp_path)
    monkeypatch.setattr(spare_fonts, "SYSTEM", ())
    fonts.use(None)
    spare_fonts.spare_for.cache_clear()
    text_runs.runs_of.cache_clear()
    yield
    spare_fonts.spare_for.cache_clear()
    text_runs.runs_of.cache_clear()


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_prints_everywhere_and_can_be_copied(tmp_path: Path, name: str) -> None:
    made = paper(title=f"记录 {name}", number=f"1 {name}", footer_note=name)
    made.paragraph(f"负责人：{name}，已到场。")
    made.fields([("姓名", name)])
    made.table([Column("姓名", 1)], [[name], name], total=[name])
    made.table([Column("姓名", 1)], [[name]], size=7, dense=True)
    made.bar_chart("图", [(name, 3)])
    made.signatures([SignatureBlock("负责人", name)])
    saved = made.save(tmp_path / "a.pdf")
    assert saved.warnings == []
    found = read(tmp_path / "a.pdf")
    assert fonts.MARK not in found
    assert found.count(bare(name)) >= 10
    elsewhere = bare("".join(page.extract_text() for page in PdfReader(tmp_path / "a.pdf").pages))
    assert elsewhere.count(bare(name)) >= 10
    assert all(embedded for _, embedded in embedded_fonts(tmp_path / "a.pdf"))
    again = tmp_path / "b.pdf"
    assert made.save(again).sha256 == saved.sha256


def test_letters_that_join_are_shaped_and_not_set_one_by_one() -> None:
    [run] = text_runs.runs_of("ئالىم", bold=False)
    assert run.right_to_left
    alone = sum(
        glyph.advance
        for char in run.text
        for glyph in text_runs.shaped(text_runs.Run(char, run.font, run.script))
    )
    assert sum(glyph.advance for glyph in text_runs.shaped(run)) < 0.9 * alone
    [stacked] = text_runs.runs_of("རྡོ", bold=False)
    advances = [glyph.advance for glyph in text_runs.shaped(stacked)]
    assert sum(advances) == max(advances) > 0


def test_two_uyghur_words_stand_from_right_to_left_and_a_chinese_list_from_left_to_right() -> None:
    def order(text: str) -> list[str]:
        runs = text_runs.runs_of(text, bold=False)
        return [runs[at].text for at in text_runs._left_to_right(runs)]

    assert order("张ئالىم ئابدۇللا李") == ["张", "ئابدۇللا", " ", "ئالىم", "李"]
    assert order("ئالىم、گۈلنار") == ["ئالىم", "、", "گۈلنار"]
    assert text_runs._turned(" 12 (") == ") 12 "


def test_lines_with_other_scripts_keep_within_their_column_and_lose_nothing() -> None:
    for name in NAMES.values():
        text = f"负责人{name}到场，" * 12
        lines = break_lines(text, 120, Style())
        assert bare("".join(line.text for line in lines)) == bare(text)
        assert all(line.width <= 120.5 for line in lines)


def test_joiners_stay_where_they_shape_a_letter_and_go_elsewhere(tmp_path: Path) -> None:
    made = paper()
    made.paragraph("ᠬᠠᠭᠠᠨ\u202fᠤ 与 ᠴᠢᠨᠠ\u180eᠠ，王\u200d明")
    assert made.save(tmp_path / "a.pdf").warnings == []
    assert "王明" in read(tmp_path / "a.pdf")


@pytest.mark.usefixtures("nothing_installed")
def test_without_the_fonts_the_mark_is_printed_and_said(tmp_path: Path) -> None:
    made = paper()
    made.paragraph("王𡈽生、ئالىم\u200d")
    saved = made.save(tmp_path / "a.pdf")
    assert f"王{fonts.MARK}生、{fonts.MARK * 5}" in read(tmp_path / "a.pdf")
    assert any("U+2123D" in warning for warning in saved.warnings)


@pytest.mark.usefixtures("nothing_installed")
def test_the_doctor_names_the_fonts_that_are_not_installed(app: Flask) -> None:
    said = app.test_cli_runner().invoke(args=["doctor"]).output
    for spare in spare_fonts.SPARES[:-1]:
        assert f"WARN  {spare.files[0]}: missing: {spare.what}" in said
    assert "fonts-babelstone-han" in said


def test_the_doctor_finds_what_set_up_installed(app: Flask) -> None:
    said = app.test_cli_runner().invoke(args=["doctor"]).output
    for spare in spare_fonts.SPARES[:-1]:
        assert f"ok    {spare.files[0]}: installed" in said
