"""The lists and a site's page: who sees what, filters in the address, every number opens what it counts."""

import re
from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

import pytest
from flask import Flask
from tests import cast
from tests.house import House

from xuncha.core.db import db
from xuncha.enterprises.models import Risk, Site, SiteKind, WorkingState

ALL = {place.name for place in cast.PLACES.values() if place.kind is SiteKind.ENTERPRISE}
HUAXIN, LIFENG, MINGHE = (cast.PLACES[code].name for code in ("huaxin", "lifeng", "minghe"))


def shown(browser: House, url: str) -> set[str]:
    text = browser.text(url)
    return {place.name for place in cast.PLACES.values() if place.name in text}


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("admin", ALL),
        ("leader", ALL),
        ("auditor", ALL),
        ("lin", {HUAXIN, LIFENG}),
        ("wang", {HUAXIN}),
        ("chen", {MINGHE}),
        ("expert", {HUAXIN}),
        ("officer", {HUAXIN}),
        ("stranger", {MINGHE}),
    ],
)
def test_everybody_sees_their_own(as_user: Callable[[str], House], name: str, names: set[str]) -> None:
    assert shown(as_user(name), "/enterprises") == names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("text=华鑫", {HUAXIN}),
        ("text=91320500ma1p", {LIFENG}),
        ("text=%25", set()),
        ("sector=hazchem", {HUAXIN}),
        ("risk=red", {MINGHE}),
        ("crowded=1", {LIFENG}),
        ("key=0", set()),
        ("state=stopped", {LIFENG}),
        ("area=北片区", {HUAXIN, LIFENG}),
        ("supervisor=none", {MINGHE}),
        ("sector=piracy&risk=&sort=%3Bdrop&supervisor=zz&page=-4", ALL),
        ("page=99999999", ALL),
    ],
)
def test_filters_stand_in_the_address(
    as_user: Callable[[str], House], site: Callable[[str], Site], app: Flask, query: str, names: set[str]
) -> None:
    minghe = site("minghe")
    minghe.risk, minghe.area, minghe.supervisor_id = Risk.RED, "南片区", None
    site("lifeng").working_state = WorkingState.STOPPED
    db.session.commit()
    assert shown(as_user("admin"), f"/enterprises?{query}") == names


def test_idle_sites_have_their_own_list(as_user: Callable[[str], House]) -> None:
    assert shown(as_user("admin"), "/enterprises/idle") == {cast.PLACES["oldmill"].name}


def test_long_lists_are_paged_and_keep_their_filters(as_user: Callable[[str], House], app: Flask) -> None:
    db.session.add_all(
        Site(name=f"第{number:03}号公司", area="东", created_at=cast.NOW) for number in range(51)
    )
    db.session.commit()
    browser = as_user("admin")
    page = browser.page("/enterprises?area=东")
    following = [link for link in page.links if "at=" in link]
    assert "共51个" in "".join(page.text)
    last = browser.text(following[0])
    assert "第050号公司" in last and "第049号公司" not in last


def test_a_foreign_site_looks_like_a_missing_one(
    as_user: Callable[[str], House], site: Callable[[str], Site]
) -> None:
    number = site("huaxin").id
    browser = as_user("chen")
    foreign, missing = browser.get(f"/enterprises/{number}"), browser.get("/enterprises/99999")
    assert foreign.status_code == missing.status_code == 404
    without_path = [
        re.sub(r"/enterprises/\d+", "", answer.text).replace(answer.headers["X-Request-ID"], "")
        for answer in (foreign, missing)
    ]
    assert without_path[0] == without_path[1]


def test_a_sites_page_tells_its_facts(as_user: Callable[[str], House], site: Callable[[str], Site]) -> None:
    text = as_user("wang").text(f"/enterprises/{site('huaxin').id}")
    for words in ("91320500MA1MXXJX62", "周厂长", "13800000000", "王监管", "钱专家", "较大风险（橙）"):
        assert words in text


def test_changes_are_told_in_words_to_those_who_may_read_them(
    as_user: Callable[[str], House], user: Callable[[str], object], site: Callable[[str], Site], app: Flask
) -> None:
    from xuncha.enterprises import actions

    actions.change_site(
        site("huaxin"), actor=user("admin"), now=cast.NOW, risk=Risk.RED, key_since=date(2026, 1, 1)
    )
    db.session.commit()
    url = f"/enterprises/{site('huaxin').id}"
    assert "较大风险（橙） → 重大风险（红）" in as_user("leader").text(url)
    assert "变更记录" not in as_user("wang").text(url)


def test_every_number_of_the_load_opens_what_it_counts(
    as_user: Callable[[str], House], site: Callable[[str], Site], app: Flask
) -> None:
    site("minghe").supervisor_id = None
    db.session.commit()
    browser = as_user("leader")
    html = browser.get("/enterprises/load").get_data(as_text=True)
    figures = re.findall(r'<a href="(/enterprises[^"]*supervisor=[^"]+)">(\d+)</a>', html)
    assert len(figures) > 5
    for url, number in figures:
        assert urlsplit(url).query
        assert f"共{number}个" in browser.text(url.replace("&amp;", "&"))
    assert "无人负责" in html


def test_a_team_lead_sees_the_load_of_the_team(as_user: Callable[[str], House]) -> None:
    text = as_user("lin").text("/enterprises/load")
    assert "王监管" in text and "赵同事" in text and "陈外片" not in text
    assert as_user("wang").get("/enterprises/load").status_code == 403
