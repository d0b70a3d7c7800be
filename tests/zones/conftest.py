"""An installation of two counties and their province, each with the cast in a database of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from tests import cast, compiled_once
from tests.checks.filings import failing, filing, sent_photo, visit
from tests.house import House
from xuncha import create_app
from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_notice
from xuncha.hazards.models import Hazard
from xuncha.zones.installation import Installation

KEYS = ("county1", "county2", "province")
FILE = """
[zones.county1]
XUNCHA_PUBLIC_URL = "https://county1.example.cn"
hosts = ["county1.example.cn"]
XUNCHA_ZONE_ZH = "临江县"
XUNCHA_ORG_ZH = "临江县应急管理局"
XUNCHA_NUMBER_PREFIX = "临安"
XUNCHA_TERM = "5"

[zones.county2]
XUNCHA_PUBLIC_URL = "https://county2.example.cn"
hosts = ["county2.example.cn", "second.example.cn"]
XUNCHA_ZONE_ZH = "山南县"
XUNCHA_ORG_ZH = "山南县应急管理局"
XUNCHA_NUMBER_PREFIX = "山安"
XUNCHA_TERM = "9"

[zones.province]
hosts = ["province.example.cn"]
province = true
XUNCHA_ZONE_ZH = "江南省"
XUNCHA_ORG_ZH = "江南省应急管理厅"
"""


@dataclass
class Browser:
    """A browser that talks to one zone of the installation, by its host name."""

    client: House
    host: str

    def get(self, path: str, **given: object) -> TestResponse:
        """A page of this zone."""
        return self.client.get(path, base_url=f"http://{self.host}", **given)

    def post(self, path: str, **given: object) -> TestResponse:
        """Send a form to this zone."""
        return self.client.post(path, base_url=f"http://{self.host}", **given)

    def sign_in(self, name: str) -> Browser:
        """Sign in by the page."""
        done = self.post("/sign-in", data={"username": name, "password": cast.PASSWORD})
        assert done.status_code == 302, done.get_data(as_text=True)[-2000:]
        return self

    def cookie(self) -> str:
        """What the session's cookie holds."""
        found = self.client.get_cookie("xuncha", domain=self.host)
        assert found is not None
        return found.value


@dataclass(frozen=True)
class World:
    """The installation and how to reach its zones."""

    app: Installation

    def zone(self, key: str) -> Flask:
        """The application of one zone."""
        return self.app.zones.app(key)

    def browser(self, key: str, name: str = "") -> Browser:
        """A browser at a zone, signed in where a name is given."""
        client = self.app.test_client()
        assert isinstance(client, House)
        made = Browser(client, self.app.zones.zones[key].hosts[0])
        return made.sign_in(name) if name else made


def settle_zones(
    folder: Path, settled: Path, monkeypatch: pytest.MonkeyPatch, file: str = FILE
) -> Installation:
    """The installation of a file of zones, each with a copy of the cast's database."""
    for name in ("DATABASE_URL", "SECRET_KEY", *(one for one in os.environ if one.startswith("XUNCHA_"))):
        monkeypatch.delenv(name, raising=False)
    (folder / "zones.toml").write_text(file, "utf-8")
    monkeypatch.setenv("XUNCHA_ZONES", str(folder / "zones.toml"))
    monkeypatch.setenv("XUNCHA_DATA", str(folder / "data"))
    for key in KEYS:
        (folder / "data" / key).mkdir(parents=True)
        shutil.copy(settled, folder / "data" / key / "xuncha.db")
    app = create_app()
    assert isinstance(app, Installation)
    app.test_client_class = House
    for key in KEYS:
        zone = app.zones.app(key)
        zone.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
        compiled_once.keep_templates(zone)
    return app


@pytest.fixture
def world(settled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Two counties and a province in one process; the clock stands at cast.NOW and runs on."""
    app = settle_zones(tmp_path, settled, monkeypatch)
    with time_machine.travel(cast.NOW, tick=True):
        yield World(app)
        for zone in app.zones.built():
            with zone.app_context():
                db.engine.dispose()


@dataclass(frozen=True)
class Filed:
    """What stands in a county after a check was filed in it."""

    site: int
    check: int
    hazard: int
    notice: int
    photo: str
    number: str


OWNERS = ("huaxin", "lifeng", "minghe")


def _file_at(code: str, marker: str, seed: int) -> Check:
    site = db.session.scalars(sa.select(Site).where(Site.uscc == cast.PLACES[code].uscc)).one()
    owner = db.session.get_one(User, site.supervisor_id)
    site.name = f"{marker}有限公司{code}"
    photo = sent_photo(owner, seed)
    raw = failing(visit(site, summary=marker, photos=[photo]), description=f"{marker}隐患", before=[photo])
    file_check(filing(raw), actor=owner, now=cast.NOW)
    check = db.session.scalars(sa.select(Check).where(Check.uuid == raw["uuid"])).one()
    issue_notice(check, actor=owner, now=cast.NOW)
    db.session.commit()
    return check


def file_in(app: Flask, marker: str, seed: int, times: int = 1) -> Filed:
    """File a check with a hazard, a photo and a notice at so many enterprises, all named by a marker."""
    with app.test_request_context():
        for turn in range(times):
            check = _file_at(OWNERS[turn], marker, seed + turn)
        hazard = db.session.scalars(sa.select(Hazard).where(Hazard.check_id == check.id)).one()
        assert hazard.notice_id is not None and hazard.notice is not None
        photo, number = check.photos[0].photo.sha256, hazard.notice.number
        found = Filed(check.site_id, check.id, hazard.id, hazard.notice_id, photo, number)
        db.session.remove()
    return found
