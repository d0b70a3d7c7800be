"""A process of its own that reads the cells of one workbook from its input and writes them as JSON.

A broken file can make the library ask for gigabytes, and then it ends the process: it must not be the server's.
Started by its path, so that it imports nothing of the application.
"""

from __future__ import annotations

import io
import json
import sys
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import python_calamine as calamine

MOST_MEMORY = 1 << 30
MOST_SECONDS = 20


def _limit() -> None:
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"day": value.date().isoformat(), "clock": value.time().isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat(), "clock": "00:00:00"}
    return value if isinstance(value, str | int | float | bool) else str(value)


def read(data: bytes, most_rows: int, most_columns: int) -> dict[str, Any]:
    """Which sheet is the first visible one, and its rows that hold something, each with its number from nought."""
    with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        kinds, visible = calamine.SheetTypeEnum.WorkSheet, calamine.SheetVisibleEnum.Visible
        shown = [
            number
            for number, sheet in enumerate(book.sheets_metadata)
            if sheet.typ == kinds and sheet.visible == visible
        ]
        number = shown[0] if shown else 0
        rows = []
        for line, cells in enumerate(book.get_sheet_by_index(number).to_python(skip_empty_area=False)):
            kept = [_plain(value) for value in cells[:most_columns]]
            if any(value != "" for value in kept):
                rows.append([line, kept])
            if len(rows) > most_rows:
                break
    return {"sheet": number, "rows": rows}


if __name__ == "__main__":
    _limit()
    json.dump(read(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2])), sys.stdout)
