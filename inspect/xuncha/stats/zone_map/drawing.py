"""The map as numbers for an SVG: where the outline, the tiles and each site stand. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, log2, sqrt

from .models import Ring
from .projection import DEEPEST_ZOOM, TILE, mercator, shifted

WIDTH, HEIGHT, MARGIN = 720, 460, 30
LEAST, MOST = 6.0, 22.0  # radii of a site without open hazards, and of the largest
SMALLEST_SPAN = 1e-6  # about forty metres: a lone site is not drawn as if it were the whole zone


@dataclass(frozen=True)
class Tile:
    """A picture of the ground and where it lies."""

    x: float
    y: float
    size: float
    address: str


@dataclass(frozen=True)
class Frame:
    """How degrees become places of the drawing."""

    left: float
    top: float
    scale: float
    is_shifted: bool = False
    zoom: int | None = None

    @classmethod
    def around(cls, places: Sequence[tuple[float, float]], *, tiles: bool, is_shifted: bool) -> Frame:
        """The frame that holds all places; above tiles at one of their scales."""
        points = [mercator(*(shifted(*one) if is_shifted else one)) for one in places] or [(0.5, 0.5)]
        west, east = min(x for x, _y in points), max(x for x, _y in points)
        north, south = min(y for _x, y in points), max(y for _x, y in points)
        wide, high = max(east - west, SMALLEST_SPAN), max(south - north, SMALLEST_SPAN)
        scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
        zoom = None
        if tiles:
            zoom = max(0, min(DEEPEST_ZOOM, floor(log2(scale / TILE))))
            scale = TILE * 2.0**zoom
        left = (west + east) / 2 - WIDTH / 2 / scale
        top = (north + south) / 2 - HEIGHT / 2 / scale
        return cls(left, top, scale, is_shifted, zoom)

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a place in WGS-84 stands on the drawing."""
        x, y = mercator(*(shifted(longitude, latitude) if self.is_shifted else (longitude, latitude)))
        return (x - self.left) * self.scale, (y - self.top) * self.scale

    def tiles(self, template: str) -> Iterator[Tile]:
        """The tiles beneath, by the template of their addresses."""
        if self.zoom is None:
            return
        many = 2**self.zoom
        first_x, first_y = floor(self.left * many), floor(self.top * many)
        last_x = floor((self.left + WIDTH / self.scale) * many)
        last_y = floor((self.top + HEIGHT / self.scale) * many)
        for y in range(max(first_y, 0), min(last_y, many - 1) + 1):
            for x in range(max(first_x, 0), min(last_x, many - 1) + 1):
                address = (
                    template.replace("{z}", str(self.zoom)).replace("{x}", str(x)).replace("{y}", str(y))
                )
                place = (x / many - self.left) * self.scale, (y / many - self.top) * self.scale
                yield Tile(round(place[0], 1), round(place[1], 1), TILE, address)

    def path(self, rings: Sequence[Ring]) -> str:
        """The outline as the path of an SVG, without points that nobody could tell apart."""
        return "".join(self._ring(ring) for ring in rings)

    def _ring(self, ring: Ring) -> str:
        kept: list[tuple[float, float]] = []
        for longitude, latitude in ring[:-1]:
            x, y = self.place(longitude, latitude)
            if not kept or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= 1:
                kept.append((x, y))
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept) + "Z"


def radius(open_hazards: int) -> float:
    """How large a site is drawn: its area grows with its open hazards."""
    return min(MOST, LEAST + 3.5 * sqrt(open_hazards))
