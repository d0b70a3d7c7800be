"""Document numbers: given once, in the transaction that issues the document, never reused, restarting each year.

The office's form is （代字）文种〔年〕序号号 with the brackets U+3014/U+3015 and an unpadded serial.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from .db import Base, Code, db, insert_new


class Counter(Base):
    """The last serial given for a kind of number in a year."""

    __tablename__ = "counters"

    kind: Mapped[Code] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


def next_serial(kind: str, year: int) -> int:
    """Allocate the next serial; the row's lock keeps a second transaction waiting, so none is given twice."""
    return next_serials(kind, year, 1)[0]


def next_serials(kind: str, year: int, count: int) -> range:
    """Allocate so many serials, one behind the other, at once."""
    bump = (
        sa.update(Counter)
        .where(Counter.kind == kind, Counter.year == year)
        .values(last=Counter.last + count)
        .returning(Counter.last)
        # No counter is ever held as an object: looking through the session for one only costs time.
        .execution_options(synchronize_session=False)
    )
    last = db.session.scalar(bump)
    if last is None:
        db.session.execute(insert_new(Counter, {"kind": kind, "year": year, "last": 0}))
        last = db.session.scalars(bump).one()
    return range(last - count + 1, last + 1)


def document_number(prefix: str, word: str, year: int, serial: int) -> str:
    """The printed number, for example （某开应）检记〔2026〕12号."""
    return f"（{prefix}）{word}〔{year}〕{serial}号"
