"""Many zones in one process: nobody sees another one's rows, photos, settings, numbers, links or session."""

from __future__ import annotations

import threading
from collections import deque

import sqlalchemy as sa
from werkzeug.test import Client

from tests import cast
from tests.house import Page
from tests.test_access import ARGUMENTS
from tests.zones.conftest import World, file_in
from xuncha.core import settings
from xuncha.core.db import db
from xuncha.core.settings import SettingRow
from xuncha.hazards.models import Hazard, Notice
from xuncha.hazards.public import notice_links
from xuncha.reminders.actions import FEEDS
from xuncha.reminders.models import CalendarFeed

OWN, FOREIGN = "甲标记七", "乙标记八"


def test_the_commands_of_a_zone_stay_its_own(world: World) -> None:
    told = world.zone("county1").test_cli_runner().invoke(args=["jobs", "list"])
    assert told.exit_code == 0, told.output
    refused = world.app.test_cli_runner().invoke(args=["jobs", "list"])
    assert refused.exit_code == 1 and "XUNCHA_ZONE=KEY" in refused.output


def test_each_host_opens_its_zone_and_an_unknown_one_is_refused_in_words(world: World) -> None:
    for key, name in (("county1", "临江县"), ("county2", "山南县"), ("province", "江南省")):
        assert name in world.browser(key).get("/sign-in").get_data(as_text=True)
    second = world.app.test_client().get("/sign-in", base_url="http://SECOND.example.cn:8000")
    assert "山南县" in second.get_data(as_text=True)
    for host in (
        "example.cn",
        "xcounty1.example.cn",
        "county1.example.cn.evil.cn",
        "127.0.0.1",
        "[::1]:8000",
    ):
        unknown = world.app.test_client().get(
            "/sign-in", base_url=f"http://{host}", headers={"Accept-Language": "en"}
        )
        assert (unknown.status_code, unknown.mimetype) == (404, "text/plain")
        assert "There is no zone under this address." in unknown.get_data(as_text=True)


def test_a_session_of_one_zone_opens_nothing_in_another(world: World) -> None:
    here = world.browser("county1", "admin")
    assert here.get("/users").status_code == 200
    there = world.browser("county2")
    there.client.set_cookie("xuncha", here.cookie(), domain=there.host)
    answer = there.get("/users")
    assert answer.status_code == 302 and "/sign-in" in answer.location


def test_what_one_zone_keeps_is_missing_in_the_other(world: World) -> None:
    """Every route with a number, hash or word of county 1, asked of county 2 by its administrator."""
    filed = file_in(world.zone("county1"), OWN, 100, times=3)
    there, here = world.browser("county2", "admin"), world.browser("county1", "admin")
    given = ARGUMENTS | {"number": filed.hazard, "sha256": filed.photo, "position": 1}
    asked = 0
    for rule in world.zone("county2").url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint == "static":
            continue
        with world.zone("county2").test_request_context():
            address = rule.build({name: given.get(name, filed.hazard) for name in rule.arguments})
        assert address is not None
        answer = there.get(address[1])
        assert OWN.encode() not in answer.data, address[1]
        asked += bool(rule.arguments)
    assert asked > 60
    for path in (
        f"/checks/{filed.check}",
        f"/hazards/{filed.hazard}",
        f"/hazards/notices/{filed.notice}",
        f"/photos/{filed.photo}/thumb",
        f"/papers/records/{filed.check}",
        f"/papers/notices/{filed.notice}",
    ):
        assert here.get(path).status_code == 200, path
        assert there.get(path).status_code == 404, path


def test_a_crawl_through_one_zone_finds_no_word_of_the_other(world: World) -> None:
    file_in(world.zone("county1"), OWN, 100)
    file_in(world.zone("county2"), FOREIGN, 200)
    for key, own, foreign in (("county1", OWN, FOREIGN), ("county2", FOREIGN, OWN)):
        browser, seen, queue, met = world.browser(key, "admin"), set[str](), deque(["/hazards", "/checks"]), 0
        while queue and len(seen) < 60:
            address = queue.popleft()
            if address in seen:
                continue
            seen.add(address)
            answer = browser.get(address)
            if answer.status_code != 200 or not answer.mimetype.startswith("text/"):
                continue
            text = answer.get_data(as_text=True)
            met += own in text
            assert foreign not in text, address
            queue.extend(one.partition("#")[0] for one in Page(text).links if one.startswith("/"))
        assert met > 5


