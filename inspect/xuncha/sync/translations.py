"""The words of the page code in another language: only those that it asks for, as one small JSON object."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

import brotli
from babel.messages.extract import extract_from_dir
from flask_babel import gettext

from ..core.i18n import use_language

KEYWORDS = {"_": None, "N_": None}


@lru_cache(maxsize=4)
def _messages(folder: Path) -> tuple[str, ...]:
    found = extract_from_dir(folder, [("**.js", "javascript")], keywords=KEYWORDS)
    return tuple(
        sorted({message for _file, _line, message, _comments, _context in found if isinstance(message, str)})
    )


@lru_cache(maxsize=8)
def _written(folder: Path, lang: str) -> tuple[bytes, str]:
    with use_language(lang):
        words = {message: gettext(message) for message in _messages(folder)}
    content = json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return content, hashlib.sha256(content).hexdigest()[:12]


@lru_cache(maxsize=8)
def compressed(content: bytes) -> bytes:
    """The same as small as it gets: that takes a while, and pages ask for it again and again."""
    return brotli.compress(content)


def catalogue(static: Path, lang: str) -> tuple[bytes, str]:
    """The catalogue of a language as JSON, and its version: a short hash of its content."""
    return _written(static / "js", lang)
