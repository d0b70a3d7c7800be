"""Adding and changing a site: the credit code, twins, everything typed stays, and the second of two writers."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from tests.house import House, Page

from xuncha.core.db import db
from xuncha.core.history import HistoryRow
from xuncha.enterprises.models import Site, SiteKind

from .sheet import NEW_CODE

NEW = {
    "name": "新来电子有限公司",
    "uscc": NEW_CODE,
    "sector": "industry",
    "risk": "yellow",
    "working_state": "producing",
}


def count() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Site)) or 0


def test_the_office_adds_an_enterprise_and_is_asked_for_its_supervisor(
    as_user: Callable[[str], House], app: Flask
) -> None:
    form = NEW | {
        "key": "y",
        "contacts-0-duty": "principal",
        "contacts-0-name": "何总",
        "contacts-0-phone": "0512-0001",
    }
    answer = as_user("admin").post("/enterprises/new", data=form)
    site = db.session.scalars(sa.select(Site).where(Site.uscc == NEW_CODE)).one()
    assert answer.headers["Location"] == f"/enterprises/{site.id}/assign"
    assert (site.name, site.key, site.key_since and site.key_since.isoformat()) == (
        NEW["name"],
        True,
        "2026-11-03",
    )
    assert [(one.name, one.phone) for one in site.contacts] == [("何总", "0512-0001")]
    row = db.session.scalars(
        sa.select(HistoryRow).where(HistoryRow.thing == "sites", HistoryRow.thing_id == site.id)
    ).one()
    assert (row.action, row.actor_name, row.after["uscc"]) == ("add", "安管理", NEW_CODE)


def test_a_code_is_tidied_before_it_is_checked(as_user: Callable[[str], House], app: Flask) -> None:
    wide = NEW_CODE[:4].translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    as_user("admin").post("/enterprises/new", data=NEW | {"uscc": f" {wide} {NEW_CODE[4:].lower()} "})
    assert db.session.scalar(sa.select(Site.name).where(Site.uscc == NEW_CODE)) == NEW["name"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("uscc", NEW_CODE[:-1] + "A", "校验位不符"),
        ("uscc", NEW_CODE[:-1], "现有17位"),
        ("uscc", "9111000060003734IO", "不含 I、O"),
        ("uscc", "91320500MA1MXXJX62", "华鑫化工有限公司”名下"),
        ("name", "", "请填写名称"),
        ("name", "长" * 121, "最多120个字符"),
        ("name", "坏\x00名", "无法显示的字符"),
        ("latitude", "91", "纬度应在"),
        ("latitude", "nan", "纬度应在"),
        ("longitude", "120.5", "须同时填写"),
        ("staff", "-3", "从业人数"),
        ("staff", "9" * 40, "从业人数"),
        ("key_since", "2026-02-30", "列为重点日期"),
        ("sector", "piracy", "行业领域"),
        ("sector", "", "请选择行业领域"),
        ("risk", "", "请选择风险等级"),
        ("contacts-0-phone", "13800000000", "联系人须填写姓名"),
    ],
)
def test_bad_input_is_named_and_kept(
    as_user: Callable[[str], House], app: Flask, field: str, value: str, words: str
) -> None:
    before = count()
    form = (
        NEW | {"address": "开发区某路1号", "contacts-0-duty": "other", "contacts-0-name": ""} | {field: value}
    )
    answer = as_user("admin").post("/enterprises/new", data=form)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in text
    assert "开发区某路1号" in text
    assert count() == before


def test_every_problem_is_named_at_once(as_user: Callable[[str], House], app: Flask) -> None:
    text = (
        as_user("admin")
        .post("/enterprises/new", data=NEW | {"uscc": "123", "latitude": "99"})
        .get_data(as_text=True)
    )
    assert "现有3位" in text and "纬度应在" in text


def test_the_same_name_and_address_without_a_code_needs_a_persons_word(
    as_user: Callable[[str], House], site: Callable[[str], Site], app: Flask
) -> None:
    old = site("oldmill")
    form = {"name": old.name, "risk": "blue", "address": old.address}
    browser = as_user("admin")
    refused = browser.post("/enterprises/new?kind=idle", data=form)
    assert refused.status_code == 422 and "名称和地址相同" in refused.get_data(as_text=True)
    assert browser.post("/enterprises/new?kind=idle", data=form | {"twin_ok": "y"}).status_code == 302
    assert db.session.scalar(sa.select(sa.func.count(Site.id)).where(Site.kind == SiteKind.IDLE)) == 2


def _filled(page: Page) -> dict[str, str]:
    """What a browser would send of the page, its selects aside."""
    ticks = {"key", "crowded", "no_phone", "twin_ok"}
    texts = {name: value for name, value in page.fields.items() if name not in ticks}
    duties = {
        name.replace("-name", "-duty"): "principal"
        for name in texts
        if re.fullmatch(r"contacts-\d+-name", name)
    }
    return texts | duties


def test_the_second_writer_sees_the_first_and_keeps_the_text(
    as_user: Callable[[str], House], site: Callable[[str], Site], app: Flask
) -> None:
    number = site("huaxin").id
    db.session.rollback()
    browser = as_user("admin")
    url = f"/enterprises/{number}/edit"
    more = {"sector": "hazchem", "risk": "orange", "working_state": "producing", "key": "y"}
    form = _filled(browser.page(url)) | more
    assert browser.post(url, data=form | {"area": "甲片区"}).status_code == 302
    late = browser.post(url, data=form | {"area": "乙片区", "note": "我写了很久"})
    text = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "已有他人先行修改" in text and "甲片区" in text and "我写了很久" in text
    db.session.rollback()
    assert site("huaxin").area == "甲片区"
    again = {"version": Page(text).fields["version"], "area": "乙片区", "note": "我写了很久"}
    assert browser.post(url, data=form | again).status_code == 302
    db.session.rollback()
    assert (site("huaxin").area, site("huaxin").note) == ("乙片区", "我写了很久")


def test_nothing_changed_writes_no_history(
    as_user: Callable[[str], House], site: Callable[[str], Site], app: Flask
) -> None:
    number = site("oldmill").id
    db.session.rollback()
    browser = as_user("admin")
    form = _filled(browser.page(f"/enterprises/{number}/edit")) | {
        "risk": "orange",
        "contacts-0-duty": "principal",
    }
    assert browser.post(f"/enterprises/{number}/edit", data=form).status_code == 302
    assert db.session.scalar(sa.select(sa.func.count()).select_from(HistoryRow)) == 0


@pytest.mark.parametrize("name", ["leader", "lin", "wang", "expert", "auditor", "officer"])
def test_only_the_office_edits(
    as_user: Callable[[str], House], site: Callable[[str], Site], name: str
) -> None:
    number = site("huaxin").id
    browser = as_user(name)
    for url in (
        f"/enterprises/{number}/edit",
        "/enterprises/new",
        "/enterprises/import",
        "/enterprises/export.xlsx",
    ):
        assert browser.get(url).status_code == 403
    assert browser.post("/enterprises/new", data=NEW).status_code == 403
