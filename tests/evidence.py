"""Filed rows are evidence, which a trigger of the database keeps: what is tried against it, and how it says no."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa

from xuncha.core.db import db

CHANGES = ("UPDATE {t} SET id = id", "DELETE FROM {t}", "REPLACE INTO {t} SELECT * FROM {t}")
# What PostgreSQL has for REPLACE, which is SQLite's.
UPSERT = "INSERT INTO {t} SELECT * FROM {t} ON CONFLICT (id) DO UPDATE SET id = excluded.id"
# A trigger's no is a constraint to SQLite, an error of its own to PostgreSQL.
ERRORS = {"sqlite": sa.exc.IntegrityError, "postgresql": sa.exc.ProgrammingError}


def guarded() -> AbstractContextManager[object]:
    """Expect that the database refuses because rows are evidence."""
    return pytest.raises(ERRORS[db.engine.dialect.name], match="evidence")


def attempt(change: str, table: str) -> None:
    """Try one of CHANGES on a table."""
    words = UPSERT if change.startswith("REPLACE") and db.engine.dialect.name == "postgresql" else change
    db.session.execute(sa.text(words.format(t=table)))
