"""Marks on a photo: only added, refused when they cannot be read, drawn on the paper as they stood when it was issued."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image, ImageChops
from tests import cast
from tests.checks.filings import failing, filing, sent_photo, visit
from tests.hazards.builders import issued, person
from tests.house import House
from tests.photos.scenes import jpeg, scene

from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.models import Hazard
from xuncha.photos import marks, queries
from xuncha.photos.actions import receive
from xuncha.photos.models import Photo, PhotoMarks
from xuncha.reports.layout.document_parts import print_file

Browser = Callable[[str], House]
CIRCLE = '[{"kind":"circle","points":[[0.2,0.2],[0.6,0.7]]}]'
EVERY = (
    '[{"kind":"arrow","points":[[0.1,0.1],[0.5,0.5]]},{"kind":"pen","points":[[0.1,0.9],[0.2,0.8],[0.4,0.9]]},'
    '{"kind":"text","points":[[0.3,0.3]],"text":"裸露"}]'
)
BROKEN = [
    "x",
    "{}",
    '[{"kind":"star","points":[[0,0]]}]',
    '[{"kind":"circle","points":[[0.2,0.2]]}]',
    '[{"kind":"pen","points":[[0.2,1.2],[0,0]]}]',
    '[{"kind":"text","points":[[0.2,0.2]],"text":""}]',
    '[{"kind":"arrow","points":[[NaN,0],[0,0]]}]',
    "[" + ",".join([CIRCLE[1:-1]] * 41) + "]",
]


@pytest.fixture
def photo(app: Flask) -> Photo:
    """The before-photo of a hazard of Huaxin."""
    sha256 = receive(jpeg(scene(1)), actor=person("wang"), now=cast.NOW).sha256
    db.session.commit()
    issued(before=[{"sha256": sha256}])
    found = queries.by_hash(sha256)
    assert found is not None
    return found


def test_each_saving_is_a_version_and_the_newest_is_shown(photo: Photo, as_user: Browser) -> None:
    address = f"/photos/{photo.sha256}/marks"
    wang = as_user("wang")
    for shapes in (CIRCLE, EVERY, EVERY):
        assert wang.post(address, data={"marks": shapes}).status_code == 302
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PhotoMarks)) == 2
    assert wang.get(address).text.count("<polyline") == 6  # arrow, its head, a stroke: each with its edge
    assert ">裸露</text>" in wang.get("/hazards/1").text


@pytest.mark.parametrize("shapes", BROKEN)
def test_what_cannot_be_read_is_refused_in_words(photo: Photo, as_user: Browser, shapes: str) -> None:
    answer = as_user("wang").post(f"/photos/{photo.sha256}/marks", data={"marks": shapes})
    assert answer.status_code == 422
    assert "照片标注无法读取" in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PhotoMarks)) == 0


@pytest.mark.parametrize(("who", "status"), [("zhao", 404), ("officer", 403), ("auditor", 403)])
def test_others_may_not_draw(photo: Photo, as_user: Browser, who: str, status: int) -> None:
    assert as_user(who).post(f"/photos/{photo.sha256}/marks", data={"marks": CIRCLE}).status_code == status


def test_a_report_brings_the_marks_of_its_photos(photo: Photo, as_user: Browser) -> None:
    officer = as_user("officer")
    sha256 = receive(jpeg(scene(2)), actor=person("officer"), now=cast.NOW).sha256
    db.session.commit()
    version = str(db.session.scalars(sa.select(Hazard.version)).one())
    db.session.rollback()
    data = {"note": "已关闭", "kept": sha256, "version": version, "marks": f'{{"{sha256}": {CIRCLE}}}'}
    wrong = officer.post("/hazards/1/report_done", data={**data, "marks": "["})
    assert wrong.status_code == 422
    assert "已关闭" in wrong.text
    assert officer.post("/hazards/1/report_done", data=data).status_code == 302
    assert "<ellipse" in officer.get("/hazards/1").text


def test_a_paper_prints_the_marks_of_its_day(photo: Photo, app: Flask) -> None:
    marks.mark(photo, marks.read_shapes(EVERY), actor=person("wang"), now=cast.NOW)
    bare = print_file(photo.sha256, cast.NOW - timedelta(minutes=1))
    drawn = print_file(photo.sha256, cast.NOW)
    marks.mark(photo, [], actor=person("wang"), now=cast.NOW + timedelta(days=1))
    assert print_file(photo.sha256, cast.NOW) == drawn
    assert bare != drawn
    assert _changed(bare, drawn) > 500
    assert queries.store().verify(photo.sha256)


def _changed(one: Path, other: Path) -> int:
    with Image.open(one) as first, Image.open(other) as second:
        grey = ImageChops.difference(first.convert("RGB"), second.convert("RGB")).convert("L")
        return sum(grey.histogram()[60:])


def test_a_filing_brings_marks_and_one_without_reads_as_before(
    app: Flask, user: Callable[[str], User], site: Callable[[str], Site], as_user: Browser
) -> None:
    photo = sent_photo(user("wang"), 3)
    plain = filing(failing(visit(site("huaxin")), before=[photo]))
    assert "marks" not in plain.canonical().text
    raw = failing(visit(site("huaxin")), before=[{**photo, "marks": json.loads(CIRCLE)}])
    receipt = file_check(filing(raw), actor=user("wang"), now=cast.NOW)
    db.session.commit()
    assert file_check(filing(raw), actor=user("wang"), now=cast.NOW).digest == receipt.digest
    assert "<ellipse" in as_user("wang").get("/hazards/1").text


def test_the_page_of_a_filed_check_shows_what_is_drawn_on_photos_of_the_scene(
    app: Flask, user: Callable[[str], User], site: Callable[[str], Site], as_user: Browser
) -> None:
    marked, plain = sent_photo(user("wang"), 3), sent_photo(user("wang"), 4)
    raw = visit(site("huaxin"), photos=[{**marked, "marks": json.loads(CIRCLE)}, plain])
    file_check(filing(raw), actor=user("wang"), now=cast.NOW)
    db.session.commit()
    page = as_user("wang").get("/checks/1").text
    assert page.count('<svg class="drawn"') == 1
    marked_at, plain_at = (page.index(f"/photos/{one['sha256']}/thumb") for one in (marked, plain))
    assert marked_at < page.index("<ellipse") < plain_at
