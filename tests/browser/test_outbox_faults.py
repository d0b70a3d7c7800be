"""Whatever answers in place of a receipt, the filing stays on the phone with its reason; then it goes, once."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Request, Route, expect

from tests.browser.conftest import Phones, Zone, sign_in
from tests.browser.outbox import (
    FILINGS,
    entries,
    entry,
    filed,
    hold,
    nudge,
    photos_of,
    put,
    run,
    send,
    until,
)
from tests.checks.filings import picture

HTML = "<!doctype html><title>Wi-Fi</title><p>Welcome, please sign in"


def answer(status: int, body: object = None, **headers: str) -> dict[str, Any]:
    """An answer of the server's kind."""
    text = "" if body is None else body if isinstance(body, str) else json.dumps(body)
    kind = "text/html" if text.startswith("<") else "application/json"
    return {"status": status, "body": text, "content_type": kind, "headers": headers or None}


def told(error: str) -> dict[str, str]:
    return {"error": error, "message": "服务器的话"}


CUT = '{"receipt": {"uuid": "'
WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "captive portal": (answer(200, HTML), "queued", "not_ours"),
    "login page": (answer(200, HTML + "<input type=password>"), "queued", "not_ours"),
    "empty 204": (answer(204), "queued", "not_receipt"),
    "redirect": (answer(302, HTML, Location="/sign-in"), "queued", "redirected"),
    "400": (answer(400, told("body_differs")), "queued", "bad_body"),
    "401": (answer(401, told("sign_in")), "waiting_sign_in", "sign_in"),
    "403": (answer(403, told("not_allowed")), "refused", "forbidden"),
    "403 of a portal": (answer(403, HTML), "queued", "not_ours"),
    "409": (answer(409, told("in_progress")), "queued", "in_progress"),
    "413": (answer(413, told("too_large")), "refused", "too_large"),
    "422": (answer(422, told("refused")), "refused", "invalid"),
    "429": (answer(429, told("429"), **{"Retry-After": "30"}), "queued", "too_many"),
    "500": (answer(500, HTML), "queued", "server"),
    "cut JSON": (answer(201, CUT), "queued", "not_receipt"),
    "another receipt": (
        answer(201, {"receipt": {"uuid": "x", "number": "1"}, "body_sha256": ""}),
        "queued",
        "not_receipt",
    ),
}


def test_no_wrong_answer_removes_a_filing(phone: Phones, zone: Zone) -> None:
    served, raw = zone
    page = phone()
    for name, (given, state, reason) in WRONG.items():
        page.route(FILINGS, lambda route, _request, given=given: route.fulfill(**given))
        uuid = put(page, raw)
        send(page)
        kept = entry(page, uuid)
        assert kept and (kept["state"], kept["reason"]) == (state, reason), name
        row = page.locator(f"[data-uuid='{uuid}']")
        expect(row.locator(".badge")).not_to_be_empty()
        expect(row.locator(".row-text span").nth(1)).not_to_be_empty()
        assert filed(served, uuid) == 0
        page.unroute(FILINGS)
        if state == "refused":
            row.get_by_role("button", name="重新上传").click()
        else:
            page.get_by_role("button", name="全部").click()
        expect(row).to_have_count(0)
        assert filed(served, uuid) == 1, name
    assert entries(page) == {}


def test_an_answer_that_never_comes_ends_by_the_phones_own_clock(phone: Phones, zone: Zone) -> None:
    page = phone()
    page.clock.install(time=datetime.now(UTC))
    page.goto("/me")
    held: list[Route] = []
    page.route(FILINGS, lambda route: held.append(route))
    uuid = put(page, zone[1])
    nudge(page)
    until(page, lambda: held)
    page.clock.fast_forward(130_000)
    until(page, lambda: (entry(page, uuid) or {}).get("reason") == "timeout")
    page.unroute(FILINGS)
    with suppress(Exception):
        held[0].abort()
    # Nobody presses anything: the pause passes, and it goes by itself.
    page.clock.fast_forward(5_000)
    until(page, lambda: entry(page, uuid) is None)
    assert filed(zone[0], uuid) == 1


def test_a_filing_newer_than_the_server_is_kept_with_plain_words(phone: Phones, zone: Zone) -> None:
    page = phone()
    uuid = put(page, zone[1], format=99, something_new={"a": 1})
    send(page)
    until(page, lambda: (entry(page, uuid) or {}).get("state") == "queued")
    kept = entry(page, uuid)
    assert kept and kept["reason"] == "newer_format"
    expect(page.locator(f"[data-uuid='{uuid}']")).to_contain_text("服务器")
    assert filed(zone[0], uuid) == 0


SPOIL = """(way) => {
  const proper = globalThis.fetch;
  globalThis.fetch = async (url, init) => {
    if (init?.method !== "PUT") return proper(url, init);
    globalThis.fetch = proper;
    const bytes = way === "emptied" ? new Uint8Array() : new Uint8Array(await init.body.arrayBuffer());
    if (bytes.length) bytes[bytes.length >> 1] ^= 1;
    return proper(url, { ...init, body: new Blob([bytes]) });
  };
}"""