def test_links_and_feeds_of_one_zone_open_nothing_in_the_other(world: World) -> None:
    filed = file_in(world.zone("county1"), OWN, 100)
    here = world.browser("county1", "wang")
    assert here.post("/me/calendar", data={"renew": "1"}).status_code in {200, 302}
    with world.zone("county1").test_request_context():
        link = notice_links.address_of(db.session.get_one(Notice, filed.notice))
        feed = FEEDS.token_of(db.session.scalars(sa.select(CalendarFeed)).one())
        db.session.remove()
    assert link is not None and link.startswith("https://county1.example.cn/n/")
    for path in (link.removeprefix("https://county1.example.cn"), f"/calendar/{feed}.ics"):
        opened = world.browser("county1").get(path, follow_redirects=True)
        assert opened.status_code == 200, path
        assert world.browser("county2").get(path, follow_redirects=True).status_code == 404, path


def test_settings_and_numbers_are_each_zone_s_own(world: World) -> None:
    numbers = {}
    for key, seed in (("county1", 100), ("county2", 200)):
        numbers[key] = file_in(world.zone(key), OWN, seed).number
    assert "临安" in numbers["county1"] and "山安" in numbers["county2"]
    with world.zone("county1").app_context():
        settings.write({"soon": "17"}, actor=None, now=cast.NOW)
        db.session.commit()
    found = {}
    for key in ("county1", "county2"):
        with world.zone(key).app_context():
            found[key] = settings.number("soon"), settings.number("term")
            rows = db.session.scalar(sa.select(sa.func.count()).select_from(SettingRow))
            assert rows == (key == "county1")
    assert found == {"county1": (17, 5), "county2": (3, 9)}
    text = world.browser("county1", "admin").get("/settings").get_data(as_text=True)
    assert 'value="17"' in text
    text = world.browser("county2", "admin").get("/settings").get_data(as_text=True)
    assert 'value="17"' not in text


def test_two_zones_asked_at_once_answer_with_their_own(world: World) -> None:
    """Threads of one process change from zone to zone; nothing of the one is kept for the other."""
    marks = {"county1": OWN, "county2": FOREIGN}
    for seed, (key, mark) in enumerate(marks.items()):
        file_in(world.zone(key), mark, 100 * (seed + 1))
    browsers = {key: world.browser(key, "admin") for key in marks}
    wrong: list[str] = []

    def ask(turn: int) -> None:
        keys = list(marks) if turn % 2 else list(marks)[::-1]
        for key in keys * 5:
            other = next(mark for name, mark in marks.items() if name != key)
            client = world.browser(key)
            client.client.set_cookie("xuncha", browsers[key].cookie(), domain=client.host)
            text = client.get("/hazards").get_data(as_text=True)
            if marks[key] not in text or other in text:
                wrong.append(key)

    threads = [threading.Thread(target=ask, args=(turn,)) for turn in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert wrong == []


def test_a_zone_that_cannot_be_opened_leaves_the_others_alone(world: World) -> None:
    world.app.zones.close("county2")
    away = Client(world.app).get(
        "/sign-in", base_url="http://county2.example.cn", headers={"Accept-Language": "en"}
    )
    assert away.status_code == 503 and away.headers["Retry-After"] == "30"
    assert "This zone cannot be reached at the moment." in away.get_data(as_text=True)
    assert world.browser("county1").get("/sign-in").status_code == 200


def test_rows_lie_in_the_database_of_their_zone(world: World) -> None:
    file_in(world.zone("county1"), OWN, 100)
    counts = {}
    for key in ("county1", "county2", "province"):
        with world.zone(key).app_context():
            counts[key] = db.session.scalar(sa.select(sa.func.count()).select_from(Hazard))
    assert counts == {"county1": 1, "county2": 0, "province": 0}
