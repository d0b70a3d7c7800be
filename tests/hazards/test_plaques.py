"""Plaques: the public facts that their code opens without an account, and nothing more; who makes and revokes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

import pypdfium2 as pdfium
import pytest
from flask import Flask
from tests.hazards.builders import NOW, issued, person, place
from tests.hazards.by_link import BASE
from tests.house import House
from tests.reports.test_notice_code import codes, text_of
from tests.stats import builders

from xuncha.checks.models import VisitKind
from xuncha.core import settings
from xuncha.core.db import db
from xuncha.hazards.public.plaques import address_of, make_plaque, plaque_of

Browser = Callable[[str], House]


@pytest.fixture(autouse=True)
def _public(app: Flask) -> None:
    app.config["PUBLIC_URL"] = BASE


def made(site: str = "huaxin", by: str = "wang") -> tuple[int, str]:
    """The number of a plaque and the path of the address on it."""
    plaque = make_plaque(place(site), actor=person(by), now=NOW)
    db.session.commit()
    address = address_of(plaque)
    assert address is not None and address.startswith(f"{BASE}/e/")
    number = plaque.id
    db.session.rollback()
    return number, urlsplit(address).path


def put(**values: str) -> None:
    """The office's settings."""
    settings.write(values, actor=None, now=NOW)
    db.session.commit()
    db.session.rollback()


def test_it_shows_who_is_responsible_and_nothing_private(client: House) -> None:
    hazard = issued(description="甲标记七")
    number_of_hazard = hazard.number
    _number, path = made()
    put(office_phone="0512-66881234")
    answer = client.get(path)
    assert answer.status_code == 200
    text = client.text(path)
    for word in ("华鑫化工有限公司", "王监管", "0512-66881234", "12350"):
        assert word in text, word
    for private in ("甲标记七", number_of_hazard, "周厂长", "13800000000", "91320500MA1MXXJX62", "创业路"):
        assert private not in answer.get_data(as_text=True), private
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]


def test_the_last_check_is_no_mere_reinspection(client: House) -> None:
    builders.visit(date(2026, 10, 20)), builders.visit(date(2026, 10, 30), kind=VisitKind.RECHECK)
    db.session.commit()
    text = client.text(made()[1])
    assert re.search(r"10月20日|20 Oct", text) and not re.search(r"10月30日|30 Oct", text)


@pytest.mark.parametrize("shown", ["0", "1"])
def test_the_number_of_hazards_stands_there_if_the_office_wants_it(client: House, shown: str) -> None:
    issued(), issued()
    _number, path = made()
    put(public_hazards=shown)
    text = client.text(path)
    assert ("未销号" in text or "not closed" in text) is (shown == "1")
    if shown == "1":
        assert "2" in client.get(path).get_data(as_text=True).split("12350</a>")[1]


def test_the_office_switches_it_off(client: House, as_user: Browser) -> None:
    _number, path = made()
    put(public_facts="0")
    assert client.get(path).status_code == 404
    paper = as_user("wang").get(f"/papers/plaques/{builders.number('huaxin')}?format=pdf").data
    assert codes(paper) == []
    put(public_facts="1")
    assert client.get(path).status_code == 200


def test_forged_cut_and_revoked_addresses_open_nothing(client: House, as_user: Browser) -> None:
    number, path = made()
    for address in (
        f"{path}x",
        path[:-1],
        "/e/" + "a" * 26,
        path.replace("/e/", "/r/"),
        path.replace("/e/", "/n/"),
    ):
        assert client.get(address).status_code == 404, address
    assert as_user("wang").post(f"/hazards/plaques/{number}/revoke").status_code == 302
    assert client.get(path).status_code == 404
    assert as_user("wang").post(f"/hazards/plaques/{number}/revoke").status_code == 409
    _again, other = made()
    assert other != path and client.get(other).status_code == 200


def test_only_the_digest_of_the_address_is_kept(client: House) -> None:
    _number, path = made()
    with db.engine.connect() as connection:
        dump = str(connection.exec_driver_sql("SELECT * FROM plaques").fetchall())
    assert path.rsplit("/", 1)[-1] not in dump


def test_many_wrong_addresses_and_many_openings_are_slowed_down(client: House) -> None:
    _number, path = made()
    elsewhere = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    for _ in range(20):
        assert client.get("/e/" + "b" * 26, **elsewhere).status_code == 404
    assert client.get(path, **elsewhere).status_code == 429
    for _ in range(300):
        assert client.get(path).status_code == 200
    assert client.get(path).status_code == 429


def test_an_enterprise_has_one_plaque_at_most(as_user: Browser) -> None:
    site = builders.number("huaxin")
    db.session.rollback()
    wang = as_user("wang")
    assert wang.post(f"/hazards/plaques/of/{site}").status_code == 302
    assert wang.post(f"/hazards/plaques/of/{site}").status_code == 422
    assert plaque_of(place("huaxin")) is not None


@pytest.mark.parametrize("who", ["zhao", "chen", "expert", "auditor", "officer", "stranger", "leader"])
def test_plaques_are_made_printed_and_revoked_by_whom_they_concern(as_user: Browser, who: str) -> None:
    number, _path = made()
    site = builders.number("huaxin")
    db.session.rollback()
    browser = as_user(who)
    assert browser.post(f"/hazards/plaques/of/{site}").status_code in {403, 404}
    assert browser.post(f"/hazards/plaques/{number}/revoke").status_code in {403, 404}
    assert browser.get(f"/papers/plaques/{site}?format=pdf").status_code in {403, 404}
    assert plaque_of(place("huaxin")) is not None


@pytest.mark.parametrize(("lang", "words"), [("zh", "12350"), ("en", "Worksafetyresponsibility")])
def test_its_code_is_read_back_from_the_picture_of_the_page(
    as_user: Browser, client: House, lang: str, words: str
) -> None:
    _number, path = made()
    put(office_phone="0512-66881234")
    paper = as_user("wang").get(f"/papers/plaques/{builders.number('huaxin')}?format=pdf&lang={lang}").data
    (page,) = pdfium.PdfDocument(paper)
    assert page.get_width() > page.get_height()
    (address,) = codes(paper)
    assert urlsplit(address).path == path
    text = text_of(paper)
    for word in (words, "华鑫化工有限公司", "王监管", "0512-66881234", "12350"):
        assert word in text, word
    assert client.get(urlsplit(address).path).status_code == 200


@pytest.mark.parametrize(
    "name",
    ["甲" * 60, "A very long name of an enterprise in the zone " * 3],
    ids=["zh", "en"],
)
def test_a_long_name_stays_on_one_page(as_user: Browser, name: str) -> None:
    made()
    site = place("huaxin").id
    place("huaxin").name = name
    db.session.commit()
    for lang in ("zh", "en"):
        paper = as_user("wang").get(f"/papers/plaques/{site}?format=pdf&lang={lang}").data
        assert len(pdfium.PdfDocument(paper)) == 1 and len(codes(paper)) == 1


def test_without_an_address_the_plaque_is_printed_without_a_code(app: Flask, as_user: Browser) -> None:
    site = builders.number("lifeng")
    db.session.rollback()
    paper = as_user("zhao").get(f"/papers/plaques/{site}?format=pdf").data
    assert codes(paper) == [] and "利丰机械有限公司" in text_of(paper)
