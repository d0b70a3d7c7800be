"""Reading an outline from GeoJSON (RFC 7946): polygons in degrees of WGS-84; anything else is said in a sentence."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from ...core.errors import Refused
from ...core.labels import N_
from .models import Ring

MOST_BYTES = 2_000_000
MOST_POINTS = 20_000
DEEPEST = 12
# What old writers call longitude and latitude of WGS-84.
PLAIN = ("CRS84", "EPSG::4326", "EPSG:4326")


def read(data: bytes) -> list[Ring]:
    """The rings of all polygons of a file, each closed. Raises Refused."""
    if len(data) > MOST_BYTES:
        raise Refused(
            N_("The file is larger than %(most)s MB. Simplify the outline."), most=MOST_BYTES // 1_000_000
        )
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Refused(N_("This is no GeoJSON file: it cannot be read as JSON.")) from None
    _demand_degrees(found)
    rings = [_ring(ring) for ring in _rings(found, DEEPEST)]
    if not rings:
        raise Refused(N_("The file holds no area. Save the outline as a polygon."))
    if sum(map(len, rings)) > MOST_POINTS:
        raise Refused(N_("The outline has more than %(most)s points. Simplify it."), most=MOST_POINTS)
    return rings


def _demand_degrees(found: Any) -> None:
    system = found.get("crs") if isinstance(found, dict) else None
    if system and not any(name in json.dumps(system) for name in PLAIN):
        raise Refused(N_("The file is in another system of coordinates. Save it in WGS-84 (EPSG:4326)."))


# What holds others, and under which name; geometries without an area are passed over.
HOLDERS = {"FeatureCollection": "features", "GeometryCollection": "geometries"}
WITHOUT_AREA = ("Point", "MultiPoint", "LineString", "MultiLineString")


def _rings(found: Any, depth: int) -> Iterator[Any]:
    kind = found.get("type") if isinstance(found, dict) and depth else None
    if kind in HOLDERS:
        for one in _listed(found.get(HOLDERS[kind])):
            yield from _rings(one, depth - 1)
    elif kind == "Feature":
        if found.get("geometry") is not None:
            yield from _rings(found["geometry"], depth - 1)
    elif kind == "Polygon":
        yield from _listed(found.get("coordinates"))
    elif kind == "MultiPolygon":
        for polygon in _listed(found.get("coordinates")):
            yield from _listed(polygon)
    elif kind not in WITHOUT_AREA:
        raise Refused(N_("This is no GeoJSON: a feature or a geometry is expected."))


def _listed(found: Any) -> list[Any]:
    if not isinstance(found, list):
        raise Refused(N_("A list of the file is missing or is none: coordinates, features or geometries."))
    return found


def _ring(found: Any) -> Ring:
    points = [_point(one) for one in _listed(found)]
    if points and points[0] != points[-1]:
        points.append(points[0])
    if len(points) < 4:
        raise Refused(N_("An area of the file has fewer than three corners."))
    return points


def _point(found: Any) -> list[float]:
    numbers = found[:2] if isinstance(found, list) else []
    if len(numbers) < 2 or not all(_is_number(one) for one in numbers):
        raise Refused(N_("A point of the file is no pair of numbers."))
    longitude, latitude = map(float, numbers)
    if abs(longitude) > 180 or abs(latitude) > 85:
        raise Refused(
            N_(
                "%(longitude)s, %(latitude)s is no longitude and latitude in degrees. Save the file in WGS-84 (EPSG:4326)."
            ),
            longitude=longitude,
            latitude=latitude,
        )
    return [longitude, latitude]


def _is_number(one: Any) -> bool:
    return isinstance(one, (int, float)) and not isinstance(one, bool) and math.isfinite(one)
