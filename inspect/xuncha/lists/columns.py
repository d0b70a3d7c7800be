"""The columns of a kind of list: how a cell is read and written, and which column of a file holds what.

Template, export and import of a list agree on every column; heads are known in each language and by usual names.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from flask_babel import gettext

from ..core.errors import Refused
from ..core.i18n import LANGUAGES, label, use_language
from ..core.labels import N_, Labelled
from ..core.parsing import alike, visible_text
from . import column_mapping, spreadsheet, xlsx

YES, NO = N_("Yes"), N_("No")
HEAD_ROWS = 10  # titles, units and dates of issue stand above the heads of real lists
Reader = Callable[[Any, datetime], Any]
Row = tuple[int, list[Any]]


class Unrecognised(Refused):
    """Which column holds what is not clear from the heads: a person has to say."""


@cache
def _spellings(kind: type[Labelled], value: str) -> set[str]:
    """How a choice may be written: its value, its name in each language, the name without or inside its brackets.

    Kept by kind too: choices are texts, and equal values of two kinds are equal keys.
    """
    member = kind(value)
    found = {alike(member.value)}
    for lang in LANGUAGES:
        with use_language(lang):
            words = alike(label(member))
        found |= {words, *re.findall(r"\(([^)]+)\)", words), re.sub(r"\([^)]*\)", "", words)}
    return found


def _choice(kind: type[Labelled], more: Mapping[str, str], value: Any, _epoch: datetime) -> Labelled | None:
    text = alike(visible_text(xlsx.text_of(value)))
    if not text:
        return None
    for member in kind:
        if text in _spellings(kind, member.value) or more.get(text) == member.value:
            return member
    raise Refused(N_("Choose one of: %(choices)s."), choices=", ".join(label(member) for member in kind))


@cache
def _yes_no_words() -> dict[bool, set[str]]:
    words = {True: {"1", "y", "true"}, False: {"0", "n", "false"}}
    for lang in LANGUAGES:
        with use_language(lang):
            words[True].add(alike(gettext(YES)))
            words[False].add(alike(gettext(NO)))
    return words


def yes_no(value: Any, _epoch: datetime) -> bool | None:
    """A cell as yes or no."""
    text = alike(visible_text(xlsx.text_of(value)))
    if not text:
        return None
    for answer, spellings in _yes_no_words().items():
        if text in spellings:
            return answer
    raise Refused(N_("Write yes or no."))


def text(value: Any, _epoch: datetime) -> str | None:
    """A cell as text; None for an empty one."""
    return xlsx.text_of(value).strip() or None


def number(value: Any, _epoch: datetime) -> float | None:
    """A cell as a number."""
    return xlsx.number_of(value)


def count(value: Any, _epoch: datetime) -> int | None:
    """A cell as a whole number."""
    found = xlsx.number_of(value)
    if found is None:
        return None
    if found < 0 or not found.is_integer():
        raise Refused(N_("Write a whole number in digits."))
    return int(found)


@dataclass(frozen=True)
class Column:
    """A column: the fact it holds, its head, how a cell is read and what is written.

    Without a required one nothing can be taken; a wanted one is asked for when a file does not seem to have it.
    """

    name: str
    head: str
    read: Reader = text
    width: int = 14
    choices: type[Labelled] | None = None
    required: bool = False
    wanted: bool = False


def choice(
    name: str,
    head: str,
    kind: type[Labelled],
    *,
    required: bool = False,
    wanted: bool = False,
    more: Mapping[str, str] | None = None,
) -> Column:
    """A column of stored choices; `more` are usual words for them, by the word."""
    return Column(name, head, partial(_choice, kind, more or {}), 16, kind, required, wanted)


def words_of(path: Path, name: str) -> dict[str, str]:
    """The usual words for the choices of a column, from the table [words.<name>] of a data file."""
    rows = tomllib.loads(path.read_text("utf-8")).get("words", {}).get(name, {})
    return {alike(word): value for value, words in rows.items() for word in words}


@dataclass
class Opened:
    """A file whose columns are known: its rows under the heads."""

    rows: list[Row]
    columns: dict[int, Column]
    strange: list[str]
    epoch: datetime
    # What a person said for rows in which the file says nothing.
    otherwise: dict[str, Labelled] = field(default_factory=dict)
    remembered: bool = False


def head_of(cell: Any) -> str:
    """A head as two spellings of it are compared."""
    return alike(visible_text(str(cell or ""))).strip("*:\uff1a")


class Columns:
    """All columns of one kind of list. The first required one tells a row of the list from titles and units."""

    def __init__(self, kind: str, columns: Sequence[Column], synonyms: Path) -> None:
        self.kind = kind
        self.columns = tuple(columns)
        self.by_name = {column.name: column for column in columns}
        self.anchor = next(column for column in columns if column.required)
        self._path = synonyms
        self._own: dict[str, Column] = {}
        self._usual: dict[str, Column] = {}

    def _known(self) -> tuple[dict[str, Column], dict[str, Column]]:
        """The template's heads in every language, and the usual names beside them."""
        if not self._own:
            for lang in LANGUAGES:
                with use_language(lang):
                    self._own |= {head_of(gettext(column.head)): column for column in self.columns}
            rows = tomllib.loads(self._path.read_text("utf-8"))
            self._usual = {
                head_of(head): self.by_name[name]
                for name, heads in rows.items()
                if isinstance(heads, list)
                for head in heads
            }
        return self._own, self._usual

    def head_index(self, rows: Sequence[Row]) -> int:
        """Which of the first rows holds the heads: the one with the most known ones; without any, the fullest."""
        own, usual = self._known()
        known = usual | own
        scores = []
        for _number, cells in rows[:HEAD_ROWS]:
            found = {column.name for cell in cells if (column := known.get(head_of(cell)))}
            filled = sum(isinstance(cell, str) and bool(cell.strip()) for cell in cells)
            scores.append((self.anchor.name in found, len(found), filled))
        return scores.index(max(scores))

    def guess(self, head: Sequence[Any]) -> dict[int, Column]:
        """Which column stands where, by the template's heads or by usual ones; the first of two."""
        found: dict[int, Column] = {}
        for known in self._known():
            for position, cell in enumerate(head):
                column = known.get(head_of(cell))
                if column and position not in found and column not in found.values():
                    found[position] = column
        return found

    def _demand_clear(self, head: Sequence[Any], columns: Mapping[int, Column]) -> None:
        own = self._known()[0]
        named = [column.name for cell in head if (column := own.get(head_of(cell)))]
        for cell in head:
            column = own.get(head_of(cell))
            if column and named.count(column.name) > 1:
                raise Unrecognised(
                    N_("The column %(head)s is there twice."), field="file", head=str(cell).strip()
                )
        for column in self.columns:
            if column.required and column not in columns.values():
                raise Unrecognised(
                    N_("No column of this file is known to hold: %(head)s."),
                    field="file",
                    head=gettext(column.head),
                )

    def open(self, data: bytes) -> Opened:
        """The rows of a file, its columns as they were chosen for such heads before or as the heads tell.

        Raises Refused (field "file"): Unrecognised when a person has to say which column holds what.
        """
        sheet = spreadsheet.read(data)
        at, chosen = self.locate(sheet.rows)
        head = sheet.rows[at][1]
        columns, otherwise = self.read_choice(chosen or {})
        if chosen is None:
            columns = self.guess(head)
            self._demand_clear(head, columns)
        below = sheet.rows[at + 1 :]
        if below and self._continues_head(below[0][1], columns):
            below = below[1:]
        if not below:
            raise Refused(N_("There is no row under the heads."), field="file")
        texts = [xlsx.text_shown(cell) for cell in head]
        strange = [one for position, one in enumerate(texts) if one and position not in columns]
        return Opened(below, columns, strange, sheet.epoch, otherwise, chosen is not None)

    def locate(self, rows: Sequence[Row]) -> tuple[int, dict[str, str] | None]:
        """Which row holds the heads, and what a person chose for them before. Raises Refused without any row below."""
        if len(rows) < 2:
            raise Refused(N_("There is no row under the heads."), field="file")
        first = [[head_of(cell) for cell in cells] for _number, cells in rows[:HEAD_ROWS]]
        remembered = column_mapping.recall(self.kind, first)
        return remembered or (self.head_index(rows), None)

    def read_choice(self, chosen: Mapping[str, str]) -> tuple[dict[int, Column], dict[str, Labelled]]:
        """A remembered choice; columns that no longer exist are left out."""
        columns = {
            int(key): self.by_name[name]
            for key, name in chosen.items()
            if key.isdigit() and name in self.by_name
        }
        otherwise: dict[str, Labelled] = {}
        for name, value in chosen.items():
            kind = self.by_name[name].choices if name in self.by_name else None
            if kind and value in set(kind):
                otherwise[name] = kind(value)
        return columns, otherwise

    def missing(self, columns: Iterable[Column]) -> list[Column]:
        """The required and wanted columns that are not among these."""
        there = {column.name for column in columns}
        return [one for one in self.columns if (one.required or one.wanted) and one.name not in there]

    def _continues_head(self, cells: list[Any], columns: Mapping[int, Column]) -> bool:
        """Whether the row below the heads belongs to them: nothing in the first required column, and no digit in any
        cell (units, sub-heads)."""
        at = next((position for position, column in columns.items() if column == self.anchor), len(cells))
        named = at < len(cells) and str(cells[at] or "").strip()
        return not named and not any(char.isdigit() for cell in cells for char in str(cell or ""))

    def heads(self) -> list[xlsx.Head]:
        """The heads in the language of now, with what may be chosen."""
        yes_or_no = (gettext(YES), gettext(NO))
        return [
            xlsx.Head(
                gettext(column.head) + ("*" if column.required else ""),
                column.width,
                [label(member) for member in column.choices]
                if column.choices
                else yes_or_no
                if column.read is yes_no
                else (),
            )
            for column in self.columns
        ]

    def template(self, title: str, notes: Sequence[str]) -> bytes:
        """An empty workbook with the heads, the choices and how to fill it."""
        return xlsx.write(title, self.heads(), [], notes=notes, notes_title=gettext("How to fill this"))


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


def written(value: Any) -> Any:
    """A fact as a cell shows it in the language of now."""
    if isinstance(value, bool):
        return gettext(YES) if value else gettext(NO)
    return label(value) if isinstance(value, Labelled) else value
