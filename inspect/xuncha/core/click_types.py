"""What commands take as words: days and months of this century."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from .parsing import FIRST_YEAR, LAST_YEAR, MOST

NUMBER = click.IntRange(1, MOST)


class Day(click.DateTime):
    """A day (or month) of this century."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The day's first moment; a usage error for one that nothing here can have."""
        day: datetime = super().convert(value, param, ctx)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.fail(f"{value} does not lie in the years {FIRST_YEAR} to {LAST_YEAR}.", param, ctx)
        return day


DAY, MONTH = Day(["%Y-%m-%d"]), Day(["%Y-%m"])
