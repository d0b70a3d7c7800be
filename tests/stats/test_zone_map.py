"""The map: outlines as files, places on the drawing, tiles, and the shift of Chinese maps."""

from __future__ import annotations

import json
from typing import Any

import pytest

from xuncha.core.errors import Refused
from xuncha.stats.zone_map import outline, projection
from xuncha.stats.zone_map.drawing import HEIGHT, WIDTH, Frame, radius

SQUARE = [[123.5, 30.0], [123.6, 30.0], [123.6, 30.1], [123.5, 30.1], [123.5, 30.0]]


def file(found: Any) -> bytes:
    return json.dumps(found).encode()


@pytest.mark.parametrize(
    "found",
    [
        {"type": "Polygon", "coordinates": [SQUARE]},
        {"type": "MultiPolygon", "coordinates": [[SQUARE]]},
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [SQUARE[:-1]]}},
        {
            "type": "FeatureCollection",
            "crs": {"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
            "features": [
                {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}},
                {
                    "type": "Feature",
                    "geometry": {"type": "Polygon", "coordinates": [[[*p, 4.5] for p in SQUARE]]},
                },
            ],
        },
    ],
)
def test_areas_are_read_from_every_kind_of_geojson(found: dict[str, Any]) -> None:
    assert outline.read(b"\xef\xbb\xbf" + file(found)) == [SQUARE]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04", "cannot be read as JSON"),
        (b"[" * 100_000, "cannot be read as JSON"),
        (b"[1, 2]", "a feature or a geometry"),
        (file({"type": "Topology", "arcs": []}), "a feature or a geometry"),
        (file({"type": "LineString", "coordinates": [[1, 2], [3, 4]]}), "no area"),
        (file({"type": "FeatureCollection"}), "A list of the file is missing"),
        (file({"type": "Polygon", "coordinates": [SQUARE[:2]]}), "fewer than three corners"),
        (file({"type": "Polygon", "coordinates": [[["a", 1]] * 4]}), "no pair of numbers"),
        (
            file({"type": "Polygon", "coordinates": [[[504321.5, 3320000.1]] * 4]}),
            "no longitude and latitude",
        ),
        (file({"type": "Polygon", "coordinates": [[[30.0, 123.5]] * 4]}), "no longitude and latitude"),
        (file({"type": "Polygon", "coordinates": [[[float("nan"), 1]] * 4]}), "no pair of numbers"),
        (file({"type": "Polygon", "crs": {"name": "EPSG:4490"}, "coordinates": [SQUARE]}), "another system"),
        (
            file({"type": "Polygon", "coordinates": [[[i / 1e4, 1] for i in range(20_001)]]}),
            "more than 20000",
        ),
        (b" " * 2_000_001, "larger than 2 MB"),
    ],
)
def test_what_is_no_outline_is_said_in_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        outline.read(data)


@pytest.mark.parametrize(
    ("latitude", "longitude", "shifted_latitude", "shifted_longitude"),
    [  # published pairs of Shanghai, Shenzhen and Beijing
        (31.1774276, 121.5272106, 31.17530398364597, 121.531541859215),
        (22.543847, 113.912316, 22.540796131694766, 113.9171764808363),
        (39.911954, 116.377817, 39.91334545536069, 116.38404722455657),
    ],
)
def test_the_shift_is_that_of_chinese_maps(
    latitude: float, longitude: float, shifted_latitude: float, shifted_longitude: float
) -> None:
    found = projection.shifted(longitude, latitude)
    assert found == pytest.approx((shifted_longitude, shifted_latitude), abs=1e-6)


def test_nothing_is_shifted_abroad() -> None:
    assert projection.shifted(13.4, 52.5) == (13.4, 52.5)


def test_the_frame_holds_every_place_with_north_above() -> None:
    places = [(123.5, 30.0), (123.6, 30.1), (123.55, 30.02)]
    for tiles in (False, True):
        frame = Frame.around(places, tiles=tiles, is_shifted=False)
        drawn = [frame.place(*one) for one in places]
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in drawn)
        assert drawn[1][1] < drawn[2][1] < drawn[0][1] and drawn[0][0] < drawn[2][0] < drawn[1][0]


def test_tiles_cover_the_drawing_at_one_zoom() -> None:
    frame = Frame.around([(123.5, 30.0), (123.6, 30.1)], tiles=True, is_shifted=False)
    tiles = list(frame.tiles("https://t.zone.cn/{z}/{x}/{y}.png"))
    assert 1 < len(tiles) <= 16
    assert min(tile.x for tile in tiles) <= 0 and max(tile.x + tile.size for tile in tiles) >= WIDTH
    assert min(tile.y for tile in tiles) <= 0 and max(tile.y + tile.size for tile in tiles) >= HEIGHT
    # The tile in which 123.55 E, 30.05 N lies at zoom z: floor((123.55 / 360 + 0.5) * 2**z).
    assert frame.zoom is not None
    column = int((123.55 / 360 + 0.5) * 2**frame.zoom)
    assert any(f"/{frame.zoom}/{column}/" in tile.address for tile in tiles)


def test_one_place_and_none_are_drawn_too() -> None:
    assert Frame.around([], tiles=True, is_shifted=True).path([]) == ""
    assert Frame.around([(123.5, 30.0)], tiles=False, is_shifted=False).place(123.5, 30.0) == (
        pytest.approx(WIDTH / 2),
        pytest.approx(HEIGHT / 2),
    )


def test_the_area_of_a_site_grows_with_its_open_hazards_up_to_a_bound() -> None:
    sizes = [radius(number) for number in (0, 1, 4, 9, 1000)]
    assert sizes == sorted(sizes) and sizes[0] > 0 and sizes[-1] <= 22
