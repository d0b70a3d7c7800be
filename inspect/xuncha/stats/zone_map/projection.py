"""Degrees to places on a drawing: Mercator as tiles have it, and the shift of Chinese maps (GCJ-02). Pure.

What is kept is WGS-84. The shift is made only where the tiles beneath are shifted, and only for drawing.
"""

from __future__ import annotations

from math import cos, log, pi, radians, sin, sqrt, tan

Degrees = tuple[float, float]  # longitude, latitude

AXIS = 6_378_245.0  # Krasovsky 1940, in metres
ECCENTRICITY = 0.00669342162296594323  # squared
TILE = 256
DEEPEST_ZOOM = 18


def mercator(longitude: float, latitude: float) -> tuple[float, float]:
    """Parts of the world's square, from its north-west corner."""
    return longitude / 360 + 0.5, 0.5 - log(tan(pi / 4 + radians(latitude) / 2)) / (2 * pi)


def in_china(longitude: float, latitude: float) -> bool:
    """Roughly, as the shift has it: outside nothing is shifted."""
    return 72.004 <= longitude <= 137.8347 and 0.8293 <= latitude <= 55.8271


def shifted(longitude: float, latitude: float) -> Degrees:
    """The place on shifted maps."""
    if not in_china(longitude, latitude):
        return longitude, latitude
    x, y = longitude - 105, latitude - 35
    north = _north(x, y) + _waves(x)
    east = _east(x, y) + _waves(x)
    magic = 1 - ECCENTRICITY * sin(radians(latitude)) ** 2
    north *= 180 / (AXIS * (1 - ECCENTRICITY) / (magic * sqrt(magic)) * pi)
    east *= 180 / (AXIS / sqrt(magic) * cos(radians(latitude)) * pi)
    return longitude + east, latitude + north


def _waves(x: float) -> float:
    return (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3


def _north(x: float, y: float) -> float:
    plain = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    short = (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    return plain + short + (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3


def _east(x: float, y: float) -> float:
    plain = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    short = (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    return plain + short + (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
