"""The smallest parts of a page. A list has hundreds of them, and as functions they cost a fraction of what macros do.

Templates import them like macros, from components/tables.html and components/status.html, which say how.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

Caller = Callable[[], Markup]
# What an icon in a page has no use for: a page has some thirty of them.
NEEDLESS = re.compile(r' xmlns="[^"]*"| bi-[a-z0-9-]+')
# A cell that begins with one of these says by itself what it is.
MARKS = ('<span class="badge', '<span class="risk')
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


def html(pattern: str, *values: Any) -> Markup:
    """A pattern of ours with %s where a value goes, escaped: a third of what `Markup.format` costs."""
    return Markup(_filled(pattern, values))


def _filled(pattern: str, values: tuple[Any, ...]) -> str:
    # What is Markup already would be copied.
    return pattern % tuple([value if type(value) is Markup else escape(value) for value in values])


def badge(label: Any, tone: str = "plain", symbol: str | None = None) -> Markup:
    """Where a thing stands: a word and a shape."""
    symbol = symbol or SYMBOLS.get(tone)
    return html('<span class="badge %s">%s%s</span>', tone, icon(symbol) if symbol else "", label)


def th(text: Any = None, *, caller: Caller | None = None) -> Markup:
    """The cell that names its line."""
    return html('<th scope="row">%s</th>', caller() if caller else text)


def td(
    label: Any, text: Any = None, num: bool = False, nowrap: bool = False, *, caller: Caller | None = None
) -> Markup:
    """A cell; "go": its one link takes all of it; "blank": a card on a phone leaves it out; "marks" need no label there."""
    inner = (caller() if caller else escape("" if text is None else text)).strip()
    marks = inner.startswith(MARKS)
    opening = _opening(escape(label), num, nowrap, inner.count("<a ") == 1, inner in ("", "—"), marks)
    # Both parts are Markup, so nothing is escaped a second time.
    return html("%s<div>%s</div></td>" if caller else "%s%s</td>", opening, inner if caller else inner or "—")


@lru_cache(1024)
def _opening(label: Markup, num: bool, nowrap: bool, go: bool, blank: bool, marks: bool) -> Markup:
    """A list has few different ones, and putting one together costs more than all the rest of a cell."""
    named = {"num": num, "nowrap": nowrap, "go": go, "blank": blank, "marks": marks}
    classes = " ".join(name for name, holds in named.items() if holds)
    return html('<td data-label="%s"%s>', label, html(' class="%s"', classes) if classes else "")


def grid_cell(
    window: str, cell: Mapping[str, str] | None, words: Mapping[str, str], marks: Mapping[str, Markup]
) -> Markup:
    """A cell of the half-month grid (components/schedule.html): its mark, which links to what it counts."""
    if not cell:
        return html('<td data-label="%s"><span class="mark none" aria-hidden="true">·</span></td>', window)
    state, note, url = cell["state"], cell.get("note"), cell.get("url")
    text = html("%s %s %s", window, words[state], note) if note else html("%s %s", window, words[state])
    pattern = MARK_LINK if url else MARK
    return html(pattern, *(window, state, *([url] if url else []), text, marks[state], text))


MARK_LINK = (
    '<td data-label="%s"><a class="mark %s" href="%s" title="%s">%s<span class="vh">%s</span></a></td>'
)
MARK = '<td data-label="%s"><span class="mark %s" title="%s">%s<span class="vh">%s</span></span></td>'
