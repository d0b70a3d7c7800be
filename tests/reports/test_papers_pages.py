"""The pages of the papers: preview, download, who may see what."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from urllib.parse import quote

import pytest
from PIL import Image
from pypdf import PdfReader
from tests import cast
from tests.house import House
from tests.reports import half_year, visits

from xuncha.accounts.models import User
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_notice
from xuncha.hazards.models import Notice

Places, People, Browsers = Callable[[str], Site], Callable[[str], User], Callable[[str], House]


@pytest.fixture
def check(site: Places, user: People) -> Check:
    return visits.full_visit(site("huaxin"), user("wang"))


@pytest.fixture
def notice(check: Check, user: People) -> Notice:
    made = issue_notice(check, actor=user("wang"), now=cast.NOW)
    db.session.commit()
    return made


def test_the_pages_are_shown_as_pictures(check: Check, as_user: Browsers) -> None:
    number = check.id
    wang = as_user("wang")
    shown = wang.get(f"/papers/records/{number}").get_data(as_text=True)
    pictures = [part.split('"')[0] for part in shown.split('src="')[1:] if part.startswith("/papers/pages/")]
    assert len(pictures) >= 3
    answer = wang.get(pictures[0])
    assert answer.mimetype == "image/webp"
    picture = Image.open(BytesIO(answer.data))
    assert picture.width == 1240
    assert picture.height > picture.width
    assert wang.get(pictures[0].replace("1.webp", "999.webp")).status_code == 404
    assert as_user("zhao").get(pictures[0]).status_code == 404
    assert wang.get("/papers/pages/made-up/1.webp").status_code == 404


def test_the_file_has_a_chinese_name_and_is_a_pdf(check: Check, as_user: Browsers) -> None:
    answer = as_user("wang").get(f"/papers/records/{check.id}?format=pdf&download=1")
    assert answer.mimetype == "application/pdf"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert f"filename*=UTF-8''{quote('现场检查记录 （开安）检记〔2026〕1号.pdf', safe='')}" in disposition
    assert len(PdfReader(BytesIO(answer.data)).pages) >= 3


def test_a_paper_prints_in_the_chosen_language(check: Check, as_user: Browsers) -> None:
    answer = as_user("wang").get(f"/papers/records/{check.id}?format=pdf&lang=en")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert "On-site inspection record" in PdfReader(BytesIO(answer.data)).pages[0].extract_text()


@pytest.mark.parametrize("name", ["chen", "stranger"])
@pytest.mark.parametrize("kind", ["records", "notices"])
def test_foreign_papers_are_not_there(
    check: Check, notice: Notice, as_user: Browsers, name: str, kind: str
) -> None:
    number = {"records": check.id, "notices": notice.id}[kind]
    for more in ("", "?format=pdf"):
        assert as_user(name).get(f"/papers/{kind}/{number}{more}").status_code == 404


@pytest.mark.parametrize("name", ["wang", "lin", "leader", "auditor", "principal", "expert"])
def test_whoever_sees_the_visit_sees_its_papers(
    check: Check, notice: Notice, as_user: Browsers, name: str
) -> None:
    browser = as_user(name)
    assert browser.get(f"/papers/records/{check.id}").status_code == 200
    assert browser.get(f"/papers/notices/{notice.id}").status_code == 200


@pytest.mark.parametrize("paper", ["", "ledger", "inspection-summary", "training-summary"])
def test_enterprises_and_experts_print_no_summaries(as_user: Browsers, paper: str) -> None:
    for name in ("principal", "expert"):
        assert as_user(name).get(f"/papers/{paper}".rstrip("/")).status_code == 403


def test_a_supervisors_summary_holds_nothing_of_others(site: Places, user: People, as_user: Browsers) -> None:
    half_year.settle(site, user)
    chen = as_user("chen")
    for paper in ("ledger", "inspection-summary"):
        answer = chen.get(f"/papers/{paper}?period=half&format=pdf")
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)
        assert "华鑫" not in text
        assert "利丰" not in text
    foreign = user("wang").id
    assert chen.get(f"/papers/inspection-summary?supervisor={foreign}").status_code == 422
    assert chen.get("/papers/inspection-summary?site=华鑫化工有限公司").status_code == 422


def test_days_that_do_not_fit_are_said(as_user: Browsers) -> None:
    admin = as_user("admin")
    answer = admin.get("/papers/ledger?period=custom&from=2026-07-01")
    assert "请填写起始日期和截止日期" in answer.get_data(as_text=True)
    assert admin.get("/papers/ledger?period=custom&from=2026-07-01&to=2026-07-31").status_code == 200


@pytest.mark.parametrize(
    ("field", "days", "said"),
    [
        ("from", "period=custom&from=2026-02-30&to=2026-03-31", "请输入2000至2099年之间的日期"),
        ("to", "period=custom&from=2026-02-01&to=9999-12-31", "请输入2000至2099年之间的日期"),
        ("as_of", "period=half&as_of=2026-13-01", "请输入2000至2099年之间的日期"),
        ("as_of", "period=custom&from=2026-02-01&to=2026-03-31&as_of=2026-01-31", "该日期早于统计期间"),
        ("as_of", "period=half&as_of=2026-11-04", "日期不能晚于今天"),
        ("period", "period=bogus", "请从列出的选项中选择"),
        ("site", "period=half&site=没有这家", "没有唯一"),
    ],
)
def test_no_paper_of_another_period_is_printed(as_user: Browsers, field: str, days: str, said: str) -> None:
    answer = as_user("admin").get(f"/papers/inspection-summary?{days}&format=pdf&draft=1&lang=en")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page and said in page
    for name, value in (pair.split("=") for pair in days.split("&")):
        assert value in page or name == "period"
    assert 'name="draft" value="1" checked' in page
    assert '<option value="en" selected>' in page


def test_a_numbered_paper_is_found_by_those_who_may_see_it(check: Check, as_user: Browsers) -> None:
    number = check.id
    found = as_user("wang").get("/papers/find?kind=inspection-record&number=2026-1")
    assert found.headers["Location"] == f"/papers/records/{number}"
    missed = as_user("chen").get("/papers/find?kind=inspection-record&number=2026-1")
    assert missed.headers["Location"] == "/papers"
    assert as_user("wang").get("/papers/find?number=").headers["Location"] == "/papers"


def test_the_choice_of_papers_opens(as_user: Browsers) -> None:
    assert "小结与台账" in as_user("wang").text("/papers")
    assert "王监管" in as_user("lin").text("/papers")
