"""A real browser sends over a network that breaks at every edge of a request and of its answer: all arrives, once, whole."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.browser.conftest import PHONE, sign_in
from tests.browser.connection_cuts import Cutting
from tests.browser.outbox import entries, entry, equip, filed, hold, nudge, photos_of, put, until
from tests.checks.filings import picture
from tests.faults.proxy import Plan, Proxy
from tests.faults.soak import entries_for, ready
from tests.served import Served
from xuncha.core.db import db

PHOTO = b"PUT /sync/photos/"
FILING = b"POST /sync/filings"
TOGETHER = b"POST /sync/filings/together"
HALF_A_HEAD = 200  # bytes
EDGES = (0, 1, HALF_A_HEAD, -600, -1)  # bytes that pass; below nought: all but so many


@dataclass
class Network:
    """The server behind the proxy, a page on which `wang` has signed in, and what happens to the next requests."""

    served: Served
    proxy: Proxy
    page: Page
    raw: dict[str, Any]
    plans: list[tuple[bytes, Plan]] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(3))

    def send(self, size: tuple[int, int] = (320, 240), *, together: bool = False) -> tuple[str, list[str]]:
        """A visit with two photos, filed on the phone while the plans stand; back when it has arrived."""
        seeds = [self.dice.randrange(10**6) for _ in range(2)]
        names = [hold(self.page, picture(seed, size)) for seed in seeds]
        photos = [{"sha256": name} for name in names]
        uuid = put(self.page, self.raw, together=together, photos=photos)
        nudge(self.page)

        def arrived() -> bool:
            kept = entry(self.page, uuid)
            if kept and kept["state"] == "queued" and kept["attempts"]:
                nudge(self.page)  # its pause is proved elsewhere
            return kept is None

        until(self.page, arrived)
        return uuid, names

    def whole(self, sent: tuple[str, list[str]]) -> bool:
        """Whether it is there once, with the very bytes of its photos, and nothing that was planned is left over."""
        uuid, names = sent
        return (filed(self.served, uuid), photos_of(self.served, uuid), self.plans) == (1, names, [])


@pytest.fixture(scope="module")
def network(chromium: Browser, settled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    folder = tmp_path_factory.mktemp("line")
    app = ready(folder, settled)
    with app.app_context():
        raw = entries_for(1, "huaxin", random.Random(1), [b"1", b"2", b"3"])[0].filing
        db.session.remove()
        db.engine.dispose()
    served = Served(folder).start()
    plans: list[tuple[bytes, Plan]] = []

    def choose(head: bytes) -> Plan:
        return plans.pop(0)[1] if plans and head.startswith(plans[0][0]) else Plan()

    with Proxy(served.port, choose) as proxy:
        context = chromium.new_context(
            viewport=PHONE,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=proxy.url,
            service_workers="block",
        )
        equip(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        sign_in(page, "wang")
        page.goto("/me")
        answers = [{**raw["answers"][0], "result": "comply"}]
        bare = {**raw, "photos": [], "findings": [], "answers": answers, "task_id": None}
        yield Network(served, proxy, page, bare, plans)
        context.close()
    served.kill()


@pytest.mark.parametrize("request_of", [PHOTO, FILING, TOGETHER], ids=["photo", "filing", "together"])
@pytest.mark.parametrize("end", ["reset", "close", "stall"])
def test_a_request_cut_anywhere_is_sent_again_and_files_once(
    network: Network, request_of: bytes, end: Any
) -> None:
    for passed in EDGES:
        network.plans.append((request_of, Plan(up=passed, end=end, stall_s=0.3)))
        cuts = network.proxy.cuts
        assert network.whole(network.send(together=request_of is TOGETHER)), passed
        assert network.proxy.cuts == cuts + 1, passed


@pytest.mark.parametrize("request_of", [PHOTO, FILING, TOGETHER], ids=["photo", "filing", "together"])
def test_an_answer_cut_anywhere_ends_in_the_same_receipt(network: Network, request_of: bytes) -> None:
    for passed, end in (
        (0, "reset"),
        (1, "close"),
        (12, "reset"),
        (64, "close"),
        (400, "reset"),
        (0, "stall"),
    ):
        network.plans.append((request_of, Plan(down=passed, end=end, stall_s=0.3)))
        cuts = network.proxy.cuts
        assert network.whole(network.send(together=request_of is TOGETHER)), passed
        assert network.proxy.cuts == cuts + 1, passed


def test_what_is_delivered_twice_or_late_is_one_check(network: Network) -> None:
    for request_of in (PHOTO, FILING, TOGETHER):
        for plan in (Plan(twice=True), Plan(late_s=0.5)):
            network.plans.append((request_of, plan))
            assert network.whole(network.send(together=request_of is TOGETHER))


def test_a_quick_line_gets_all_in_one_request_and_a_slow_one_photo_by_photo(network: Network) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/sync/" in request.url:
            asked.append(f"{request.method} {urlsplit(request.url).path.rsplit('/', 1)[0]}")

    network.page.on("request", note)
    assert network.whole(network.send(together=True))
    assert asked == ["GET /sync", "POST /sync/filings"]
    asked.clear()
    network.plans.append((b"GET /sync/token", Plan(late_s=1)))
    assert network.whole(network.send(together=True))
    assert asked == ["GET /sync", "PUT /sync/photos", "PUT /sync/photos", "POST /sync"]
    network.page.remove_listener("request", note)


def test_a_network_that_breaks_again_and_again_gets_through_in_the_end(network: Network) -> None:
    network.plans += [(PHOTO, Plan(up=-600))] * 3 + [(FILING, Plan(up=-1)), (FILING, Plan(down=0))]
    assert network.whole(network.send())


def test_a_slow_network_takes_its_time(network: Network) -> None:
    network.plans += [(PHOTO, Plan(rate=1_000)), (FILING, Plan(rate=2_000))]
    assert network.whole(network.send(size=(80, 60)))


def test_a_server_killed_between_commit_and_answer_gives_the_receipt_when_it_is_back(
    network: Network,
) -> None:
    network.plans.append((FILING, Plan(down=0, end="stall", stall_s=0.5)))
    names = [hold(network.page, picture(5, (320, 240)))]
    uuid = put(network.page, network.raw, photos=[{"sha256": names[0]}])
    nudge(network.page)
    until(network.page, lambda: filed(network.served, uuid) == 1)
    network.served.kill()
    network.served.start()

    def arrived() -> bool:
        nudge(network.page)
        return entry(network.page, uuid) is None

    until(network.page, arrived)
    assert network.whole((uuid, names))


def test_a_photo_that_has_arrived_is_never_sent_again_and_a_cut_one_once_more(network: Network) -> None:
    # By these dice three photos are cut; the answers of two others are lost, and so is what is asked after them.
    cutting = Cutting(seed=3452, share=0.2)
    usual, network.proxy.choose = network.proxy.choose, cutting
    sent: dict[str, list[str]] = {}
    for number in range(4):
        names = [hold(network.page, picture(900 + 3 * number + at, (800, 600))) for at in range(3)]
        sent[put(network.page, network.raw, photos=[{"sha256": name} for name in names])] = names

    def arrived() -> bool:
        nudge(network.page)
        return not entries(network.page)

    try:
        until(network.page, arrived)
    finally:
        network.proxy.choose = usual
    assert cutting.cut >= 3
    assert cutting.sent_again() == []
    assert cutting.ratio() <= 1.3
    assert {uuid: (filed(network.served, uuid), photos_of(network.served, uuid)) for uuid in sent} == {
        uuid: (1, names) for uuid, names in sent.items()
    }
