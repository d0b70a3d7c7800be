"""What addresses, forms and commands write: numbers and days bounded here once, and no character that a database cannot hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date

from werkzeug.routing import IntegerConverter, Map, UnicodeConverter

MOST = 2**31 - 1  # what an INTEGER column of PostgreSQL holds
FIRST_YEAR, LAST_YEAR = 2000, 2099
# Zero-width space, word joiner, byte order mark, soft hyphen, marks of direction: pasted along, never meant. The joiners
# U+200C and U+200D stay: scripts of people's names need them.
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_SPACES = dict.fromkeys([0x00A0, 0x2007, 0x202F, 0x3000], " ")


def visible_text(text: str) -> str:
    """The text without characters that nobody sees; every kind of space is a plain one, none at the ends."""
    return text.translate(_INVISIBLE | _SPACES).strip()


def alike(text: str) -> str:
    """What two spellings of one name have in common: no spaces, no width, no case (for comparing, never for storing)."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def read_number(text: object) -> int | None:
    """A number written in plain digits; None for anything else."""
    digits = visible_text(str(text))
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(MOST))):
        return None
    number = int(digits)
    return number if number <= MOST else None


def read_numbers(texts: Iterable[str]) -> list[int]:
    """The numbers among texts; what is none is left out."""
    return [number for text in texts if (number := read_number(text)) is not None]


def read_day(text: str | None) -> date | None:
    """A day of this century written 2026-03-31; None for anything else."""
    try:
        day = date.fromisoformat(visible_text(text or ""))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def read_page(args: Mapping[str, str]) -> int:
    """The page of a list that an address asks for; the first one for anything odd."""
    return max(read_number(args.get("page")) or 1, 1)


class NumberConverter(IntegerConverter):
    """A number in a path; one that no row can have is an address that does not exist."""

    regex = r"[0-9]{1,10}"

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=MOST)


class TextConverter(UnicodeConverter):
    """A word in a path, without U+0000: PostgreSQL cannot hold it, and no row has it in its name."""

    def to_python(self, value: str) -> str:
        """The word as a view takes it."""
        return value.replace("\0", "")
