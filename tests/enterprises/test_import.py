"""Workbooks in and out: a verdict for each row, all rows or none, and an export that changes nothing when it returns."""

import io
import os
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from tests import cast
from tests.house import House
from werkzeug.test import TestResponse

from xuncha.accounts.models import User
from xuncha.core.db import db
from xuncha.core.errors import Refused
from xuncha.core.history import HistoryRow
from xuncha.enterprises import importing
from xuncha.enterprises.importing import Outcome
from xuncha.enterprises.models import Site
from xuncha.lists import xlsx

from .sheet import NEW_CODE, cells, workbook

TODAY = date(2026, 11, 3)
People = Callable[[str], User]
Browser = Callable[[str], House]
Sites = Callable[[str], Site]


def judged(data: bytes, decisions: dict[int, str] | None = None) -> list[Outcome]:
    return [verdict.outcome for verdict in importing.plan(data, today=TODAY, decisions=decisions).verdicts]


def upload(browser: House, data: bytes, name: str = "台账.xlsx") -> TestResponse:
    return browser.post("/enterprises/import", data={"file": (io.BytesIO(data), name)})


def snapshot() -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.session.execute(sa.select(Site.__table__).order_by(Site.id))]


def test_each_row_gets_its_verdict(app: Flask, site: Sites) -> None:
    huaxin, mill = site("huaxin"), site("oldmill")
    data = workbook(
        ["新厂", NEW_CODE, "工贸", "黄"],
        [huaxin.name, huaxin.uscc, "危化", "较大风险（橙）"],
        [huaxin.name + "（新址）", site("lifeng").uscc, "industry", "red"],
        [mill.name, None, None, "blue"],
        ["坏码厂", NEW_CODE[:-1] + "A", "工贸", "紫"],
    )
    made = importing.plan(data, today=TODAY)
    assert [verdict.outcome.value for verdict in made.verdicts] == [
        "new",
        "same",
        "change",
        "decide",
        "error",
    ]
    assert [verdict.row for verdict in made.verdicts] == [2, 3, 4, 5, 6]
    assert {problem.field for problem in made.verdicts[4].problems} == {"uscc", "risk"}
    assert {name for name, *_ in made.verdicts[2].changes} == {"name", "risk"}


def test_the_pages_lead_from_the_file_to_the_list(as_user: Browser, app: Flask, user: People) -> None:
    browser = as_user("admin")
    head = [
        "企业（场所）名称*",
        "Unified social credit code",
        "行业领域",
        "风险等级",
        "安全监管员",
        "主要负责人",
        "主要负责人电话",
    ]
    answer = upload(
        browser, workbook(["新厂", NEW_CODE, "工贸", "黄", "赵同事", "何总", "013800001111"], head=head)
    )
    assert answer.status_code == 302
    where = answer.headers["Location"]
    before = snapshot()
    text = browser.text(where)
    assert "新增" in text and "尚未写入" in text
    assert snapshot() == before
    db.session.rollback()
    assert browser.post(where).status_code == 302
    new = db.session.scalars(sa.select(Site).where(Site.uscc == NEW_CODE)).one()
    assert (new.name, new.supervisor_id, new.contacts[0].phone) == ("新厂", user("zhao").id, "013800001111")
    assert db.session.scalar(sa.select(sa.func.count()).where(HistoryRow.action == "import_sites")) == 1


def test_one_wrong_row_stops_the_whole_file(as_user: Browser, app: Flask) -> None:
    browser = as_user("admin")
    before = snapshot()
    db.session.rollback()
    answer = upload(
        browser,
        workbook(
            ["新厂", NEW_CODE, "工贸", "黄"], ["", None, "工贸", "黄"], ["坏码厂", "9132", "工贸", "黄"]
        ),
    )
    where = answer.headers["Location"]
    assert "现有4位" in browser.text(where)
    assert browser.post(where).status_code == 422
    db.session.rollback()
    assert snapshot() == before


def test_a_row_without_a_code_waits_for_a_persons_decision(as_user: Browser, app: Flask, site: Sites) -> None:
    mill = site("oldmill")
    number, data = mill.id, workbook([mill.name, None, None, "红"])
    assert judged(data) == [Outcome.DECIDE]
    assert judged(data, {2: str(number)}) == [Outcome.CHANGE]
    assert judged(data, {2: "add"}) == [Outcome.ERROR]  # a new enterprise needs its sector
    assert judged(data, {2: "999999"}) == [Outcome.DECIDE]
    db.session.rollback()
    browser = as_user("admin")
    where = upload(browser, data).headers["Location"]
    assert browser.post(where).status_code == 422
    looked = browser.post(where, data={"row-2": str(number), "act": "look"})
    assert looked.status_code == 200 and "重大风险（红）" in looked.get_data(as_text=True)
    assert browser.post(where, data={"row-2": str(number)}).status_code == 302
    db.session.rollback()
    assert site("oldmill").risk.value == "red"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["enterprise", "idle"])
