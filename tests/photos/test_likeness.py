"""A photo that was used before is named to whoever verifies, however it was cropped, turned, stamped or compressed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, render_template_string
from PIL import Image
from tests import cast
from tests.checks.filings import failing, filing, visit
from tests.hazards.builders import BROUGHT
from tests.house import House
from tests.jobs.work import work_off
from tests.photos.scenes import cropped, jpeg, scene, stamped

from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.checks.filing import PhotoRef
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_notice, step
from xuncha.hazards.lifecycle import Act
from xuncha.hazards.models import Hazard
from xuncha.photos.actions import receive
from xuncha.photos.fingerprint import candidates, fingerprint, likeness, table
from xuncha.photos.likeness import Used, compare_soon, print_new
from xuncha.photos.models import Photo, PhotoPrint

Browser = Callable[[str], House]
TAMPERED: dict[str, Callable[[Image.Image], Image.Image]] = {
    "smaller": lambda image: image.resize((400, 300)),
    "quarter turn": lambda image: image.rotate(90, expand=True),
    "half turn": lambda image: image.rotate(180),
    "crop of a tenth": lambda image: cropped(image, 0.9, 0.2, 0.8),
    "crop of a fifth": lambda image: cropped(image, 0.8, 0.9, 0.1),
    "stamp": stamped,
    "crop and turn": lambda image: cropped(image, 0.9, 0.7, 0.4).rotate(270, expand=True),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_one_photo_is_found_again_whatever_was_done_to_it(how: str) -> None:
    known = [scene(number).convert("L") for number in range(12)]
    again = TAMPERED[how](scene(5)).convert("L")
    found = candidates(again, table([fingerprint(one) for one in known]))
    assert {one.row for one in found if likeness(again, known[one.row], one.turn) >= 0.92} == {5}


def test_a_bare_wall_has_no_fingerprint() -> None:
    assert fingerprint(Image.new("L", (320, 240), 120)) == b""


def photo_of(sender: User, image: Image.Image, quality: int = 85) -> dict[str, Any]:
    row = receive(jpeg(image, quality), actor=sender, now=cast.NOW)
    sha256 = row.sha256
    db.session.commit()
    return {"sha256": sha256}


@pytest.fixture
def reused(app: Flask, user: Callable[[str], User], site: Callable[[str], Site]) -> tuple[int, int]:
    """A hazard at Lifeng with a photo, then one at Huaxin whose after-photo is a crop of it; their numbers."""
    first = failing(visit(site("lifeng")), before=[photo_of(user("zhao"), scene(1))])
    file_check(filing(first), actor=user("zhao"), now=cast.NOW - timedelta(days=1))
    db.session.commit()
    second = failing(visit(site("huaxin")), before=[photo_of(user("wang"), scene(2))])
    file_check(filing(second), actor=user("wang"), now=cast.NOW)
    db.session.commit()
    print_new()  # the night between
    old, new = db.session.scalars(sa.select(Hazard).order_by(Hazard.id))
    photo = PhotoRef(**photo_of(user("officer"), cropped(scene(1), 0.88, 0.3, 0.6), 60))
    assert new.check is not None
    issue_notice(new.check, actor=user("wang"), now=cast.NOW)
    brought = BROUGHT[Act.REPORT_DONE]
    step(new, Act.REPORT_DONE, actor=user("officer"), now=cast.NOW, brought=brought, photos=[photo])
    db.session.commit()
    print_new()
    return old.id, new.id


def test_the_verifier_is_told_and_the_enterprise_is_not(
    reused: tuple[int, int], as_user: Browser, site: Callable[[str], Site]
) -> None:
    old, new = reused
    for address in (f"/hazards/{new}", f"/hazards/{new}/verify"):
        page = as_user("admin").get(address).text
        assert "的照片相似" in page
        assert f'href="/hazards/{old}"' in page
    wang = as_user("wang").get(f"/hazards/{new}/verify").text
    assert "该照片属于您未负责的单位" in wang
    assert site("lifeng").name not in wang
    assert "照片相似" not in as_user("officer").get(f"/hazards/{new}").text


def test_the_hint_does_not_hinder_the_verification(reused: tuple[int, int], as_user: Browser) -> None:
    wang = as_user("wang")
    version = wang.get(f"/hazards/{reused[1]}/verify").text.split('name="version"')[1].split('value="')[1]
    answer = wang.post(
        f"/hazards/{reused[1]}/verify", data={"method": "on_site", "version": version.split('"')[0]}
    )
    assert answer.status_code == 302


def test_the_queue_tells_the_verifier_beside_the_photo_and_shows_every_one(
    reused: tuple[int, int], as_user: Browser
) -> None:
    hazard = db.session.get_one(Hazard, reused[1])
    number, photos = hazard.number, [use.photo.sha256 for use in hazard.photos if use.role.value == "after"]
    db.session.rollback()
    queue = as_user("wang").get("/hazards/verification").text
    assert number in queue and all(sha256 in queue for sha256 in photos)
    assert "该照片属于您未负责的单位" in queue


def test_photos_of_a_step_are_compared_by_the_queue(app: Flask, user: Callable[[str], User]) -> None:
    for at in (7, 8):
        photo_of(user("wang"), scene(at))
    _first, second = db.session.scalars(sa.select(Photo.id).order_by(Photo.id))
    compare_soon([], now=cast.NOW)
    compare_soon([second], now=cast.NOW)
    db.session.commit()
    assert "1 jobs tried" in work_off(app)
    assert list(db.session.scalars(sa.select(PhotoPrint.photo_id))) == [second]


def test_filing_makes_no_hash_and_the_timer_tells_the_office(
    app: Flask, user: Callable[[str], User], site: Callable[[str], Site], as_user: Browser
) -> None:
    for code, name, image in (("lifeng", "zhao", scene(3)), ("huaxin", "wang", stamped(scene(3)))):
        moment = cast.NOW - timedelta(days=code == "lifeng")
        raw = failing(visit(site(code)), before=[photo_of(user(name), image)])
        receipt = file_check(filing(raw), actor=user(name), now=moment)
        db.session.commit()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PhotoPrint)) == 0
    for made in (2, 0):
        assert f"{made} photos compared" in app.test_cli_runner().invoke(args=["photos", "compare"]).output
    assert "与以往照片相似的照片" in as_user("admin").get(receipt.url).text
    assert "与以往照片相似的照片" not in as_user("wang").get(receipt.url).text


def test_several_uses_of_a_photo_are_one_hint(app: Flask) -> None:
    seen = [Used(1, f"hazard-{day}", cast.NOW - timedelta(days=day)) for day in (1, 2, 3)]
    seen[1] = Used(1, "hazard-2", cast.NOW, site="利丰", number="YH2026-0009", url="/hazards/9")
    source = "{% from 'hazards/parts.html' import seen_before with context %}{{ seen_before(uses) }}"
    with app.test_request_context():
        hint = render_template_string(source, uses=seen)
    assert hint.count("warn-line") == 1 and hint.count("请比对后再作结论") == 1
    assert hint.count("该照片属于您未负责的单位") == 1 and "利丰" in hint and 'href="/hazards/9"' in hint
