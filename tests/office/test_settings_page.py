"""The office sets its own zone: strictly, with a history, behind the environment, and without touching what was issued."""

from __future__ import annotations

import re
from collections.abc import Callable

import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask

from tests import cast
from tests.checks.filings import failing, filing, visit
from tests.conftest import build
from tests.evidence import guarded
from tests.house import House
from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.checks.models import Check
from xuncha.core import settings
from xuncha.core.clock import local_day
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_notice

VALID = {
    "zone_zh": "临海经济开发区",
    "zone_en": "Linhai Zone",
    "org_zh": "临海经济开发区应急管理局",
    "org_en": "Linhai Emergency Bureau",
    "office_phone": "0512-6688 1234",
    "public_facts": "1",
    "public_hazards": "1",
    "number_prefix": "临应",
    "legal_mode": "zone_check",
    "terms": "5 10",
    "term": "5",
    "soon": "2",
    "step_due_soon": "1",
    "step_overdue": "2",
    "step_team_leader": "0",
    "step_letter": "9",
    "step_interview": "20",
    "look_back_share": "20",
    "look_back_age": "45",
    "quiet_from": "21",
    "quiet_to": "8",
    "pulse_days": "10",
    "cap_enforcement": "3",
    "cap_zone_check": "24",
    "cap_service": "12",
    "cap_expert": "2",
    "weight_completion": "25",
    "weight_recheck": "25",
    "weight_deadline": "20",
    "weight_record": "10",
    "weight_overdue": "12",
    "weight_entry": "8",
    "appeal_days": "20",
    "fewest_tasks": "4",
    "deduction_points": "8",
    "deduction_most": "30",
    "hearing_days": "7",
}


@pytest.fixture
def office(app: Flask, as_user: Callable[[str], House]) -> House:
    """The administrator's browser where the environment sets nothing."""
    app.config["SETTINGS_GIVEN"].clear()
    return as_user("admin")


def save(browser: House, **changes: str) -> tuple[int, str]:
    """Send the page as it stands with some fields changed; the status and the page that follows."""
    seen = browser.page("/settings").fields["seen"]
    answer = browser.post("/settings", data=VALID | {"seen": seen} | changes, follow_redirects=True)
    return answer.status_code, answer.text


@pytest.mark.parametrize("name", ["leader", "lin", "wang", "expert", "auditor", "officer"])
def test_nobody_else_sets_anything(as_user: Callable[[str], House], name: str) -> None:
    browser = as_user(name)
    assert browser.get("/settings").status_code == 403
    assert browser.post("/settings", data=VALID).status_code == 403
    assert browser.post("/settings/first-steps", data={"where": "away"}).status_code == 403
    assert settings.history() == []


def test_what_is_saved_holds_at_once_and_stands_in_the_history(office: House) -> None:
    status, page = save(office)
    assert status == 200
    assert settings.values().items() >= VALID.items()
    assert '<span class="zone">临海经济开发区</span>' in page
    assert {row.key for row in settings.history()} == {*VALID} - {
        "legal_mode",
        "step_due_soon",
        "public_facts",
    }
    status, page = save(office, number_prefix="临安", enforcement="y", legal_mode="enforcement")
    assert status == 200
    assert [(row.key, row.value, row.actor_name) for row in settings.history()[:3]] == [
        ("enforcement", "1", "安管理"),
        ("legal_mode", "enforcement", "安管理"),
        ("number_prefix", "临安", "安管理"),
    ]
    words = office.text("/settings")
    assert re.search(r"2026年11月3日 10:00 .{1,40} 临应 临安 安管理", words)
    assert "（临安）检记〔2026〕12号" in words


def test_saving_without_a_change_adds_no_row(office: House) -> None:
    save(office)
    rows = len(settings.history())
    assert save(office)[0] == 200
    assert len(settings.history()) == rows


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("office_phone", "<b>0512"),
        ("office_phone", "12"),
        ("zone_zh", ""),
        ("zone_zh", "  \u3000"),
        ("zone_zh", "Linhai"),
        ("zone_zh", "开" * 61),
        ("zone_zh", "开发区\x07"),
        ("zone_en", "临海"),
        ("org_zh", "Bureau"),
        ("org_en", "应急局"),
        ("number_prefix", ""),
        ("number_prefix", "（临应）"),
        ("number_prefix", "临应2026"),
        ("number_prefix", "临 应"),
        ("number_prefix", "临" * 9),
        ("legal_mode", "raid"),
        ("legal_mode", "enforcement"),
        ("terms", ""),
        ("terms", "0 3"),
        ("terms", "3 seven"),
        ("terms", "366"),
        ("terms", "1 2 3 4 5 6 7"),
        ("term", "0"),
        ("term", "-7"),
        ("term", "7.5"),
        ("soon", "61"),
        ("step_overdue", "366"),
        ("step_letter", "-1"),
        ("step_interview", "9"),
        ("step_letter", "2"),
        ("soon", "soon"),
    ],
)
def test_what_does_not_fit_is_refused_in_words_beside_its_field(office: House, field: str, text: str) -> None:
    status, page = save(office, **{field: text})
    assert status == 422
    assert re.search(rf'id="{field}-error"><?', page)
    assert settings.history() == []


def test_an_organ_may_stay_unnamed_and_lists_are_put_in_order(office: House) -> None:
    assert save(office, org_zh="", org_en="", terms="30、7，3;7", number_prefix="\u200b临应 ")[0] == 200
    assert settings.value("org_zh") == ""
    assert settings.value("terms") == "3 7 30"
    assert settings.value("number_prefix") == "临应"


