"""Holding a profile against a sample file of the outer platform: every difference in words."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from ..core.parsing import alike
from . import spreadsheet, xlsx
from .columns import HEAD_ROWS
from .upstream_profile import DAY_TOKEN, Column, Profile

LOOKED_AT = 200  # rows of the sample
SHOWN = 3  # values of the sample that a difference names
NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Found:
    """A sample as it was understood: its heads and the rows below."""

    heads: list[str]
    rows: list[list[str]]


def differences(profile: Profile, data: bytes) -> list[str]:
    """In what a sample differs from what the profile would write. Raises Refused for what cannot be read."""
    found = _read(profile, data)
    told = _of_file(profile, data)
    told += _of_heads([column.head for column in profile.columns], found.heads)
    for column in profile.columns:
        if column.head in found.heads:
            place = found.heads.index(column.head)
            values = [row[place] for row in found.rows if place < len(row) and row[place]]
            told += _of_values(column, values)
    return told


def _read(profile: Profile, data: bytes) -> Found:
    rows = [[xlsx.text_shown(cell) for cell in cells] for _number, cells in spreadsheet.read(data).rows]
    wanted = {alike(column.head) for column in profile.columns}
    scores = [sum(alike(cell) in wanted for cell in row) for row in rows[:HEAD_ROWS]]
    at = scores.index(max(scores)) if scores else 0
    heads = rows[at] if rows else []
    while heads and not heads[-1]:
        heads.pop()
    return Found(heads, rows[at + 1 : at + 1 + LOOKED_AT])


def _of_file(profile: Profile, data: bytes) -> list[str]:
    kind = "xlsx" if data.startswith(b"PK") else "csv"
    if kind != profile.kind:
        return [
            gettext(
                "The sample is a %(theirs)s file, the profile writes %(ours)s.",
                theirs=kind,
                ours=profile.kind,
            )
        ]
    if kind == "csv":
        theirs = _encoding(data)
        if theirs and theirs != profile.encoding:
            return [
                gettext(
                    "The sample is written in %(theirs)s, the profile in %(ours)s.",
                    theirs=theirs,
                    ours=profile.encoding,
                )
            ]
        return []
    import openpyxl  # 17 MB with numpy: loaded by who brings a workbook

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    name = book.sheetnames[0]
    if profile.sheet and name != profile.sheet:
        return [
            gettext(
                "The sheet is named %(theirs)s, in the profile %(ours)s.", theirs=name, ours=profile.sheet
            )
        ]
    return []


def _encoding(data: bytes) -> str:
    """How a text is written; nothing where plain letters leave it open."""
    if data.isascii():
        return ""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _of_heads(ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    told, known = [], {alike(head): head for head in theirs}
    for head in ours:
        if head in theirs:
            continue
        near = known.get(alike(head))
        told.append(
            gettext("The head %(ours)s is written %(theirs)s in the sample.", ours=head, theirs=near)
            if near
            else gettext("The sample has no column %(head)s.", head=head)
        )
    spelled = {alike(head) for head in ours}
    told += [
        gettext("The profile has no column %(head)s.", head=head or "—")
        for head in theirs
        if alike(head) not in spelled
    ]
    both = [head for head in ours if head in theirs]
    stands = [head for head in theirs if head in ours]
    told += [
        gettext("The column %(head)s is there twice.", head=head)
        for head in dict.fromkeys(stands)
        if stands.count(head) > 1
    ]
    if both != list(dict.fromkeys(stands)):
        told.append(
            gettext("The order differs. In the sample: %(order)s.", order=", ".join(dict.fromkeys(stands)))
        )
    return told


def _of_values(column: Column, values: Sequence[str]) -> list[str]:
    odd = [value for value in dict.fromkeys(values) if not _fits(column, value)]
    if not odd:
        return []
    some: dict[str, Any] = {"head": column.head, "values": ", ".join(odd[:SHOWN])}
    if column.codes:
        return [gettext("%(head)s: the sample has %(values)s, which stands for nothing of ours.", **some)]
    if column.decimals is not None:
        return [
            gettext(
                "%(head)s: the sample has %(values)s, not a number with %(count)s decimals.",
                count=column.decimals,
                **some,
            )
        ]
    if column.longest is not None and any(len(value) > column.longest for value in odd):
        return [gettext("%(head)s: the sample has longer values than the profile takes: %(values)s.", **some)]
    return [
        gettext("%(head)s: the sample has %(values)s, not a day as %(format)s.", format=column.format, **some)
    ]


def _fits(column: Column, value: str) -> bool:
    if column.codes:
        return value in column.codes.values()
    if column.decimals is not None:
        number = NUMBER.fullmatch(value)
        return bool(number) and len((number[1] or ".")[1:] if number else "") == column.decimals
    if column.longest is not None and len(value) > column.longest:
        return False
    return not column.is_day or bool(_day_pattern(column.format).fullmatch(value))


def _day_pattern(form: str) -> re.Pattern[str]:
    digits = {"YYYY": r"\d{4}", "MM": r"\d{2}", "DD": r"\d{2}", "M": r"[1-9]\d?", "D": r"[1-9]\d?"}
    parts, at = [], 0
    for token in DAY_TOKEN.finditer(form):
        parts += [re.escape(form[at : token.start()]), digits[token[0]]]
        at = token.end()
    return re.compile("".join([*parts, re.escape(form[at:])]))