@pytest.mark.parametrize("way", ["emptied", "one bit turned"])
def test_a_photo_spoilt_on_its_way_is_not_taken_and_goes_the_next_time(
    phone: Phones, zone: Zone, way: str
) -> None:
    served, raw = zone
    page = phone()
    page.evaluate(SPOIL, way)
    name = hold(page, picture(31, (320, 240)))
    uuid = put(page, raw, photos=[{"sha256": name}])
    send(page)
    kept = entry(page, uuid)
    assert kept and (kept["state"], kept["reason"], kept["sent"]) == ("queued", "bad_body", [])
    assert filed(served, uuid) == 0
    send(page)
    assert (entries(page), filed(served, uuid), photos_of(served, uuid)) == ({}, 1, [name])


def test_a_filing_that_comes_before_its_photos_waits_for_the_very_ones_that_are_missing(
    phone: Phones, zone: Zone
) -> None:
    served, raw = zone
    page = phone()
    album = [picture(seed, (320, 240)) for seed in (41, 42)]
    names = [hold(page, photo) for photo in album]
    first = f"**/sync/photos/{names[0]}"
    taken = {"sha256": names[0], "size": len(album[0])}
    page.route(first, lambda route: route.fulfill(**answer(201, taken)))
    uuid = put(page, raw, photos=[{"sha256": name} for name in names])
    send(page)
    page.unroute(first)
    kept = entry(page, uuid)
    assert kept and (kept["reason"], kept["sent"]) == ("photos_missing", names[1:])
    assert filed(served, uuid) == 0
    send(page)
    assert (entries(page), filed(served, uuid), photos_of(served, uuid)) == ({}, 1, names)


def test_a_poisoned_filing_first_in_line_delays_no_other(phone: Phones, zone: Zone) -> None:
    served, raw = zone
    page = phone()
    refused = put(page, raw, site_id=999_999)
    broken = put(page, raw, summary="poison")

    def poisoned(route: Route) -> None:
        if b"poison" in (route.request.post_data_buffer or b""):
            route.fulfill(status=500, body="")
        else:
            route.continue_()

    page.route(FILINGS, poisoned)
    good = [put(page, raw, summary=f"{number}") for number in range(10)]
    page.get_by_role("button", name="全部").click()
    until(page, lambda: entries(page).keys() == {refused, broken})
    assert [filed(served, uuid) for uuid in good] == [1] * 10
    assert filed(served, refused) == filed(served, broken) == 0


def test_two_tabs_are_one_sender(phone: Phones, zone: Zone) -> None:
    served, raw = zone
    first = phone()
    second = first.context.new_page()
    second.goto("/me")
    posts: list[Request] = []
    most = flying = 0

    def begun(request: Request) -> None:
        nonlocal most, flying
        if request.method == "POST":
            posts.append(request)
            flying += 1
            most = max(most, flying)

    def ended(request: Request) -> None:
        nonlocal flying
        flying -= request.method == "POST"

    first.context.on("request", begun)
    first.context.on("requestfinished", ended)
    uuids = [put(first if number % 2 else second, raw, summary=f"{number}") for number in range(6)]
    for page in (first, second, first, second):
        nudge(page)
    until(first, lambda: not entries(first))
    assert len(posts) == 6
    assert most == 1
    assert [filed(served, uuid) for uuid in uuids] == [1] * 6
    until(second, lambda: second.locator("[data-uuid]").count() == 0)


def test_a_session_that_ended_keeps_it_and_only_its_owner_sends_it(phone: Phones, zone: Zone) -> None:
    served, raw = zone
    page = phone()
    page.context.clear_cookies()
    uuid = put(page, raw)
    send(page)
    kept = entry(page, uuid)
    assert kept and kept["state"] == "waiting_sign_in"
    expect(page.locator(f"[data-uuid='{uuid}'] .badge")).to_have_text("待登录")

    sign_in(page, "zhao")
    page.goto("/me")
    nudge(page)
    page.wait_for_timeout(500)
    assert entries(page) == {}
    expect(page.locator("[data-uuid]")).to_have_count(0)
    assert filed(served, uuid) == 0

    page.context.clear_cookies()
    sign_in(page, "wang")
    until(page, lambda: filed(served, uuid) == 1)
    page.goto("/me")
    until(page, lambda: entries(page) == {})


def test_a_server_that_was_away_gets_it_when_it_is_back(phone: Phones, zone: Zone) -> None:
    served, raw = zone
    page = phone()
    served.kill()
    try:
        uuid = put(page, raw)
        send(page)
        kept = entry(page, uuid)
    finally:
        served.start()
    assert kept and (kept["state"], kept["reason"]) == ("queued", "network")
    nudge(page)
    until(page, lambda: entry(page, uuid) is None)
    assert filed(served, uuid) == 1


