"""Document numbers: given once, in the transaction that issues the document, never reused, restarting each year.

The office's form is （代字）文种〔年〕序号号 with the brackets U+3014/U+3015 and an unpadded serial.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from .db import Base, Code, db


class Counter(Base):
    """The last serial given for a kind of number in a year."""

    __tablename__ = "counters"

    kind: Mapped[Code] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


def next_serial(kind: str, year: int) -> int:
    """Allocate the next serial; the row's lock keeps a second transaction waiting, so none is given twice."""
    bump = (
        sa.update(Counter)
        .where(Counter.kind == kind, Counter.year == year)
        .values(last=Counter.last + 1)
        .returning(Counter.last)
        # No counter is ever held as an object: looking through the session for one only costs time.
        .execution_options(synchronize_session=False)
    )
    serial = db.session.scalar(bump)
    if serial is not None:
        return serial
    values = {"kind": kind, "year": year, "last": 0}
    if db.session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as pg_insert

        db.session.execute(pg_insert(Counter).values(**values).on_conflict_do_nothing())
    else:
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        db.session.execute(sqlite_insert(Counter).values(**values).on_conflict_do_nothing())
    return db.session.scalars(bump).one()


def document_number(prefix: str, word: str, year: int, serial: int) -> str:
    """The printed number, for example （某开应）检记〔2026〕12号."""
    return f"（{prefix}）{word}〔{year}〕{serial}号"
