"""Text is searched by an index: the same rows as a search for a part of the text, letters A to Z in either case.

SQLite: a table of trigrams beside each searched table, kept by triggers (migration 0011). It holds the text in small letters
with two line ends behind every column, so that each character of it begins a trigram and one or two characters are found as
a beginning. PostgreSQL: indexes of pg_trgm. An index only names candidates; the text itself decides.
"""

from __future__ import annotations

import string
import unicodedata
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from . import pinyin
from .db import Nfc, db, like_pattern

# So many rows are gathered by the index and sorted. Of a word that more rows have, the list itself soon meets enough.
FEW = 10_000
GRAM = 3
_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def _is_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"


@dataclass(frozen=True)
class Mention:
    """Rows that mention a text: their numbers as an index finds them, and the same asked of one row."""

    numbers: sa.Select[int]
    holds: sa.ColumnElement[bool]

    def of(self, number: Any, owner: Any) -> Mention:
        """The rows whose `owner` (a foreign key) is one that mentions it."""
        holds = owner.in_(self.numbers)
        return Mention(sa.select(number).where(holds), holds)


def mention(kind: Any, text: str, *columns: Any) -> Mention:
    """The rows of a searched table that have a text in one of the columns."""
    pattern = like_pattern(text)
    sqlite = _is_sqlite()
    like = [(c.like if sqlite else c.ilike)(pattern, escape="\\") for c in columns]
    holds = sa.or_(*like)
    candidates = [kind.id.in_(_candidates(kind.__tablename__, text))] if sqlite else []
    return Mention(sa.select(kind.id).where(*candidates, holds), holds)


def sounding(kind: Any, text: str) -> list[Mention]:
    """The rows of a kind whose name sounds like a text typed in letters; none where it cannot be Pinyin."""
    if not pinyin.typed(text):
        return []
    holds = pinyin.sounds_like(kind.pinyin, text)
    return [Mention(sa.select(kind.id).where(holds), holds)]


@dataclass(frozen=True)
class Found:
    """Rows of one of several mentions; `many` of them are not gathered but asked one by one, as the list meets them."""

    holds: sa.ColumnElement[bool]
    many: bool


def either(number: Any, *mentions: Mention) -> Found:
    """Rows of one of several mentions: by the index where they are few."""
    numbers = sa.union_all(*(one.numbers for one in mentions)) if len(mentions) > 1 else mentions[0].numbers
    some = sa.select(numbers.subquery()).limit(FEW + 1).subquery()
    if (db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0) > FEW:
        return Found(sa.or_(*(one.holds for one in mentions)), many=True)
    return Found(number.in_(sa.select(numbers.cte().c[0])), many=False)


def _candidates(table: str, text: str) -> sa.Select[int]:
    small = unicodedata.normalize("NFC", text).translate(_SMALL)
    if len(small) >= GRAM:
        # Every third trigram from the end covers the text; the end of a number tells more than its beginning.
        ends = sorted({max(end, GRAM) for end in range(len(small), 0, -GRAM)})
        grams = ['"' + small[end - GRAM : end].replace('"', '""') + '"' for end in ends]
        index = sa.table(f"{table}_search", sa.column("rowid", sa.Integer), sa.column(f"{table}_search"))
        query = sa.literal(" AND ".join(grams), Nfc())
        return sa.select(index.c.rowid).where(index.c[f"{table}_search"].op("MATCH")(query))
    terms = sa.table(f"{table}_search_terms", sa.column("doc", sa.Integer), sa.column("term", Nfc()))
    return sa.select(terms.c.doc).where(terms.c.term >= small, terms.c.term < f"{small}\U0010ffff")
