"""The smallest parts of a page. A list has hundreds of them, and as functions they cost a fraction of what macros do.

Templates import them like macros, from components/tables.html and components/status.html, which say how.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

from .i18n import word

Caller = Callable[[], Markup]
# What an icon in a page has no use for, since the style gives its colour: a page has some thirty of them.
NEEDLESS = re.compile(r' xmlns="[^"]*"| fill="currentColor"| bi-[a-z0-9-]+|(?<=>)\n *')
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
    return NEEDLESS.sub("", text).replace("<svg ", '<svg aria-hidden="true" ', 1)


def html(pattern: str, *values: Any) -> Markup:
    """A pattern of ours with %s where a value goes, escaped: a third of what `Markup.format` costs."""
    return Markup(_filled(pattern, values))


def joined(parts: Iterable[Markup]) -> Markup:
    """Parts that are Markup already, one after the other: `Markup.join` would look into each again."""
    return Markup(_together(parts))


def _together(parts: Iterable[Markup]) -> str:
    return "".join(parts)


def _filled(pattern: str, values: tuple[Any, ...]) -> str:
    # What is Markup already would be copied.
    return pattern % tuple([value if type(value) is Markup else escape(value) for value in values])


@lru_cache(1024, typed=True)  # typed: what is Markup already is another label than the same text
def badge(label: str, tone: str = "plain", symbol: str | None = None) -> Markup:
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


class Cell:
    """The cells of one column, which are all of one kind: each costs a fraction of `td`. What is in them has no link."""

    def __init__(self, label: str, *, num: bool = False, nowrap: bool = False) -> None:
        column = partial(_opening, escape(label), num, nowrap, False)
        self._plain, self._marks, self._blank = (
            column(False, False),
            column(False, True),
            column(True, False),
        )

    def __call__(self, text: str) -> Markup:
        """A cell with a text, or with what is Markup already."""
        if not text:
            return html("%s—</td>", self._blank)
        if type(text) is not Markup:
            return html("%s%s</td>", self._plain, text)
        return html("%s<div>%s</div></td>", self._marks if text.startswith(MARKS) else self._plain, text)


@lru_cache(1024)
def _opening(label: Markup, num: bool, nowrap: bool, go: bool, blank: bool, marks: bool) -> Markup:
    """A list has few different ones, and putting one together costs more than all the rest of a cell."""
    named = {"num": num, "nowrap": nowrap, "go": go, "blank": blank, "marks": marks}
    classes = " ".join(name for name, holds in named.items() if holds)
    return html('<td data-label="%s"%s>', label, html(' class="%s"', classes) if classes else "")


def filter_field(field: Any, **attributes: Any) -> Markup:
    """A field of a bar of filters: its words, a message, and its control. None has to be filled, has a hint or is ever wrong."""
    kind, words = getattr(field.widget, "input_type", None), word(field.label.text)
    if kind == "checkbox":
        return html('<div class="field"><label class="tick">%s<span>%s</span></label></div>', field(), words)
    if kind is None or attributes:
        control = field.widget(field, **{"class": "in"} | attributes)
    else:
        control = html(INPUT, field.id, field.name, kind, field._value())
    return html('<div class="field"><label for="%s">%s</label>%s</div>', field.id, words, control)


INPUT = '<input class="in" id="%s" name="%s" type="%s" value="%s">'


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
