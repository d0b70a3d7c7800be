"""Keys by which lists are sorted: none is NULL, each short enough for the cursor of an address (core/paging.py)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from ..core.labels import Labelled

BEGINNING = 80  # characters by which long texts are sorted: a cursor stands in an address


def ranked(column: Any, members: Sequence[Labelled]) -> sa.ColumnElement[int]:
    """A choice by its place among its members."""
    return sa.case({member: place for place, member in enumerate(members)}, value=column, else_=len(members))


def beginning(column: Any) -> sa.ColumnElement[str]:
    """A text by its beginning; none comes first."""
    return sa.func.coalesce(sa.func.substr(column, 1, BEGINNING), "", type_=sa.String())


def turned(key: Any) -> Any:
    """The same key the other way round."""
    falling = isinstance(key, sa.UnaryExpression) and key.modifier is sa.sql.operators.desc_op
    return key.element if falling else key.desc()
