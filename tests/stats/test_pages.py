"""The dashboard as people see it: every figure opens exactly what it counts, also as a workbook and on the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from flask import Flask

from tests.house import House
from tests.stats import builders
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.hazards.lifecycle import Act
from xuncha.lists import xlsx
from xuncha.stats.figures import FIGURES, RATES

Browser = Callable[[str], House]
JUNE = "from=2026-06-01&to=2026-06-30"
STAT = re.compile(r'<a class="stat[^"]*" href="([^"]+)">\s*<span>[^<]*</span>\s*<strong>([\d,.%—]+)')
TOTAL = re.compile(r'<span class="small num">\D*([\d,]+)')


def day(number: int) -> date:
    return date(2026, 6, number)


@pytest.fixture(autouse=True)
def zone(app: Flask) -> None:
    builders.visit(day(2)), builders.visit(day(3), "lifeng", "zhao"), builders.visit(day(4), "minghe", "chen")
    builders.closed(day(2), day(8)), builders.hazard(day(2)), builders.hazard(day(3), "lifeng", "zhao")
    builders.hazard(day(4), "minghe", "chen").then(Act.ISSUE, day(4)).then(Act.REPORT_DONE, day(20))
    builders.task(day(1), done_on=day(2)), builders.task(day(16)), builders.task(day(1), "lifeng", "zhao")
    builders.training(day(9), (30, 12), (50,))
    db.session.commit()


def total_of(browser: House, url: str) -> int:
    """How many rows the opened list says it holds, after counting those it shows."""
    text = browser.get(url).get_data(as_text=True)
    shown = text.count("<tr>") - 1 if "<tbody>" in text else 0
    found = TOTAL.search(text)
    total = int(found[1].replace(",", "")) if found else 0
    assert shown == total
    return total


def test_every_tile_opens_exactly_what_it_counts(as_user: Browser) -> None:
    browser = as_user("leader")
    pages = (browser.get(f"{path}?{JUNE}").get_data(as_text=True) for path in ("/figures", "/figures/glance"))
    rates, numbers = map(STAT.findall, pages)
    assert (len(rates), len(numbers)) == (4, 9)
    tiles = [*rates, *numbers]
    for url, value in tiles:
        if "%" not in value and value != "—":
            assert total_of(browser, unescape(url)) == int(value.replace(",", "")), url


def test_every_mark_and_bar_opens_a_page(as_user: Browser) -> None:
    browser = as_user("leader")
    parts = ("", "/courses", "/map", "/heat", "/glance", "/groups", "/compared")
    found = {link for part in parts for link in browser.page(f"/figures{part}?{JUNE}").links}
    links = {link for link in found if link.startswith(("/figures", "/schedule"))}
    assert len(links) > 30
    for link in links:
        assert browser.get(link).status_code == 200, link


def test_a_rate_opens_what_is_below_above_and_beside_the_line(as_user: Browser) -> None:
    browser = as_user("leader")
    url = f"/figures/rectification_rate?{JUNE}"
    counts = {part: total_of(browser, f"{url}&part={part}") for part in ("whole", "part", "rest")}
    assert counts == {"whole": 4, "part": 1, "rest": 3}
    assert "25.0%" in browser.text(url)


@pytest.mark.parametrize("name", [*FIGURES, *RATES])
def test_every_figure_has_its_list_and_its_workbook(as_user: Browser, name: str) -> None:
    browser = as_user("auditor")
    total = total_of(browser, f"/figures/{name}?{JUNE}")
    sheet = xlsx.read(browser.get(f"/figures/{name}.xlsx?{JUNE}").data)
    assert len(sheet.rows) - 1 == total


def test_all_figures_as_a_page_and_a_workbook(as_user: Browser) -> None:
    browser = as_user("leader")
    sheet = xlsx.read(browser.get(f"/figures/all.xlsx?{JUNE}").data)
    values = {row[0]: row[1] for _line, row in sheet.rows[1:]}
    assert values["整改率"] == "25.0%"
    assert len(values) == len(FIGURES) + len(RATES)


def test_nothing_to_divide_by_prints_a_dash(as_user: Browser) -> None:
    text = as_user("leader").text("/figures/rectification_rate?from=2024-01-01&to=2024-06-30")
    assert "—" in text
    assert "100" not in text


def test_each_sees_his_own_part_of_the_zone(as_user: Browser) -> None:
    seen = {
        name: total_of(as_user(name), f"/figures/hazards_found?{JUNE}") for name in ("wang", "lin", "leader")
    }
    assert seen == {"wang": 2, "lin": 3, "leader": 4}
    for name in ("expert", "officer", "stranger"):
        assert as_user(name).get("/figures").status_code == 403


def test_narrowing_to_another_team_shows_nothing_of_it(as_user: Browser) -> None:
    chen = builders.number("chen")
    db.session.rollback()
    assert total_of(as_user("wang"), f"/figures/hazards_found?{JUNE}&supervisor={chen}") == 0


def test_the_state_is_that_of_the_day(as_user: Browser) -> None:
    browser = as_user("leader")
    assert "已销号" not in browser.text(f"/figures/hazards_found?{JUNE}&as_of=2026-06-07")
    assert "已销号" in browser.text(f"/figures/hazards_found?{JUNE}&as_of=2026-06-08")


def test_odd_addresses_show_the_usual_page(as_user: Browser) -> None:
    browser = as_user("leader")
    odd = "from=&to=&site=%C2%B2&supervisor=1e9&class=nope&page=-3&period=eon&part=all"
    for path in ("/figures", "/figures/all", "/figures/visits", "/figures/coverage"):
        assert browser.get(f"{path}?{odd}").status_code == 200
    assert browser.get("/figures/no_such_figure").status_code == 404
    assert browser.get("/figures/no_such_figure.xlsx").status_code == 404


def test_the_empty_zone_has_a_dashboard(as_user: Browser) -> None:
    assert as_user("admin").get("/figures?from=2024-01-01&to=2024-01-31").status_code == 200


def test_english(as_user: Browser) -> None:
    browser = as_user("leader")
    builders.person("leader").lang = "en"
    db.session.commit()
    assert "Rectification rate" in browser.text(f"/figures?{JUNE}")


def test_the_grid_writes_days_as_the_schedule_does(as_user: Browser) -> None:
    browser = as_user("leader")
    assert "6月2日 王监管" in browser.get(f"/figures/compared?{JUNE}").get_data(as_text=True)
    builders.person("leader").lang = "en"
    db.session.commit()
    assert "2 Jun 王监管" in browser.get(f"/figures/compared?{JUNE}").get_data(as_text=True)


def test_figures_on_the_command_line(app: Flask) -> None:
    run = app.test_cli_runner()
    made = run.invoke(args=["figures", "--from", "2026-06-01", "--to", "2026-06-30", "--json"])
    data = json.loads(made.output)
    assert (data["from"], data["to"], data["as_of"]) == ("2026-06-01", "2026-06-30", "2026-06-30")
    assert (data["visits"], data["hazards_found"], data["rectification_rate"]) == (3, 4, 0.25)
    assert (data["tasks_planned"], data["tasks_done"], data["completion_rate"]) == (3, 1, 0.3333)
    assert data["expert_rate"] is None
    early = run.invoke(
        args=["figures", "--from", "2026-06-01", "--to", "2026-06-30", "--as-of", "2026-06-07", "--json"]
    )
    assert json.loads(early.output)["hazards_closed"] == 0


def test_the_table_is_readable_in_both_languages(app: Flask) -> None:
    days = ["figures", "--from", "2026-06-01", "--to", "2026-06-30"]
    run = app.test_cli_runner()
    assert "25.0%  整改率 (1/4)" in run.invoke(args=days).output
    assert "25.0%  Rectification rate (1/4)" in run.invoke(args=[*days, "--lang", "en"]).output


def test_wrong_days_are_refused(app: Flask) -> None:
    run = app.test_cli_runner()
    assert run.invoke(args=["figures", "--from", "2026-06-30", "--to", "2026-06-01"]).exit_code == 2
    early = ["figures", "--from", "2026-06-01", "--to", "2026-06-30", "--as-of", "2026-05-01"]
    assert run.invoke(args=early).exit_code == 2


def test_a_day_that_has_not_come_is_refused(app: Flask) -> None:
    run = app.test_cli_runner()
    running = ["figures", "--from", "2026-07-01", "--to", "2026-12-31"]
    assert run.invoke(args=[*running, "--as-of", "2026-11-03"]).exit_code == 0
    early = run.invoke(args=[*running, "--as-of", "2026-11-04"])
    assert (early.exit_code, "the day lies in the future" in early.output) == (2, True)
    coming = run.invoke(args=["figures", "--from", "2027-01-01", "--to", "2027-06-30"])
    assert (coming.exit_code, "the period has not begun" in coming.output) == (2, True)


def test_midnight_is_chinas(app: Flask) -> None:
    (
        builders.hazard(day(2)).then(Act.VERIFY, at(day(30), 23, 59)),
        builders.hazard(day(2)).then(Act.VERIFY, at(date(2026, 7, 1), 0)),
    )
    db.session.commit()
    made = app.test_cli_runner().invoke(
        args=["figures", "--from", "2026-06-01", "--to", "2026-06-30", "--json"]
    )
    assert json.loads(made.output)["hazards_closed"] == 2


@pytest.mark.parametrize("page", ["", "/all", "/all.xlsx", "/hazards_found"])
def test_a_day_that_is_none_tells_no_other_period(as_user: Browser, page: str) -> None:
    answer = as_user("leader").get(f"/figures{page}?from=2026-13-01&to=2026-06-30")
    assert answer.status_code == 422
    assert "“2026-13-01”不是有效日期" in answer.get_data(as_text=True)


def test_data_as_of_a_day_before_the_period_are_said_to_be(as_user: Browser) -> None:
    text = as_user("leader").text(f"/figures?{JUNE}&as_of=2026-05-31")
    assert "数据截至日早于统计期间" in text
