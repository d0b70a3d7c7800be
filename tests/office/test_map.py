"""The office's page of the map: an outline from a file, tiles of its own, and nothing of other servers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.evidence import guarded
from tests.house import House
from xuncha.core.db import db
from xuncha.stats.zone_map.models import Outline
from xuncha.stats.zone_map.queries import rings_now

Browser = Callable[[str], House]
SQUARE = [[123.5, 30.0], [123.6, 30.0], [123.6, 30.1], [123.5, 30.1], [123.5, 30.0]]
GEOJSON = json.dumps({"type": "Polygon", "coordinates": [SQUARE]}).encode()
TILES = "https://tiles.zone.cn:8443/{z}/{x}/{y}.png"


def post(browser: House, file: bytes | None = None, **fields: str) -> tuple[int, str]:
    data: dict[str, object] = dict(browser.page("/settings/map").fields) | fields
    data.pop("outline", None)
    for tick in ("no_outline", "map_shifted"):
        if tick not in fields:
            data.pop(tick, None)
    if file is not None:
        data["outline"] = (io.BytesIO(file), "zone.geojson")
    answer = browser.post("/settings/map", data=data, content_type="multipart/form-data")
    return answer.status_code, answer.get_data(as_text=True)


def test_an_outline_is_drawn_until_it_is_taken_away(as_user: Browser) -> None:
    admin = as_user("admin")
    assert 'class="outline' not in admin.get("/figures/map").get_data(as_text=True)
    assert post(admin, GEOJSON)[0] == 302
    assert rings_now() == [SQUARE]
    db.session.rollback()
    assert 'class="outline' in admin.get("/figures/map").get_data(as_text=True)
    assert "zone.geojson" in admin.text("/settings/map")
    assert post(admin, no_outline="y")[0] == 302
    assert 'class="outline' not in admin.get("/figures/map").get_data(as_text=True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Outline)) == 2  # both stay on record


def test_a_wrong_file_keeps_what_was_typed_and_the_outline(as_user: Browser) -> None:
    admin = as_user("admin")
    post(admin, GEOJSON)
    status, text = post(admin, b"nonsense", map_tiles=TILES)
    assert status == 422 and TILES in text
    assert 'aria-invalid="true"' in text
    assert rings_now() == [SQUARE]
    db.session.rollback()
    assert "tiles.zone.cn" not in admin.get("/figures/map").get_data(as_text=True)


@pytest.mark.parametrize(
    "address",
    [
        "tiles.zone.cn/{z}/{x}/{y}",
        "https://tiles.zone.cn/{z}/{x}.png",
        "https:///{z}/{x}/{y}",
        "javascript:{z}{x}{y}",
        "https://a;script-src *//{z}/{x}/{y}",
        "https://tiles.zone.cn/{z}/{x}/{y}'",
    ],
)
def test_an_address_that_is_none_of_tiles_is_refused(as_user: Browser, address: str) -> None:
    assert post(as_user("admin"), map_tiles=address)[0] == 422


def test_only_pages_with_a_map_load_from_the_tiles(as_user: Browser) -> None:
    admin = as_user("admin")
    assert post(admin, map_tiles=TILES, map_shifted="y")[0] == 302
    for page in ("/figures", "/figures/map", "/figures/wall"):
        policy = admin.get(page).headers["Content-Security-Policy"]
        assert "img-src 'self' blob: data: https://tiles.zone.cn:8443;" in policy
    assert "https://tiles.zone.cn:8443/" in admin.get("/figures/map").get_data(as_text=True)
    assert "tiles.zone.cn" not in admin.get("/hazards").headers["Content-Security-Policy"]
    assert "GCJ-02" in admin.text("/settings")  # the history of settings tells it


def test_only_the_office_changes_the_map(as_user: Browser) -> None:
    for name in ("leader", "lin", "wang", "auditor", "officer"):
        assert as_user(name).get("/settings/map").status_code == 403
        assert as_user(name).post("/settings/map", data={}).status_code in {400, 403}


def test_the_command_takes_a_file_and_names_what_is_wrong(app: Flask, tmp_path: Path) -> None:
    good, bad = tmp_path / "zone.geojson", tmp_path / "bad.geojson"
    good.write_bytes(GEOJSON)
    bad.write_bytes(b"{}")
    run = app.test_cli_runner()
    assert run.invoke(args=["map", "outline", str(good)]).output == "zone.geojson: 1 rings, 5 points\n"
    refused = run.invoke(args=["map", "outline", str(bad)])
    assert (refused.exit_code, "a feature or a geometry is expected" in refused.output) == (1, True)
    assert rings_now() == [SQUARE]


@pytest.mark.parametrize("change", ["UPDATE outlines SET id = id", "DELETE FROM outlines"])
def test_outlines_stay_as_they_were_brought(as_user: Browser, change: str) -> None:
    post(as_user("admin"), GEOJSON)
    with guarded():
        db.session.execute(sa.text(change))
