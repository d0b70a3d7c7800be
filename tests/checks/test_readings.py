"""Readings and required photos: the limits decide, what the check keeps, printed and corrected as filed."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests import cast
from tests.checklists.drafts import PRESSURE, list_of, measured, wording
from tests.checks.filings import failing, filing, measured_visit, picture, sent_photo
from tests.house import House
from tests.reports.papers import bare, read
from xuncha.accounts.models import User
from xuncha.checklists import actions
from xuncha.checklists.limits import Limits
from xuncha.checks.actions import file_check
from xuncha.checks.models import Check, PhotoRole, Result
from xuncha.checks.readings import decided
from xuncha.core.db import db
from xuncha.core.errors import Refused
from xuncha.enterprises.models import Site
from xuncha.reports import printing

People = Callable[[str], User]
Places = Callable[[str], Site]
Browse = Callable[[str], House]
SPAN = 10**9 - 1  # nine digits


def decimal(units: int, decimals: int) -> str:
    """So many units of the last place, as a decimal."""
    text = f"{abs(units):0{decimals + 1}d}"
    whole, part = (text[:-decimals], text[-decimals:]) if decimals else (text, "")
    return ("-" if units < 0 else "") + whole + (f".{part}" if part else "")


@given(
    decimals=st.integers(0, 4),
    low=st.none() | st.integers(-SPAN, SPAN),
    high=st.none() | st.integers(-SPAN, SPAN),
    reading=st.integers(-SPAN, SPAN),
)
def test_a_reading_complies_within_its_limits_and_nowhere_else(
    decimals: int, low: int | None, high: int | None, reading: int
) -> None:
    limits = Limits(
        "量", "Quantity", "MPa",
        "" if low is None else decimal(low, decimals),
        "" if high is None else decimal(high, decimals),
        decimals,
    )  # fmt: skip
    inside = (low is None or reading >= low) and (high is None or reading <= high)
    assert decided(limits, decimal(reading, decimals)) is (Result.COMPLY if inside else Result.FAIL)


@given(st.text(max_size=12))
def test_what_is_no_number_decides_nothing(text: str) -> None:
    try:
        float(text)
    except ValueError:
        assert decided(Limits("量", "", "MPa", "0", "", 4), text) is None


@pytest.fixture
def code(app: Flask) -> str:
    return measured("HAZ", cast.NOW - timedelta(days=1))


def test_the_check_keeps_the_limits_of_its_day_and_prints_them(
    code: str, user: People, site: Places, tmp_path: Path
) -> None:
    wang = user("wang")
    photo = sent_photo(wang, 5)
    raw = measured_visit(site("huaxin"), photo, reading="0.29", reading_reason="仪表当场校准后为0.41")
    file_check(filing(raw), actor=wang, now=cast.NOW)
    admin, later = user("admin"), cast.NOW + timedelta(days=1)
    draft = actions.start_draft(list_of("HAZ"), actor=admin, now=later)
    item = next(one for one in draft.items if one.unit)
    narrower = wording(text_zh=item.text_zh, **(PRESSURE | {"lower": "0.40"}))
    actions.save_item(draft, item, narrower, actor=admin, now=later)
    actions.publish(draft, "收紧限值", "应急管理局", actor=admin, now=later)
    db.session.commit()
    check = db.session.scalars(sa.select(Check)).one()
    assert check.facts["items"][code]["limits"]["lower"] == "0.30"
    [use] = check.photos
    assert (use.role, use.photo.sha256) == (PhotoRole.ITEM, photo["sha256"])
    printing.write(printing.record(check), tmp_path / "record.pdf", "zh")
    text = bare(read(tmp_path / "record.pdf"))
    for words in ("消防泵出口压力", "0.29MPa", "0.30–0.60MPa", "仪表当场校准后为0.41"):
        assert words in text
    assert "0.40" not in text


def test_a_correction_brings_back_reading_reason_and_photo(
    code: str, user: People, site: Places, as_user: Browse
) -> None:
    wang = user("wang")
    raw = measured_visit(site("huaxin"), sent_photo(wang, 6), reading="0.29", reading_reason="当场校准")
    file_check(filing(raw), actor=wang, now=cast.NOW)
    db.session.commit()
    page = as_user("wang").page(f"/checks/new?replaces={raw['uuid']}")
    number = next(answer["item_id"] for answer in raw["answers"] if "reading" in answer)
    assert page.fields[f"answers.{number}.reading"] == "0.29"
    assert page.fields[f"answers.{number}.reading_reason"] == "当场校准"
    assert sum(name.startswith("ref:answers.") for name in page.fields) == 1


def test_a_photo_of_the_hazard_is_the_photo_asked_for(code: str, user: People, site: Places) -> None:
    wang = user("wang")
    raw = measured_visit(site("huaxin"), None)
    at = next(number for number, answer in enumerate(raw["answers"]) if "no_photo" in answer)
    del raw["answers"][at]["no_photo"]
    with pytest.raises(Refused):
        file_check(filing(raw), actor=wang, now=cast.NOW)
    found = failing(raw, at, before=[sent_photo(wang, 8)], description="控制柜处于手动状态")
    assert file_check(filing(found), actor=wang, now=cast.NOW).number


def test_without_page_code_the_reading_answers_too(
    code: str, site: Places, as_user: Browse, user: People
) -> None:
    huaxin = site("huaxin").id
    newest = list_of("HAZ").current
    assert newest is not None
    pump = next(item.id for item in newest.items if item.unit)
    first = next(item.id for item in newest.items if not item.unit and not item.photo_required)
    db.session.rollback()
    fields = {
        "uuid": str(uuid4()),
        "site_id": str(huaxin),
        "kind": "routine",
        "started_at": "2026-11-03T09:20",
        f"answers.{first}.result": "comply",
        "site_person.name": "周厂长",
        "signatures.inspector.on_paper": "1",
        "signatures.site.on_paper": "1",
    }
    wang = as_user("wang")
    refused = wang.post("/checks", data=fields | {f"answers.{pump}.reading": "0.2.9"})
    assert refused.status_code == 422
    assert f'id="answers.{pump}.reading-error"' in refused.text
    filed = wang.post("/checks", data=fields | {"uuid": str(uuid4()), f"answers.{pump}.reading": "０.45"})
    assert filed.status_code == 302
    check = db.session.scalars(sa.select(Check).order_by(Check.id.desc())).first()
    assert check is not None
    assert [(one.result, one.reading) for one in check.answers if one.reading] == [(Result.COMPLY, "0.45")]


def test_example_pictures_are_shown_on_the_check_page_to_whoever_reads_the_lists(
    app: Flask, as_user: Browse, site: Places
) -> None:
    admin = as_user("admin")
    admin.post("/checklists/HAZ/draft")
    draft = list_of("HAZ").draft
    assert draft is not None
    number, huaxin = draft.items[0].id, site("huaxin").id
    law = draft.items[0].bases[0].law_id
    db.session.rollback()
    page = admin.page(f"/checklists/HAZ/draft/items/{number}")

    pictures = {"right_example_file": (io.BytesIO(picture(90)), "right.jpg")}
    bad = admin.post(f"/checklists/HAZ/draft/items/{number}", data=page.fields | {"text_zh": ""} | pictures)
    kept = [one for one in bad.text.split('name="right_example"')[1].split('"') if len(one) == 64]
    assert kept, "a picture stays when another field is wrong"
    again = {
        "guidance_zh": "看灯。",
        "right_example": kept[0],
        "text_zh": "看灯的检查项。",
        "hazard_class": "fire",
        "major": "no",
        "decimals": "0",
        "bases-0-law_id": str(law),
    }
    assert admin.post(f"/checklists/HAZ/draft/items/{number}", data=page.fields | again).status_code == 302
    published = {"note": "加图", "asked_by": "安委会"}
    assert admin.post("/checklists/HAZ/draft/publish", data=published).status_code == 302
    wang = as_user("wang")
    shown = wang.get(f"/checks/new?site={huaxin}").text
    assert "看灯。" in shown and f"/photos/{kept[0]}/small" in shown
    assert wang.get(f"/photos/{kept[0]}/small").status_code == 200
    assert f"/photos/{kept[0]}/small" in wang.get("/sync/pack").text