@pytest.mark.parametrize("days", [-3650, 3650])
def test_a_phone_clock_that_is_years_wrong_files_and_is_flagged(phone: Phones, zone: Zone, days: int) -> None:
    page = phone()
    page.clock.set_system_time(datetime.now(UTC) + timedelta(days=days))
    page.goto("/checks/start")
    page.locator("li.task", has_text="老纺织厂").locator("a.btn").first.click()
    page.wait_for_selector("form[data-ready]")
    section = page.locator("[data-section]").first
    section.locator("[data-item]").first.locator("label", has_text="符合").first.tap()
    for canvas in page.locator("canvas").all()[:1]:
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 120, box["y"] + 60, steps=4)
        page.mouse.up()
    page.locator("[data-submit]").tap()
    page.wait_for_selector("[data-filed]")
    until(page, lambda: run(page, "return outbox.receipts(1);"))
    receipts = run(page, "return outbox.receipts(1);")
    assert "clock" in receipts[0]["flags"]


def test_a_store_that_the_browser_closed_is_opened_again(phone: Phones, zone: Zone) -> None:
    page = phone()
    page.add_init_script(
        """{ const open = IDBFactory.prototype.open;
        globalThis.stores = [];
        IDBFactory.prototype.open = function (...given) {
          const request = open.apply(this, given);
          request.addEventListener("success", () => stores.push(request.result));
          return request;
        }; }"""
    )
    page.goto("/me")
    until(page, lambda: page.evaluate("stores.length"))
    page.evaluate("stores.forEach((store) => store.close())")
    uuid = put(page, zone[1])
    assert entries(page).keys() == {uuid}
    page.evaluate("stores.forEach((store) => store.close())")
    send(page)
    assert entries(page) == {}
    assert filed(zone[0], uuid) == 1


PHOTO_WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "captive portal": (answer(200, HTML), "queued", "not_ours"),
    "another photo's receipt": (answer(201, {"sha256": "0" * 64, "size": 1}), "queued", "not_receipt"),
    "401 of a portal": (answer(401, HTML), "queued", "not_ours"),
    "413 of a proxy": (answer(413, HTML), "queued", "not_ours"),
    "429": (answer(429, told("429")), "queued", "too_many"),
    "500": (answer(500, HTML), "queued", "server"),
}
TOKEN_WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "captive portal": (answer(200, HTML), "queued", "not_ours"),
    "401 of a portal": (answer(401, HTML), "queued", "not_ours"),
    "500": (answer(500, told("500")), "queued", "server"),
}


@pytest.mark.parametrize(
    "asked, wrong",
    [("**/sync/photos/*", PHOTO_WRONG), ("**/sync/token", TOKEN_WRONG)],
    ids=["photo", "token"],
)
def test_no_wrong_answer_to_a_photo_or_for_a_token_removes_anything(
    phone: Phones, zone: Zone, asked: str, wrong: dict[str, tuple[dict[str, Any], str, str]]
) -> None:
    served, raw = zone
    page = phone()
    sha = hold(page, picture(len(asked), (80, 60)))
    given: dict[str, Any] = {}
    page.route(asked, lambda route: route.fulfill(**given))
    uuid = put(page, raw, photos=[{"sha256": sha}])
    for name, (wrongly, state, reason) in wrong.items():
        given.clear()
        given.update(wrongly)
        run(page, "await outbox.resend(given);", uuid)
        page.get_by_role("button", name="全部").click()
        until(page, lambda reason=reason: (entry(page, uuid) or {}).get("reason") == reason)
        kept = entry(page, uuid)
        assert kept and kept["state"] == state, name
    expect(page.locator(f"[data-uuid='{uuid}']")).to_contain_text("0/1")
    page.unroute(asked)
    page.get_by_role("button", name="全部").click()
    until(page, lambda: entry(page, uuid) is None)
    assert (filed(served, uuid), photos_of(served, uuid)) == (1, [sha])


def test_an_answer_that_comes_too_late_ends_as_filed_once(phone: Phones, zone: Zone) -> None:
    page = phone()
    page.clock.install(time=datetime.now(UTC))
    page.goto("/me")
    held: list[Route] = []

    def taken_and_held(route: Route) -> None:
        if not held:
            route.fetch()  # the server takes it; its answer does not come through
            held.append(route)
        else:
            route.continue_()

    page.route(FILINGS, taken_and_held)
    uuid = put(page, zone[1])
    nudge(page)
    until(page, lambda: held)
    page.clock.fast_forward(150_000)
    until(page, lambda: (entry(page, uuid) or {}).get("reason") == "timeout")
    page.clock.fast_forward(5_000)
    until(page, lambda: entry(page, uuid) is None)
    with suppress(Exception):
        held[0].abort()
    assert filed(zone[0], uuid) == 1
