"""What a workbook of the old binary kind (.xls, BIFF in an OLE container) holds beside values: formulas, errors, size.

The reader of values tells neither, and makes room for every cell between the first and the last one.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import olefile

from ..core.errors import Refused
from ..core.labels import N_
from .xlsx import MAX_PARTS, MAX_TAGS

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
BOF, EOF, FILEPASS, BOUNDSHEET, DATE_1904 = 0x0809, 0x000A, 0x002F, 0x0085, 0x0022
FORMULA, ERROR = 0x0006, 0x0205
# Text, number and their kin: each begins with row and column; the last column of MULRK stands at its end.
CELLS = frozenset({FORMULA, ERROR, 0x0203, 0x0204, 0x027E, 0x00BD, 0x00FD, 0x00D6})
MULRK = 0x00BD
TOO_MANY = N_("This file holds far more cells than a list of sites. Copy the cells into a new file.")
LOCKED = N_("This workbook is protected with a password. Save it without one and try again.")


@dataclass
class Marks:
    """Where a sheet computes and where it shows errors: row and column, from nought."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)
    height: int = 0
    width: int = 0


@dataclass
class Book:
    """The sheets in their order."""

    sheets: list[Marks] = field(default_factory=list)
    counts_from_1904: bool = False


def _stream(data: bytes) -> bytes:
    with olefile.OleFileIO(io.BytesIO(data)) as container:
        if container.exists("EncryptedPackage"):
            raise Refused(LOCKED, field="file")
        name = "Workbook" if container.exists("Workbook") else "Book"
        return bytes(container.openstream(name).read())


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part, until its end; parts inside it (charts) are passed over."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + size]
        at += 4 + size
        depth += (kind == BOF) - (kind == EOF)
        if depth == 1:
            yield kind, body
        elif depth < 1:
            return


def scan(data: bytes) -> Book:
    """Look through a workbook. Raises Refused for one that is locked or too large."""
    stream = _stream(data)
    book, starts = Book(), []
    for kind, body in _records(stream, 0):
        if kind == FILEPASS:
            raise Refused(LOCKED, field="file")
        if kind == DATE_1904 and body[:1] == b"\x01":
            book.counts_from_1904 = True
        if kind == BOUNDSHEET and len(body) >= 6:
            starts.append(struct.unpack_from("<I", body)[0])
    if len(starts) > MAX_PARTS or len(set(starts)) < len(starts):
        raise Refused(TOO_MANY, field="file")
    cells = 0
    for start in starts:
        marks = _sheet(stream, start)
        book.sheets.append(marks)
        cells += marks.height * marks.width
        if cells > MAX_TAGS:
            raise Refused(TOO_MANY, field="file")
    return book


def _sheet(stream: bytes, start: int) -> Marks:
    marks = Marks()
    for kind, body in _records(stream, start):
        if kind not in CELLS or len(body) < 6:
            continue
        row, column = struct.unpack_from("<HH", body)
        last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == MULRK else column
        marks.height, marks.width = max(marks.height, row + 1), max(marks.width, last + 1)
        if kind == FORMULA:
            marks.formulas.add((row, column))
        elif kind == ERROR and len(body) >= 8 and body[7]:
            marks.errors.add((row, column))
    return marks
