"""What a known UUID means: the same content gives the same receipt for ever, anything else changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests import cast
from tests.checks.filings import failing, picture
from tests.checks.filings import visit as whole_visit
from tests.house import House
from tests.sync.phones import Phone, sha256
from xuncha.accounts.models import User
from xuncha.checks import actions
from xuncha.checks.filing import Filing
from xuncha.checks.models import Check
from xuncha.core.db import Base, db
from xuncha.enterprises.models import Site

Browser = Callable[[str], House]
Place = Callable[[str], Site]


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    db.session.rollback()
    rows = {
        table.name: [
            tuple(row) for row in db.session.execute(table.select().order_by(*table.primary_key.columns))
        ]
        for table in Base.metadata.sorted_tables
    }
    db.session.rollback()
    return rows


@pytest.fixture
def filed(as_user: Browser, site: Place) -> tuple[Phone, dict[str, Any], str]:
    """A phone that has filed a visit with a finding, the visit, and the hash of another photo that is at the server."""
    phone = Phone(as_user("wang"))
    first, other = picture(1), picture(2)
    for data in (first, other):
        assert phone.put(data).status_code == 201
    reference = {"sha256": sha256(first)}
    raw = failing(
        whole_visit(site("huaxin"), photos=[reference], companions=[{"name": "李四"}]), before=[reference]
    )
    db.session.rollback()
    assert phone.file(raw).status_code == 201
    return phone, raw, sha256(other)


def mutations(raw: dict[str, Any], other_photo: str, other_site: int) -> list[dict[str, Any]]:
    """The visit with one thing changed, at least fifty times."""
    changes: list[tuple[tuple[str | int, ...], Any]] = [
        (("site_id",), other_site),
        (("task_id",), 1),
        (("kind",), "special"),
        (("mode",), "service"),
        (("campaign_ids",), [1]),
        (("started_at",), (cast.NOW - timedelta(hours=2)).isoformat()),
        (("finished_at",), (cast.NOW - timedelta(minutes=4)).isoformat()),
        (("replaces",), str(uuid4())),
        (("photos",), []),
        (("photos", 0, "sha256"), other_photo),
        (("photos", 0, "caption"), "改"),
        (("photos", 0, "source"), "album"),
        (("photos", 0, "taken_at"), cast.NOW.isoformat()),
        (("photos", 0, "latitude"), 31.5),
        (("photos", 0, "role"), "item"),
        (("companions",), []),
        (("companions", 0, "name"), "李五"),
        (("findings",), []),
        (("findings", 0, "uuid"), str(uuid4())),
        (("findings", 0, "due_on"), "2026-11-19"),
        (("findings", 0, "hazard_class"), "electrical"),
        (("findings", 0, "suspected_major"), True),
        (("findings", 0, "before"), []),
        (("findings", 0, "before", 0, "sha256"), other_photo),
        (("findings", 0, "after"), [{"sha256": other_photo}]),
        (("signatures",), raw["signatures"][:1]),
        (("signatures", 0, "strokes"), [[[0.1, 0.1], [0.2, 0.2]]]),
        (("signatures", 0, "on_paper"), True),
        (("signatures", 0, "signed_at"), cast.NOW.isoformat()),
        (("signatures", 1, "refused_reason"), "不在"),
    ]
    texts = ("place", "entry_code", "certificate", "summary", "objection", "late_reason", "correction_reason")
    changes += [((name,), "改过") for name in texts]
    changes += [(("site_person", name), "改过") for name in ("name", "title", "certificate", "phone")]
    changes += [
        (("findings", 0, name), "改过")
        for name in ("description", "place", "basis", "measure", "major_criterion")
    ]
    changes += [(("answers", n, "result"), "na") for n in range(1, 6)]
    changes += [(("answers", n, "note"), "改过") for n in range(1, 6)]
    return [changed(raw, *change) for change in changes]


def changed(raw: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    made = json.loads(json.dumps(raw))
    here: Any = made
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return made


def test_other_content_is_refused_and_changes_nothing(
    filed: tuple[Phone, dict[str, Any], str], site: Place
) -> None:
    phone, raw, other_photo = filed
    other_site = site("oldmill").id
    before = everything()
    tried = mutations(raw, other_photo, other_site)
    assert len({json.dumps(one, sort_keys=True) for one in tried} - {json.dumps(raw, sort_keys=True)}) >= 50
    for one in tried:
        response = phone.file(one)
        assert (response.status_code, response.json["error"]) == (422, "content_differs"), response.json
    assert everything() == before


def test_another_person_gets_no_receipt_and_changes_nothing(
    filed: tuple[Phone, dict[str, Any], str], as_user: Browser
) -> None:
    _phone, raw, _other = filed
    before = everything()
    for name in cast.PEOPLE:
        if name != "wang":
            assert Phone(as_user(name)).file(raw).status_code in (403, 422), name
    assert everything() == before


def test_after_four_hundred_days_the_receipt_is_the_same(
    filed: tuple[Phone, dict[str, Any], str], as_user: Browser
) -> None:
    phone, raw, _other = filed
    first = phone.file(raw)
    with time_machine.travel(cast.NOW + timedelta(days=400), tick=True):
        later = Phone(as_user("wang")).file(raw)
    assert (later.status_code, later.json) == (200, first.json)


def test_a_filing_that_an_older_release_took_is_still_known(
    as_user: Browser, site: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A field that a later release adds, with its default, changes the digest of all that was filed before it."""
    phone, raw = Phone(as_user("wang")), whole_visit(site("huaxin"))
    db.session.rollback()
    real = Filing.model_dump

    def before_entry_codes(self: Filing, **how: Any) -> dict[str, Any]:
        return {name: value for name, value in real(self, **how).items() if name != "entry_code"}

    with monkeypatch.context() as release:
        release.setattr(Filing, "model_dump", before_entry_codes)
        first = phone.file(raw)
    assert first.status_code == 201
    later = phone.file(raw)
    assert (later.status_code, later.json) == (200, first.json)
    assert phone.file(raw | {"entry_code": "9"}).status_code == 422


