"""The pages as people use them: a factory's safety officer, a supervisor, the office; with and without the right to."""

from __future__ import annotations

import io
from collections.abc import Callable
from urllib.parse import urlencode

import openpyxl
import pytest
import sqlalchemy as sa
from tests.hazards.builders import (
    TODAY,
    day,
    do,
    draft,
    file,
    filing,
    finding,
    hazards_of,
    in_state,
    issued,
    person,
    photo,
    picture,
    place,
)
from tests.hazards.builders import (
    again_of as again,
)
from tests.house import House

from xuncha.core.db import db
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.lists.filters import Criteria, View
from xuncha.hazards.models import Hazard, HazardPhotoRole, Notice, Opinion, Source

Browser = Callable[[str], House]


def sent(shade: int = 3) -> tuple[io.BytesIO, str]:
    return io.BytesIO(picture(shade)), "after.jpg"


def test_an_officer_accepts_reports_and_sees_it_wait(as_user: Browser) -> None:
    hazard = issued()
    url = f"/hazards/{hazard.id}"
    officer = as_user("officer")
    home = officer.text("/")
    assert "配电箱门未关闭" in home
    assert officer.post(f"{url}/accept", data={"responsible": "孙安全"}).status_code == 302
    answer = officer.post(f"{url}/report_done", data={"note": "已关闭并封堵", "photos": [sent()]})
    assert answer.status_code == 302
    hazard = again(hazard)
    assert hazard.state is State.REPORTED_DONE
    assert [use.role for use in hazard.photos] == [HazardPhotoRole.AFTER]
    assert "待复查" in officer.text(url)
    assert officer.get(f"/photos/{hazard.photos[0].photo.sha256}/thumb").status_code == 200
    assert as_user("stranger").get(f"/photos/{hazard.photos[0].photo.sha256}/thumb").status_code == 404


def test_an_enterprise_sees_only_its_own(as_user: Browser) -> None:
    hazard = issued()
    stranger = as_user("stranger")
    assert hazard.number not in stranger.text("/hazards?view=all")
    for url in ("", "/accept", "/report_done"):
        assert stranger.get(f"/hazards/{hazard.id}{url}").status_code == 404
    assert stranger.post(f"/hazards/{hazard.id}/accept", data={"responsible": "吴"}).status_code == 404
    assert stranger.get(f"/hazards/notices/{hazard.notice_id}").status_code == 404


def test_a_step_that_is_not_ones_own_is_forbidden_and_a_strange_one_is_missing(as_user: Browser) -> None:
    hazard = in_state(State.REPORTED_DONE)
    url = f"/hazards/{hazard.id}"
    assert as_user("officer").get(f"{url}/verify").status_code == 403
    assert as_user("officer").post(f"{url}/verify", data={"method": "photo"}).status_code == 403
    assert as_user("auditor").get(f"{url}/void").status_code == 403
    for act in ("nonsense", "find", "issue"):
        assert as_user("wang").get(f"{url}/{act}").status_code == 404
    assert again(hazard).state is State.REPORTED_DONE


