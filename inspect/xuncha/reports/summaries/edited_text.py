"""The paragraph as a person edits it: plain text, in which the slots are found again.

What was left alone stays a slot and follows its figure. A number that was typed over is a slot too, marked as written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from flask_babel import gettext

from ..layout.document_parts import BLANK
from .summary_text import Part, write, written

LONGEST = 20_000  # characters


def _about(pattern: str) -> str:
    """The words with which the language of now rounds a number, around a pattern."""
    words = [gettext("nearly %(number)s", number="\0"), gettext("over %(number)s", number="\0")]
    return "|".join(re.escape(word).replace("\0", pattern).replace("\x00", pattern) for word in words)


def tokens_of(text: str) -> list[str]:
    """Numbers as they are read, each one token; every other character by itself."""
    number = r"\d(?:[\d,]*\d)?(?:\.\d+)?%?"  # a comma behind it is the sentence's
    return re.findall(rf"{_about(number)}|{number}|{BLANK[0]}+|.", text, re.DOTALL)


def is_number(token: str) -> bool:
    """The token is a number, or a blank for one."""
    return any(char.isdigit() for char in token) or token.startswith(BLANK[0])


def _tokens(parts: Sequence[Part], *, rounded: bool) -> list[tuple[str, Part | None]]:
    """The tokens of a paragraph, each slot one of them."""
    found: list[tuple[str, Part | None]] = []
    for part in parts:
        text = written(part, rounded=rounded)
        found += [(text, part)] if isinstance(part, dict) else [(token, None) for token in tokens_of(text)]
    return found


def read(text: str, shown: Sequence[Sequence[Part]], *, rounded: bool) -> list[list[Part]]:
    """The paragraphs of an edited text, with the slots of what was shown before it was edited."""
    old: list[tuple[str, Part | None]] = []
    for paragraph in shown:
        old += [*_tokens(paragraph, rounded=rounded), ("\n", None)]
    new = tokens_of(re.sub(r"\s*\n\s*", "\n", text.strip()) + "\n")
    matcher = SequenceMatcher(None, [token for token, _part in old], new, autojunk=False)
    parts: list[Part] = []
    for kind, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if kind == "equal":
            parts += [part or token for token, part in old[from_old:to_old]]
        else:
            parts += _replaced(old[from_old:to_old], new[from_new:to_new])
    return _paragraphs(parts)


def _replaced(old: list[tuple[str, Part | None]], new: list[str]) -> list[Part]:
    """What was typed over: as many numbers as there were slots are numbers by hand, in their order."""
    slots = [part for _token, part in old if isinstance(part, dict)]
    numbers = [token for token in new if is_number(token)]
    if len(slots) != len(numbers):
        return list(new)
    left = iter(slots)
    return [{**next(left), "hand": token} if is_number(token) else token for token in new]


def _paragraphs(parts: list[Part]) -> list[list[Part]]:
    """One list for each line, its plain text joined."""
    found: list[list[Part]] = [[]]
    for part in parts:
        if part == "\n":
            found.append([])
        elif isinstance(part, str) and found[-1] and isinstance(found[-1][-1], str):
            found[-1][-1] += part
        else:
            found[-1].append(part)
    return [one for one in found if one]


def fitted(paragraphs: Sequence[Sequence[Part]], values: dict[str, Any]) -> list[list[Part]]:
    """A kept text with the figures of now: `was` tells what a slot said when the text was written, where it moved."""
    return [[_fitted(part, values) for part in one] for one in paragraphs]


def _fitted(part: Part, values: dict[str, Any]) -> Part:
    if isinstance(part, str):
        return part
    now = values.get(part["slot"])
    if now is None:  # nothing is counted under this name any more: what was written stays as text
        return written(part, rounded=False)
    moved = {"was": part["n"]} if part["n"] != now else {}
    return {**part, "n": now, **moved}


def plain(paragraphs: Sequence[Sequence[Part]], *, rounded: bool) -> str:
    """The text as it is edited and copied: a line for each paragraph."""
    return "\n".join(write(one, rounded=rounded) for one in paragraphs)
