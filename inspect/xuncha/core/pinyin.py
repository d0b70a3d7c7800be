"""Names in Pinyin beside names in characters, so that letters find them: "huaxin" and "hxhg" find 华鑫化工.

A column beside each name holds, one a line, the letters from each syllable on, and behind a mark the first letters of all
syllables. It is written when the row is; the dictionary (0.2 s, 57 MB) is loaded by the process that first needs it, and no
search does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import MappedColumn, mapped_column

from .db import Base

LONGEST = 24  # letters kept from a syllable on, and looked for
READINGS = 8  # of one name: the most usual one, then others of one character each
INITIALS = "\r"
# The dictionary knows characters one by one in a run of them; letters and digits stand for themselves.
_RUNS = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")
_SPACES = str.maketrans({"'": None, "\u2019": None, " ": None, "\u00fc": "v"})


def readings(text: str, *, of_name: bool) -> str:
    """What the column holds of a text. Of a name other readings of its characters count too: 单 is Shan as well as Dan."""
    if not text:
        return ""
    others = _sounds(text)
    usual = [sounds[0] for sounds in others]
    ways = [usual, *(_with_one_other(usual, others) if of_name else ())]
    lines = {"".join(way[at:])[:LONGEST]: None for way in ways for at in range(len(way))}
    initials = {"".join(part[0] for part in way): None for way in ways}
    return "\n" + "\n".join(lines) + "\n" + INITIALS + " ".join(initials)


def _sounds(text: str) -> list[list[str]]:
    """The sounds of each character, the most usual one first; a character of a known word has one."""
    from pypinyin import Style, lazy_pinyin, pinyin

    found: list[list[str]] = []
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text)):
        if run.isascii():
            found += [[one] for one in run.lower() if one.isalnum()]
            continue
        usual = lazy_pinyin(run, errors="ignore")
        others = pinyin(run, style=Style.NORMAL, heteronym=True, errors="ignore")
        found += [[first, *each] for first, each in zip(usual, others, strict=True)]
    return found


def _with_one_other(usual: list[str], others: list[list[str]]) -> Iterator[list[str]]:
    left = READINGS - 1
    for at, each in enumerate(others):
        for other in each:
            if left and other != usual[at]:
                left -= 1
                yield [*usual[:at], other, *usual[at + 1 :]]


def typed(text: str) -> str:
    """The letters of a search that may be Pinyin; empty where it cannot be."""
    letters = unicodedata.normalize("NFKC", text).lower().translate(_SPACES)
    fits = len(letters) > 1 and letters.isascii() and letters.isalnum() and not letters.isdigit()
    return letters[:LONGEST] if fits else ""


def sounds_like(column: Any, text: str) -> sa.ColumnElement[bool]:
    """Whether what a column of Pinyin holds is found by a text."""
    letters = typed(text)
    if not letters:
        return sa.false()
    return sa.or_(column.like(f"%\n{letters}%"), column.like(f"%{INITIALS}%{letters}%"))


NAMED: dict[type[Base], tuple[str, bool]] = {}


def pinyin_of(source: str, *, name: bool = True) -> MappedColumn[str]:
    """The column beside a column of text of the same row; `keep_pinyin` has it follow. Lists do not load it."""
    return mapped_column(
        default=lambda context: readings(context.get_current_parameters()[source], of_name=name),
        server_default="",
        deferred=True,
    )


def keep_pinyin(kind: type[Base], source: str, *, name: bool = True) -> None:
    """Write the Pinyin of a kind of row anew when its text changes."""
    NAMED[kind] = source, name

    @event.listens_for(kind, "before_update")
    def _follow(_mapper: Any, _connection: Any, row: Any) -> None:
        if sa.inspect(row).attrs[source].history.has_changes():
            row.pinyin = readings(getattr(row, source), of_name=name)


def write_all(connection: sa.Connection, *, missing: bool = False) -> int:
    """Write the Pinyin of all rows, or of those `missing` it (rows of earlier releases); how many were written."""
    written = 0
    for kind, (source, name) in NAMED.items():
        table: Any = kind.__table__
        text = table.c[source]
        query = sa.select(table.c.id, text, table.c.pinyin).where(text != "")
        for number, words, before in connection.execute(
            query.where(table.c.pinyin == "") if missing else query
        ).all():
            after = readings(words, of_name=name)
            if after != before:
                connection.execute(sa.update(table).where(table.c.id == number).values(pinyin=after))
                written += 1
    return written
