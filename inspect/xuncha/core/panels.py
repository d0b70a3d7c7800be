"""Panels: parts of a lower domain's page that higher domains fill, so that nothing imports upward."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Summary:
    """The same in words where there is no page, in a digest: what it is called, how many, the first of them.

    Digests pass through other people's services: a line names a site, a number and a day, never what was found.
    """

    title: str
    total: object
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Panel:
    """A part of a page: the template that shows it and what it shows."""

    template: str
    data: dict[str, Any] = field(default_factory=dict)
    position: int = 50
    summaries: tuple[Summary, ...] = ()


Maker = Callable[[Any, Any], "Panel | None"]


class Panels:
    """The makers of one page's panels; each gets the page's thing and the reader."""

    def __init__(self) -> None:
        self._makers: list[Maker] = []

    def add(self, maker: Maker) -> Maker:
        """Register a maker (as a decorator); it returns None where it has nothing to show."""
        self._makers.append(maker)
        return maker

    def of(self, thing: Any, reader: Any) -> list[Panel]:
        """The panels of a page in their order."""
        made = [panel for maker in self._makers if (panel := maker(thing, reader))]
        return sorted(made, key=lambda panel: panel.position)
