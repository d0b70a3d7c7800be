"""Panels: parts of a lower domain's page that higher domains fill, so that nothing imports upward."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .asked import Asked, finding


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
Asks = Callable[[Any, Any], Iterable[Asked[Any]]]


class Panels:
    """The makers of one page's panels; each gets the page's thing and the reader."""

    def __init__(self) -> None:
        self._makers: list[Maker] = []
        self._asks: dict[Maker, Asks] = {}

    def add(self, maker: Maker) -> Maker:
        """Register a maker (as a decorator); it returns None where it has nothing to show."""
        self._makers.append(maker)
        return maker

    def where(self, asks: Asks) -> Callable[[Maker], Maker]:
        """Register a maker that is called only where something that `asks` yields finds a row: most pages have nothing for
        most panels, and one statement asks for all of them."""

        def register(maker: Maker) -> Maker:
            self._asks[maker] = asks
            return self.add(maker)

        return register

    def of(self, thing: Any, reader: Any) -> list[Panel]:
        """The panels of a page in their order."""
        finds = finding({maker: asks(thing, reader) for maker, asks in self._asks.items()})
        wanted = [maker for maker in self._makers if maker in finds or maker not in self._asks]
        made = [panel for maker in wanted if (panel := maker(thing, reader))]
        return sorted(made, key=lambda panel: panel.position)
