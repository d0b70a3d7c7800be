"""Pulses of idle sites: taken once by phone or page, overdue by the office's rhythm, signs of use open until a check is filed."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from werkzeug.test import TestResponse

from tests import cast
from tests.checks.filings import filing, picture, visit
from tests.house import House
from tests.sync.phones import Phone, sha256
from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.checks.models import VisitKind
from xuncha.checks.pulses import Pulse
from xuncha.core import settings
from xuncha.core.clock import local_day
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.stats.figures import Figures, Period

Browser = Callable[[str], House]
Sites = Callable[[str], Site]
SENT = picture(7)


def pulse(site_id: int, **more: Any) -> dict[str, Any]:
    """A pulse as the phone writes it: locked, power off, nobody there."""
    return {
        "format": 1,
        "uuid": str(uuid4()),
        "site_id": site_id,
        "locked": "yes",
        "power": "no",
        "people": "no",
        "photos": [{"sha256": sha256(SENT), "latitude": 31.5, "longitude": 120.5, "accuracy_m": 8.0}],
        "taken_at": (cast.NOW - timedelta(minutes=1)).isoformat(),
    } | more


def send(browser: House, told: dict[str, Any], path: str = "", **headers: str) -> TestResponse:
    body = json.dumps(told).encode()
    return browser.post(
        f"/sync/pulses{path}",
        data=body,
        content_type="application/json",
        headers={"X-Filing-SHA256": sha256(body), **headers},
    )


def taken() -> list[Pulse]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Pulse).order_by(Pulse.id)))


@pytest.fixture
def mill(site: Sites) -> int:
    number = site("oldmill").id
    db.session.rollback()
    return number


@pytest.fixture
def wang(as_user: Browser) -> House:
    """Wang's phone; the photo has arrived."""
    browser = as_user("wang")
    assert Phone(browser).put(SENT).status_code == 201
    return browser


def check_the_mill(site: Sites, user: Callable[[str], User], minutes: int) -> None:
    """A patrol of the mill that ended so many minutes after the cast's present."""
    now = cast.NOW + timedelta(minutes=minutes)
    raw = visit(site("oldmill"), kind=VisitKind.IDLE_PATROL, now=now + timedelta(minutes=5))
    file_check(filing(raw), actor=user("wang"), now=now + timedelta(minutes=5))
    db.session.commit()


def test_the_same_uuid_twice_is_one_row(wang: House, mill: int) -> None:
    told = pulse(mill)
    first, again = send(wang, told), send(wang, told)
    assert (first.status_code, again.status_code) == (201, 200), first.get_data(as_text=True)
    assert first.json == again.json
    assert first.json["receipt"]["photo_hashes"] == [sha256(SENT)]
    (row,) = taken()
    assert (row.uuid, row.site_id, row.locked, row.shows_use) == (told["uuid"], mill, "yes", False)
    assert (row.photos[0].latitude, row.photos[0].longitude) == (31.5, 120.5)


def test_equal_posts_at_one_instant_are_one_row(as_user: Browser, wang: House, mill: int) -> None:
    told = pulse(mill)
    phones = [as_user("wang") for _ in range(4)]
    answers: list[int] = []
    threads = [Thread(target=lambda one=one: answers.append(send(one, told).status_code)) for one in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 200, 200, 201]
    assert len(taken()) == 1


def test_other_content_or_another_person_under_a_known_uuid_changes_nothing(
    as_user: Browser, wang: House, mill: int
) -> None:
    told = pulse(mill)
    assert send(wang, told).status_code == 201
    other = send(wang, {**told, "power": "yes"})
    assert (other.status_code, other.json["error"]) == (422, "content_differs")
    assert send(as_user("admin"), told).json["error"] == "content_differs"
    assert [row.power for row in taken()] == ["no"]


