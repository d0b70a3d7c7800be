"""The smallest parts of a page. A list has hundreds of them, and as functions they cost a fraction of what macros do.

Templates import them like macros, from components/tables.html and components/status.html, which say how.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

Caller = Callable[[], Markup]
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
        path = Path(current_app.static_folder or "") / "vendor" / "icons" / f"{name}.svg"
        text = path.read_text("utf-8") if path.is_file() else ""
        _icons[name] = Markup(text.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704  (our own file)
    return _icons[name]


_icons: dict[str, Markup] = {}


def badge(label: Any, tone: str = "plain", symbol: str | None = None) -> Markup:
    """Where a thing stands: a word and a shape."""
    symbol = symbol or SYMBOLS.get(tone)
    return Markup(f'<span class="badge {tone}">{icon(symbol) if symbol else ""}{escape(label)}</span>')  # noqa: S704


def th(text: Any = None, *, caller: Caller | None = None) -> Markup:
    """The cell that names its line."""
    return Markup(f'<th scope="row">{caller() if caller else escape(text)}</th>')  # noqa: S704  (all parts are escaped)


def td(
    label: Any, text: Any = None, num: bool = False, nowrap: bool = False, *, caller: Caller | None = None
) -> Markup:
    """A cell; "go": its one link takes all of it; "blank": a card on a phone leaves it out; "marks" need no label there."""
    inner = str(caller() if caller else escape("" if text is None else text)).strip()
    named = {
        "num": num,
        "nowrap": nowrap,
        "go": inner.count("<a ") == 1,
        "blank": inner in ("", "—"),
        "marks": 'class="badge' in inner or 'class="risk' in inner,
    }
    classes = " ".join(name for name, holds in named.items() if holds)
    shown = f"<div>{inner}</div>" if caller else inner or "—"
    attribute = f' class="{classes}"' if classes else ""
    return Markup(f'<td data-label="{escape(label)}"{attribute}>{shown}</td>')  # noqa: S704  (all parts are escaped)
