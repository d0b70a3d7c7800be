"""Who sees and does what: own, foreign and missing things for every role; nothing foreign in any list, page or paper."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask

from tests import cast
from tests.checks.filings import failing, filing, sent_photo, visit
from tests.house import House, Page
from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.checks.models import Check
from xuncha.core.access import Permission
from xuncha.core.db import db
from xuncha.core.history import HistoryRow
from xuncha.core.web import permission_of
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_notice
from xuncha.hazards.models import Hazard, HazardEvent
from xuncha.hazards.papers.deliveries import Handover, Manner, deliver
from xuncha.schedule.actions import open_month
from xuncha.schedule.models import Task

MARKERS = {"huaxin": "甲标记七", "lifeng": "乙标记八", "minghe": "丙标记九"}
OWNERS = {"huaxin": "wang", "lifeng": "zhao", "minghe": "chen"}
MISSING = 987654


@dataclass(frozen=True)
class Things:
    """Numbers of Huaxin's things."""

    site: int
    check: int
    hazard: int
    notice: int
    task: int
    photo: str
    delivery: int


@pytest.fixture
def world(app: Flask, user: Callable[[str], User], site: Callable[[str], Site]) -> Things:
    """A filed check with a hazard, a photo and a notice at each of three enterprises, each marked with a word of its own."""
    open_month(2026, 11, actor=None, now=cast.NOW)
    db.session.commit()
    for seed, (code, marker) in enumerate(MARKERS.items()):
        owner = user(OWNERS[code])
        photo = sent_photo(owner, 100 + seed)
        raw = failing(
            visit(site(code), summary=marker, photos=[photo]), description=f"{marker}隐患", before=[photo]
        )
        file_check(filing(raw), actor=owner, now=cast.NOW)
        check = db.session.scalars(sa.select(Check).where(Check.uuid == raw["uuid"])).one()
        issue_notice(check, actor=owner, now=cast.NOW)
        db.session.commit()
    huaxin = site("huaxin")
    check = db.session.scalars(sa.select(Check).where(Check.site_id == huaxin.id)).one()
    hazard = db.session.scalars(sa.select(Hazard).where(Hazard.site_id == huaxin.id)).one()
    task = db.session.scalars(sa.select(Task).where(Task.site_id == huaxin.id)).first()
    assert hazard.notice_id is not None and task is not None
    assert hazard.notice is not None
    told = Handover(Manner.PAPER, check.visited_on, "王监管", "周厂长")
    delivery = deliver(hazard.notice, told, photo=None, actor=user("wang"), now=cast.NOW)
    db.session.commit()
    photo = check.photos[0].photo.sha256
    things = Things(huaxin.id, check.id, hazard.id, hazard.notice_id, task.id, photo, delivery.id)
    db.session.rollback()
    return things


SEES = {"admin", "leader", "auditor", "lin", "wang"}
SITE = SEES | {"expert", "officer", "principal"}
STAFF = SEES
# What each person may open of Huaxin's; everybody else gets the page of a thing that is not there.
OPENS: dict[str, tuple[str, set[str]]] = {
    "enterprises.show": ("/enterprises/{site}", SITE),
    "checks.show": ("/checks/{check}", SITE),
    "hazards.show": ("/hazards/{hazard}", SITE),
    "hazards.notice": ("/hazards/notices/{notice}", SITE),
    "photos.show": ("/photos/{photo}/thumb", SITE),
    "reports.record": ("/papers/records/{check}", SITE),
    "reports.notice": ("/papers/notices/{notice}", SITE),
    "reports.delivery": ("/papers/deliveries/{delivery}", SITE),
    "schedule.task": ("/schedule/tasks/{task}", STAFF),
}


@pytest.mark.parametrize("endpoint", OPENS)
@pytest.mark.parametrize("who", cast.PEOPLE)
def test_things_open_to_whom_they_concern_and_to_nobody_else(
    world: Things, as_user: Callable[[str], House], endpoint: str, who: str
) -> None:
    address, may = OPENS[endpoint]
    status = as_user(who).get(address.format(**vars(world))).status_code
    if who in may:
        assert status == 200
    else:
        assert status in {403, 404}


@pytest.mark.parametrize("endpoint", [name for name in OPENS if name != "photos.show"])
@pytest.mark.parametrize("who", ["chen", "zhao", "stranger"])
def test_a_foreign_thing_looks_like_a_missing_one(
    world: Things, as_user: Callable[[str], House], endpoint: str, who: str
) -> None:
    address, _may = OPENS[endpoint]
    browser = as_user(who)
    foreign = browser.get(address.format(**vars(world)))
    missing = browser.get(re.sub(r"\d+$", str(MISSING), address.format(**vars(world))))
    assert foreign.status_code == missing.status_code
    # The language switch names the page it stands on, a token tells its second, and every request has a reference;
    # nothing else may differ.
    own = re.compile(r'name="(?:next|csrf_token)" value="[^"]*"|<meta name="csrf-token"[^>]*>')
    pages = [
        own.sub("", one.get_data(as_text=True)).replace(one.headers["X-Request-ID"], "")
        for one in (foreign, missing)
    ]
    assert pages[0] == pages[1]


