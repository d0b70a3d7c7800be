"""The search over the zone: what is found, how it is ranked, and that nobody finds what no list would show him."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote, unquote

import pytest
import sqlalchemy as sa
from flask import Flask
from tests import cast
from tests.checks.filings import failing, filing, sent_photo, visit
from tests.house import House

from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.checks.models import Check
from xuncha.core import pinyin
from xuncha.core.db import db
from xuncha.enterprises.models import Site, SiteKind
from xuncha.hazards.actions import issue_notice
from xuncha.hazards.models import Hazard, Notice

Browser = Callable[[str], House]
HUAXIN = "华鑫化工有限公司"
MINGHE = "明和食品有限公司"


def found(browser: House, text: str) -> str:
    """The words of the answer, the field left out."""
    return browser.text(f"/search?q={quote(text)}")


@pytest.fixture
def checked(app: Flask, user: Callable[[str], User], site: Callable[[str], Site]) -> Check:
    """A check of Huaxin with a hazard and a notice."""
    wang = user("wang")
    photo = sent_photo(wang, 7)
    raw = failing(visit(site("huaxin"), photos=[photo]), description="灭火器压力不足", before=[photo])
    file_check(filing(raw), actor=wang, now=cast.NOW)
    check = db.session.scalars(sa.select(Check)).one()
    issue_notice(check, actor=wang, now=cast.NOW)
    db.session.commit()
    return check


@pytest.mark.parametrize(
    "text",
    [
        "华鑫",
        "huaxin",
        "HuaXin",
        "hua xin",
        "huax",
        "hxhg",
        "HXHG",
        "huagong",
        "91320500MA1MXXJX62",
        "1mxxjx",
    ],
)
def test_an_enterprise_is_found_by_parts_of_its_name_its_sound_and_its_code(
    as_user: Browser, text: str
) -> None:
    told = found(as_user("admin"), text)
    assert HUAXIN in told and MINGHE not in told


@pytest.mark.parametrize("text", ["axin", "uaxin", "xh华", "hxgs"])
def test_a_sound_begins_with_a_syllable(as_user: Browser, text: str) -> None:
    assert HUAXIN not in found(as_user("admin"), text)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("重庆银行", ["chongqing", "cqyh", "yinhang"]),
        ("单明", ["shanming", "sm", "danming"]),
        ("吕布", ["lvbu", "l\u00fcbu", "lb"]),
        ("曾仇", ["zeng", "cengqiu"]),
        ("ABC化工", ["abchuagong", "abchg"]),
    ],
)
def test_characters_of_several_sounds_are_found_by_each(app: Flask, name: str, texts: list[str]) -> None:
    site = Site(name=name, created_at=cast.NOW)
    db.session.add(site)
    db.session.flush()
    for text in texts:
        query = sa.select(Site.name).where(pinyin.sounds_like(Site.pinyin, text))
        assert name in db.session.scalars(query).all(), text
    db.session.rollback()


def test_a_name_that_changes_is_found_by_its_new_sound_alone(
    app: Flask, as_user: Browser, site: Callable[[str], Site]
) -> None:
    site("huaxin").name = "东方化工"
    db.session.commit()
    admin = as_user("admin")
    assert "东方化工" in found(admin, "dfhg") and "东方化工" not in found(admin, "hxhg")


def test_the_command_writes_what_was_written_past_the_program(app: Flask, as_user: Browser) -> None:
    db.session.execute(sa.text("UPDATE sites SET pinyin = ''"))
    db.session.commit()
    assert HUAXIN not in found(as_user("admin"), "hxhg")
    run = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert run.exit_code == 0 and run.output == "4 names written anew\n"
    assert HUAXIN in found(as_user("admin"), "hxhg")


def test_every_kind_is_found_and_opens(app: Flask, as_user: Browser, checked: Check) -> None:
    hazard = db.session.scalars(sa.select(Hazard)).one()
    notice = db.session.scalars(sa.select(Notice)).one()
    admin = as_user("admin")
    for text, address in (
        ("华鑫", f"/enterprises/{checked.site_id}"),
        ("lfzc", "/enterprises/"),
        ("灭火器压力", f"/hazards/{hazard.id}"),
        (hazard.number, f"/hazards/{hazard.id}"),
        (checked.number, f"/checks/{checked.id}"),
        (notice.number, f"/papers/notices/{notice.id}"),
        (f"{notice.year}-{notice.serial}", f"/papers/notices/{notice.id}"),
        ("wjg", "/users/"),
        ("zhouchangzhang", "/enterprises/"),
        ("GEN-01", "/checklists/GEN"),
        ("安全生产法", "/checklists/laws"),
        ("Work Safety Law", "/checklists/laws"),
    ):
        page = admin.page(f"/search?q={quote(text)}")
        assert any(link.startswith(address) for link in page.links), text
    db.session.rollback()


@pytest.mark.parametrize(
    ("who", "sees"),
    [("admin", True), ("auditor", True), ("lin", True), ("wang", True), ("expert", True), ("officer", True)]
    + [(who, False) for who in ("zhao", "chen", "stranger")],
)
def test_nobody_finds_what_no_list_would_show(as_user: Browser, checked: Check, who: str, sees: bool) -> None:
    hazard = db.session.scalars(sa.select(Hazard)).one()
    notice = db.session.scalars(sa.select(Notice.number)).one()
    texts = ("华鑫", "hxhg", hazard.number, checked.number, notice, "灭火器压力", "13800000000")
    addresses = (f"/enterprises/{checked.site_id}", f"/hazards/{hazard.id}", f"/checks/{checked.id}")
    db.session.rollback()
    browser = as_user(who)
    for text in texts:
        page = browser.page(f"/search?q={quote(text)}")
        met = [link for link in page.links if link in addresses or "/papers/notices/" in link]
        assert bool(met) == sees, text
        if not sees:
            assert HUAXIN not in " ".join(page.text)


@pytest.mark.parametrize("who", ["officer", "expert", "wang"])
def test_accounts_are_found_by_the_office_alone(as_user: Browser, who: str) -> None:
    page = as_user(who).page("/search?q=zhao")
    assert not [link for link in page.links if link.startswith("/users")]
    assert "赵同事" not in " ".join(page.text)


def test_whole_names_come_before_parts(app: Flask, as_user: Browser) -> None:
    for name in ("新明和", "明和二厂", "明和", "民海"):
        db.session.add(Site(name=name, created_at=cast.NOW))
    db.session.commit()
    told = found(as_user("admin"), "明和")
    places = [told.index(name) for name in (" 明和 ", " 明和二厂 ", " 新明和 ")]
    assert places == sorted(places)


def test_the_link_to_the_list_names_as_many_as_the_list_shows(app: Flask, as_user: Browser) -> None:
    for number in range(7):
        db.session.add(Site(name=f"宏图{number}号", created_at=cast.NOW))
        db.session.add(Site(name=f"宏图{number}库", kind=SiteKind.IDLE, created_at=cast.NOW))
    db.session.commit()
    admin = as_user("admin")
    admin.post("/language", data={"lang": "en"})
    for text in ("宏图", "ht", "hongtu"):
        page = admin.page(f"/search?q={quote(text)}")
        assert len([link for link in page.links if re.fullmatch(r"/enterprises/\d+", link)]) == 10
        assert " ".join(page.text).count("All 7 in the list") == 2
        lists = [unquote(link) for link in page.links if f"text={quote(text)}" in link]
        assert lists == [f"/enterprises?text={text}", f"/enterprises/idle?text={text}"]
        for address in lists:
            assert "7 sites" in admin.text(address)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "What do you look for?"),
        ("   ", "What do you look for?"),
        ("a", "Type two or more letters"),
        ("%", "Type two or more letters"),
        ("x" * 500, "too long to search for"),
        ("%%", "Nothing is found"),
        ("_ _", "Nothing is found"),
        ("'' OR 1=1 --", "Nothing is found"),
        ('"quoted"', "Nothing is found"),
        ("\\\\", "Nothing is found"),
        ("\U0001f525", "Nothing is found"),
        ("<script>alert(1)</script>", "Nothing is found"),
        ("a\0", "Type two or more letters"),
        ("999999999999999", "Nothing is found"),
    ],
)
def test_odd_texts_get_clear_answers_and_stay_in_the_field(as_user: Browser, text: str, words: str) -> None:
    admin = as_user("admin")
    admin.post("/language", data={"lang": "en"})
    page = admin.page(f"/search?q={quote(text)}")
    assert words in " ".join(page.text)
    assert page.fields["q"] == text.strip().replace("\0", "")


def test_one_chinese_character_is_searched_for(as_user: Browser) -> None:
    assert HUAXIN in found(as_user("admin"), "鑫")


def test_every_page_has_the_field_and_me_the_way_to_it(as_user: Browser) -> None:
    wang = as_user("wang")
    for address in ("/today", "/hazards", "/me"):
        page = wang.page(address)
        assert any(form.get("action") == "/search" for form in page.forms), address
    assert "/search" in wang.page("/me").links


def test_a_search_is_few_statements(app: Flask, as_user: Browser, checked: Check) -> None:
    statements: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    admin = as_user("admin")
    for text in ("华鑫", "hxhg", "2026-1"):
        for _look in range(2):
            statements.clear()
            assert admin.get(f"/search?q={quote(text)}").status_code == 200
        # Who reads, settings, news: 6. Each of eight kinds counts and reads; lists look first how many an index names.
        papers = 13 if any(character.isdigit() for character in text) else 0
        assert len(statements) <= 6 + 8 * 2 + 5 + papers, statements


def test_a_search_loads_no_dictionary(app: Flask) -> None:
    import subprocess
    import sys

    code = "import sys, xuncha; xuncha.create_app; print('pypinyin' in sys.modules)"
    path = [str(one) for one in sys.path if one]
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(path)},
    )
    assert run.stdout.strip() == "False"
