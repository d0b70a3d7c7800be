"""The columns of the enterprise workbook, read and written in either language.

Its own file because template, export and import must agree on every column: an export that is imported again
changes nothing (users.md P15).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from flask_babel import gettext

from ..core import xlsx
from ..core.errors import Refused
from ..core.i18n import LANGUAGES, label, speaking
from ..core.labels import N_, Labelled
from ..core.parsing import visible_text
from .models import Assignment, ContactDuty, Risk, Sector, Site, SiteKind, WorkingState
from .validation import alike

YES, NO = N_("Yes"), N_("No")
Reader = Callable[[Any, datetime], Any]


@cache
def _spellings(member: Labelled) -> set[str]:
    """How a choice may be written: its value, its name in each language, the name without or inside its brackets."""
    found = {alike(member.value)}
    for lang in LANGUAGES:
        with speaking(lang):
            words = alike(label(member))
        found |= {words, *re.findall(r"\(([^)]+)\)", words), re.sub(r"\([^)]*\)", "", words)}
    return found


def _choice(kind: type[Labelled], value: Any, _epoch: datetime) -> Labelled | None:
    text = alike(xlsx.text_of(value))
    if not text:
        return None
    for member in kind:
        if text in _spellings(member):
            return member
    raise Refused(N_("Choose one of: %(choices)s."), choices=", ".join(label(member) for member in kind))


@cache
def _yes_no_words() -> dict[bool, set[str]]:
    words = {True: {"1", "y", "true"}, False: {"0", "n", "false"}}
    for lang in LANGUAGES:
        with speaking(lang):
            words[True].add(alike(gettext(YES)))
            words[False].add(alike(gettext(NO)))
    return words


def _yes_no(value: Any, _epoch: datetime) -> bool | None:
    text = alike(xlsx.text_of(value))
    if not text:
        return None
    for answer, spellings in _yes_no_words().items():
        if text in spellings:
            return answer
    raise Refused(N_("Write yes or no."))


def _text(value: Any, _epoch: datetime) -> str | None:
    return xlsx.text_of(value).strip() or None


def _number(value: Any, _epoch: datetime) -> float | None:
    return xlsx.number_of(value)


def _count(value: Any, _epoch: datetime) -> int | None:
    number = xlsx.number_of(value)
    if number is None:
        return None
    if number < 0 or not number.is_integer():
        raise Refused(N_("Write a whole number in digits."))
    return int(number)


@dataclass(frozen=True)
class Column:
    """A column: the fact it holds, its head, how a cell is read and what is written."""

    name: str
    head: str
    read: Reader = _text
    width: int = 14
    choices: type[Labelled] | None = None
    required: bool = False


def _enum(name: str, head: str, kind: type[Labelled], required: bool = False) -> Column:
    return Column(name, head, partial(_choice, kind), 16, kind, required)


COLUMNS = (
    _enum("kind", N_("Kind of site"), SiteKind),
    Column("name", N_("Name of the site"), width=32, required=True),
    Column("uscc", N_("Unified social credit code"), width=22),
    _enum("sector", N_("Sector"), Sector),
    _enum("risk", N_("Risk level"), Risk),
    Column("key", N_("Key enterprise"), _yes_no, 8),
    Column("key_since", N_("Key since"), xlsx.day_of, 12),
    Column("crowded", N_("Crowded"), _yes_no, 8),
    _enum("working_state", N_("Working state"), WorkingState),
    Column("area", N_("Area")),
    Column("address", N_("Address"), width=36),
    Column("latitude", N_("Latitude"), _number, 10),
    Column("longitude", N_("Longitude"), _number, 10),
    Column("staff", N_("Staff"), _count, 8),
    Column("supervisor", N_("Supervisor")),
    Column("supervisor_from", N_("Supervisor from"), xlsx.day_of, 12),
    *(
        Column(f"{duty.value}{part}", head, width=width)
        for duty, part, head, width in (
            (ContactDuty.PRINCIPAL, "", N_("Principal"), 12),
            (ContactDuty.PRINCIPAL, "_title", N_("Principal's title"), 12),
            (ContactDuty.PRINCIPAL, "_phone", N_("Principal's phone"), 16),
            (ContactDuty.LEGAL_REP, "", N_("Legal representative"), 12),
            (ContactDuty.LEGAL_REP, "_phone", N_("Legal representative's phone"), 16),
            (ContactDuty.SAFETY_OFFICER, "", N_("Safety officer"), 12),
            (ContactDuty.SAFETY_OFFICER, "_phone", N_("Safety officer's phone"), 16),
            (ContactDuty.KEEPER, "", N_("Keeper or owner"), 12),
            (ContactDuty.KEEPER, "_phone", N_("Keeper's phone"), 16),
        )
    ),
    Column("entry_notes", N_("Notes for entering"), width=30),
    Column("no_phone", N_("Phones not allowed inside"), _yes_no, 8),
    Column("note", N_("Note"), width=30),
)
BY_NAME = {column.name: column for column in COLUMNS}
SHEET_DUTIES = (ContactDuty.PRINCIPAL, ContactDuty.LEGAL_REP, ContactDuty.SAFETY_OFFICER, ContactDuty.KEEPER)


HEAD_ROWS = 10  # titles, units and dates of issue stand above the heads of real lists
SYNONYMS = Path(__file__).parent / "data" / "heads.toml"


@cache
def _own_heads() -> dict[str, Column]:
    """The template's heads in every language, as `alike` writes them."""
    known: dict[str, Column] = {}
    for lang in LANGUAGES:
        with speaking(lang):
            known |= {alike(gettext(column.head)): column for column in COLUMNS}
    return known


