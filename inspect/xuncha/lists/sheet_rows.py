"""The rows of a workbook, written as they come: a list of any length takes the memory of a few hundred rows."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from math import isfinite
from typing import Any

from xlsxwriter.utility import xl_col_to_name

SHEET = "xl/worksheets/sheet1.xml"
EPOCH = date(1899, 12, 30)
LONGEST = 32_767  # characters that a cell may hold
AT_ONCE = 200  # rows handed to the packer at a time
LEVEL = 3  # of packing: half the time of the usual 6, a twentieth more bytes
SAMPLE = re.compile(r"<row [^>]*>(?:(?!</row>).)*</row></sheetData>")
STYLE = re.compile(r'<c r="[A-C]\d+"( s="\d+")?')
DIMENSION = re.compile(r"<dimension [^>]*/>")
# What XML cannot hold or would read as markup, and what spreadsheet programs take for such an escape.
SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_x[0-9A-Fa-f]{4}_")
MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def filled(book: bytes, rows: Iterable[Sequence[Any]], *, first: int) -> bytes:
    """A workbook with `rows` from line `first` of its first sheet on, in the place of its last row.

    That row is a sample: its first three cells show how text, numbers and days look.
    """
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as packed,
    ):
        for name in source.namelist():
            with packed.open(name, "w") as stream:
                if name != SHEET:
                    stream.write(source.read(name))
                    continue
                before, sample, after = _around(source.read(name).decode())
                stream.write(before.encode())
                lines = _lines(rows, sample, first)
                while some := "".join(islice(lines, AT_ONCE)):
                    stream.write(some.encode())
                stream.write(after.encode())
    return target.getvalue()


def _around(xml: str) -> tuple[str, str, str]:
    """What stands before and behind the rows to come, and their sample. How far the sheet reaches is left unsaid."""
    found = SAMPLE.search(xml)
    assert found is not None
    before, after = xml[: found.start()], xml[found.end() :]
    return DIMENSION.sub("", before), found[0], f"</sheetData>{after}"


def _lines(rows: Iterable[Sequence[Any]], sample: str, first: int) -> Iterator[str]:
    text, number, day = (match[1] or "" for match in STYLE.finditer(sample))
    for line, cells in enumerate(rows, start=first):
        told = [f'<row r="{line}">']
        for column, value in enumerate(cells):
            if value is None or value == "":
                continue
            at = f'<c r="{_name(column)}{line}"'
            if isinstance(value, date) and not isinstance(value, datetime):
                told.append(f"{at}{day}><v>{(value - EPOCH).days}</v></c>")
            elif isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
                told.append(f"{at}{number}><v>{value!r}</v></c>")
            else:
                shown = written(str(value))
                told.append(f'{at}{text} t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>')
        told.append("</row>")
        yield "".join(told)


_name = lru_cache(maxsize=256)(xl_col_to_name)


def written(text: str) -> str:
    """Text as the sheet's XML holds it."""
    text = text[:LONGEST]
    return SPECIAL.sub(_escaped, text) if SPECIAL.search(text) else text


def _escaped(match: re.Match[str]) -> str:
    found = match[0]
    if len(found) > 1:
        return f"_x005F{found}"
    return MARKUP.get(found) or f"_x{ord(found):04X}_"
