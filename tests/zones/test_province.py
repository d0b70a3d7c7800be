"""The province: the figures of all zones, the way into each, checklists and laws from above."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.orm import selectinload

from tests import cast
from tests.zones.conftest import Browser, World, file_in
from xuncha.accounts.models import User
from xuncha.checklists.loading import load_seed
from xuncha.checklists.models import Checklist, ChecklistVersion, Item, Law
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.core.history import HistoryRow
from xuncha.province.zone_figures import COLUMNS, COUNTS

PERIOD = "from=2026-07-01&to=2026-12-31"


def numbers(browser: Browser, period: str = PERIOD) -> dict[str, list[object]]:
    """The lines of the province's workbook by the name of their zone."""
    answer = browser.get(f"/zones/figures.xlsx?{period}", headers={"Accept-Language": "en"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    return {str(row[0]): list(row[1:]) for row in sheet.iter_rows(min_row=2, values_only=True) if row[0]}


def test_the_page_tells_what_the_dashboard_of_each_zone_tells(world: World) -> None:
    file_in(world.zone("county1"), "甲标记七", 100, times=3)
    file_in(world.zone("county2"), "乙标记八", 200)
    lines = numbers(world.browser("province", "auditor"))
    sums = [0] * len(COUNTS)
    for key, name in (("county1", "临江县"), ("county2", "山南县")):
        told = world.browser(key, "leader").get(f"/figures/dashboard.json?{PERIOD}").get_json()["figures"]
        assert [int(str(value)) for value in lines[name][: len(COUNTS)]] == [told[one] for one in COUNTS]
        sums = [one + told[name] for one, name in zip(sums, COUNTS, strict=True)]
    totals = next(line for name, line in lines.items() if name not in {"临江县", "山南县"})
    assert [int(str(value)) for value in totals[: len(COUNTS)]] == sums
    assert lines["临江县"][COUNTS.index("hazards_found")] != lines["山南县"][COUNTS.index("hazards_found")]


def test_a_zone_that_does_not_answer_is_named_and_in_no_sum(world: World) -> None:
    file_in(world.zone("county1"), "甲标记七", 100)
    with world.zone("county2").app_context():
        db.engine.dispose()
    broken = world.app.zones.zones["county2"].data / "xuncha.db"
    for path in broken.parent.glob("xuncha.db-*"):
        path.unlink()
    broken.write_bytes(b"no database" * 1000)
    browser = world.browser("province", "auditor")
    page = browser.get(f"/zones?{PERIOD}").get_data(as_text=True)
    assert "county2" in page and "临江县" in page
    lines = numbers(browser)
    found = COUNTS.index("hazards_found")
    totals = next(line for name, line in lines.items() if name not in {"临江县", "county2"})
    assert lines["临江县"][found] == totals[found]
    assert not str(lines["county2"][found]).isdigit()


def test_columns_sort_both_ways(world: World) -> None:
    file_in(world.zone("county1"), "甲标记七", 100)
    file_in(world.zone("county2"), "乙标记八", 200, times=2)
    browser = world.browser("province", "auditor")
    for order, first in (("-hazards_found", "山南县"), ("hazards_found", "临江县")):
        page = browser.get(f"/zones?{PERIOD}&order={order}").get_data(as_text=True)
        body = page.partition("<tbody>")[2]
        assert min(("临江县", "山南县"), key=body.index) == first
    for name in COLUMNS:
        assert browser.get(f"/zones?order=-{name}").status_code == 200


def enter(world: World, browser: Browser, key: str, **form: str) -> tuple[str, str]:
    """Press a zone's button; the host and the path that it leads to."""
    answer = browser.post(f"/zones/{key}/open", data={"from": "2026-07-01", "to": "2026-12-31", **form})
    assert answer.status_code == 303
    scheme, _slashes, rest = answer.location.partition("//")
    host, slash, path = rest.partition("/")
    assert scheme == "http:"
    return host, slash + path


def test_a_reader_enters_a_zone_once_for_reading_only(world: World) -> None:
    filed = file_in(world.zone("county1"), "甲标记七", 100)
    host, path = enter(world, world.browser("province", "leader"), "county1", figure="hazards_found")
    assert host == "county1.example.cn" and path.startswith("/from-province/")
    reader = world.browser("county1")
    led = reader.get(path)
    assert led.status_code == 303 and led.location.startswith("/figures/hazards_found?")
    assert "甲标记七" in reader.get(led.location).get_data(as_text=True)
    assert reader.get(f"/hazards/{filed.hazard}").status_code == 200
    assert reader.get("/settings").status_code == 403 and reader.get("/users").status_code == 403
    assert reader.post(f"/hazards/{filed.hazard}/void", data={"note": "x"}).status_code in {403, 404}
    assert world.browser("county1").get(path).status_code == 404  # used
    with world.zone("county1").app_context():
        person = db.session.scalars(sa.select(User).where(User.username.startswith("province."))).one()
        entered = sa.select(HistoryRow).where(HistoryRow.thing == "users", HistoryRow.action == "enter")
        row = db.session.scalars(entered).one()
        assert (person.name, row.actor_id) == (cast.PEOPLE["leader"][0], person.id)
        assert row.note.startswith("/figures/hazards_found")
    shown = world.browser("county1", "admin").get(f"/users/{person.id}").get_data(as_text=True)
    assert "enter" not in re.findall(r"<strong>([^<]*)</strong>", shown)


def test_a_ticket_opens_only_its_zone_and_only_for_a_minute(world: World) -> None:
    browser = world.browser("province", "leader")
    _host, path = enter(world, browser, "county1")
    assert world.browser("county2").get(path).status_code == 404
    assert world.browser("province").get(path).status_code == 404
    with time_machine.travel(cast.NOW + timedelta(minutes=2)):
        assert world.browser("county1").get(path).status_code == 404
    assert world.browser("county1").get("/from-province/" + "x" * 43).status_code == 404


def test_a_visit_ends_after_half_an_hour_and_with_the_account(world: World) -> None:
    _host, path = enter(world, world.browser("province", "leader"), "county1")
    reader = world.browser("county1")
    led = reader.get(path)
    with time_machine.travel(cast.NOW + timedelta(minutes=31)):
        assert "/sign-in" in reader.get(led.location).location
    with world.zone("county1").app_context():
        person = db.session.scalars(sa.select(User).where(User.username.startswith("province."))).one()
        person.active = False
        db.session.commit()
    _host, path = enter(world, world.browser("province", "leader"), "county1")
    assert world.browser("county1").get(path).status_code == 404


@pytest.mark.parametrize("who", ["wang", "expert", "officer"])
def test_only_readers_of_the_province_see_the_zones(world: World, who: str) -> None:
    browser = world.browser("province", who)
    assert browser.get("/zones").status_code == 403
    assert browser.post("/zones/county1/open").status_code == 403
    assert browser.post("/zones/editions").status_code == 403
    assert world.browser("county1", "admin").get("/zones").status_code == 404
    assert world.browser("province", "auditor").post("/zones/editions").status_code == 403
    assert world.browser("province", "auditor").post("/zones/province/open").status_code == 404


def items(world: World, key: str, code: str = "GEN") -> tuple[int, list[tuple[str, str, str]]]:
    """The number of a list's version in use, and its items: code, words, source."""
    with world.zone(key).app_context():
        query = sa.select(Checklist).where(Checklist.code == code)
        found = db.session.scalars(query.options(selectinload(Checklist.versions))).one().current
        assert found is not None
        return found.number, [(one.code, one.text_zh, one.source) for one in found.items]


def reword(world: World, key: str, words: str, *, add: bool = False) -> None:
    """Draft the list, give its first item new words or add one at the end, publish it: as its office does on its pages."""
    browser = world.browser(key, "admin")
    browser.post("/checklists/GEN/draft")
    with world.zone(key).app_context():
        query = sa.select(ChecklistVersion).join(Checklist)
        draft = db.session.scalars(
            query.where(Checklist.code == "GEN", ChecklistVersion.published_at.is_(None))
        ).one()
        first = draft.items[0]
        number, law = first.id, first.bases[0].law_id
    form = {
        "text_zh": words,
        "text_en": "Words",
        "hazard_class": "fire",
        "major": "no",
        "bases-0-law_id": str(law),
        "bases-0-clause": "1",
        "bases-0-checked": "y",
        "decimals": "0",
    }
    where = "/checklists/GEN/draft/items/new" if add else f"/checklists/GEN/draft/items/{number}"
    done = browser.post(where, data=form)
    assert done.status_code == 302, done.get_data(as_text=True)
    told = browser.post("/checklists/GEN/draft/publish", data={"note": "更新", "asked_by": "省厅"})
    assert told.status_code == 302, told.get_data(as_text=True)


def test_zones_inherit_checklists_locked_and_add_their_own_below(world: World) -> None:
    filed = file_in(world.zone("county1"), "甲标记七", 100)
    with world.zone("county1").app_context():
        before = dict(db.session.get_one(Check, filed.check).facts)
    reword(world, "province", "省级要求一")
    admin = world.browser("province", "admin")
    assert admin.post("/zones/editions").status_code == 302
    for key in ("county1", "county2"):
        _number, found = items(world, key)
        assert found[0][1:] == ("省级要求一", "江南省") and {source for *_rest, source in found} == {"江南省"}

    reword(world, "county1", "县级自加项", add=True)
    number, found = items(world, "county1")
    assert found[-1][1:] == ("县级自加项", "") and found[-1][0].startswith("GEN-Z-")
    with world.zone("county1").app_context():
        above = db.session.scalars(
            sa.select(Item).where(Item.text_zh == "省级要求一").order_by(Item.id.desc())
        ).first()
        assert above is not None
        locked, law = above.id, above.bases[0].law_id
    browser = world.browser("county1", "admin")
    browser.post("/checklists/GEN/draft")
    with world.zone("county1").app_context():
        locked = db.session.scalars(sa.select(sa.func.max(Item.id)).where(Item.text_zh == "省级要求一")).one()
        law_code = db.session.get_one(Law, law).code
    assert browser.post(f"/checklists/GEN/draft/items/{locked}/remove").status_code == 422
    page = browser.get("/checklists/GEN/draft").get_data(as_text=True)
    assert "江南省" in page and f'/draft/items/{locked}"' not in page
    changed = browser.post(
        f"/checklists/laws/{law}", data={"title_zh": "改过", "kind": "law", "checked": "text"}
    )
    assert changed.status_code in {200, 422}

    reword(world, "province", "省级要求二")
    assert admin.post("/zones/editions").status_code == 302
    newer, found = items(world, "county1")
    assert newer > number and found[0][1:] == ("省级要求二", "江南省")
    assert found[-1][1:] == ("县级自加项", "")  # goes along
    with world.zone("county1").app_context():
        assert db.session.get_one(Check, filed.check).facts == before  # no past check is rewritten
        assert db.session.scalars(sa.select(Law).where(Law.code == law_code)).one().title_zh != "改过"
        versions = db.session.scalars(
            sa.select(ChecklistVersion).join(Checklist).where(Checklist.code == "GEN")
        ).all()
        draft = next(one for one in versions if one.published_at is None)
        assert draft.number == max(one.number for one in versions)
        assert [one.text_zh for one in draft.items][:1] == ["省级要求二"]
        load_seed(now=cast.NOW)  # as the next start does
        db.session.commit()
    assert items(world, "county1") == (newer, found)


def test_an_edition_reaches_a_zone_once_and_a_silent_one_later(world: World) -> None:
    world.app.zones.close("county2")
    admin = world.browser("province", "admin")
    admin.post("/zones/editions")
    numbers_now = [items(world, key)[0] for key in ("county1", "county2")]
    assert "county2" in admin.get("/zones").get_data(as_text=True)
    world.app.zones._closed.clear()
    admin.post("/zones/editions/deliver")
    admin.post("/zones/editions/deliver")
    assert [items(world, key)[0] for key in ("county1", "county2")] == [numbers_now[0], numbers_now[1] + 1]