@cache
def _synonyms() -> dict[str, Column]:
    rows = tomllib.loads(SYNONYMS.read_text("utf-8"))
    return {alike(head): BY_NAME[name] for name, heads in rows.items() for head in heads}


def _head(cell: Any) -> str:
    return alike(visible_text(str(cell or ""))).strip("*:：")


def head_index(rows: Sequence[tuple[int, list[Any]]]) -> int:
    """Which of the first rows holds the heads: the one with the most known ones, the site's name among them."""
    known = _synonyms() | _own_heads()
    counts = []
    for _number, cells in rows[:HEAD_ROWS]:
        columns = {column.name for cell in cells if (column := known.get(_head(cell)))}
        counts.append(len(columns) if "name" in columns else 0)
    return counts.index(max(counts))


def continues_head(cells: list[Any], columns: Mapping[int, Column]) -> bool:
    """Whether the row below the heads belongs to them: no name of a site, and no digit in any cell (units, sub-heads)."""
    at = next(position for position, column in columns.items() if column.name == "name")
    named = at < len(cells) and str(cells[at] or "").strip()
    return not named and not any(char.isdigit() for cell in cells for char in str(cell or ""))


def columns_of(head: list[Any]) -> tuple[dict[int, Column], list[str]]:
    """Which column stands where, by the template's heads in either language or by synonyms, and the heads that are
    not read. Raises Refused."""
    found: dict[int, Column] = {}
    for position, cell in enumerate(head):
        column = _own_heads().get(_head(cell))
        if column and column in found.values():
            raise Refused(
                N_("The column %(head)s is there twice."), field="file", head=str(cell or "").strip()
            )
        if column:
            found[position] = column
    for position, cell in enumerate(head):
        synonym = _synonyms().get(_head(cell))
        if position not in found and synonym and synonym not in found.values():
            found[position] = synonym
    if BY_NAME["name"] not in found.values():
        raise Refused(
            N_(
                "None of the first %(count)s rows holds heads with the name of the site. Compare them with the template."
            ),
            field="file",
            count=HEAD_ROWS,
        )
    words = [str(cell or "").strip() for cell in head]
    return found, [text for position, text in enumerate(words) if text and position not in found]


def read_row(
    cells: list[Any], columns: Mapping[int, Column], epoch: datetime
) -> tuple[dict[str, Any], list[Refused]]:
    """The facts of a row, empty cells left out, and what cannot be read, each naming its column."""
    facts: dict[str, Any] = {}
    problems = []
    for position, column in columns.items():
        if position >= len(cells):
            continue
        try:
            value = column.read(cells[position], epoch)
        except Refused as problem:
            problems.append(Refused(problem.message, field=column.name, **problem.params))
            continue
        if value is not None:
            facts[column.name] = value
    return facts, problems


def cells_of(site: Site, held: Assignment | None, name_of: Callable[[Any], str]) -> list[Any]:
    """The cells of a site; `name_of` writes its supervisor."""
    row: dict[str, Any] = {
        column.name: getattr(site, column.name) for column in COLUMNS if column.name in Site.__table__.columns
    }
    row["supervisor"] = name_of(site.supervisor) if site.supervisor else None
    row["supervisor_from"] = held.from_on if held else None
    for duty in SHEET_DUTIES:
        contact = site.contact(duty)
        for part, field in (("", "name"), ("_title", "title"), ("_phone", "phone")):
            row[f"{duty.value}{part}"] = getattr(contact, field) if contact else None
    return [written(row[column.name]) for column in COLUMNS]


def written(value: Any) -> Any:
    """A fact as a cell shows it in the language of now."""
    if isinstance(value, bool):
        return gettext(YES) if value else gettext(NO)
    return label(value) if isinstance(value, Labelled) else value


def heads() -> list[xlsx.Head]:
    """The heads in the language of now, with what may be chosen."""
    yes_no = (gettext(YES), gettext(NO))
    return [
        xlsx.Head(
            gettext(column.head) + ("*" if column.required else ""),
            column.width,
            [label(member) for member in column.choices]
            if column.choices
            else yes_no
            if column.read is _yes_no
            else (),
        )
        for column in COLUMNS
    ]


def template() -> bytes:
    """An empty workbook with the heads, the choices and how to fill it."""
    notes = [
        gettext("One row is one site. Only the name is required; an empty cell changes nothing."),
        gettext(
            "A row belongs to the site of its credit code. Without a code, name and address decide and you are asked."
        ),
        gettext("A new enterprise needs its sector and its risk level."),
        gettext("Days: 2026-03-05 is always right. Format columns of codes and phones as text."),
        gettext(
            "The supervisor is written by name, or by sign-in name where two have the same name; without a day it begins today."
        ),
        gettext(
            "Nothing is written before you have seen what each row would do. One wrong row stops the whole file."
        ),
    ]
    return xlsx.write(
        gettext("Enterprises"), heads(), [], notes=notes, notes_title=gettext("How to fill this")
    )


def export(rows: Iterable[tuple[Site, Assignment | None]], name_of: Callable[[Any], str]) -> bytes:
    """The sites as a workbook that can be imported again."""
    return xlsx.write(gettext("Enterprises"), heads(), (cells_of(site, held, name_of) for site, held in rows))


def file_name(kind: str, day: date) -> str:
    """The name of a downloaded workbook."""
    return f"{kind}-{day.isoformat()}.xlsx"
