"""Pages of the pack in one answer: as each of them alone, own ones only; and built files as small as they get."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import brotli
import pytest
from flask import Flask
from tests import cast
from tests.house import House
from tests.sync.test_pack import hazard_at, listed, month

from xuncha.core import assets
from xuncha.sync import offline_views

Browser = Callable[[str], House]
__all__ = ["hazard_at", "month"]


def bundle(browser: House, *addresses: str, **headers: str) -> dict[str, dict[str, Any]]:
    query = urlencode([("url", address) for address in addresses])
    answer = browser.get(f"/sync/pages?{query}", headers=headers)
    assert answer.status_code == 200
    assert answer.json is not None
    return {one["url"]: one for one in answer.json["pages"]}


def plain(text: str) -> str:
    """A page without what differs at every opening: keys of findings, form tokens, the hour."""
    text = re.sub(r'(name="csrf_token" value=")[^"]+', r"\1", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "uuid", text)
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d", "now", text)


def test_each_page_is_as_it_is_alone(
    month: None, as_user: Browser, hazard_at: Callable[[str, str], str]
) -> None:
    hazard_at("huaxin", "wang")
    browser = as_user("wang")
    pack = listed(browser)
    pages = [entry["url"] for entry in pack["entries"]]
    for first in range(0, len(pages), 30):
        told = bundle(browser, *pages[first : first + 30])
        assert list(told) == pages[first : first + 30]
        for address, one in told.items():
            alone = browser.get(address, headers={"X-Pack": "1"})
            assert one["status"] == alone.status_code == 200
            assert plain(one["text"]) == plain(alone.text), address
            for name in ("Content-Type", "Content-Security-Policy", "X-Content-Type-Options"):
                assert one["headers"][name] == alone.headers[name]
    [thumb] = pack["thumbs"]
    picture = base64.b64decode(bundle(browser, thumb)[thumb]["base64"])
    assert picture == browser.get(thumb).data


def test_only_pages_of_ones_own_pack_are_given_and_a_limited_number(
    month: None, as_user: Browser, hazard_at: Callable[[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hazard_at("huaxin", "wang")
    pages = [entry["url"] for entry in listed(as_user("wang"))["entries"]]
    others = bundle(as_user("zhao"), *pages, "/sync/pages?url=/today", "/sign-out", "http://elsewhere/")
    own = {entry["url"] for entry in listed(as_user("zhao"))["entries"]}
    assert set(others) == set(pages) & own
    assert cast.PLACES["huaxin"].name not in "".join(one["text"] for one in others.values())
    monkeypatch.setattr(offline_views, "MOST_TOGETHER", 5)
    assert list(bundle(as_user("wang"), *pages)) == pages[:5]


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("officer", 200), ("leader", 200)])
def test_without_a_pack_there_is_no_page(
    as_user: Browser, client: House, who: str | None, status: int
) -> None:
    browser = as_user(who) if who else client
    answer = browser.get("/sync/pages?url=/checks/new?site=1")
    assert answer.status_code == status
    if status == 200:
        assert answer.json == {"pages": []}


def test_passing_messages_stay_for_the_reader_and_the_session_as_it_was(as_user: Browser) -> None:
    browser = as_user("wang")
    with browser.session_transaction() as session:
        session["_flashes"] = [("success", "stays for the reader")]
    assert "stays for the reader" not in bundle(browser, "/me")["/me"]["text"]
    assert "stays for the reader" in browser.get("/me").text


def test_a_list_does_not_carry_the_code_of_the_check_page(as_user: Browser, month: None) -> None:
    wang = as_user("wang")
    assert "build/work.js" not in wang.get("/hazards").text
    task = next(entry for entry in listed(wang)["entries"] if entry["kind"] == "check")
    assert 'rel="modulepreload"' in wang.get(task["url"]).text


def test_a_built_file_is_sent_compressed_to_who_takes_it(app: Flask, client: House) -> None:
    address = app.static_url_path or ""
    folder = Path(app.static_folder or "")
    for name in ("build/app.js", "build/app.css", "build/lists.css"):
        whole = (folder / name).read_bytes()
        small = client.get(f"{address}/{name}", headers={"Accept-Encoding": "br"})
        assert brotli.decompress(small.data) == whole
        assert small.headers["Content-Encoding"] == "br"
        assert "max-age=31536000" in small.headers["Cache-Control"]
        assert client.get(f"{address}/{name}").data == whole
        assert "Accept-Encoding" in small.headers["Vary"]
        assert small.mimetype == client.get(f"{address}/{name}").mimetype
    assert not [path for path in assets.files_of(folder) if path.suffix == ".br"]
    assert client.get(f"{address}/build/../../wsgi.py", headers={"Accept-Encoding": "br"}).status_code == 404


def test_a_static_file_comes_with_what_guards_files_and_a_page_with_what_guards_documents(
    as_user: Browser,
) -> None:
    browser = as_user("wang")
    page = browser.get("/today")
    guards = (
        "Content-Security-Policy",
        "Referrer-Policy",
        "Cross-Origin-Opener-Policy",
        "Permissions-Policy",
    )
    assert all(page.headers.get(name) for name in guards)
    [address] = re.findall(r'href="(/static/[^"]+/build/app\.css)"', page.text)
    file = browser.get(address)
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.cache_control.public and file.headers["ETag"]
    assert not {*guards, "Content-Disposition", "Expires"} & {name for name, _ in file.headers}
    assert browser.get(address, headers={"If-None-Match": file.headers["ETag"]}).status_code == 304
    assert all(browser.get(address.replace("app", "none")).headers.get(name) for name in guards)
