"""Which column of a file holds what, as a person said it once: remembered for files with the same heads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base, Code, Pk, db
from ..core.history import Named


class ImportMapping(Base):
    """A choice for a kind of list and a row of heads.

    The keys of `choice` are positions, whose values are facts; or facts, whose values are for rows that say nothing.
    """

    __tablename__ = "import_mappings"
    __table_args__ = (sa.UniqueConstraint("kind", "heads"),)

    id: Mapped[Pk]
    kind: Mapped[Code]
    heads: Mapped[Code]
    choice: Mapped[dict[str, Any]]
    chosen_at: Mapped[datetime]
    chosen_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))


def _digest(heads: Sequence[str]) -> str:
    """One row of heads, empty cells at its end left out."""
    words = list(heads)
    while words and not words[-1]:
        words.pop()
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


def recall(kind: str, rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, str]] | None:
    """Of some rows the one that was said to be the heads, and the choice; the newest where there are several."""
    digests = {_digest(heads): at for at, heads in reversed(list(enumerate(rows)))}
    query = sa.select(ImportMapping).where(ImportMapping.kind == kind, ImportMapping.heads.in_(list(digests)))
    found = db.session.scalars(
        query.order_by(ImportMapping.chosen_at.desc(), ImportMapping.id.desc())
    ).first()
    return (digests[found.heads], dict(found.choice)) if found else None


def remember(
    kind: str, heads: Sequence[str], choice: Mapping[str, str], *, actor: Named, now: datetime
) -> None:
    """Keep a choice; one for the same heads is replaced."""
    digest = _digest(heads)
    query = sa.select(ImportMapping).where(ImportMapping.kind == kind, ImportMapping.heads == digest)
    row = db.session.scalar(query.with_for_update()) or ImportMapping(kind=kind, heads=digest)
    row.choice, row.chosen_at, row.chosen_by_id = dict(choice), now, actor.id
    db.session.add(row)
