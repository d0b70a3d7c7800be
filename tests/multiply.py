"""A larger zone in seconds: copies of the rows that are there, made inside the database."""

from __future__ import annotations

import sqlalchemy as sa

from xuncha.core.db import db


def multiply(table: str, times: int, changed: dict[str, str]) -> None:
    """Copies of the rows that are there, some columns changed; `n` is the number of the copy."""
    names = [column["name"] for column in sa.inspect(db.session.connection()).get_columns(table)]
    base = db.session.scalar(sa.text(f"SELECT max(id) FROM {table}"))
    parts = ", ".join(changed.get(name, f'"{name}"').format(base=base) for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    db.session.execute(
        sa.text(
            f"WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < {times}) "
            f"INSERT INTO {table} ({listed}) SELECT {parts} FROM copies, (SELECT * FROM {table} WHERE id <= {base})"
        )
    )
