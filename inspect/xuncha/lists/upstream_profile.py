"""Upstream profiles (上报格式): the layout of a list for an outer platform as data, read from TOML and written as its file.

A profile names the columns in their order: the head, the field of ours or a fixed value, the format of days and numbers,
the code that stands for each value of ours, and whether it must be filled.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ..core.clock import local_day
from ..core.errors import Refused
from ..core.i18n import label
from ..core.labels import N_, Labelled
from . import xlsx
from .xlsx import Head

ENCODINGS = {"gb18030": "gb18030", "utf-8": "utf-8-sig"}
KINDS = ("xlsx", "csv")
COLUMNS_AT_MOST, HEAD_AT_MOST, TEXT_AT_MOST = 60, 80, 60_000
DAY_PARTS = {
    "YYYY": "{0.year:04d}",
    "MM": "{0.month:02d}",
    "DD": "{0.day:02d}",
    "M": "{0.month}",
    "D": "{0.day}",
}
DAY_TOKEN = re.compile("YYYY|MM|DD|M|D")
Value = str | int | float | date | datetime | Labelled | None


@dataclass(frozen=True)
class Field:
    """What a list knows of a row: its name in profiles, its words (a message), its value; `choices` where it is one of a few."""

    name: str
    words: str
    value: Callable[[Any], Value]
    choices: type[Labelled] | None = None
    is_day: bool = False


@dataclass(frozen=True)
class Column:
    """A column of an outer platform."""

    head: str
    source: str = ""
    fixed: str = ""
    format: str = "YYYY-MM-DD"
    decimals: int | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    longest: int | None = None
    is_day: bool = False


@dataclass(frozen=True)
class Profile:
    """A layout: of which list, as which kind of file, with which columns."""

    name: str
    list: str
    columns: tuple[Column, ...]
    kind: str = "xlsx"
    encoding: str = "utf-8"
    sheet: str = ""
    name_en: str = ""


@dataclass(frozen=True)
class Problem:
    """What would be wrong in the file: the column, the reason (a message), the value, and the rows concerned by name."""

    head: str
    reason: str
    value: str
    rows: tuple[str, ...]


SERIAL = "serial"
"""The field that counts the rows of the file."""
WITHOUT_CODE, EMPTY, TOO_LONG = (
    N_("There is no code for this value"),
    N_("It must be filled, but is empty"),
    N_("It is longer than the platform takes"),
)


def refuse(message: str, **params: Any) -> Refused:
    """A fault of a profile, told at the field of its text."""
    return Refused(message, field="text", **params)


def read(text: str, fields: Mapping[str, Mapping[str, Field]]) -> Profile:
    """A profile from its TOML; `fields` are those of each list. Raises Refused, which names the column at fault."""
    if len(text) > TEXT_AT_MOST:
        raise refuse(N_("The profile is longer than %(most)s characters."), most=TEXT_AT_MOST)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise refuse(N_("This is not TOML: %(fault)s"), fault=str(fault)) from None
    except RecursionError:
        raise refuse(N_("This is not TOML: %(fault)s"), fault="recursion") from None
    of = str(data.get("list", ""))
    if of not in fields:
        raise refuse(N_("Say of which list it is: list = one of %(lists)s."), lists=", ".join(sorted(fields)))
    kind, encoding = str(data.get("file", "xlsx")), str(data.get("encoding", "utf-8")).lower()
    if kind not in KINDS or encoding not in ENCODINGS:
        raise refuse(N_('Write file = "xlsx" or "csv", and encoding = "utf-8" or "gb18030".'))
    name, rows = str(data.get("name", "")).strip(), data.get("columns", [])
    if not name or len(name) > HEAD_AT_MOST:
        raise refuse(
            N_('Give the profile a name of at most %(most)s characters: name = "…".'), most=HEAD_AT_MOST
        )
    if not isinstance(rows, list) or not 0 < len(rows) <= COLUMNS_AT_MOST:
        raise refuse(N_("Describe 1 to %(most)s columns, each as [[columns]]."), most=COLUMNS_AT_MOST)
    known = {SERIAL: Field(SERIAL, N_("No."), lambda _row: None), **fields[of]}
    columns = tuple(_column(row, at, known) for at, row in enumerate(rows, start=1))
    heads = [column.head for column in columns]
    if twice := next((head for head in heads if heads.count(head) > 1), None):
        raise refuse(N_("The head %(head)s is there twice."), head=twice)
    sheet = xlsx.NAME.sub(" ", str(data.get("sheet", "")))[:31]
    return Profile(name, of, columns, kind, encoding, sheet, str(data.get("name_en", ""))[:HEAD_AT_MOST])


def _column(row: Any, at: int, fields: Mapping[str, Field]) -> Column:
    given = row if isinstance(row, dict) else {}
    head, name = str(given.get("head", "")).strip(), str(given.get("field", ""))
    if not head or len(head) > HEAD_AT_MOST or not head.isprintable():
        raise refuse(
            N_("Column %(at)s has no head of at most %(most)s characters."), at=at, most=HEAD_AT_MOST
        )
    if unknown := sorted(
        set(given) - {"head", "field", "value", "format", "decimals", "codes", "required", "longest"}
    ):
        raise refuse(N_("%(head)s: %(word)s is not a word of profiles."), head=head, word=unknown[0])
    if bool(name) == ("value" in given) or (name and name not in fields):
        raise refuse(
            N_("%(head)s: name a field or a fixed value. Fields are: %(fields)s."),
            head=head,
            fields=", ".join(sorted(fields)),
        )
    codes, choices = given.get("codes", {}), fields[name].choices if name else None
    if not isinstance(codes, dict) or not all(isinstance(code, str | int) for code in codes.values()):
        raise refuse(N_('%(head)s: write codes as codes = { ours = "theirs" }.'), head=head)
    known = {member.value for member in choices} if choices else set(codes)
    if strange := sorted(set(codes) - known):
        raise refuse(
            N_("%(head)s: %(word)s is not a value of ours. Values are: %(values)s."),
            head=head,
            word=strange[0],
            values=", ".join(sorted(known)),
        )
    numbers = {key: given.get(key) for key in ("decimals", "longest")}
    if any(
        value is not None and (type(value) is not int or not 0 <= value < 10_000)
        for value in numbers.values()
    ):
        raise refuse(N_("%(head)s: decimals and longest are whole numbers."), head=head)
    return Column(
        head=head,
        source=name,
        fixed=str(given.get("value", "")),
        format=_day_format(str(given.get("format", "YYYY-MM-DD")), head),
        decimals=None if numbers["decimals"] is None else min(numbers["decimals"], 6),
        codes={ours: str(theirs) for ours, theirs in codes.items()},
        required=given.get("required") is True,
        longest=numbers["longest"],
        is_day=bool(name) and fields[name].is_day,
    )


def _day_format(text: str, head: str) -> str:
    tokens = sorted(token[0] for token in DAY_TOKEN.findall(text))
    rest = DAY_TOKEN.sub("", text)
    if tokens != ["D", "M", "Y"] or len(text) > 20 or re.search(r"[A-Za-z0-9{}]", rest):
        raise refuse(
            N_("%(head)s: a day is written with YYYY, MM or M, and DD or D, for example YYYYMMDD."), head=head
        )
    return text


def write_day(day: date, form: str) -> str:
    """A day in a format of a profile."""
    return DAY_TOKEN.sub(lambda token: DAY_PARTS[token[0]].format(day), form)


@dataclass
class Written:
    """The rows of a file, and what is wrong in them."""

    heads: list[str]
    rows: list[list[str]]
    problems: list[Problem]


def write(
    profile: Profile, fields: Mapping[str, Field], rows: Iterable[Any], name: Callable[[Any], str]
) -> Written:
    """The cells of a file; `name` tells a row in words. A value without a code leaves its cell empty and is told."""
    found: dict[tuple[str, str, str], list[str]] = {}
    written = []
    for at, row in enumerate(rows, start=1):
        cells = []
        for column in profile.columns:
            text, reason, value = _cell(column, fields, row) if column.source != SERIAL else (str(at), "", "")
            if reason:
                found.setdefault((column.head, reason, value), []).append(name(row))
            cells.append(text)
        written.append(cells)
    problems = [Problem(*key, rows=tuple(names)) for key, names in found.items()]
    return Written([column.head for column in profile.columns], written, problems)


def _cell(column: Column, fields: Mapping[str, Field], row: Any) -> tuple[str, str, str]:
    """Its text, and what is wrong with which value."""
    if not column.source:
        return column.fixed, "", ""
    value = fields[column.source].value(row)
    text = _text(column, value)
    if text and column.codes:
        key = value.value if isinstance(value, Labelled) else text
        if key not in column.codes:
            return "", WITHOUT_CODE, label(value) if isinstance(value, Labelled) else text
        text = column.codes[key]
    if not text and column.required:
        return "", EMPTY, ""
    if column.longest is not None and len(text) > column.longest:
        return text, TOO_LONG, text[:40]
    return text, "", ""


def _text(column: Column, value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Labelled):
        return label(value)
    if isinstance(value, date):
        return write_day(local_day(value) if isinstance(value, datetime) else value, column.format)
    if isinstance(value, int | float):
        return f"{value:.{column.decimals}f}" if column.decimals is not None else str(value)
    return " ".join(value.split()) if value else ""


def file_of(profile: Profile, written: Written) -> bytes:
    """The file: every cell a text, none of which starts a formula."""
    if profile.kind == "xlsx":
        heads = [Head(head, max(12, min(2 * len(head), 40))) for head in written.heads]
        return xlsx.write(profile.sheet or profile.name, heads, written.rows)
    out = io.StringIO(newline="")
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerows(_harmless([written.heads, *written.rows]))
    return out.getvalue().encode(ENCODINGS[profile.encoding], "replace")


def _harmless(rows: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    for row in rows:
        yield [xlsx.harmless(cell) for cell in row]
