"""Workbooks as people make them, for the import tests."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

HEAD = ["企业（场所）名称", "统一社会信用代码", "行业领域", "风险等级"]
NEW_CODE = "91110000600037341L"  # python-stdnum's own example of a valid code


def workbook(*rows: list[Any], head: list[str] | None = None) -> bytes:
    """An .xlsx with a head and rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (head or HEAD, *rows):
        sheet.append(cells)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def cells(data: bytes) -> list[list[Any]]:
    """Every cell of the first sheet."""
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]