def test_our_own_export_changes_nothing(
    as_user: Browser, app: Flask, site: Sites, user: People, lang: str, kind: str
) -> None:
    huaxin = site("huaxin")
    huaxin.note, huaxin.address, huaxin.staff, huaxin.latitude, huaxin.longitude = (
        "=1+1",
        "'+路",
        12,
        31.27,
        120.5,
    )
    huaxin.contacts[0].phone = "+86 0512"
    user("admin").lang = lang
    user("zhao").name = user("wang").name
    db.session.commit()
    before = snapshot()
    browser = as_user("admin")
    data = browser.get(f"/enterprises/export.xlsx?kind={kind}").data
    assert set(judged(data)) == {Outcome.SAME}
    db.session.rollback()
    where = upload(browser, data).headers["Location"]
    assert browser.post(where).status_code == 422
    db.session.rollback()
    assert snapshot() == before


def test_no_cell_of_an_export_starts_a_formula(as_user: Browser, app: Flask, site: Sites) -> None:
    starts = ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"]
    db.session.add_all(
        Site(name=f"{start}cmd{number}", note=f"{start}1", created_at=cast.NOW)
        for number, start in enumerate(starts)
    )
    db.session.commit()
    data = as_user("admin").get("/enterprises/export.xlsx").data
    read = [str(cell) for row in cells(data) for cell in row if cell is not None]
    assert sum("cmd" in cell for cell in read) == len(starts)
    assert not [cell for cell in read if cell[0] in "".join(starts)]


def test_the_export_holds_what_is_filtered(as_user: Browser, app: Flask, site: Sites) -> None:
    rows = cells(as_user("admin").get("/enterprises/export.xlsx?text=利丰").data)
    assert [row[1] for row in rows[1:]] == [site("lifeng").name]


def test_the_template_is_typed_as_text_and_can_be_imported(as_user: Browser, app: Flask) -> None:
    data = as_user("admin").get("/enterprises/template.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert all(
        sheet.column_dimensions[openpyxl.utils.get_column_letter(at + 1)].width for at in range(len(heads))
    )
    sheet["B2"], sheet["C2"], sheet["D2"], sheet["E2"] = "新厂", NEW_CODE, "工贸", "一般风险（黄）"
    target = io.BytesIO()
    book.save(target)
    assert judged(target.getvalue()) == [Outcome.NEW]


@pytest.mark.parametrize(
    "written",
    [
        date(2026, 3, 5),
        datetime(2026, 3, 5),
        "2026-03-05",
        "2026/3/5",
        "2026.3.5",
        "2026年3月5日",
        "2026年03月05日",
        46086,
        "46086",
        20260305,
        "20260305",
    ],
)
def test_a_day_is_read_however_it_is_written(app: Flask, written: object) -> None:
    head = ["企业（场所）名称", "行业领域", "风险等级", "重点企业", "列为重点日期"]
    made = importing.plan(workbook(["新厂", "工贸", "黄", "是", written], head=head), today=TODAY)
    assert made.verdicts[0].facts["key_since"] == date(2026, 3, 5)


@pytest.mark.parametrize(
    "written",
    ["3/5/2026", "05-03-26", "2026-02-29", "2026年13月1日", "明天", 60, 0.5, -1, 1e9, "=TODAY()", True],
)
def test_an_impossible_or_ambiguous_day_is_refused_with_its_cell(app: Flask, written: object) -> None:
    head = ["企业（场所）名称", "行业领域", "风险等级", "列为重点日期"]
    verdict = importing.plan(workbook(["新厂", "工贸", "黄", written], head=head), today=TODAY).verdicts[0]
    assert (verdict.outcome, verdict.row, [problem.field for problem in verdict.problems]) == (
        Outcome.ERROR,
        2,
        ["key_since"],
    )


def test_serials_of_the_1904_system_are_read_by_their_own_count(app: Flask) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["企业（场所）名称", "行业领域", "风险等级", "重点企业", "列为重点日期"])
    book.active.append(["新厂", "工贸", "黄", "是", 46086 - 1462])
    target = io.BytesIO()
    book.save(target)
    assert importing.plan(target.getvalue(), today=TODAY).verdicts[0].facts["key_since"] == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("written", "kept"), [("0512001", "0512001"), (13800001111, "13800001111"), ("'=x", "=x")]
)
def test_text_stays_text(app: Flask, written: object, kept: str) -> None:
    head = ["企业（场所）名称", "行业领域", "风险等级", "主要负责人", "主要负责人电话"]
    made = importing.plan(workbook(["新厂", "工贸", "黄", "何总", written], head=head), today=TODAY)
    assert made.verdicts[0].facts["principal_phone"] == kept


