"""The charts of a summary: found and rectified by month and by sector, on page, paper and Word document, from the same facts."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path

from tests.house import House
from tests.reports import half_year
from tests.reports.papers import bare, read

from xuncha.accounts.models import User
from xuncha.enterprises.models import Site
from xuncha.reports import printing
from xuncha.reports.summaries import inspection_summary, summary_facts
from xuncha.stats.figures import Period, Scope

Places, People = Callable[[str], Site], Callable[[str], User]
PERIOD = Period(date(2026, 7, 1), date(2026, 12, 31), date(2026, 11, 3))


def test_the_months_and_the_sectors_add_up_to_the_whole(site: Places, user: People) -> None:
    half_year.settle(site, user)
    facts = summary_facts.gather(PERIOD, Scope())
    values = facts["values"]
    assert values["hazards_found"] > values["hazards_closed"] > 0
    for rows, closed in ((facts["months"], 3), (facts["sectors"], 2)):
        assert sum(row[1] for row in rows) == values["hazards_found"]
        assert sum(row[closed] for row in rows) == values["hazards_closed"]
    assert sum(row[2] for row in facts["months"]) == values["closed_in_period"]


def test_paper_and_word_document_show_the_charts(site: Places, user: People, tmp_path: Path) -> None:
    half_year.settle(site, user)
    printing.write(printing.inspection(PERIOD, Scope()), tmp_path / "a.pdf", "zh")
    text = read(tmp_path / "a.pdf")
    assert "7月" in text and "11月" in text
    printing.write(printing.inspection(PERIOD, Scope()), tmp_path / "b.pdf", "en")
    months = read(tmp_path / "b.pdf")
    assert "Jul" in months and "Month7" not in months
    for title in ("各月隐患发现与销号", "按发现月份的整改率", "各行业隐患发现与整改", "其中已整改"):
        assert bare(title) in text
    printing.write_for_word(printing.inspection(PERIOD, Scope()), tmp_path / "a.docx", "zh")
    with zipfile.ZipFile(tmp_path / "a.docx") as packed:
        pictures = [name for name in packed.namelist() if name.startswith("word/media/")]
    # By month, the rate, by class, by sector, by team, by enterprise, by supervisor.
    assert len(pictures) >= 7


def test_facts_of_the_first_layout_print_as_they_did(site: Places, user: People, tmp_path: Path) -> None:
    half_year.settle(site, user)
    facts = summary_facts.gather(PERIOD, Scope())
    facts |= {"layout": 1, "months": [row[:3] for row in facts["months"]]}
    paper = inspection_summary.of_live_facts(facts, "zh", draft=False, rounded=False)
    paper.save(tmp_path / "old.pdf")
    text = read(tmp_path / "old.pdf")
    assert bare("各月隐患发现与销号") in text
    assert bare("各行业隐患发现与整改") not in text and bare("按发现月份的整改率") not in text


def test_each_number_of_a_chart_opens_the_list_that_it_counts(
    site: Places, user: People, as_user: Callable[[str], House]
) -> None:
    half_year.settle(site, user)
    browser = as_user("leader")
    browser.post("/language", data={"lang": "en", "next": "/"})
    html = browser.get("/papers/summary?of=2026-H2&as_of=2026-11-03").get_data(as_text=True)
    shown = re.findall(r'<td class="num"><a href="([^"]+)">(\d+)</a></td>', html)
    drawn = [(unescape(url), int(number)) for url, number in shown if "/figures/hazards_" in url]
    assert len(drawn) >= 2 * (5 + 1)
    for url, number in drawn:
        listed = browser.get(url).get_data(as_text=True)
        assert re.search(rf"\b{number}\b", listed), url
        assert len(set(re.findall(r'href="/hazards/(\d+)"', listed))) == number, url
