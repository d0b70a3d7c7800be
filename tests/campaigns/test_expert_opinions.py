"""What an expert finds is an opinion: the zone confirms or rejects each finding, then opinion and notice are issued."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import docx
import pypdfium2 as pdfium
import pytest
import sqlalchemy as sa

from tests.hazards.builders import LATER, NOW, file, filing, finding, hazards_of, person, photo, place
from tests.house import House
from tests.reports.papers import bare
from tests.test_access import MISSING
from xuncha.campaigns.expert_opinions import ExpertOpinion
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.hazards.actions import issue_notice
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Grade, Hazard, Notice

Browser = Callable[[str], House]
DUE = LATER + timedelta(days=3)


def experts_check(*findings: dict[str, object]) -> Check:
    return file(filing(place("huaxin"), *findings, kind="expert", mode="expert"), actor="expert")


def two() -> tuple[int, list[int]]:
    """A check of an expert with two findings: its number, and theirs."""
    taken = finding(description="配电箱无漏电保护", before=[photo(40, "expert").model_dump()])
    check = experts_check(taken, finding(description="标识褪色"))
    numbers = check.id, [one.id for one in hazards_of(check)]
    db.session.rollback()
    return numbers


def decided(first: int, second: int, **more: str) -> dict[str, str]:
    """The first taken over with a later date, the second rejected."""
    return {
        f"f{first}-decision": "confirm",
        f"f{first}-due_on": DUE.isoformat(),
        f"f{second}-decision": "reject",
        f"f{second}-due_on": LATER.isoformat(),
        f"f{second}-reason": "属企业内部美化，不是隐患",
        "reinspect_on": "2026-11-25",
    } | more


def pdf_text(answer: bytes) -> str:
    return bare("".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(answer)))


def test_no_notice_goes_out_before_the_zone_has_decided(app: object, as_user: Browser) -> None:
    check, (first, _) = two()
    wang = as_user("wang")
    assert wang.post("/hazards/notices", data={"check": str(check)}).status_code == 422
    assert db.session.scalars(sa.select(Notice)).all() == []
    assert db.session.get_one(Hazard, first).state is State.DRAFT
    db.session.rollback()
    page = wang.page(f"/checks/{check}")
    assert f"/campaigns/checks/{check}/opinion" in page.links
    assert f"/campaigns/checks/{check}/opinion" in wang.page("/today").links


def test_each_finding_is_decided_then_opinion_and_notice_are_issued(app: object, as_user: Browser) -> None:
    check, (first, second) = two()
    office = as_user("admin")
    answer = office.post(f"/campaigns/checks/{check}/opinion", data=decided(first, second))
    assert answer.status_code == 302
    opinion = db.session.scalars(sa.select(ExpertOpinion)).one()
    notice = db.session.scalars(sa.select(Notice)).one()
    taken, left = db.session.get_one(Hazard, first), db.session.get_one(Hazard, second)
    assert (taken.state, taken.due_on, taken.original_due_on) == (State.OPEN, DUE, DUE)
    assert (left.state, left.notice_id, left.events[-1].act) == (State.VOID, None, Act.REJECT_FINDING)
    assert [one["number"] for one in notice.facts["hazards"]] == [taken.number]
    assert [one["taken"] for one in opinion.facts["findings"]] == [True, False]
    assert opinion.facts["findings"][1]["reason"] == "属企业内部美化，不是隐患"
    assert (opinion.facts["notice"], opinion.facts["reinspect_on"]) == (notice.number, "2026-11-25")
    assert opinion.number.endswith("专家〔2026〕1号")
    number = opinion.id
    db.session.rollback()
    for name in ("admin", "wang", "lin", "leader", "auditor", "expert", "officer"):
        assert "配电箱无漏电保护" in as_user(name).text(f"/campaigns/opinions/{number}"), name
    for name in ("chen", "zhao", "stranger"):
        assert as_user(name).get(f"/campaigns/opinions/{number}").status_code == 404
        assert as_user(name).get(f"/papers/expert-opinions/{number}").status_code == 404
    again = office.post(f"/campaigns/checks/{check}/opinion", data=decided(first, second))
    assert again.status_code == 302 and again.location.endswith(f"/campaigns/opinions/{number}")
    assert len(db.session.scalars(sa.select(ExpertOpinion)).all()) == 1


def test_the_paper_has_the_fields_of_the_form_in_their_order(
    app: object, as_user: Browser, tmp_path: Path
) -> None:
    check, (first, second) = two()
    office = as_user("admin")
    office.post(f"/campaigns/checks/{check}/opinion", data=decided(first, second))
    path = f"/papers/expert-opinions/{db.session.scalars(sa.select(ExpertOpinion.id)).one()}"
    db.session.rollback()
    text = pdf_text(office.get(f"{path}?format=pdf&lang=en").data)
    ordered = (
        "华鑫化工有限公司",
        "Entrustingbody",
        "某安全技术中心",
        "HT-01",
        "钱专家",
        "注册安全工程师DEMO000001",
        "配电箱无漏电保护",
        "1.Toberectifiedatonce:none",
        "2.Toberectifiedbythedateabove:1",
        "3.Majororsuspectedmajor:none",
        "Re-inspectionisannouncedfor25Nov2026",
        "标识褪色",
        "属企业内部美化",
        "Confirmedforthezoneby",
        "Receivedfortheunit",
    )
    places = [text.index(words) for words in ordered]
    assert places == sorted(places)
    assert "Threecopies:client,unit,expertbody" in text
    assert "配电箱无漏电保护" in pdf_text(office.get(f"{path}?format=pdf&lang=zh").data)
    target = tmp_path / "opinion.docx"
    target.write_bytes(office.get(f"{path}?format=docx&lang=en").data)
    cells = [
        cell.text for table in docx.Document(str(target)).tables for row in table.rows for cell in row.cells
    ]
    assert any("配电箱无漏电保护" in text for text in cells)
    kind = office.get("/papers/find?kind=expert-opinion&number=1")
    assert kind.location.endswith(path)


def test_a_criterion_marks_it_as_suspected_and_the_office_still_decides(
    app: object, as_user: Browser
) -> None:
    check, (first, second) = two()
    wang = as_user("wang")
    page = wang.get(f"/campaigns/checks/{check}/opinion").get_data(as_text=True)
    assert f'name="f{first}-criterion"' in page
    assert f'name="f{first}-reason"' not in page, "a supervisor rejects nothing"
    refused = wang.post(f"/campaigns/checks/{check}/opinion", data=decided(first, second))
    assert refused.status_code == 422
    data = decided(first, second) | {
        f"f{first}-criterion": "某判定标准第三条",
        f"f{second}-decision": "later",
    }
    assert wang.post(f"/campaigns/checks/{check}/opinion", data=data).status_code == 302
    hazard = db.session.get_one(Hazard, first)
    assert (hazard.grade, hazard.major_criterion) == (Grade.SUSPECTED, "某判定标准第三条")
    assert db.session.scalars(sa.select(ExpertOpinion)).all() == [], "one finding is left"
    assert hazard.state is State.DRAFT
    db.session.rollback()
    rest = {f"f{second}-decision": "reject", f"f{second}-reason": "重复"}
    assert as_user("leader").post(f"/campaigns/checks/{check}/opinion", data=rest).status_code == 403
    assert as_user("admin").post(f"/campaigns/checks/{check}/opinion", data=rest).status_code == 302
    assert db.session.scalars(sa.select(ExpertOpinion)).one().facts["findings"][0]["grade"] == "suspected"


@pytest.mark.parametrize(
    ("field", "value"),
    [("due_on", ""), ("due_on", "2026-11-01"), ("due_on", "no day"), ("due_on", "2099-01-01")],
)
def test_what_does_not_fit_is_said_beside_its_field(
    app: object, as_user: Browser, field: str, value: str
) -> None:
    check, (first, second) = two()
    office = as_user("admin")
    data = decided(first, second) | {f"f{first}-{field}": value}
    answer = office.post(f"/campaigns/checks/{check}/opinion", data=data)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and f'id="f{first}-{field}-error"' in text
    assert "属企业内部美化" in text, "nothing typed is lost"
    no_reason = office.post(
        f"/campaigns/checks/{check}/opinion", data=decided(first, second) | {f"f{second}-reason": ""}
    )
    assert no_reason.status_code == 422
    assert f'id="f{second}-reason-error"' in no_reason.get_data(as_text=True)
    assert db.session.get_one(Hazard, second).state is State.DRAFT


def test_a_check_without_findings_gets_its_opinion_and_no_notice(app: object, as_user: Browser) -> None:
    number = experts_check().id
    db.session.rollback()
    office = as_user("admin")
    assert office.post(f"/campaigns/checks/{number}/opinion", data={}).status_code == 302
    opinion = db.session.scalars(sa.select(ExpertOpinion)).one()
    assert (opinion.facts["findings"], opinion.facts["notice"], opinion.facts["reinspect_on"]) == (
        [],
        None,
        None,
    )


def test_it_is_closed_to_others_and_to_other_checks(app: object, as_user: Browser) -> None:
    check, (first, second) = two()
    routine = file(filing(place("huaxin"), finding()))
    number = routine.id
    db.session.rollback()
    data = decided(first, second)
    for name, status in (
        ("expert", 403), ("officer", 403), ("auditor", 403), ("leader", 403), ("chen", 404), ("zhao", 404),
    ):  # fmt: skip
        assert as_user(name).post(f"/campaigns/checks/{check}/opinion", data=data).status_code == status, name
    assert as_user("admin").post(f"/campaigns/checks/{number}/opinion", data=data).status_code == 404
    assert as_user("admin").get(f"/campaigns/opinions/{MISSING}").status_code == 404


def test_a_routine_finding_needs_no_confirmation(app: object) -> None:
    check = file(filing(place("huaxin"), finding()))
    assert issue_notice(check, actor=person("wang"), now=NOW).hazards[0].state is State.OPEN
