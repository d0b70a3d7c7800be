"""The smallest parts of a page. A list has hundreds of them, and as functions they cost a fraction of what macros do.

Templates import them like macros, from components/tables.html and components/status.html, which say how.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

Caller = Callable[[], Markup]
# What an icon in a page has no use for: a page has some thirty of them.
NEEDLESS = re.compile(r' xmlns="[^"]*"| bi-[a-z0-9-]+')
SYMBOLS = {
    "ok": "check-lg",
    "wait": "hourglass-split",
    "due": "clock",
    "bad": "exclamation-triangle-fill",
    "off": "slash-circle",
}


def icon(name: str) -> Markup:
    """An icon installed by set-up, inlined so that it costs no request; nothing where set-up did not run."""
    if name not in _icons:
        _icons[name] = Markup(_drawing(name))
    return _icons[name]


_icons: dict[str, Markup] = {}


def _drawing(name: str) -> str:
    path = Path(current_app.static_folder or "") / "vendor" / "icons" / f"{name}.svg"
    text = path.read_text("utf-8") if path.is_file() else ""
    return NEEDLESS.sub("", text).replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def badge(label: Any, tone: str = "plain", symbol: str | None = None) -> Markup:
    """Where a thing stands: a word and a shape."""
    symbol = symbol or SYMBOLS.get(tone)
    return Markup('<span class="badge {}">{}{}</span>').format(tone, icon(symbol) if symbol else "", label)


def th(text: Any = None, *, caller: Caller | None = None) -> Markup:
    """The cell that names its line."""
    return Markup('<th scope="row">{}</th>').format(caller() if caller else text)


def td(
    label: Any, text: Any = None, num: bool = False, nowrap: bool = False, *, caller: Caller | None = None
) -> Markup:
    """A cell; "go": its one link takes all of it; "blank": a card on a phone leaves it out; "marks" need no label there."""
    inner = (caller() if caller else escape("" if text is None else text)).strip()
    named = {
        "num": num,
        "nowrap": nowrap,
        "go": inner.count("<a ") == 1,
        "blank": inner in ("", "—"),
        "marks": 'class="badge' in inner or 'class="risk' in inner,
    }
    classes = " ".join(name for name, holds in named.items() if holds)
    opening = _opening(escape(label), classes)
    if caller:
        return opening + Markup("<div>") + inner + Markup("</div></td>")
    return opening + (inner or "—") + Markup("</td>")


@lru_cache(1024)
def _opening(label: Markup, classes: str) -> Markup:
    """A list has few different ones, and putting one together costs more than all the rest of a cell."""
    attribute = Markup(' class="{}"').format(classes) if classes else ""
    return Markup('<td data-label="{}"{}>').format(label, attribute)
