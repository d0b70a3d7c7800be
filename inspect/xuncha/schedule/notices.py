"""Reading the State Council's yearly notice, or one day a line. Pure: nothing is written.

The patterns stand in data/notice.toml, beside the wording that they read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ..core.errors import Refused
from ..core.labels import N_
from .models import DayKind

PATTERNS = Path(__file__).parent / "data" / "notice.toml"
LONGEST_HOLIDAY = 15
MONTHS = 12


@dataclass(frozen=True)
class NamedDay:
    """A day as the notice names it."""

    day: date
    kind: DayKind
    name: str


@cache
def _pattern() -> dict[str, Any]:
    return tomllib.loads(PATTERNS.read_text("utf-8"))


def read_notice(text: str, year: int) -> list[NamedDay]:
    """The days of a pasted notice of a year, in order. Raises Refused with what could not be read."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise Refused(N_("Paste the notice, or one day a line."), field="text")
    by_line = re.compile(_pattern()["line"])
    if by_line.fullmatch(lines[0]):
        found = [_read_line(by_line.fullmatch(line), number) for number, line in enumerate(lines, 1)]
    else:
        found = list(_read_chapters(text, year))
    if not found:
        raise Refused(
            N_("No holiday was found in this text. Paste the notice's numbered list."), field="text"
        )
    days = {one.day: one for one in found}
    if len(days) < len(found):
        raise Refused(N_("The text names a day twice. Check it and paste it again."), field="text")
    return [days[day] for day in sorted(days)]


def _read_line(found: re.Match[str] | None, number: int) -> NamedDay:
    kind = _pattern()["kinds"].get(found["kind"].strip().lower()) if found else None
    try:
        if found is None or kind is None:
            raise ValueError
        day = date.fromisoformat(found["day"])
    except ValueError:
        message = N_("Line %(number)s cannot be read. Write the date, off or work, and the name.")
        raise Refused(message, field="text", number=number) from None
    return NamedDay(
        day, DayKind.OFF if kind == DayKind.OFF.value else DayKind.WORK, (found["name"] or "").strip()
    )


def _read_chapters(text: str, year: int) -> Iterator[NamedDay]:
    chapters = list(re.finditer(_pattern()["chapter"], text))
    for at, chapter in enumerate(chapters):
        end = chapters[at + 1].start() if at + 1 < len(chapters) else len(text)
        yield from _read_chapter(chapter["name"].strip(), text[chapter.end() : end], year)


def _read_chapter(name: str, text: str, year: int) -> Iterator[NamedDay]:
    pattern = _pattern()
    text = re.sub(pattern["aside"], "", text)
    waiting: list[date] = []
    off = 0
    for part in re.split(pattern["pause"], text):
        waiting += _days(part, year)
        if re.search(pattern["work"], part):
            worked = pattern["work_name"].format(name=name)
            yield from (NamedDay(day, DayKind.WORK, worked) for day in waiting)
            waiting = []
        elif re.search(pattern["off"], part):
            yield from (NamedDay(day, DayKind.OFF, name) for day in waiting)
            off += len(waiting)
            waiting = []
    said = re.search(pattern["total"], text)
    if said and int(said[1]) != off:
        message = N_(
            "%(name)s: the notice says %(said)s days, %(found)s were read. Enter these days by hand."
        )
        raise Refused(message, field="text", name=name, said=said[1], found=off)


def _days(part: str, year: int) -> list[date]:
    """The days of a phrase: single ones, and spans written with "to"."""
    days: list[date] = []
    month, end = 0, 0
    for found in re.finditer(_pattern()["day"], part):
        year = int(found["year"] or year)
        past, month = month, int(found["month"] or month)
        if not found["year"] and past > month:
            year += 1
        day = _date(year, month, int(found["day"]))
        spans = bool(days) and re.match(_pattern()["through"], part[end : found.start()])
        days += _span(days[-1], day) if spans else [day]
        end = found.end()
    return days


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        message = N_("%(year)s-%(month)s-%(day)s is not a day. Check the text and paste it again.")
        raise Refused(message, field="text", year=year, month=month, day=day) from None


def _span(start: date, end: date) -> list[date]:
    length = (end - start).days
    if not 0 < length < LONGEST_HOLIDAY:
        message = N_(
            "A holiday from %(start)s to %(end)s cannot be right. Check the text and paste it again."
        )
        raise Refused(message, field="text", start=start.isoformat(), end=end.isoformat())
    return [start + timedelta(days=step) for step in range(1, length + 1)]
