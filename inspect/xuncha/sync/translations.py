"""The words of the page code in another language: only those that it asks for, as one small JSON object."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

import brotli
from babel.messages.extract import extract_from_dir
from flask import url_for
from flask_babel import gettext

from ..core.i18n import use_language

KEYWORDS = {"_": None, "N_": None}


# Page code that is fetched when it is wanted, and asks for its words then; the words of all else are "app".
PARTS = ("app", "later")
LATER = (
    "unsent/",
    "offline/reasons.js",
    "criteria.js",
    "marking.js",
    "viewfinder.js",
    "modules/list-keys.js",
    "modules/pulse.js",
    "modules/verification-queue.js",
)


@lru_cache(maxsize=4)
def _messages(folder: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {part: set() for part in PARTS}
    for file, _line, message, _comments, _context in extract_from_dir(
        folder, [("**.js", "javascript")], keywords=KEYWORDS
    ):
        if isinstance(message, str):
            found["later" if Path(file).as_posix().startswith(LATER) else "app"].add(message)
    return found | {"later": found["later"] - found["app"]}


@lru_cache(maxsize=8)
def _written(folder: Path, lang: str, part: str) -> tuple[bytes, str]:
    with use_language(lang):
        words = {message: gettext(message) for message in _messages(folder)[part]}
    content = json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return content, hashlib.sha256(content).hexdigest()[:12]


@lru_cache(maxsize=8)
def compressed(content: bytes) -> bytes:
    """The same as small as it gets: that takes a while, and pages ask for it again and again."""
    return brotli.compress(content)


def catalogue(static: Path, lang: str, part: str = "app") -> tuple[bytes, str]:
    """The catalogue of a language as JSON, and its version: a short hash of its content."""
    return _written(static / "js", lang, part)


def addresses(static: Path, lang: str) -> dict[str, str]:
    """Where the catalogues of a language stand, by part; none in English."""
    if lang == "en":
        return {}
    return {
        part: url_for("sync.words", lang=lang, part=part, v=catalogue(static, lang, part)[1])
        for part in PARTS
    }