BREAKS = {
    "foreign key": "INSERT INTO answers (check_id, item_id, code, position, result, note)"
    " VALUES (:check, 999999, 'X', 900, 'comply', '')",
    "check": "INSERT INTO signatures (check_id, party, name, title, strokes, refused_reason, on_paper)"
    " VALUES (:check, 'nobody', '', '', '[]', '', false)",
    "not null": "INSERT INTO counters (kind, year, last) VALUES ('x', 1, NULL)",
    "another row's unique": "INSERT INTO counters (kind, year, last) SELECT kind, year, last FROM counters",
}


@pytest.mark.parametrize("kind", BREAKS)
def test_an_error_of_the_database_is_no_receipt_and_a_resend_works(
    on_at_cast_time: Flask, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = on_at_cast_time
    wang = db.session.scalars(sa.select(User).where(User.username == "wang")).one().id
    huaxin = db.session.scalars(sa.select(Site).where(Site.name == cast.PLACES["huaxin"].name)).one()
    raw = failing(whole_visit(huaxin))
    db.session.rollback()
    browser = app.test_client()
    assert isinstance(browser, House)
    phone = Phone(browser.sign_in(wang))

    def breaking(check: Check, _filing: Filing, **_more: Any) -> None:
        values = {"check": check.id} if ":check" in BREAKS[kind] else {}
        db.session.execute(sa.text(BREAKS[kind]), values)

    def stored() -> int:
        db.session.rollback()
        return len(db.session.scalars(sa.select(Check).where(Check.uuid == raw["uuid"])).all())

    with monkeypatch.context() as broken:
        broken.setattr(actions, "_handlers", [*actions._handlers, breaking])
        broken.setattr("tests.house.check_answer", lambda _response: None)
        assert phone.file(raw).status_code == 500
        assert stored() == 0
    assert phone.file(raw).status_code == 201
    assert phone.file(raw).status_code == 200
    assert stored() == 1