def test_photos_that_have_not_arrived_are_asked_for(as_user: Browser, mill: int) -> None:
    answer = send(as_user("wang"), pulse(mill))
    assert (answer.status_code, answer.json["error"]) == (409, "photos_missing")
    assert answer.json["photos"] == [sha256(SENT)]
    assert taken() == []


def test_without_a_photo_a_remark_says_why(wang: House, mill: int) -> None:
    assert send(wang, pulse(mill, photos=[])).status_code == 422
    assert send(wang, pulse(mill, photos=[], summary="手机没电")).status_code == 201


@pytest.mark.parametrize("who", ["zhao", "chen", "expert", "officer", "auditor", "leader"])
def test_only_who_is_in_charge_takes_a_pulse(as_user: Browser, wang: House, mill: int, who: str) -> None:
    browser = as_user(who)
    assert send(browser, pulse(mill)).status_code == 403
    assert browser.get(f"/checks/pulses/new?site={mill}").status_code in {403, 404}
    assert browser.post(f"/checks/pulses/new?site={mill}", data={"locked": "yes"}).status_code in {403, 404}
    assert taken() == []


def test_pulses_are_of_idle_sites(wang: House, site: Sites) -> None:
    huaxin = site("huaxin").id
    db.session.rollback()
    answer = send(wang, pulse(huaxin))
    assert (answer.status_code, answer.json["error"]) == (422, "refused")
    assert wang.get(f"/checks/pulses/new?site={huaxin}").status_code == 404
    assert taken() == []


@pytest.mark.parametrize("broken", [{"power": "maybe"}, {"site_id": "x"}, {"more": 1}, {"photos": [{}]}])
def test_what_is_no_pulse_is_said(wang: House, mill: int, broken: dict[str, Any]) -> None:
    answer = send(wang, pulse(mill) | broken)
    assert answer.status_code == 422 and answer.json["message"]
    assert taken() == []


def test_rows_are_only_added(wang: House, mill: int) -> None:
    send(wang, pulse(mill))
    db.session.rollback()
    for change in ("UPDATE pulses SET power = 'yes'", "DELETE FROM pulse_photos", "DELETE FROM pulses"):
        with pytest.raises(sa.exc.DatabaseError):
            db.session.execute(sa.text(change))
        db.session.rollback()


def test_a_phone_whose_clock_is_wrong_counts_by_the_servers(wang: House, mill: int) -> None:
    ahead = timedelta(days=40)
    told = pulse(mill, taken_at=(cast.NOW - timedelta(days=2) + ahead).isoformat())
    assert send(wang, told, **{"X-Phone-Time": (cast.NOW + ahead).isoformat()}).status_code == 201
    assert taken()[0].taken_on == local_day(cast.NOW - timedelta(days=2))


def post(browser: House, mill: int, **more: Any) -> TestResponse:
    form = {"once": str(uuid4()), "locked": "yes", "power": "no", "people": "no", **more}
    return browser.post(f"/checks/pulses/new?site={mill}", data=form, content_type="multipart/form-data")


def test_without_scripts_the_form_posts(as_user: Browser, mill: int) -> None:
    browser = as_user("wang")
    once = str(uuid4())
    quiet = post(browser, mill, once=once, photo=(io.BytesIO(SENT), "a.jpg"))
    assert (quiet.status_code, quiet.location) == (302, "/checks/pulses")
    again = post(browser, mill, once=once, photo=(io.BytesIO(SENT), "a.jpg"))
    assert again.status_code == 302
    assert len(taken()) == 1
    used = post(browser, mill, people="yes", photo=(io.BytesIO(SENT), "a.jpg"))
    assert (used.status_code, used.location) == (302, f"/checks/new?site={mill}")
    page = browser.page(used.location)
    assert page.fields["site_id"] == str(mill)
    assert len(taken()) == 2


