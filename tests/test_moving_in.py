"""An office moves in with its own lists, in every kind of file, through the pages; the first check finds all of it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask_migrate import upgrade

from tests import cast
from tests.checks.filings import visit
from tests.conftest import build
from tests.enterprises.formats import FORMATS
from tests.house import House
from tests.moving_in import (
    HAZARD_COLUMNS,
    HAZARDS,
    PEOPLE_COLUMNS,
    PEOPLE_WITH_ENTERPRISE,
    SITE_COLUMNS,
    SITES,
    choice,
)
from tests.sync.phones import Phone
from xuncha.accounts.actions import add_user
from xuncha.checklists.loading import load_seed
from xuncha.core.access import Role
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.models import Hazard

WORDS = "horse battery staple correct"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Flask]:
    """A zone with checklists, one administrator, and nothing else."""
    app = build(f"sqlite:///{tmp_path / 'xuncha.db'}", tmp_path)
    with time_machine.travel(cast.NOW, tick=True), app.app_context():
        upgrade()
        load_seed(now=cast.NOW)
        fields: dict[str, Any] = {"name": "安管理", "role": Role.OFFICE_ADMIN}
        add_user("chief", cast.PASSWORD, actor=None, now=cast.NOW, must_change=False, **fields)
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


def signed_in(app: Flask, name: str, password: str) -> House:
    browser = app.test_client()
    assert isinstance(browser, House)
    answer = browser.post("/sign-in", data={"username": name, "password": password})
    assert answer.status_code == 302
    return browser


def brought_in(browser: House, address: str, data: bytes, columns: dict[str, str] | None) -> str:
    """Send a list, say what its columns are where that is asked, and take it in; the last page."""
    where = browser.post(address, data={"file": (io.BytesIO(data), "list")}).headers["Location"]
    assert where.endswith("/columns") is (columns is not None)
    if columns:
        where = browser.post(where, data=columns).headers["Location"]
    assert browser.get(where).status_code == 200
    answer = browser.post(where, follow_redirects=True)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("kind", FORMATS)
def test_an_office_moves_in(empty: Flask, kind: str) -> None:
    made: Callable[[list[list[Any]]], bytes] = FORMATS[kind]
    chief = signed_in(empty, "chief", cast.PASSWORD)
    brought_in(chief, "/enterprises/import", made(SITES), choice(SITES, SITE_COLUMNS))
    columns = choice(PEOPLE_WITH_ENTERPRISE, PEOPLE_COLUMNS | {"哪家的": "enterprise"})
    page = brought_in(chief, "/users/import", made(PEOPLE_WITH_ENTERPRISE), columns)
    first = re.findall(r'<code class="secret">([^<]+)</code>', page)[0]
    brought_in(chief, "/hazards/import", made(HAZARDS), choice(HAZARDS, HAZARD_COLUMNS))

    # The heads are known now; the supervisors, who were not there before, are added by choosing one column more.
    again = {"file": (io.BytesIO(made(SITES)), "list")}
    plan = chief.post("/enterprises/import", data=again).headers["Location"]
    assert not plan.endswith("/columns")
    chief.post(f"{plan}/columns", data=choice(SITES, SITE_COLUMNS | {"谁管": "supervisor"}))
    # Without a code a person says that it is the site of that name.
    same = db.session.scalars(sa.select(Site.id).where(Site.uscc.is_(None))).one()
    db.session.rollback()
    assert chief.post(plan, data={"row-4": str(same)}).status_code == 302

    # The supervisor signs in with the first password, chooses another and files the first check.
    you = signed_in(empty, "you", first)
    you.post("/me/password", data={"old": first, "password": WORDS, "again": WORDS})
    assert you.get("/hazards").status_code == 200
    site = db.session.scalars(sa.select(Site).where(Site.name == "东风化工厂")).one()
    (hazard,) = db.session.scalars(sa.select(Hazard).where(Hazard.site_id == site.id))
    assert hazard.found_by.username == "you"
    raw = visit(site, rechecks=[{"hazard_uuid": hazard.uuid, "result": "fixed", "note": "已更换"}])
    number, address = hazard.id, f"/checks/new?site={site.id}"
    db.session.rollback()
    assert "2号仓库灭火器过期" in you.text(address)
    answer = Phone(you).file(raw)
    assert answer.status_code in {200, 201}, answer.get_data(as_text=True)
    assert db.session.get_one(Hazard, number).state.value == "closed"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Hazard)) == 2
