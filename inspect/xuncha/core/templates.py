"""How templates find what all of them share."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class SharedGlobals(Environment):
    """Templates that have nothing of their own beside what all share: they look into that dictionary itself.

    Jinja would put an empty one before it, and a page that imports a dozen macros walks through both each time.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template finds beside what its page is given."""
        return super().make_globals(d) if d else self.globals
