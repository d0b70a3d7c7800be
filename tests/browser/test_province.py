"""The province in a browser: its page is sound, and a number opens what it counts in the zone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests import cast
from tests.browser.looks import LOOKS, looks
from tests.served import Served

# A browser finds every name below .localhost on the loopback.
FILE = """
[zones.province]
hosts = ["province.localhost", "127.0.0.1"]
province = true
XUNCHA_ZONE_ZH = "江南省"
XUNCHA_PUBLIC_URL = "http://province.localhost:{port}"

[zones.county1]
hosts = ["county1.localhost"]
XUNCHA_ZONE_ZH = "临江县"
XUNCHA_PUBLIC_URL = "http://county1.localhost:{port}"

[zones.county2]
hosts = ["county2.localhost"]
XUNCHA_ZONE_ZH = "山南县"
XUNCHA_PUBLIC_URL = "http://county2.localhost:{port}"
"""
ZONE_NAMES = ("XUNCHA_ZONE_ZH", "XUNCHA_ZONE_EN", "XUNCHA_ORG_ZH", "XUNCHA_ORG_EN")


@pytest.fixture
def installation(month: Path, tmp_path: Path) -> Iterator[Served]:
    """The shipped server with a province and two counties."""
    for key in ("province", "county1", "county2"):
        (tmp_path / key).mkdir()
        shutil.copy(month, tmp_path / key / "xuncha.db")
    file = tmp_path / "zones.toml"
    server = Served(tmp_path, settings={**dict.fromkeys(ZONE_NAMES, ""), "XUNCHA_ZONES": str(file)})
    file.write_text(FILE.format(port=server.port), "utf-8")
    server.start()
    yield server
    server.kill()


def signed_in(chromium: Browser, server: Served, who: str, lang: str) -> Page:
    context = chromium.new_context(
        locale="zh-CN" if lang == "zh" else "en-GB",
        timezone_id="Asia/Shanghai",
        base_url=f"http://province.localhost:{server.port}",
        bypass_csp=True,
        service_workers="block",
    )
    page = context.new_page()
    page.goto("/sign-in")
    if page.locator(f"button[name=lang][value={lang}]").count():
        page.locator(f"button[name=lang][value={lang}]").click()
    page.fill("#username", who)
    page.fill("#password", cast.PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


@pytest.mark.parametrize("lang", LOOKS)
def test_the_pages_of_the_province_are_sound(chromium: Browser, installation: Served, lang: str) -> None:
    found: list[str] = []
    for who, action in (("leader", ""), ("admin", "/zones/editions")):
        page = signed_in(chromium, installation, who, lang)
        page.goto("/zones")
        assert "临江县" in page.locator("main").inner_text()
        found += looks(page, lang)
        if action:
            page.locator(f"form[action='{action}'] button").click()
            page.wait_for_load_state()
            found += looks(page, lang)
        page.context.close()
    assert found == []


def test_a_number_opens_what_it_counts_in_the_zone(chromium: Browser, installation: Served) -> None:
    page = signed_in(chromium, installation, "leader", "zh")
    page.goto("/zones")
    number = page.locator("button[form=open-county1][value=key_enterprises]")
    told = number.inner_text().strip()
    assert int(told) > 0
    number.click()
    page.wait_for_url(f"http://county1.localhost:{installation.port}/figures/key_enterprises**")
    assert "临江县" in page.locator("header").first.inner_text()
    assert told in page.locator("main").inner_text()
    answer = page.goto("/settings")
    assert answer is not None and answer.status == 403  # whoever comes from the province reads
    page.context.close()
