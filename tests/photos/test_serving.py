"""What is written on a stamped copy is what its reader may know; what a photo carries of its phone stays with the staff."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from tests import cast
from tests.checks.filings import failing, filing, sent_photo, visit
from tests.house import House
from tests.photos.corpus import saved
from tests.sync.phones import Phone, sha256

from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.models import Hazard
from xuncha.photos import images

Browser = Callable[[str], House]


@pytest.fixture
def shared(
    app: Flask, user: Callable[[str], User], site: Callable[[str], Site], monkeypatch: pytest.MonkeyPatch
) -> tuple[str, dict[str, int]]:
    """The hash of a photo that shows a hazard at Lifeng and later one at Huaxin, with the hazards' numbers."""
    monkeypatch.setattr(images, "stamped_copy", lambda _path, lines, _font: "\n".join(lines).encode())
    photo = sent_photo(user("zhao"), 7)
    for code, name in (("lifeng", "zhao"), ("huaxin", "wang")):
        raw = failing(visit(site(code)), before=[photo])
        file_check(filing(raw), actor=user(name), now=cast.NOW)
    db.session.commit()
    found = {cast_of(hazard): hazard.id for hazard in db.session.query(Hazard)}
    db.session.rollback()
    return photo["sha256"], found


def cast_of(hazard: Hazard) -> str:
    return next(code for code, place in cast.PLACES.items() if place.name == hazard.site.name)


@pytest.mark.parametrize("of", ["", "?of=hazard-{lifeng}", "?of=hazard-99", "?of=hazard-x", "?of=stranger-1"])
def test_a_stamp_never_names_what_the_reader_may_not_see(
    shared: tuple[str, dict[str, int]], as_user: Browser, of: str
) -> None:
    sha256, found = shared
    stamp = as_user("officer").get(f"/photos/{sha256}/stamped{of.format(**found)}").get_data(as_text=True)
    assert "华鑫化工" in stamp
    assert cast.PLACES["lifeng"].name not in stamp


def test_a_stamp_names_the_use_that_the_reader_came_from(
    shared: tuple[str, dict[str, int]], as_user: Browser
) -> None:
    sha256, found = shared
    leader = as_user("leader")
    for code, number in found.items():
        page = leader.get(f"/hazards/{number}").text
        assert f"/photos/{sha256}/stamped?of=hazard-{number}" in page
        stamp = leader.get(f"/photos/{sha256}/stamped?of=hazard-{number}").get_data(as_text=True)
        assert cast.PLACES[code].name in stamp


def test_a_kept_copy_is_asked_for_again_in_another_language(
    shared: tuple[str, dict[str, int]], as_user: Browser
) -> None:
    sha256, found = shared
    officer, address = as_user("officer"), f"/photos/{sha256}/stamped?of=hazard-{found['huaxin']}"
    kept = {"If-None-Match": officer.get(address).headers["ETag"]}
    assert officer.get(address, headers=kept).status_code == 304
    db.session.execute(sa.update(User).where(User.username == "officer").values(lang="en"))
    db.session.commit()
    assert officer.get(address, headers=kept).status_code == 200


@pytest.mark.parametrize(
    ("name", "status"),
    [("wang", 200), ("leader", 200), ("auditor", 200), ("officer", 403), ("principal", 403)],
)
def test_an_original_is_for_the_staff(
    shared: tuple[str, dict[str, int]], as_user: Browser, name: str, status: int
) -> None:
    browser = as_user(name)
    assert browser.get(f"/photos/{shared[0]}/original").status_code == status
    assert browser.get(f"/photos/{shared[0]}/clean").status_code == 200


def test_who_sent_a_photo_may_have_it_back(app: Flask, user: Callable[[str], User], as_user: Browser) -> None:
    sha256 = sent_photo(user("officer"), 8)["sha256"]
    db.session.rollback()
    assert as_user("officer").get(f"/photos/{sha256}/original").status_code == 200
    stranger = as_user("principal")
    for kind in ("small", "thumb", "clean", "stamped", "original"):
        answer, missing = (stranger.get(f"/photos/{name}/{kind}") for name in (sha256, "0" * 64))
        assert answer.status_code == missing.status_code == 404
        assert len(answer.text) == len(missing.text), "its existence is not told"


@pytest.mark.parametrize("progressive", [False, True])
def test_a_photo_damaged_inside_is_taken_and_shown_as_far_as_it_goes(
    as_user: Browser, progressive: bool
) -> None:
    whole = saved(Image.effect_noise((640, 480), 40).convert("RGB"), progressive=progressive)
    middle = len(whole) // 2
    damaged = whole[:middle] + bytes((0x55,)) * 2_000 + whole[middle + 2_000 :]
    wang = as_user("wang")
    assert Phone(wang).put(damaged).status_code == 201
    for kind in ("small", "thumb", "clean", "stamped"):
        response = wang.get(f"/photos/{sha256(damaged)}/{kind}")
        assert (response.status_code, response.mimetype) == (200, "image/jpeg")
