"""Papers of an illegal case: its record with the time line, and the letter that refers it, from frozen facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pypdfium2 as pdfium
import sqlalchemy as sa

from tests.campaigns.test_cases import picture, record
from tests.house import House
from tests.reports.papers import bare
from xuncha.accounts.models import User
from xuncha.campaigns.case_papers import CasePaper, CasePaperKind
from xuncha.campaigns.models import CaseKind, CaseOutcome, IllegalCase
from xuncha.core.db import db
from xuncha.enterprises.models import Site

Browser, People, Places = Callable[[str], House], Callable[[str], User], Callable[[str], Site]
REFER = {
    "version": "1",
    "outcome": "referred",
    "outcome_on": "2026-11-03",
    "department": "应急管理局",
    "reply_by": "2026-11-20",
    "note": "已责令停止",
}


def pdf_text(answer: bytes) -> str:
    return bare("".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(answer)))


def only(kind: CasePaperKind) -> CasePaper:
    return db.session.scalars(sa.select(CasePaper).where(CasePaper.kind == kind)).one()


def test_referring_issues_the_letter_with_its_reply_date(
    as_user: Browser, user: People, site: Places
) -> None:
    number = record(user("wang"), site("oldmill"), CaseKind.ACT).id
    browser = as_user("wang")
    path = f"/campaigns/cases/{number}/settle"
    past = browser.post(path, data=REFER | {"reply_by": "2026-11-02"})
    assert past.status_code == 422 and 'id="reply_by-error"' in past.get_data(as_text=True)
    assert db.session.scalars(sa.select(CasePaper)).all() == []
    db.session.rollback()
    assert browser.post(path, data=REFER).status_code == 302
    case, letter = db.session.get_one(IllegalCase, number), only(CasePaperKind.REFERRAL)
    assert (case.outcome, case.reply_by) == (CaseOutcome.REFERRED, date(2026, 11, 20))
    assert letter.number.endswith("案移〔2026〕1号")
    paper = f"/papers/cases/{letter.id}"
    db.session.rollback()
    text = pdf_text(browser.get(f"{paper}?format=pdf&lang=en").data)
    for words in ("应急管理局", "老纺织厂", "Shedwithoutpermission", "tellustheresultby20Nov2026", "王监管"):
        assert words in text, words
    assert paper in browser.page(f"/campaigns/cases/{number}").links
    assert as_user("chen").get(paper).status_code == 404
    assert as_user("officer").get(paper).status_code == 403
    assert browser.get("/papers/find?kind=case-referral&number=1").location.endswith(paper)


def test_the_record_tells_the_time_line_and_shows_before_and_after(
    as_user: Browser, user: People, site: Places
) -> None:
    browser = as_user("wang")
    data = {
        "kind": "installation",
        "found_on": "2026-11-02",
        "place": "北围墙外",
        "description": "擅自搭建彩钢棚",
        "site_id": str(site("oldmill").id),
        "photos": picture(),
    }
    db.session.rollback()
    browser.post("/campaigns/cases/new", data=data)
    number = db.session.scalars(sa.select(IllegalCase.id)).one()
    db.session.rollback()
    outcome = {"version": "1", "outcome": "removed", "outcome_on": "2026-11-03", "area_m2": "35"}
    browser.post(f"/campaigns/cases/{number}/settle", data=outcome | {"after": picture(200)})
    for name in ("chen", "zhao"):
        assert as_user(name).post(f"/campaigns/cases/{number}/papers").status_code == 404
    assert as_user("expert").post(f"/campaigns/cases/{number}/papers").status_code == 403
    assert browser.post(f"/campaigns/cases/{number}/papers").status_code == 302
    paper = only(CasePaperKind.RECORD)
    assert (len(paper.facts["before"]), len(paper.facts["after"])) == (1, 1)
    path = f"/papers/cases/{paper.id}"
    db.session.rollback()
    made = browser.get(f"{path}?format=pdf&lang=en").data
    text = pdf_text(made)
    places = [
        text.index(words) for words in ("擅自搭建彩钢棚", "Timeline", "Outcome:Removed", "Annex:photos")
    ]
    assert places == sorted(places)
    assert browser.get(f"{path}?format=docx").status_code == 200
    page = browser.get(f"/campaigns/cases/{number}").get_data(as_text=True)
    assert page.count("pair-photos") == 1 and "案记〔2026〕1号" in page
    # What comes later changes no paper that was issued.
    assert (
        as_user("admin").post(f"/campaigns/cases/{number}/reopen", data={"reason": "误录"}).status_code == 302
    )
    assert pdf_text(browser.get(f"{path}?format=pdf&lang=en").data) == text