def test_what_is_missing_is_said_and_nothing_entered_is_lost(as_user: Browser, mill: int) -> None:
    browser = as_user("wang")
    answer = post(browser, mill, people="", photo=(io.BytesIO(SENT), "a.jpg"), summary="门口有新车辙")
    assert answer.status_code == 422
    assert "门口有新车辙" in answer.text and f'value="{sha256(SENT)}" checked' in answer.text
    bare = post(browser, mill, locked="no")
    assert bare.status_code == 422 and "photo-error" in bare.text
    assert taken() == []
    many = post(browser, mill, photo=[(io.BytesIO(picture(seed)), f"{seed}.jpg") for seed in range(4)])
    assert many.status_code == 422 and many.text.count('name="photo-kept"') == 4
    assert taken() == []
    kept = post(browser, mill, **{"photo-kept": sha256(SENT)})
    assert kept.status_code == 302
    assert [use.photo.sha256 for use in taken()[0].photos] == [sha256(SENT)]


def test_signs_of_use_stay_open_until_a_check_is_filed(
    wang: House, as_user: Browser, mill: int, site: Sites, user: Callable[[str], User]
) -> None:
    office = as_user("admin")
    check_the_mill(site, user, minutes=-60)
    send(wang, pulse(mill, power="yes"))
    send(wang, pulse(mill))  # a quiet look later closes nothing
    for browser in (wang, office):
        assert "/checks/pulses?show=signs" in browser.get("/today").text
        assert browser.get("/checks/pulses?show=signs").text.count(f"/enterprises/{mill}") == 1
        assert "banner warning" in browser.get(f"/enterprises/{mill}").text
    check_the_mill(site, user, minutes=30)
    with time_machine.travel(cast.NOW + timedelta(hours=1)):
        for browser in (wang, office):
            assert f"/enterprises/{mill}" not in browser.get("/checks/pulses?show=signs").text
            assert "banner warning" not in browser.get(f"/enterprises/{mill}").text


def test_overdue_ones_stand_on_today_of_who_is_responsible(wang: House, as_user: Browser, mill: int) -> None:
    days = 14  # what holds where the office set nothing
    zhao, lin = as_user("zhao"), as_user("lin")
    panel = "/checks/pulses?show=overdue"
    assert panel in wang.get("/today").text  # never looked at
    assert panel not in zhao.get("/today").text and panel not in lin.get("/today").text
    send(wang, pulse(mill))
    assert panel not in wang.get("/today").text
    with time_machine.travel(cast.NOW + timedelta(days=days)):
        assert panel not in as_user("wang").get("/today").text
    with time_machine.travel(cast.NOW + timedelta(days=days + 1)):
        assert panel in as_user("wang").get("/today").text
    settings.write({settings.PULSE_DAYS: "30"}, actor=None, now=cast.NOW)
    db.session.commit()
    with time_machine.travel(cast.NOW + timedelta(days=days + 1)):
        assert panel not in as_user("wang").get("/today").text


def test_a_check_counts_as_a_look(wang: House, mill: int, site: Sites, user: Callable[[str], User]) -> None:
    check_the_mill(site, user, minutes=-60)
    assert "/checks/pulses?show=overdue" not in wang.get("/today").text


def test_a_pulse_is_no_visit_and_no_patrol(wang: House, mill: int) -> None:
    send(wang, pulse(mill))
    send(wang, pulse(mill))
    day = local_day(cast.NOW)
    db.session.rollback()
    figures = Figures(Period(day.replace(day=1), day, day))
    names = ("idle_pulses", "visits", "patrol_visits", "idle_site_visits")
    assert [figures.number(name) for name in names] == [2, 0, 0, 0]


def test_the_photo_is_shown_to_whom_the_site_concerns(wang: House, as_user: Browser, mill: int) -> None:
    send(wang, pulse(mill))
    address = f"/photos/{sha256(SENT)}/thumb"
    assert [as_user(who).get(address).status_code for who in ("wang", "admin", "lin")] == [200, 200, 200]
    assert {as_user(who).get(address).status_code for who in ("zhao", "officer", "chen")} <= {403, 404}
