"""The pack: the pages that a person's phone keeps; own things only, and a version that changes with what a page shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from tests import cast
from tests.checks.filings import failing, filing, sent_photo, visit
from tests.house import House

from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_notice
from xuncha.schedule.actions import open_month

Browser = Callable[[str], House]


def listed(browser: House) -> dict[str, Any]:
    response = browser.get("/sync/pack")
    assert response.status_code == 200
    assert response.json is not None
    return dict(response.json)


def addresses(browser: House) -> dict[str, dict[str, str]]:
    return {entry["url"]: entry for entry in listed(browser)["entries"]}


@pytest.fixture
def month(app: Flask) -> None:
    """The tasks of the month."""
    open_month(2026, 11, actor=None, now=cast.NOW)
    db.session.commit()


@pytest.fixture
def hazard_at(
    app: Flask, user: Callable[[str], User], site: Callable[[str], Site]
) -> Callable[[str, str], str]:
    """File a check with a hazard and a photo at a site; the photo's hash."""

    def found(code: str, who: str) -> str:
        photo = sent_photo(user(who), 100 + ord(code[0]))
        raw = failing(visit(site(code)), description="配电箱未上锁", before=[photo])
        file_check(filing(raw), actor=user(who), now=cast.NOW)
        check = db.session.scalars(sa.select(Check).where(Check.uuid == raw["uuid"])).one()
        issue_notice(check, actor=user(who), now=cast.NOW)
        db.session.commit()
        return str(photo["sha256"])

    return found


def test_a_supervisor_gets_every_page_that_a_visit_needs(
    month: None, as_user: Browser, site: Callable[[str], Site], hazard_at: Callable[[str, str], str]
) -> None:
    thumb = hazard_at("huaxin", "wang")
    number, idle = site("huaxin").id, site("oldmill").id
    pack = listed(as_user("wang"))
    pages = {entry["url"] for entry in pack["entries"]}
    assert {
        "/today",
        "/checks",
        "/checks/start",
        "/hazards",
        "/me",
        "/help/phone",
        "/offline",
        "/calendar",
    } & pages >= {
        "/today",
        "/checks",
        "/checks/start",
        "/hazards",
        "/me",
        "/help/phone",
        "/offline",
    }
    assert {f"/checks/new?site={number}", f"/checks/new?site={number}&kind=holiday"} <= pages
    assert {
        f"/checks/new?site={number}&kind=recheck",
        f"/checks/new?site={idle}",
        f"/enterprises/{number}",
    } <= pages
    assert any(re.fullmatch(r"/checks/new\?task=\d+", page) for page in pages)
    assert any(re.fullmatch(r"/hazards/\d+", page) for page in pages)
    assert pack["thumbs"] == [f"/photos/{thumb}/small"]
    assert pack["home"] == "/today"


@pytest.mark.parametrize("who", ["wang", "expert", "lin", "admin", "leader"])
def test_every_page_of_the_pack_opens(
    month: None, as_user: Browser, hazard_at: Callable[[str, str], str], who: str
) -> None:
    hazard_at("huaxin", "wang")
    browser = as_user(who)
    pack = listed(browser)
    for address in [*(entry["url"] for entry in pack["entries"]), *pack["thumbs"]]:
        assert browser.get(address).status_code == 200, address
    assert pack["home"] in {entry["url"] for entry in pack["entries"]}


@pytest.mark.parametrize("who", ["zhao", "chen", "lin", "leader", "admin", "auditor"])
def test_nothing_of_another_supervisor_is_in_the_pack(
    month: None, as_user: Browser, site: Callable[[str], Site], hazard_at: Callable[[str, str], str], who: str
) -> None:
    hazard_at("huaxin", "wang")
    number = site("huaxin").id
    pack = listed(as_user(who))
    pages = {entry["url"] for entry in pack["entries"]}
    assert not [page for page in pages if f"site={number}" in page or page == f"/enterprises/{number}"]
    assert not [entry for entry in pack["entries"] if entry["title"] == cast.PLACES["huaxin"].name]
    assert not [page for page in pages if re.fullmatch(r"/hazards/\d+", page)]
    assert pack["thumbs"] == []


@pytest.mark.parametrize(("who", "status"), [("officer", 403), ("stranger", 403), ("expert", 200)])
def test_who_makes_no_visits_gets_no_pack(as_user: Browser, who: str, status: int) -> None:
    assert as_user(who).get("/sync/pack").status_code == status


def test_signed_out_there_is_no_pack(client: House) -> None:
    assert client.get("/sync/pack").status_code == 401


