"""A list that people work through, declared once: its columns tell how it is shown, sorted, chosen from and exported.

What a list declares, its page, its workbook, its saved views and its selection follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from flask_babel import gettext
from sqlalchemy.orm.interfaces import ORMOption

from ..core import paging
from ..core.db import db
from ..core.i18n import label, write_day, write_number
from ..core.labels import Labelled
from ..core.parsing import read_numbers
from . import list_workbook
from .list_workbook import Cell, Pictures, WorkbookColumn, day_cell
from .orders import turned

SORTED_AT_MOST = 10_000
"""Rows that are sorted by a column without an index; a list of more stands in its own order and says so."""
CHOSEN_AT_MOST = 200
LOOKS = ("sort", "columns")
"""What an address says of how a list looks, beside which rows it holds."""
Value = str | int | float | bool | date | datetime | Labelled | None


@dataclass(frozen=True)
class ListColumn:
    """A column: its name in addresses, its head (a message), what it says of a row, the keys by which it sorts.

    Without keys it does not sort; `indexed` where an index holds the order. `load` reads what it needs with the row.
    """

    name: str
    head: str
    value: Callable[[Any], Value]
    keys: tuple[Any, ...] = ()
    width: int = 14
    num: bool = False
    nowrap: bool = False
    indexed: bool = False
    load: tuple[ORMOption, ...] = ()

    def text(self, row: Any) -> str:
        """What it says of a row on a page."""
        value = self.value(row)
        if isinstance(value, Labelled):
            return label(value)
        if isinstance(value, date):
            return write_day(value)
        if isinstance(value, bool) or value is None:
            return gettext("Yes") if value else ""
        return write_number(value) if isinstance(value, int | float) else value

    def cell(self, row: Any) -> Cell:
        """What it says of a row in a workbook."""
        value = self.value(row)
        if isinstance(value, Labelled):
            return label(value)
        if isinstance(value, date):
            return day_cell(value)
        if isinstance(value, bool) or value is None:
            return gettext("Yes") if value else ""
        return value


@dataclass(frozen=True)
class Listing:
    """A list: the name of its saved views, its title (a message), the column that names a line, the others, the usual ones.

    `last` are the keys of its own order, the last of which tells every row from every other; `own` is that order as an
    address would say it, `number` the column that chosen rows are named by. `join` brings the tables by which columns sort.
    """

    name: str
    title: str
    subject: ListColumn
    columns: tuple[ListColumn, ...]
    usual: tuple[str, ...]
    last: tuple[Any, ...]
    number: Any
    own: str = ""
    join: Callable[[Any], Any] = lambda query: query

    def column(self, name: str) -> ListColumn | None:
        """The column of a name that sorts."""
        return next((one for one in (self.subject, *self.columns) if one.name == name and one.keys), None)

    def look(self, args: Mapping[str, str]) -> Look:
        """How an address wants the list; what does not fit is left out."""
        sort, named = args.get("sort", "").strip(), set(args.get("columns", "").split(","))
        columns = tuple(one for one in self.columns if one.name in named)
        chosen = tuple(read_numbers(args.get("chosen", "").split(","))[:CHOSEN_AT_MOST])
        usual = tuple(one for one in self.columns if one.name in self.usual)
        known = self.column(sort.removeprefix("-")) is not None
        return Look(self, sort if known else "", columns or usual, chosen, usual=columns in ((), usual))


def asked() -> dict[str, str]:
    """The address; the choice of columns is a form of boxes with one name."""
    several = {
        name: ",".join(found) for name in ("columns", "chosen") if (found := request.args.getlist(name))
    }
    return request.args.to_dict() | several


@dataclass(frozen=True)
class Look:
    """A list as an address wants it: sorted by a column ("-" turns it round), with some columns, of chosen rows only."""

    listing: Listing
    sort: str
    columns: tuple[ListColumn, ...]
    chosen: tuple[int, ...] = ()
    usual: bool = True
    unsorted: bool = False

    def to_args(self) -> dict[str, str]:
        """The address of this look."""
        named = "" if self.usual else ",".join(one.name for one in self.columns)
        chosen = ",".join(str(number) for number in self.chosen)
        given = {"sort": self.sort, "columns": named, "chosen": chosen}
        return {name: value for name, value in given.items() if value}

    @property
    def most(self) -> int:
        """So many rows are sorted by any column."""
        return SORTED_AT_MOST

    @property
    def order(self) -> list[Any]:
        """The keys of the order."""
        column = self.listing.column(self.sort.removeprefix("-"))
        keys = list(column.keys if column else ())
        if not any(key is self.listing.number for key in keys):
            keys += self.listing.last
        return [turned(key) for key in keys] if self.sort.startswith("-") else keys

    def of(self, query: Any) -> tuple[Look, Any]:
        """The rows of a select that are chosen, in the order that costs little, and the look that they have."""
        if self.chosen:
            query = query.where(self.listing.number.in_(self.chosen))
        look = self._affordable(query)
        column = self.listing.column(look.sort.removeprefix("-"))
        query = self.listing.join(query) if column else query
        loaded = [option for one in (self.listing.subject, *self.columns) for option in one.load]
        return look, query.options(*loaded).order_by(None).order_by(*look.order)

    def _affordable(self, query: Any) -> Look:
        column = self.listing.column(self.sort.removeprefix("-"))
        if column is None or column.indexed:
            return self
        some = query.with_only_columns(sa.literal(1), maintain_column_froms=True).order_by(None)
        few = sa.select(sa.func.count()).select_from(some.limit(SORTED_AT_MOST + 1).subquery())
        many = (db.session.scalar(few) or 0) > SORTED_AT_MOST
        return replace(self, sort="", unsorted=True) if many else self

    def page(self, query: Any, total: paging.Total | None = None) -> tuple[Look, paging.Page]:
        """The page of the address, and the look that it has."""
        look, rows = self.of(query)
        return look, paging.page(rows, look.order, request.args, total=total)

    def heads(self, endpoint: str, args: Mapping[str, str]) -> list[dict[str, Any]]:
        """The heads of the table, each with the address that sorts by it, or turns it round."""
        return [self._head(one, endpoint, args) for one in (self.listing.subject, *self.columns)]

    def _head(self, column: ListColumn, endpoint: str, args: Mapping[str, str]) -> dict[str, Any]:
        head: dict[str, Any] = {"label": gettext(column.head), "num": column.num}
        if column.keys:
            now = self.sort or self.listing.own
            wanted: dict[str, Any] = {
                **args,
                "sort": f"-{column.name}" if now == column.name else column.name,
            }
            head |= {"sort": url_for(endpoint, **wanted)}
            head["dir"] = {column.name: "ascending", f"-{column.name}": "descending"}.get(now)
        return head

    def _written(self) -> list[WorkbookColumn]:
        return [(one.head, one.width, one.cell) for one in (self.listing.subject, *self.columns)]

    def workbook(self, rows: Iterable[Any]) -> bytes:
        """What is on the screen as a workbook."""
        return list_workbook.written(gettext(self.listing.title), self._written(), rows)

    def with_photos(
        self, rows: Sequence[Any], heads: Mapping[str, str], pictures: Callable[[Sequence[int]], Pictures]
    ) -> bytes:
        """The same with small photos under some heads (messages). Raises Refused for too many rows."""
        list_workbook.pictured(rows)
        numbered = [(row.id, row) for row in rows]
        found = pictures([number for number, _row in numbered])
        return list_workbook.with_pictures(
            gettext(self.listing.title), self._written(), numbered, heads, found
        )
