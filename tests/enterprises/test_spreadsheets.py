"""One reader for every kind of file: the same rows, the same limits, the same words for what is wrong."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from xuncha.core.errors import Refused
from xuncha.lists import spreadsheet, xlsx

from . import formats
from .formats import FORMATS, TEXTS

LIST: list[list[Any]] = [
    ["企业台账"],
    [],
    ["企业名称", "信用代码", "电话", "日期", "人数", "备注"],
    ["新星化工厂", "91110000600037341L", "0512001", date(2026, 3, 5), 12, "第一行，\n第二行"],
    ["甲，乙；丙", None, "'=x", "2026年3月5日", 1.5, "㎡①"],
]


@pytest.mark.parametrize("kind", FORMATS | TEXTS)
def test_every_kind_of_file_gives_the_same_rows(kind: str) -> None:
    sheet = spreadsheet.read((FORMATS | TEXTS)[kind](LIST))
    assert [number for number, _cells in sheet.rows] == [1, 3, 4, 5]
    first, second = sheet.rows[2][1], sheet.rows[3][1]
    texts = [xlsx.text_of(cell) for cell in first]
    assert texts[:3] == ["新星化工厂", "91110000600037341L", "0512001"]
    assert texts[4] == "12" and texts[5].split() == ["第一行，", "第二行"]
    assert xlsx.day_of(first[3], sheet.epoch) == xlsx.day_of(second[3], sheet.epoch) == date(2026, 3, 5)
    assert [xlsx.text_of(cell) for cell in (second[0], second[2], second[4])] == ["甲，乙；丙", "=x", "1.5"]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_cell_that_computes_is_refused_in_every_kind(kind: str) -> None:
    sheet = spreadsheet.read(FORMATS[kind]([["a", "b"], ["x", "=1+1"], ["y", "z"]]))
    assert isinstance(sheet.rows[1][1][1], xlsx.Formula)
    assert not isinstance(sheet.rows[2][1][1], xlsx.Formula)
    with pytest.raises(Refused, match="computes"):
        xlsx.text_of(sheet.rows[1][1][1])


def test_a_computing_cell_that_is_repeated_is_refused_wherever_it_stands() -> None:
    sheet = spreadsheet.read(formats.ods([["=1+1", "x"]], repeated=3))
    assert [isinstance(cells[0], xlsx.Formula) for _number, cells in sheet.rows] == [True] * 3


def test_a_cell_with_an_error_is_refused_in_an_old_workbook() -> None:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    sheet.write(0, 0, "head")
    sheet.row(1).set_cell_error(0, 42)
    target = io.BytesIO()
    book.save(target)
    assert isinstance(spreadsheet.read(target.getvalue()).rows[1][1][0], xlsx.Broken)


@pytest.mark.parametrize("written", ["1.38E+10", "9.1110000600037E+17"])
def test_a_number_that_lost_its_digits_in_a_text_is_refused(written: str) -> None:
    cell = spreadsheet.read(formats.separated([["电话"], [written]])).rows[1][1][0]
    with pytest.raises(Refused, match="last digits"):
        xlsx.text_of(cell)


def test_text_that_a_program_kept_as_text_loses_its_mark() -> None:
    assert spreadsheet.read(formats.separated([["电话"], ['="0512001"']])).rows[1][1][0] == "0512001"


@pytest.mark.parametrize("kind", FORMATS)
def test_too_many_rows_are_refused_in_every_kind(kind: str) -> None:
    rows = [[f"厂{number * 7919}", "工贸"] for number in range(20_010)]
    with pytest.raises(Refused, match="20000"):
        spreadsheet.read(FORMATS[kind](rows))


@pytest.mark.parametrize("kind", FORMATS)
def test_columns_beyond_the_most_are_not_read(kind: str) -> None:
    sheet = spreadsheet.read(FORMATS[kind]([["x"] * 90]))
    assert len(sheet.rows[0][1]) == xlsx.MAX_COLUMNS


def _corner() -> bytes:
    """An old workbook with cells in opposite corners of several sheets."""
    import xlwt

    book = xlwt.Workbook()
    for name in "abc":
        sheet = book.add_sheet(name)
        sheet.write(0, 0, "x")
        sheet.write(65_535, 255, "y")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _locked() -> bytes:
    data = bytearray(formats.xls([["a"]]))
    at = data.index(struct.pack("<HH", 0x00E1, 2))  # the second record: there FILEPASS stands
    data[at : at + 2] = struct.pack("<H", 0x002F)
    return bytes(data)


def _greedy() -> bytes:
    """An old workbook that says that its sheet ends in the last cell of a million rows: room for it is made at once."""
    data = bytearray(formats.xls([["a", "b"]]))
    at = data.rindex(struct.pack("<HH", 0x0200, 14))
    data[at + 8 : at + 12] = struct.pack("<I", 1_000_000)
    data[at + 14 : at + 16] = struct.pack("<H", 16_384)
    return bytes(data)


def _repacked(data: bytes, content: bytes) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(data))
    return formats.packed({name: source.read(name) for name in source.namelist()} | {"content.xml": content})


ENTITIES = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'
HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "blank": lambda: b" \r\n \n",
    "noise": lambda: bytes(range(256)) * 40,
    "a picture": lambda: bytes.fromhex("89504e470d0a1a0a") + bytes(500),
    "a web page": lambda: b"<html><table><tr><td>a</td></tr></table></html>",
    "only a container": lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4000),
    "a cut old workbook": lambda: formats.xls([["a", "b"]] * 3000)[:30_000],
    "a locked old workbook": _locked,
    "opposite corners": _corner,
    "asks for gigabytes": _greedy,
    "a cut sheet": lambda: formats.ods([["a"]])[:-300],
    "repeated without end": lambda: formats.ods([["a"] * 50], repeated=1_000_000),
    "entities": lambda: _repacked(formats.ods([["a"]]), ENTITIES),
    "unpacks 100 times": lambda: _repacked(formats.ods([["a"]]), b" " * (20 << 20)),
    "too large": lambda: b"a," * (5 * 1024 * 1024 + 1),
    "one endless cell": lambda: b"a,b\n" + b"x" * 500_000 + b",y\n",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_or_broken_file_is_refused_in_words(kind: str) -> None:
    data = HOSTILE[kind]()
    began = time.process_time()
    with pytest.raises(Refused) as refusal:
        spreadsheet.read(data)
    assert refusal.value.field == "file"
    assert time.process_time() - began < 5