def test_a_handover_moves_the_pages_at_once(
    month: None, as_user: Browser, site: Callable[[str], Site], user: Callable[[str], User]
) -> None:
    place = site("huaxin")
    number, place.supervisor_id = place.id, user("zhao").id
    db.session.commit()
    assert f"/enterprises/{number}" not in addresses(as_user("wang"))
    assert f"/enterprises/{number}" in addresses(as_user("zhao"))


def test_unchanged_pages_keep_their_version(month: None, as_user: Browser) -> None:
    browser = as_user("wang")
    assert addresses(browser) == addresses(browser)


def test_a_hazard_changes_the_pages_of_its_site_and_no_others(
    month: None, as_user: Browser, site: Callable[[str], Site], hazard_at: Callable[[str, str], str]
) -> None:
    browser = as_user("wang")
    number, idle = site("huaxin").id, site("oldmill").id
    db.session.rollback()
    before = addresses(browser)
    hazard_at("huaxin", "wang")
    after = addresses(browser)
    changed = {url for url in before if url in after and before[url]["version"] != after[url]["version"]}
    assert {"/today", f"/checks/new?site={number}", f"/enterprises/{number}"} <= changed
    assert f"/checks/new?site={idle}" not in changed


def test_another_language_is_another_pack(month: None, as_user: Browser) -> None:
    browser = as_user("wang")
    before = addresses(browser)
    browser.post("/language", data={"lang": "en"})
    after = addresses(browser)
    assert before.keys() == after.keys()
    assert all(before[url]["version"] != after[url]["version"] for url in before)


def test_a_page_that_is_kept_leaves_passing_messages_to_the_reader(as_user: Browser) -> None:
    browser = as_user("wang")
    with browser.session_transaction() as session:
        session["_flashes"] = [("success", "stays for the reader")]
    assert "stays for the reader" not in browser.get("/me", headers={"X-Pack": "1"}).get_data(as_text=True)
    assert "stays for the reader" in browser.get("/me").get_data(as_text=True)


def test_the_worker_names_every_file_of_the_pages_and_may_not_be_kept(client: House) -> None:
    response = client.get("/service-worker.js")
    text = response.get_data(as_text=True)
    assert response.mimetype == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    files = re.search(r"FILES = (\[.*\]);", text)
    assert files is not None
    page = client.get("/sign-in").get_data(as_text=True)
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        assert address in files[1]
    for address in re.findall(r'"(/[^"]+)"', files[1]):
        assert client.get(address.replace("\\u0026", "&")).status_code == 200, address


def test_the_worker_answers_gets_only(client: House) -> None:
    text = client.get("/service-worker.js").get_data(as_text=True)
    handler = text[text.index('addEventListener("fetch"') :]
    assert handler.index('request.method !== "GET"') < handler.index("respondWith")
    code = re.sub(r"/\*.*?\*/|//[^\n]*|FILES = [^\n]*", "", text, flags=re.S)
    for word in ("POST", "PUT", "indexedDB", "clone()", "put("):
        assert word not in code, word
    assert sum(bool(line.strip()) for line in text.splitlines()) < 50


@pytest.mark.parametrize(("lang", "name", "tag"), [("zh", "巡查", "zh-CN"), ("en", "Xuncha", "en")])
def test_the_app_can_be_installed_in_both_languages(client: House, lang: str, name: str, tag: str) -> None:
    response = client.get(f"/manifest.webmanifest?lang={lang}")
    assert response.mimetype == "application/manifest+json"
    told = response.get_json(force=True)
    assert told["short_name"] == name
    assert told["lang"] == tag
    assert told["display"] == "standalone"
    sizes = {icon["sizes"] for icon in told["icons"]}
    assert {"192x192", "512x512"} <= sizes
    for icon in told["icons"]:
        picture = client.get(icon["src"])
        assert picture.status_code == 200
        assert picture.mimetype == "image/png"


@pytest.mark.parametrize("path", ["/help/phone", "/offline"])
def test_help_and_the_offline_page_open_for_everybody(client: House, as_user: Browser, path: str) -> None:
    assert client.get(path).status_code == 200
    assert as_user("officer").get(path).status_code == 200


def test_the_server_keeps_the_code_of_what_a_phone_posted(
    as_user: Browser, site: Callable[[str], Site]
) -> None:
    import json

    from tests.sync.phones import Phone, sha256
    from tests.sync.phones import visit as posted

    browser = as_user("wang")
    given = posted(site("huaxin").id)
    db.session.rollback()
    answer = Phone(browser).file(given).json
    assert answer is not None
    digest = sha256(json.dumps(given).encode())
    assert answer["receipt"]["body_sha256"] == digest
    assert f"{digest[:4]} {digest[4:8]}".upper() in browser.text(answer["receipt"]["url"])
