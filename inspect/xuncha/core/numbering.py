"""Document numbers: given once, in the transaction that issues the document, never reused, restarting each year.

The office's form is （代字）文种〔年〕序号号 with the brackets U+3014/U+3015 and an unpadded serial.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from .db import Base, Code, db, insert_new, table_of

SUMMARY_WORD, CIRCULAR_WORD, APPRAISAL_WORD = "总结", "通报", "考核"  # of the papers that tell of a period


class Counter(Base):
    """The last serial given for a kind of number in a year."""

    __tablename__ = "counters"

    kind: Mapped[Code] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


_COUNTERS = table_of(Counter)  # no counter is ever held as an object
_BUMP = (
    sa.update(_COUNTERS)
    .where(_COUNTERS.c.kind == sa.bindparam("of_kind"), _COUNTERS.c.year == sa.bindparam("of_year"))
    .values(last=_COUNTERS.c.last + sa.bindparam("count"))
    .returning(_COUNTERS.c.last)
)


def next_serial(kind: str, year: int) -> int:
    """Allocate the next serial; the row's lock keeps a second transaction waiting, so none is given twice."""
    return next_serials(kind, year, 1)[0]


def next_serials(kind: str, year: int, count: int) -> range:
    """Allocate so many serials, one behind the other, at once."""
    given = {"of_kind": kind, "of_year": year, "count": count}
    last = db.session.scalar(_BUMP, given)
    if last is None:
        db.session.execute(insert_new(Counter), {"kind": kind, "year": year, "last": 0})
        last = db.session.scalars(_BUMP, given).one()
    return range(last - count + 1, last + 1)


def document_number(prefix: str, word: str, year: int, serial: int) -> str:
    """The printed number, for example （某开应）检记〔2026〕12号."""
    return f"（{prefix}）{word}〔{year}〕{serial}号"
