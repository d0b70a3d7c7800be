"""A photo and a filing are few statements and few syncs; what they write is what was always written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.checks.filings import failing
from tests.checks.filings import visit as whole_visit
from tests.sync.phones import Browser, Phone, picture, sha256
from werkzeug.test import TestResponse

from xuncha.checklists.models import Law
from xuncha.checklists.queries import basis_text
from xuncha.checks.filing import Filing
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.core.i18n import use_language
from xuncha.enterprises.models import Site
from xuncha.hazards.models import Hazard
from xuncha.photos import queries as photos

Place = Callable[[str], Site]
PAYLOADS = Path(__file__).parent / "payloads"


@pytest.fixture
def phone(as_user: Browser) -> Phone:
    return Phone(as_user("wang"))


@pytest.fixture
def statements(app: Flask) -> list[str]:
    """Every statement that goes to the database from now on."""
    found: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *given: found.append(given[2]))
    return found


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What is synced from now on."""
    found: list[Path] = []
    real = os.fsync

    def sync(handle: int) -> None:
        found.append(Path(f"/proc/self/fd/{handle}").readlink())
        real(handle)

    monkeypatch.setattr(os, "fsync", sync)
    return found


def sent(phone: Phone, found: list[Any], number: int) -> tuple[dict[str, str], list[Any]]:
    """A new photo, as a filing names it, and what was found while it was taken."""
    data = picture(number, (64 + number, 64))
    return {"sha256": sha256(data)}, during(lambda: phone.put(data), found, 201)


def during(work: Callable[[], TestResponse], found: list[Any], status: int) -> list[Any]:
    """What was found during a request that is answered so."""
    found.clear()
    response = work()
    assert response.status_code == status, response.get_data(as_text=True)
    return list(found)


def test_a_photo_is_five_statements(phone: Phone, statements: list[str]) -> None:
    for number in range(3):
        _reference, found = sent(phone, statements, number)
        assert len(found) <= 5, found
    data = picture(1, (65, 64))
    assert len(during(lambda: phone.put(data), statements, 200)) <= 5


@pytest.mark.about_sqlite
def test_a_photo_takes_the_lock_of_writers_only_to_write_its_row(phone: Phone, statements: list[str]) -> None:
    for number in range(2):
        _reference, found = sent(phone, statements, number)
        begun = [place for place, one in enumerate(found) if one.startswith("BEGIN")]
        assert [found[place] for place in begun] == ["BEGIN", "BEGIN IMMEDIATE"]
        assert [one.split()[0] for one in found[begun[1] + 1 :]] == ["INSERT"]


def test_a_filing_is_fifteen_statements_however_many_answers(
    phone: Phone, site: Place, statements: list[str]
) -> None:
    references = [sent(phone, statements, number)[0] for number in range(3)]
    raw = whole_visit(site("huaxin"), photos=references)
    db.session.rollback()
    assert len(raw["answers"]) > 40
    for answers in (raw["answers"][:20], raw["answers"]):
        given = raw | {"uuid": str(uuid4()), "answers": answers}
        found = during(lambda given=given: phone.file(given), statements, 201)
        assert len(found) <= 17, found  # two more where the first number of the year is given
    assert len(found) <= 15, (
        found
    )  # two of them keep the figures: the site's visits are read, the sums written
    assert len([one for one in found if one.startswith("INSERT INTO answers")]) == 1
    # The same again: who, what is known, and what the receipt names.
    assert len(during(lambda: phone.file(given), statements, 200)) <= 4


def test_hazards_cost_only_their_own_rows(phone: Phone, site: Place, statements: list[str]) -> None:
    raw = whole_visit(site("huaxin"))
    references = [sent(phone, statements, number)[0] for number in range(6)]
    costs = []
    for count in (1, 1, 6):
        given = raw | {"uuid": str(uuid4())}
        for place in range(count):
            given = failing(given, place, before=[references[place]])
        db.session.rollback()
        costs.append(len(during(lambda given=given: phone.file(given), statements, 201)))
    assert costs[2] - costs[1] <= 5 * 3  # each a hazard, its first event, the photo of it


def test_folders_are_synced_once_by_a_process_and_no_copy_is_made(
    phone: Phone, site: Place, app: Flask, syncs: list[Path]
) -> None:
    references = [sent(phone, syncs, number)[0] for number in range(40)]
    root = photos.store().root
    assert 1 <= syncs.count(root) + 1 <= 2
    given = whole_visit(site("huaxin"), photos=references)
    db.session.rollback()
    assert during(lambda: phone.file(given), syncs, 201) == []
    assert not (root / "derived").exists()


def test_the_same_photo_again_syncs_its_own_folder_only(phone: Phone, syncs: list[Path]) -> None:
    data = picture(7)
    first = during(lambda: phone.put(data), syncs, 201)
    again = during(lambda: phone.put(data), syncs, 200)
    store = photos.store()
    leaf = store.path(sha256(data)).parent
    assert [path for path in first if path.is_dir()] == [leaf, store.originals, store.root]
    assert [path for path in again if path.is_dir()] == [leaf]


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("v1-full", "3bb45a535143fe6a2e01bfa4ec5fd16e464bca34393e04d44b3d79dbd4c221ca"),
        ("v1-idle", "f50960ccd21a89df047807826e2855682a8ae0d30cf43667f3ab0ec2b66ec1fb"),
    ],
)
def test_a_fixed_payload_has_the_digest_that_it_always_had(phone: Phone, name: str, digest: str) -> None:
    body = (PAYLOADS / f"{name}.json").read_bytes()
    assert phone.file(body).json["receipt"]["digest"] == digest
    check = db.session.scalars(sa.select(Check)).one()
    assert check.digest == Filing.model_validate(check.payload).digest() == digest


def test_a_snapshot_cites_each_item_as_its_list_does(phone: Phone, site: Place) -> None:
    given = failing(whole_visit(site("huaxin")), 3)
    db.session.rollback()
    phone.file(given)
    check = db.session.scalars(sa.select(Check)).one()
    items = [answer.item for answer in check.answers]
    assert [item.id for item in items] == [answer["item_id"] for answer in given["answers"]]
    for item in items:
        kept = check.facts["items"][item.code]
        assert (kept["text_zh"], kept["list"]) == (item.text_zh, item.version.checklist.code)
        for lang in ("zh", "en"):
            with use_language(lang):
                assert kept[f"basis_{lang}"] == basis_text(item, check.visited_on)
                major = basis_text(item, check.visited_on, major_at=check.site.sector)
                assert kept[f"major_basis_{lang}"] == major
    hazard = db.session.scalars(sa.select(Hazard)).one()
    assert (hazard.item, hazard.basis) == (items[3], check.facts["items"][items[3].code]["basis_zh"])


def test_a_law_that_the_office_corrects_is_cited_corrected_by_the_next_filing(
    phone: Phone, site: Place
) -> None:
    given = whole_visit(site("huaxin"))
    db.session.rollback()
    phone.file(given)
    for law in db.session.scalars(sa.select(Law)):
        law.title_zh = f"改{law.title_zh}"
    db.session.commit()
    phone.file(given | {"uuid": str(uuid4())})
    before, after = db.session.scalars(sa.select(Check).order_by(Check.id))
    told = [check.facts["items"]["GEN-01"]["basis_zh"] for check in (before, after)]
    assert "改" not in told[0] and "改" in told[1]
