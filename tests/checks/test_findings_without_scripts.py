"""The check page without scripts: a failing item gets the fields of its finding when the page comes again; nothing is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO
from uuid import uuid4

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checks.filings import picture
from tests.house import House, Page
from xuncha.checks.finding_details import failing_items
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.models import Hazard

Browser = Callable[[str], House]
Place = Callable[[str], Site]


def address_of(site: Place) -> str:
    number = site("huaxin").id
    db.session.rollback()
    return f"/checks/new?site={number}"


def items(text: str) -> list[str]:
    return re.findall(r'data-item="(\d+)"', text)


def findings(text: str) -> list[str]:
    """The items whose finding the page carries, its template aside."""
    return re.findall(r'name="findings\.[0-9a-f-]{36}\.item_id" value="(\d+)"', text)


def test_a_new_page_carries_one_template_and_no_finding_of_an_item(as_user: Browser, site: Place) -> None:
    text = as_user("wang").get(address_of(site)).text
    assert len(items(text)) > 40
    assert findings(text) == []
    assert text.count("<template") == 1
    assert text.count('type="file"') < 20


def test_what_the_template_lacks_stands_beside_it_for_every_item(as_user: Browser, site: Place) -> None:
    text = as_user("wang").get(address_of(site)).text
    told = re.search(r"data-details>(.*?)</script>", text, re.S)
    assert told is not None
    details = json.loads(told[1])
    assert sorted(details) == sorted(items(text))
    for one in details.values():
        assert one["class"] and one["phrases"] and one["term"] in one["days"] and 0 in one["days"]
    assert any("《" in one["basis"] for one in details.values())


def test_a_failing_item_is_described_on_the_page_that_comes_again(as_user: Browser, site: Place) -> None:
    wang, address = as_user("wang"), address_of(site)
    page = wang.get(address).text
    first, second = items(page)[:2]
    answers = {f"answers.{first}.result": "fail", f"answers.{second}.result": "comply"}
    fields = Page(page).fields | answers | {"summary": "总体情况", "kind": "routine"}
    photo = {"scene": (BytesIO(picture(3)), "a.jpg")}
    again = wang.post("/checks", data=fields | {"describe": ""} | photo)
    assert again.status_code == 200
    assert findings(again.text) == [first]
    assert "总体情况" in again.text and 'name="ref:scene"' in again.text
    assert re.search(rf'name="answers\.{first}\.result"[^>]*value="fail" checked', again.text)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Check)) == 0

    key = re.search(r'name="findings\.([0-9a-f-]{36})\.item_id"', again.text)
    assert key is not None
    signed = {f"signatures.{party}.on_paper": "1" for party in ("inspector", "site")}
    filled = {f"findings.{key[1]}.description": "灭火器过期", f"findings.{key[1]}.days": "7"}
    sent = (
        Page(again.text).fields
        | answers
        | signed
        | filled
        | {"site_person.name": "周厂长", "kind": "routine"}
    )
    answer = wang.post("/checks", data={k: v for k, v in sent.items() if not k.startswith("ref:")})
    assert answer.status_code == 302, answer.text
    assert db.session.scalars(sa.select(Hazard)).one().description == "灭火器过期"


def test_another_empty_finding_comes_with_every_page(as_user: Browser, site: Place) -> None:
    wang, number = as_user("wang"), address_of(site).rpartition("=")[2]
    key = str(uuid4())
    fields = {"uuid": str(uuid4()), "site_id": number, "kind": "routine", "describe": ""}
    text = wang.post("/checks", data=fields | {f"findings.{key}.description": "通道堆物"}).text
    extra = text[text.index('id="others"') :]
    assert "通道堆物" in extra
    assert len(re.findall(r'<div class="finding stack"', extra)) == 2


def test_who_is_not_in_charge_gets_no_page_by_describing(as_user: Browser, site: Place) -> None:
    number = address_of(site).rpartition("=")[2]
    assert as_user("zhao").post("/checks", data={"site_id": number, "describe": ""}).status_code == 404


NUMBERS = st.lists(st.integers(1, 999), unique=True)


@settings(max_examples=50)
@given(NUMBERS, st.data())
def test_exactly_what_fails_is_described(numbers: list[int], data: st.DataObject) -> None:
    results = {number: data.draw(st.sampled_from(["comply", "fail", "na", ""])) for number in numbers}
    values = {f"answers.{number}.result": result for number, result in results.items()}
    values |= {f"answers.{number}.note": "fails" for number in numbers}
    assert failing_items(values) == {str(number) for number, result in results.items() if result == "fail"}
