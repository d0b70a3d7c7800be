"""A photo that the disk changed or lost: found, named on its pages and papers in words, and mended from a backup."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from docx import Document as read_word
from flask import Flask
from pypdf import PdfReader

from tests import cast
from tests.checks.filings import picture, sent_photo
from tests.house import House
from tests.operations.operator import file_with_photo, one, refuse, succeed, turn_a_bit
from xuncha.accounts.models import User
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.hazards.models import Hazard
from xuncha.photos.actions import receive
from xuncha.photos.store import PhotoStore

Browser = Callable[[str], House]
KINDS = ("small", "thumb", "clean", "stamped", "original")


def lose(path: Path) -> None:
    path.unlink()


def test_every_changed_swapped_and_lost_photo_is_found(app: Flask, tmp_path: Path) -> None:
    wang, photos = one(User, User.username == "wang"), PhotoStore(tmp_path / "photos")
    names = [str(sent_photo(wang, seed)["sha256"]) for seed in range(30)]
    assert "30 photos are as they were sent" in succeed(app, "scrub")
    for at, name in enumerate(names[:20]):
        turn_a_bit(photos.path(name), at * 37)
    first, second = (photos.path(name) for name in names[20:22])
    kept = first.read_bytes()
    for path, content in ((first, second.read_bytes()), (second, kept)):
        path.chmod(0o600)
        path.write_bytes(content)
    for name in names[22:24]:
        photos.path(name).unlink()
    told = refuse(app, "scrub")
    assert "24 of 30 photos" in told
    assert [name in told.split("Error")[0] for name in names] == [True] * 24 + [False] * 6
    assert "24 missing or damaged" in refuse(app, "doctor")


@pytest.mark.parametrize("harm", [turn_a_bit, lose], ids=["a bit turned", "lost"])
def test_a_damaged_photo_is_named_on_pages_and_papers_and_mended(
    app: Flask,
    as_user: Browser,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    harm: Callable[[Path], None],
) -> None:
    backups, photos = tmp_path_factory.mktemp("disk"), PhotoStore(tmp_path / "photos")
    name = file_with_photo("wang", "huaxin", 1)
    check, hazard = db.session.scalar(sa.select(Check.id)), db.session.scalar(sa.select(Hazard.id))
    number = db.session.scalar(sa.select(Check.number))
    succeed(app, "backup", backups)
    browser = as_user("admin")
    assert browser.get(f"/photos/{name}/thumb").status_code == 200  # copies of the sound photo are there
    harm(photos.path(name))
    refuse(app, "scrub")
    for address in (f"/checks/{check}", f"/hazards/{hazard}"):
        words = browser.text(address)
        assert f"SHA-256 {name}" in words and "备份" in words, address
    for kind in KINDS:
        answer = browser.get(f"/photos/{name}/{kind}")
        assert answer.status_code == 404 and name in answer.get_data(as_text=True)
    for ending in ("pdf", "docx"):
        paper = tmp_path / f"paper.{ending}"
        succeed(app, "document", "inspection-record", "--number", number, "--out", paper)
        assert name in words_of(paper).replace("\n", "").replace(" ", "")
    assert "1 photos put back" in succeed(app, "restore", backups, "--photo", name)
    assert "1 photos are as they were sent" in succeed(app, "scrub")
    assert "SHA-256" not in browser.text(f"/checks/{check}")
    assert {kind: browser.get(f"/photos/{name}/{kind}").status_code for kind in KINDS} == dict.fromkeys(
        KINDS, 200
    )


def words_of(paper: Path) -> str:
    """The words of a paper, PDF or Word."""
    if paper.suffix == ".pdf":
        return "".join(page.extract_text() for page in PdfReader(paper).pages)
    made = read_word(io.BytesIO(paper.read_bytes()))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "".join([paragraph.text for paragraph in made.paragraphs] + cells)


def test_a_damage_that_no_scrub_has_seen_makes_no_copy_of_it(
    app: Flask, as_user: Browser, tmp_path: Path
) -> None:
    name = file_with_photo("wang", "huaxin", 1)
    turn_a_bit(PhotoStore(tmp_path / "photos").path(name))
    browser = as_user("wang")
    assert browser.get(f"/photos/{name}/thumb").status_code == 404
    assert browser.get(f"/photos/{name}/original").status_code == 404


def test_a_phone_that_still_has_the_photo_mends_it(app: Flask, tmp_path: Path) -> None:
    photos, name = PhotoStore(tmp_path / "photos"), file_with_photo("wang", "huaxin", 1)
    turn_a_bit(photos.path(name))
    refuse(app, "scrub")
    assert not photos.exists(name)
    receive(picture(1), actor=one(User, User.username == "wang"), now=cast.NOW)
    assert photos.exists(name) and photos.verify(name)