def test_zeros_that_only_the_format_shows_are_kept(app: Flask) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["企业（场所）名称", "行业领域", "风险等级", "主要负责人", "主要负责人电话"])
    sheet.append(["新厂", "工贸", "黄", "何总", 512001])
    sheet["E2"].number_format = "0000000"
    target = io.BytesIO()
    book.save(target)
    assert importing.plan(target.getvalue(), today=TODAY).verdicts[0].facts["principal_phone"] == "0512001"


def test_a_code_that_excel_has_shortened_is_refused(app: Flask) -> None:
    verdict = importing.plan(workbook(["新厂", 913205001234567890, "工贸", "黄"]), today=TODAY).verdicts[0]
    assert [problem.field for problem in verdict.problems] == ["uscc"]


def test_two_rows_about_one_site_cannot_both_be_right(app: Flask, site: Sites) -> None:
    assert judged(workbook(["新厂", NEW_CODE, "工贸", "黄"], ["新厂二", NEW_CODE, "工贸", "黄"])) == [
        Outcome.NEW,
        Outcome.ERROR,
    ]
    assert judged(workbook(["甲", None, "工贸", "黄"], [" 甲", None, "工贸", "黄"])) == [
        Outcome.NEW,
        Outcome.ERROR,
    ]


def test_an_unknown_or_shared_supervisor_is_refused(app: Flask, user: People) -> None:
    head = ["企业（场所）名称", "行业领域", "风险等级", "安全监管员"]
    user("zhao").name = user("wang").name
    db.session.flush()
    rows = [
        ["甲", "工贸", "黄", "王监管"],
        ["乙", "工贸", "黄", "查无此人"],
        ["丙", "工贸", "黄", "zhao"],
        ["丁", "工贸", "黄", "钱专家"],
    ]
    assert judged(workbook(*rows, head=head)) == [Outcome.ERROR, Outcome.ERROR, Outcome.NEW, Outcome.ERROR]


def _zip(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return target.getvalue()


def _with_sheet(xml: bytes) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(workbook(["新厂", NEW_CODE, "工贸", "黄"])))
    parts = {name: source.read(name) for name in source.namelist()}
    return _zip(parts | {"xl/worksheets/sheet1.xml": xml})


ENTITIES = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
LAUGHS = ENTITIES + b"<worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>"
HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "text": lambda: "企业,代码".encode(),
    "old xls": lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000),
    "another zip": lambda: _zip({"a.txt": b"hello"}),
    "cut": lambda: workbook(["新厂", NEW_CODE, "工贸", "黄"])[:-200],
    "too large": lambda: bytes(10 * 1024 * 1024 + 1),
    "too many parts": lambda: _zip({f"{number}.xml": b"<a/>" for number in range(201)}),
    "unpacks to 200 MB": lambda: _with_sheet(b" " * (200 << 20)),
    "unpacks 100 times": lambda: _with_sheet(b" " * (20 << 20)),
    "cells without end": lambda: _zip(
        {"xl/sharedStrings.xml": b"<si/>" * 7_000_000, "noise": os.urandom(1 << 20)}
    ),
    "entities": lambda: _with_sheet(LAUGHS),
    "no rows": lambda: workbook(),
    "20,001 rows": lambda: workbook(*(["厂", None, "工贸", "黄"] for _ in range(20_001))),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_or_broken_file_is_refused_in_words(as_user: Browser, app: Flask, kind: str) -> None:
    data = HOSTILE[kind]()
    browser = as_user("admin")
    began = time.process_time()
    answer = upload(browser, data, "../../etc/x.xlsx")
    assert time.process_time() - began < 5
    assert answer.status_code == 422
    assert "请检查填写内容" in answer.get_data(as_text=True) or 'class="errors"' in answer.get_data(
        as_text=True
    )


def test_odd_cells_never_break_the_import(app: Flask) -> None:
    odd = [
        "\U0001f600",
        "，" * 5000,
        "<script>",
        "%s%(x)s{0}",
        "\u202e",
        1e308,
        -0.0,
        True,
        "#N/A",
    ]
    head = ["企业（场所）名称", "行业领域", "风险等级", "地址", "从业人数", "纬度", "重点企业"]
    rows = [[f"厂{number}", "工贸", "黄", value, value, value, value] for number, value in enumerate(odd)]
    verdicts = importing.plan(workbook(*rows, head=head), today=TODAY).verdicts
    assert {verdict.outcome for verdict in verdicts} == {Outcome.ERROR}


def test_a_plan_of_nobodys_file_is_missing(as_user: Browser) -> None:
    browser = as_user("admin")
    for name in ("0" * 64, "x", "..%2f..%2fsecret-key"):
        assert browser.get(f"/enterprises/import/{name}").status_code == 404


def test_reading_measures_before_it_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_args: object, **_more: object) -> None:
        raise AssertionError("opened")

    monkeypatch.setattr(openpyxl, "load_workbook", opened)
    with pytest.raises(Refused, match="unpacks"):
        xlsx.read(_with_sheet(b" " * (200 << 20)))