def test_everything_that_is_missing_is_named_at_once_and_photos_are_kept(as_user: Browser) -> None:
    hazard = issued()
    officer = as_user("officer")
    answer = officer.post(f"/hazards/{hazard.id}/ask_extension", data={"reason": "等配件"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "等配件" in text
    assert text.count('aria-invalid="true"') == 2
    answer = officer.post(f"/hazards/{hazard.id}/report_done", data={"photos": [sent(7)]})
    assert answer.status_code == 422
    kept = answer.get_data(as_text=True).split('name="kept" value="')[1][:64]
    assert (
        officer.post(f"/hazards/{hazard.id}/report_done", data={"note": "好了", "kept": kept}).status_code
        == 302
    )
    assert [use.photo.sha256 for use in again(hazard).photos] == [kept]


def test_a_file_that_is_no_photo_is_refused_with_words(as_user: Browser) -> None:
    hazard = issued()
    data = {"note": "好了", "photos": [(io.BytesIO(b"not a picture"), "x.jpg")]}
    answer = as_user("officer").post(f"/hazards/{hazard.id}/report_done", data=data)
    assert answer.status_code == 422
    assert again(hazard).state is State.OPEN


def test_the_second_to_verify_keeps_his_words_and_learns_who_was_first(as_user: Browser) -> None:
    hazard = in_state(State.REPORTED_DONE)
    version = hazard.version
    do(hazard, Act.VERIFY, actor="lin")
    data = {"method": "on_site", "note": "我也看过了", "version": version}
    answer = as_user("wang").post(f"/hazards/{hazard.id}/verify", data=data)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "林组长" in text
    assert "我也看过了" in text


def test_a_step_that_is_closed_speaks_of_what_was_written_only_to_whoever_wrote(as_user: Browser) -> None:
    hazard = do(in_state(State.REPORTED_DONE), Act.VERIFY, actor="lin")
    wang, address = as_user("wang"), f"/hazards/{hazard.id}/verify"
    opened = wang.get(address)
    assert opened.status_code == 409
    assert "林组长" in opened.text and "现在不能办理此步骤" in opened.text
    assert "您填写的内容" not in opened.text and "先复制" not in opened.text
    sent = wang.post(address, data={"method": "on_site", "note": "我也看过了"}).text
    assert "您填写的内容保留在下方" in sent and "先复制" in sent and "我也看过了" in sent


def test_a_page_from_before_a_change_is_not_taken(as_user: Browser) -> None:
    hazard = in_state(State.REPORTED_DONE)
    version = hazard.version
    do(do(hazard, Act.SEND_BACK), Act.REPORT_DONE)
    data = {"method": "on_site", "note": "合格", "version": version}
    wang = as_user("wang")
    answer = wang.post(f"/hazards/{hazard.id}/verify", data=data)
    assert answer.status_code == 409
    hazard = again(hazard)
    assert hazard.state is State.REPORTED_DONE
    assert f'value="{hazard.version}"' in answer.get_data(as_text=True)
    assert (
        wang.post(f"/hazards/{hazard.id}/verify", data={**data, "version": hazard.version}).status_code == 302
    )
    assert again(hazard).state is State.CLOSED


def test_buttons_are_the_steps_one_may_take(as_user: Browser) -> None:
    hazard = in_state(State.REPORTED_DONE)
    url = f"/hazards/{hazard.id}"
    offered = {
        name: {
            link.removeprefix(f"{url}/")
            for link in as_user(name).page(url).links
            if link.startswith(f"{url}/")
        }
        for name in ("wang", "leader", "officer", "auditor", "expert")
    }
    assert offered == {
        "wang": {"verify", "send_back", "refer", "found_again"},
        "leader": {"confirm_major", "void"},
        "officer": set(),
        "auditor": set(),
        "expert": {"found_again"},
    }


@pytest.mark.parametrize("state", State)
def test_every_state_and_step_has_its_page(as_user: Browser, state: State) -> None:
    hazard = in_state(state)
    url = f"/hazards/{hazard.id}"
    for name in ("wang", "admin", "officer"):
        browser = as_user(name)
        page = browser.page(url)
        for link in page.links:
            if link.startswith(f"{url}/"):
                assert browser.get(link).status_code == 200, link


def test_a_notice_is_issued_from_its_check(as_user: Browser) -> None:
    check = file(filing(place("huaxin"), finding(), finding(description="通道堵塞")))
    wang = as_user("wang")
    answer = wang.post("/hazards/notices", data={"check": check.id})
    assert answer.status_code == 302
    text = wang.text(answer.headers["Location"])
    assert "整改〔2026〕1号" in text
    assert "通道堵塞" in text
    assert {hazard.state for hazard in hazards_of(check)} == {State.OPEN}
    assert as_user("officer").get(answer.headers["Location"]).status_code == 200
    assert as_user("chen").post("/hazards/notices", data={"check": check.id}).status_code == 404
    assert as_user("officer").post("/hazards/notices", data={"check": check.id}).status_code == 403
    assert wang.post("/hazards/notices", data={"check": check.id}).status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 1


def test_an_opinion_is_issued_from_what_was_looked_at(as_user: Browser) -> None:
    hazard = in_state(State.SENT_BACK)
    wang = as_user("wang")
    url = f"/hazards/opinions/new?site={hazard.site_id}"
    assert hazard.number in wang.text(url)
    assert wang.post(url, data={}).status_code == 422
    answer = wang.post(url, data={"hazards": hazard.id})
    assert answer.status_code == 302
    assert "复查〔2026〕1号" in as_user("officer").text(answer.headers["Location"])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Opinion)) == 1
    assert as_user("officer").get(url).status_code == 403