def test_what_the_environment_sets_is_shown_with_the_reason_and_stays(app: Flask, office: House) -> None:
    save(office)
    app.config["SETTINGS_GIVEN"] |= {"zone_zh": "临江经济开发区", "number_prefix": "江安", "enforcement": "1"}
    page = office.get("/settings").text
    assert 'name="zone_zh"' not in page and 'name="number_prefix"' not in page
    assert "XUNCHA_ZONE_ZH" in page and "XUNCHA_NUMBER_PREFIX" in page
    rows = len(settings.history())
    assert save(office, number_prefix="别的", soon="4")[0] == 200
    assert [row.key for row in settings.history()[: len(settings.history()) - rows]] == ["soon"]
    assert settings.value("number_prefix") == "江安"
    app.config["SETTINGS_GIVEN"].clear()
    assert settings.value("number_prefix") == "临应"  # what the office set holds again


def test_an_old_page_does_not_undo_what_was_set_meanwhile(office: House) -> None:
    seen = office.page("/settings").fields["seen"]
    save(office)
    answer = office.post("/settings", data=VALID | {"seen": seen, "zone_zh": "别处开发区"})
    assert answer.status_code == 409
    assert settings.value("zone_zh") == VALID["zone_zh"]


def test_a_form_sent_twice_is_taken_once(office: House) -> None:
    page = office.page("/settings")
    fields = VALID | {"seen": page.fields["seen"], "once": page.fields["once"]}
    answers = [office.post("/settings", data=fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]


def test_two_who_set_the_same_at_one_moment_are_told(app: Flask) -> None:
    row = settings.SettingRow(key="soon", edition=1, value="4", at=cast.NOW)
    db.session.add(row)
    db.session.commit()
    row = settings.SettingRow(key="soon", edition=1, value="5", at=cast.NOW)
    db.session.add(row)
    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()


@pytest.mark.parametrize("change", ["UPDATE settings SET value = 'x'", "DELETE FROM settings"])
def test_no_row_can_be_changed(office: House, change: str) -> None:
    save(office)
    with guarded():
        db.session.execute(sa.text(change))


def test_papers_and_numbers_keep_what_they_printed(
    office: House, user: Callable[[str], User], site: Callable[[str], Site]
) -> None:
    save(office)
    receipt = file_check(filing(failing(visit(site("huaxin")))), actor=user("wang"), now=cast.NOW)
    db.session.commit()
    check = db.session.scalars(sa.select(Check)).one()
    notice = issue_notice(check, actor=user("wang"), now=cast.NOW)
    db.session.commit()
    before = [check.number, check.facts["org"], check.facts["zone"], notice.number, notice.facts["org"]]
    assert receipt.number == "（临应）检记〔2026〕1号"
    assert check.facts["org"] == {"zh": VALID["org_zh"], "en": VALID["org_en"]}
    save(office, zone_zh="临山开发区", org_zh="临山开发区安监站", number_prefix="临山")
    db.session.expire_all()
    assert before == [
        check.number,
        check.facts["org"],
        check.facts["zone"],
        notice.number,
        notice.facts["org"],
    ]
    words = office.text(f"/hazards/notices/{notice.id}")
    assert VALID["org_zh"] in words and "临山开发区安监站" not in words
    again = file_check(filing(visit(site("lifeng"))), actor=user("zhao"), now=cast.NOW)
    assert again.number == "（临山）检记〔2026〕2号"  # the serial goes on


def test_deadlines_stand_where_hazards_are_written(
    office: House, as_user: Callable[[str], House], site: Callable[[str], Site]
) -> None:
    save(office, terms="5 10", term="9")
    number = site("huaxin").id
    db.session.rollback()
    wang = as_user("wang")
    page = wang.get(f"/checks/new?site={number}").text
    extra = page[page.index('id="others"') :]
    offered = re.findall(r'name="findings\.[0-9a-f-]+\.days"[^>]*value="(\d+)"( checked)?', extra)[:4]
    assert offered == [("0", ""), ("5", ""), ("9", " checked"), ("10", "")]
    due = wang.page("/hazards/new").fields["due_on"]
    assert due == local_day(cast.NOW).replace(day=12).isoformat()


def test_enforcement_is_offered_once_the_office_says_that_it_has_the_power(
    office: House, as_user: Callable[[str], House], site: Callable[[str], Site]
) -> None:
    address = f"/checks/new?site={site('huaxin').id}"
    db.session.rollback()
    assert 'value="enforcement"' not in as_user("wang").get(address).text
    save(office, enforcement="y", legal_mode="enforcement")
    assert 'value="enforcement" selected' in as_user("wang").get(address).text
    status, page = save(office, legal_mode="enforcement")  # the power is taken away, the mode is left
    assert status == 422 and 'id="legal_mode-error"' in page


def test_a_phone_fetches_its_pages_anew_after_a_change(
    office: House, as_user: Callable[[str], House]
) -> None:
    def versions() -> list[str]:
        listed = as_user("wang").get("/sync/pack").json
        assert listed is not None
        return [entry["version"] for entry in listed["entries"]]

    before = versions()
    save(office)
    assert not set(before) & set(versions())


def test_another_process_sees_a_change_at_once(app: Flask, office: House) -> None:
    other = build(app.config["SQLALCHEMY_DATABASE_URI"], app.config["DATA"])
    other.config["SETTINGS_GIVEN"].clear()
    with other.app_context():
        assert settings.value("number_prefix") == "开安"
        db.session.rollback()
    save(office)
    with other.app_context():
        assert settings.value("number_prefix") == "临应"
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("paper", ["inspection-summary", "training-summary", "ledger"])
def test_a_summary_is_headed_by_the_organ_as_it_is_called_now(office: House, paper: str) -> None:
    save(office)
    printed = office.get(f"/papers/{paper}?period=half&lang=zh&format=pdf")
    assert printed.status_code == 200
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(printed.data))
    assert VALID["org_zh"] in text
