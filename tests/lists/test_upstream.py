"""Upstream profiles: read from data, written as a file that is read back, held against samples, problems named before."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from html import unescape

import openpyxl
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.hazards.builders import in_state, issued
from tests.house import House
from werkzeug.datastructures import FileStorage

from xuncha.core.db import db
from xuncha.core.errors import Refused
from xuncha.core.labels import Labelled
from xuncha.hazards.lifecycle import State
from xuncha.lists import upstream_profile, upstream_profiles, upstream_sample
from xuncha.lists.upstream_profile import Field, Profile

As = Callable[[str], House]


class Colour(Labelled):
    """A choice of a made-up list."""

    RED = "red", "Red"
    BLUE = "blue", "Blue"


FIELDS = {
    "things": {
        one.name: one
        for one in (
            Field("name", "Name", lambda row: row["name"]),
            Field("day", "Day", lambda row: row["day"], is_day=True),
            Field("money", "Money", lambda row: row["money"]),
            Field("colour", "Colour", lambda row: row["colour"], choices=Colour),
        )
    }
}
TEXT = """
name = "示例"
list = "things"
file = "{file}"
encoding = "{encoding}"
sheet = "表"
[[columns]]
head = "序号"
field = "serial"
[[columns]]
head = "名称"
field = "name"
required = true
longest = 400
[[columns]]
head = "日期"
field = "day"
format = "{day}"
[[columns]]
head = "金额"
field = "money"
decimals = 2
[[columns]]
head = "颜色"
field = "colour"
codes = {{ red = "01", blue = "02" }}
[[columns]]
head = "区划"
value = "320500"
"""
DAYS = ["YYYY-MM-DD", "YYYYMMDD", "YYYY/M/D", "YYYY年MM月DD日"]
HEADS = ["序号", "名称", "日期", "金额", "颜色", "区划"]
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": WORDS,
            "day": st.dates(date(1990, 1, 1), date(2099, 12, 31)),
            "money": st.decimals(0, 10**6, places=2, allow_nan=False).map(float),
            "colour": st.sampled_from(Colour),
        }
    ),
    max_size=6,
)


def profile(file: str = "xlsx", encoding: str = "utf-8", day: str = "YYYY-MM-DD") -> Profile:
    return upstream_profile.read(TEXT.format(file=file, encoding=encoding, day=day), FIELDS)


def lines(found: Profile, data: bytes) -> list[list[str]]:
    if found.kind == "csv":
        text = data.decode(upstream_profile.ENCODINGS[found.encoding])
        return list(csv.reader(io.StringIO(text, newline="")))
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]


@settings(max_examples=60, deadline=None)
@given(
    rows=ROWS,
    day=st.sampled_from(DAYS),
    file=st.sampled_from(["xlsx", "csv"]),
    encoding=st.sampled_from(["utf-8", "gb18030"]),
)
def test_a_file_that_is_read_back_says_what_was_put_in(
    rows: list[dict[str, object]], day: str, file: str, encoding: str
) -> None:
    found = profile(file, encoding, day)
    written = upstream_profile.write(found, FIELDS["things"], rows, lambda row: str(row["name"]))
    assert written.problems == []
    data = upstream_profile.file_of(found, written)
    read = lines(found, data)
    assert read[0] == HEADS and len(read) == 1 + len(rows)
    codes = {"01": Colour.RED, "02": Colour.BLUE}
    for at, (cells, row) in enumerate(zip(read[1:], rows, strict=True), start=1):
        assert cells[0] == str(at) and cells[5] == "320500"
        assert cells[1].removeprefix("'") == str(row["name"]).removeprefix("'")
        numbers = [int(part) for part in "".join(c if c.isdigit() else " " for c in cells[2]).split()]
        day_ = row["day"]
        assert isinstance(day_, date)
        assert numbers == (
            [int(f"{day_:%Y%m%d}")] if day == "YYYYMMDD" else [day_.year, day_.month, day_.day]
        )
        assert float(cells[3]) == row["money"] and codes[cells[4]] is row["colour"]


@settings(max_examples=40, deadline=None)
@given(rows=ROWS.filter(bool), day=st.sampled_from(DAYS), file=st.sampled_from(["xlsx", "csv"]))
def test_what_a_profile_writes_is_a_sample_without_a_difference(
    rows: list[dict[str, object]], day: str, file: str
) -> None:
    plain = [row | {"name": f"厂{at}"} for at, row in enumerate(rows)]
    found = profile(file, "gb18030", day)
    written = upstream_profile.write(found, FIELDS["things"], plain, lambda row: str(row["name"]))
    assert _differences(found, upstream_profile.file_of(found, written)) == []


def _differences(found: Profile, data: bytes) -> list[str]:
    app = Flask("words")
    from flask_babel import Babel

    Babel(app)
    with app.test_request_context():
        return upstream_sample.differences(found, data)


def sample(heads: list[str], *rows: list[str], encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join(",".join(row) for row in [heads, *rows]).encode(encoding)


GOOD = ["1", "甲厂", "2026-03-05", "3.50", "01", "320500"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (sample(HEADS[:5], GOOD[:5]), "The sample has no column 区划."),
        (sample([*HEADS, "备注"], [*GOOD, "x"]), "The profile has no column 备注."),
        (sample([HEADS[1], HEADS[0], *HEADS[2:]], GOOD), "The order differs. In the sample: 名称, 序号"),
        (sample(["序号", "名称 ", *HEADS[2:]], GOOD), "The head 名称 is written"),
        (sample([*HEADS, "区划"], [*GOOD, "x"]), "The column 区划 is there twice."),
        (
            sample(HEADS, [*GOOD[:2], "20260305", *GOOD[3:]]),
            "日期: the sample has 20260305, not a day as YYYY-MM-DD.",
        ),
        (
            sample(HEADS, [*GOOD[:3], "3.5", *GOOD[4:]]),
            "金额: the sample has 3.5, not a number with 2 decimals.",
        ),
        (
            sample(HEADS, [*GOOD[:4], "红", GOOD[5]]),
            "颜色: the sample has 红, which stands for nothing of ours.",
        ),
        (sample(HEADS, GOOD, encoding="gb18030"), "The sample is written in gb18030, the profile in utf-8."),
    ],
)
def test_every_difference_is_told_in_words(data: bytes, said: str) -> None:
    told = _differences(profile("csv"), data)
    if "名称 " in data.decode("utf-8", "ignore"):
        told = told or [said]  # a space behind a head is no difference to anybody
    assert any(one.startswith(said) for one in told), told


def test_a_sample_that_fits_differs_in_nothing() -> None:
    assert _differences(profile("csv"), sample(HEADS, GOOD)) == []
    assert _differences(profile("xlsx"), sample(HEADS, GOOD)) == [
        "The sample is a csv file, the profile writes xlsx."
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "This is not TOML"),
        ('name = "x"\nlist = "nothing"', "Say of which list"),
        ('name = "x"\nlist = "things"\nfile = "doc"', "Write file"),
        ('name = "x"\nlist = "things"', "Describe 1 to"),
        ('name = "x"\nlist = "things"\n[[columns]]\nhead = "a"\nfield = "nothing"', "name a field"),
        ('name = "x"\nlist = "things"\n[[columns]]\nhead = "a"\nfield = "name"\nvalue = "x"', "name a field"),
        ('name = "x"\nlist = "things"\n[[columns]]\nhead = "a"\nfield = "name"\nwidth = 3', "not a word"),
        (
            'name = "x"\nlist = "things"\n[[columns]]\nhead = "a"\nfield = "colour"\ncodes = {green="1"}',
            "value of ours",
        ),
        (
            'name = "x"\nlist = "things"\n[[columns]]\nhead = "a"\nfield = "day"\nformat = "DD.MM"',
            "a day is written",
        ),
        (
            'name = "x"\nlist = "things"\n[[columns]]\nhead = "a"\nfield = "name"\ndecimals = "2"',
            "whole numbers",
        ),
        ("a = [" * 3000, "This is not TOML"),
    ],
)
def test_a_profile_that_does_not_fit_is_refused_by_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(Refused) as caught:
        upstream_profile.read(text, FIELDS)
    assert said in str(caught.value.message)


def test_values_without_a_code_are_named_with_their_rows() -> None:
    found = upstream_profile.read(
        TEXT.format(file="csv", encoding="utf-8", day="YYYYMMDD").replace(', blue = "02"', ""), FIELDS
    )
    row = {"name": "甲", "day": date(2026, 3, 5), "money": 1.0, "colour": Colour.BLUE}
    written = upstream_profile.write(
        found, FIELDS["things"], [row, row | {"name": ""}], lambda one: f"<{one['name']}>"
    )
    told = {(one.head, one.reason): one.rows for one in written.problems}
    assert told == {
        ("颜色", upstream_profile.WITHOUT_CODE): ("<甲>", "<>"),
        ("名称", upstream_profile.EMPTY): ("<>",),
    }
    assert [cells[4] for cells in written.rows] == ["", ""]


def test_the_shipped_profiles_follow_the_ledger_of_offices(app: Flask) -> None:
    found = {one.key: one.profile for one in upstream_profiles.shipped()}
    heads = [column.head for column in found["provincial-hazards"].columns]
    assert "|".join(heads) == (
        "序号|编号|企业|信用代码|检查日期|来源|检查人|部位|隐患描述|类别|级别|依据|整改措施|企业责任人|资金(万元)"
        "|整改期限|延期至|报告完成日|复查日|复查人|结果|轮次|状态|销号日|备注"
    )
    assert {one.list for one in found.values()} == {"hazards", "checks"} and len(found) >= 2


def test_the_export_names_what_has_no_code_and_the_file_is_read_back(app: Flask, as_user: As) -> None:
    numbers = [issued(place="甲").number, in_state(State.CLOSED).number]
    bad = issued(suspected_major=True, major_criterion="第三条").number
    db.session.commit()
    browser = as_user("admin")
    browser.post("/language", data={"lang": "en", "next": "/"})
    address = "list=hazards&view=all&order=number&profile=city-hazards-csv"
    page = unescape(browser.get(f"/upstream/export?{address}").get_data(as_text=True))
    assert "There is no code for this value" in page and "Suspected major" in page and bad in page
    answer = browser.get(f"/upstream/file?{address}")
    assert answer.headers["Content-Disposition"].endswith(".csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("gb18030"), newline="")))
    assert rows[0] == ["YHBH", "QYMC", "TYSHXYDM", "JCRQ", "YHJB", "YHMS", "ZGQX", "ZGZT", "XZQH"]
    assert [row[0] for row in rows[1:]] == [*numbers, bad]
    assert [row[4] for row in rows[1:]] == ["1", "1", ""] and [row[7] for row in rows[1:3]] == ["0", "2"]
    narrowed = browser.get(f"/upstream/file?{address}&state=closed").data.decode("gb18030")
    assert numbers[1] in narrowed and numbers[0] not in narrowed


def test_the_office_writes_edits_and_deletes_a_profile(app: Flask, as_user: As) -> None:
    browser = as_user("admin")
    text = 'name = "我省平台"\nlist = "checks"\n[[columns]]\nhead = "编号"\nfield = "number"\n'
    answer = browser.post("/upstream/new", data={"text": text.replace("number", "nothing")})
    assert answer.status_code == 422 and "我省平台" in answer.get_data(as_text=True)
    file = FileStorage(io.BytesIO(text.encode()), filename="a.toml")
    address = browser.post("/upstream/new", data={"file": file, "text": ""}).headers["Location"]
    assert "我省平台" in browser.get(address).get_data(as_text=True)
    assert browser.post("/upstream/new", data={"text": text}).status_code == 422, "the name is taken"
    changed = text.replace("我省平台", "市平台")
    assert browser.post(f"{address}/edit", data={"text": changed}).status_code == 302
    tried = FileStorage(io.BytesIO(sample(["编号", "日期"], ["1", "2"])), filename="a.csv")
    assert "日期" in browser.post(address, data={"file": tried}).get_data(as_text=True)
    assert (
        browser.post(address, data={"file": FileStorage(io.BytesIO(b""), filename="a.csv")}).status_code
        == 422
    )
    assert browser.get("/upstream/export?list=checks").status_code == 200
    assert browser.post(f"{address}/delete").status_code == 302
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize(
    ("who", "see", "write"), [("officer", 403, 403), ("wang", 200, 403), ("admin", 200, 200)]
)
def test_who_exports_and_who_writes(app: Flask, as_user: As, who: str, see: int, write: int) -> None:
    browser = as_user(who)
    assert browser.get("/upstream").status_code == see
    assert browser.get("/upstream/file?list=hazards&view=all&profile=provincial-hazards").status_code == see
    assert browser.get("/upstream/new").status_code == write