def test_a_complaint_is_entered_and_its_notice_issued(as_user: Browser) -> None:
    wang = as_user("wang")
    data = {
        "site_id": place("huaxin").id,
        "source": "complaint",
        "description": "夜间违规动火",
        "hazard_class": "work_behaviour",
        "due_on": day(3).isoformat(),
        "photos": [sent(9)],
    }
    answer = wang.post("/hazards/new", data=data)
    assert answer.status_code == 302
    (hazard,) = db.session.scalars(sa.select(Hazard)).all()
    assert (hazard.state, hazard.source, hazard.check) == (State.DRAFT, Source.COMPLAINT, None)
    assert wang.post("/hazards/notices", data={"hazard": hazard.id}).status_code == 302
    assert again(hazard).state is State.OPEN
    foreign = {**data, "site_id": place("minghe").id, "photos": []}
    assert wang.post("/hazards/new", data=foreign).status_code in {404, 422}
    assert as_user("auditor").get("/hazards/new").status_code == 403


def test_an_enterprise_enters_what_it_found_itself(as_user: Browser) -> None:
    data = {
        "site_id": place("huaxin").id,
        "description": "叉车灯坏",
        "hazard_class": "equipment",
        "due_on": day(2).isoformat(),
    }
    officer = as_user("officer")
    assert officer.post("/hazards/new", data=data).status_code == 302
    (hazard,) = db.session.scalars(sa.select(Hazard)).all()
    assert (hazard.state, hazard.source) == (State.OPEN, Source.SELF_CHECK)
    late = officer.post("/hazards/new", data={**data, "due_on": day(-1).isoformat()})
    assert late.status_code == 422
    assert "叉车灯坏" in late.get_data(as_text=True)


def test_the_ledger_holds_what_is_filtered_as_text(as_user: Browser) -> None:
    risky = draft(description="=cmd|' /C calc'!A0")
    in_state(State.CLOSED)
    answer = as_user("wang").get("/hazards/export.xlsx?" + urlencode(Criteria(view=View.ISSUE).to_args()))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    lines = list(sheet.iter_rows(values_only=True))
    assert len(lines) == 2
    head = [str(name) for name in lines[0]]
    assert head[:4] == ["序号", "编号", "企业", "统一社会信用代码"]
    assert lines[1][1] == risky.number
    assert lines[1][head.index("隐患描述")] == "'=cmd|' /C calc'!A0"
    assert all(cell.data_type in {"s", "n"} for row in sheet.iter_rows() for cell in row)
    assert as_user("officer").get("/hazards/export.xlsx").status_code == 403


def test_filters_stay_in_the_address(as_user: Browser) -> None:
    draft(hazard_class="fire", description="安全出口上锁")
    draft(hazard_class="electrical", description="线缆裸露")
    wang = as_user("wang")
    assert "线缆裸露" not in wang.text("/hazards?class=fire")
    page = wang.page("/hazards?class=fire&q=%E5%87%BA%E5%8F%A3")
    tabs = [link for link in page.links if link.startswith("/hazards?") and "view=" in link]
    assert tabs
    assert all("class=fire" in link and "q=" in link for link in tabs)
    assert wang.get("/hazards?class=nonsense&from=x&site=-1&page=zzz").status_code == 200


def test_both_languages_name_the_same(as_user: Browser) -> None:
    hazard = in_state(State.REPORTED_DONE, before=[{"sha256": photo(21).sha256}])
    person("wang").lang = "en"
    db.session.commit()
    text = as_user("wang").text(f"/hazards/{hazard.id}")
    assert "To be verified" in text
    assert "Pass re-inspection" in text


def test_the_site_the_check_and_today_show_what_waits(as_user: Browser) -> None:
    hazard = draft(due_on=TODAY.isoformat())
    wang = as_user("wang")
    for url in (f"/checks/{hazard.check_id}", f"/enterprises/{hazard.site_id}", "/today"):
        text = wang.text(url)
        assert hazard.description[:8] in text, url