def _rows() -> dict[str, int]:
    return {
        model.__tablename__: db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
        for model in (Check, Hazard, HazardEvent, HistoryRow)
    }


ARGUMENTS = {
    "decision": "take",
    "number": MISSING,
    "act": "verify",
    "code": "GEN",
    "assignment": 1,
    "engagement": 1,
    "digest": "0" * 64,
    "year": 2026,
    "sha256": "0" * 64,
    "token": "x",
    "kind": "thumb",
    "lang": "zh",
    "position": 1,
}
OF_A_SITE = ("enterprises.", "hazards.", "checks.", "schedule.tasks")


@pytest.mark.parametrize("who", ["chen", "stranger", "auditor"])
def test_nobody_writes_to_a_foreign_thing(
    app: Flask, world: Things, as_user: Callable[[str], House], who: str
) -> None:
    browser, before = as_user(who), _rows()
    db.session.rollback()
    numbers = {
        "enterprises": world.site,
        "hazards": world.hazard,
        "checks": world.check,
        "schedule": world.task,
        "reports": world.check,
    }
    for rule in app.url_map.iter_rules():
        domain = rule.endpoint.partition(".")[0]
        if "POST" not in (rule.methods or set()) or "number" not in rule.arguments or domain not in numbers:
            continue
        values = {name: ARGUMENTS[name] for name in rule.arguments} | {"number": numbers[domain]}
        with app.test_request_context():
            address = rule.build(dict(values))
        assert address is not None
        status = browser.post(
            address[1], data={"note": "x", "method": "on_site", "due_on": "2026-12-01"}
        ).status_code
        assert status in {302, 403, 404, 409, 422, 400}, address[1]
        assert status != 302 or domain == "schedule", address[1]
    assert _rows() == before


@pytest.mark.parametrize("who", ["zhao", "chen", "officer", "stranger", "expert"])
def test_a_crawl_finds_no_foreign_word(
    app: Flask, world: Things, as_user: Callable[[str], House], who: str
) -> None:
    foreign = {
        "zhao": [MARKERS["huaxin"], MARKERS["minghe"]],
        "chen": [MARKERS["huaxin"], MARKERS["lifeng"]],
        "officer": [MARKERS["lifeng"], MARKERS["minghe"]],
        "stranger": [MARKERS["huaxin"], MARKERS["lifeng"]],
        "expert": [MARKERS["lifeng"], MARKERS["minghe"]],
    }[who]
    browser = as_user(who)
    seen: set[str] = set()
    queue = deque(_starts(app))
    while queue and len(seen) < 250:
        address = queue.popleft()
        if address in seen:
            continue
        seen.add(address)
        response = browser.get(address)
        if response.status_code != 200 or not re.search("text|json", response.mimetype):
            continue
        text = response.get_data(as_text=True)
        assert not [word for word in foreign if word in text], address
        queue.extend(
            link.partition("#")[0]
            for link in Page(text).links
            if link.startswith("/") and "/static/" not in link
        )
    assert len(seen) > 5


def _starts(app: Flask) -> list[str]:
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set())
        and not rule.arguments
        and permission_of(app, rule.endpoint) is not Permission.BE_ANYONE
    ]


def test_reading_changes_nothing(app: Flask, world: Things, as_user: Callable[[str], House]) -> None:
    browser = as_user("admin")

    def dump() -> dict[str, list[tuple[object, ...]]]:
        tables = set(sa.inspect(db.engine).get_table_names())
        if db.engine.dialect.name == "sqlite":
            # What a search table holds stands in tables of its own beside it; it cannot be read from end to end.
            virtual = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'"
            tables -= set(db.session.scalars(sa.text(virtual)))
            assert "hazards_search_data" in tables
        rows = {
            name: [tuple(row) for row in db.session.execute(sa.text(f"SELECT * FROM {name}"))]
            for name in tables
        }
        db.session.rollback()
        return rows

    before = dump()
    for address in [*_starts(app), *(address.format(**vars(world)) for address, _may in OPENS.values())]:
        browser.get(address)
    assert dump() == before


@pytest.mark.parametrize(
    "field",
    [
        "role",
        "active",
        "enterprise_id",
        "team_id",
        "password_hash",
        "session_version",
        "must_change_password",
    ],
)
def test_fields_that_a_form_does_not_own_change_nothing(
    app: Flask, as_user: Callable[[str], House], user: Callable[[str], User], field: str
) -> None:
    browser = as_user("wang")
    before = getattr(user("wang"), field)
    db.session.rollback()
    browser.post(
        "/me/password", data={"old": cast.PASSWORD, "password": "x", "again": "x", field: "office_admin"}
    )
    browser.post("/language", data={"lang": "en", field: "office_admin"})
    assert getattr(user("wang"), field) == before
