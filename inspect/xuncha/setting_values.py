"""What the values of settings must be: each raises ValueError, saying what is expected, for one that does not fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from .core import scale_packages
from .core.bucket import Bucket
from .core.parsing import read_number
from .core.settings import LONGEST_TERM, MOST_TERMS, read_terms

SHORTEST_TOKEN = 16
FONT_FILES = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")


def number(least: int, most: int) -> Callable[[str], object]:
    """A whole number in a range."""

    def demand(text: str) -> None:
        number = read_number(text)
        if number is None or not least <= number <= most:
            raise ValueError(f"must be a number from {least} to {most}")

    return demand


def one_of(*values: str) -> Callable[[str], object]:
    """One of a few words."""

    def demand(text: str) -> None:
        if text not in values:
            raise ValueError(f"must be {', '.join(value or 'empty' for value in values)}")

    return demand


def terms(text: str) -> None:
    """Deadlines in days."""
    if read_terms(text) is None:
        raise ValueError(f"must be 1 to {MOST_TERMS} numbers from 1 to {LONGEST_TERM}, separated by spaces")


def database(text: str) -> None:
    """An address of a database."""
    if text and not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("must be empty, sqlite:///… or postgresql://…")
    scale_packages.demand_for(text)


def read_database(text: str) -> None:
    """An address of a PostgreSQL server that copies the primary."""
    if text and not text.startswith(("postgresql://", "postgresql+psycopg://")):
        raise ValueError("must be empty or postgresql://…")
    scale_packages.demand_for(text)


def photo_store(text: str) -> None:
    """An address of a bucket."""
    if text:
        Bucket.read(text)


def readable_file(text: str) -> None:
    """A file that is there."""
    if text and not Path(text).is_file():
        raise ValueError(f"must be a file; there is none at {text}")


def font(text: str) -> None:
    """A folder with the two fonts of papers."""
    if text and not all((Path(text) / name).is_file() for name in FONT_FILES):
        raise ValueError(f"must be a folder with {' and '.join(FONT_FILES)}")


def token(text: str) -> None:
    """A secret that is long enough."""
    if text and not (
        len(text) >= SHORTEST_TOKEN and text.isascii() and text.isprintable() and " " not in text
    ):
        raise ValueError(f"must be empty or at least {SHORTEST_TOKEN} letters and digits")


def public_url(text: str) -> None:
    """An address that phones can open."""
    parts = urlsplit(text)
    plain = text.isascii() and text.isprintable() and not {" ", "@"} & set(text)
    if text and not (
        plain and parts.scheme in {"http", "https"} and parts.netloc and not parts.query + parts.fragment
    ):
        raise ValueError("must be empty or an address such as https://safety.zone.cn")
