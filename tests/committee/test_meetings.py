"""Members, meetings and minutes: entered by managers, signed off by the chair, issued once as a paper."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pypdfium2 as pdfium
import pytest
import sqlalchemy as sa
from docx import Document as WordDocument
from flask import Flask
from tests import cast
from tests.committee.meetings import decided, decision_of, enter, hold, meeting, sign, version
from tests.evidence import guarded
from tests.house import House
from tests.reports.papers import bare

from xuncha.accounts.models import User
from xuncha.committee.lifecycle import DecisionState
from xuncha.committee.minutes import CommitteeMinutes
from xuncha.committee.models import CommitteeMember, Decision, DecisionStep, Meeting
from xuncha.core.db import db

Browser, People = Callable[[str], House], Callable[[str], User]


@pytest.fixture
def users(app: Flask) -> dict[str, int]:
    found = {row.username: row.id for row in db.session.execute(sa.select(User.username, User.id))}
    db.session.rollback()
    return found


@pytest.fixture
def members(as_user: Browser, users: dict[str, int]) -> dict[str, int]:
    return enter(as_user("admin"), users)


def pdf_text(answer: bytes) -> str:
    return bare("".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(answer)))


def test_members_with_and_without_an_account(as_user: Browser, users: dict[str, int]) -> None:
    members = enter(as_user("admin"), users)
    assert set(members) == {"李分管", "林组长", "何消防"}
    text = as_user("wang").text("/committee/members")
    assert "何消防" in text and "消防救援大队" in text
    again = {"name": "另主任", "user_id": "", "organ": "管委会", "duty": "chair", "from_on": "2026-06-01"}
    refused = as_user("admin").post("/committee/members/new", data=again)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and 'id="duty-error"' in page and "另主任" in page
    nobody = as_user("admin").post("/committee/members/new", data=again | {"name": "", "duty": "member"})
    assert nobody.status_code == 422 and 'id="name-error"' in nobody.get_data(as_text=True)
    # With the first chair's last day entered, the next one may follow.
    number = members["李分管"]
    kept = {"user_id": users["leader"], "organ": "管委会", "post": "副主任", "duty": "chair"}
    kept |= {"from_on": "2026-01-01", "until_on": "2026-05-31"}
    path = f"/committee/members/{number}/edit"
    assert as_user("admin").post(path, data=kept | {"version": "7"}).status_code == 422
    assert as_user("admin").post(path, data=kept | {"version": "1"}).status_code == 302
    assert as_user("admin").post("/committee/members/new", data=again).status_code == 302


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"held_on": "2026-13-40"}, "held_on"),
        ({"held_on": "2025-12-31"}, "chair_id"),  # nobody was a member then
        ({"agenda": " "}, "agenda"),
        ({"place": "三楼\x00"}, "place"),
        ({"decisions-0-what": ""}, "decisions-0-what"),
        ({"decisions-0-due_on": ""}, "decisions-0-due_on"),
        ({"decisions-0-due_on": "2026-11-01"}, "decisions"),  # before the meeting
        ({"decisions-0-responsible_id": ""}, "decisions-0-responsible_id"),
        ({"decisions-0-responsible_id": "999999"}, "decisions-0-responsible_id"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(
    as_user: Browser, users: dict[str, int], members: dict[str, int], bad: dict[str, Any], field: str
) -> None:
    data = meeting(members) | decided(("整治消防通道", users["wang"], "2026-11-20")) | bad
    answer = as_user("admin").post("/committee/meetings/new", data=data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page or f'href="#{field}"' in page
    assert "会议强调责任到人" in page
    assert db.session.scalars(sa.select(Meeting)).all() == []


def test_rows_are_added_without_losing_what_was_typed(
    as_user: Browser, users: dict[str, int], members: dict[str, int]
) -> None:
    data = meeting(members) | decided(("整治消防通道", users["wang"], "2026-11-20")) | {"more": "decisions"}
    answer = as_user("admin").post("/committee/meetings/new", data=data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and 'name="decisions-3-what"' in page and "整治消防通道" in page


def test_signing_off_issues_the_minutes_and_makes_tasks(
    app: Flask, as_user: Browser, users: dict[str, int], members: dict[str, int]
) -> None:
    app.config["PUBLIC_URL"] = "https://zone.example"
    admin = as_user("admin")
    number = hold(admin, meeting(members) | decided(("整治消防通道", users["wang"], "2026-11-20")))
    assert admin.get("/committee/decisions?view=all").get_data(as_text=True).count("整治消防通道") == 0
    assert as_user("wang").get(f"/committee/meetings/{number}").status_code == 200
    # Only who chaired signs; the office administrator does not, nor anybody of the field.
    for who in ("admin", "wang", "lin", "auditor"):
        assert sign(as_user(who), number) == 403, who
    leader = as_user("leader")
    assert "2026年11月2日" in leader.text("/today") and sign(leader, number) == 302
    assert sign(leader, number) == 409
    paper = db.session.scalars(sa.select(CommitteeMinutes)).one()
    assert paper.number.endswith("安纪〔2026〕1号")
    made = db.session.get_one(Decision, decision_of("整治消防通道"))
    assert (made.state, [one.act.value for one in made.steps]) == (DecisionState.OPEN, ["make"])
    address = f"/papers/minutes/{paper.id}"
    db.session.rollback()
    said = (
        "会议强调责任到人",
        "整治消防通道",
        "王监管",
        "何消防",
        "消防救援大队",
        "20Nov2026",
        "华鑫化工负责人",
    )
    wang = as_user("wang")
    text = pdf_text(wang.get(f"{address}?format=pdf&lang=en").data)
    for words in (*said, "Absent", "安纪〔2026〕1号", "zone.example/v/"):
        assert words in text, words
    word = WordDocument(io.BytesIO(wang.get(f"{address}?format=docx&lang=en").data))
    written = bare(
        "".join(one.text for one in word.paragraphs)
        + "".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)
    )
    for words in said:
        assert words in written, words
    assert wang.get("/papers/find?kind=committee-minutes&number=1").location.endswith(address)
    # Nothing in them changes any more.
    data = meeting(members, agenda="另议") | {"version": version(Meeting, number)}
    changed = admin.post(f"/committee/meetings/{number}/edit", data=data)
    assert changed.status_code == 422 and "另议" in changed.get_data(as_text=True)
    away = {"version": version(Meeting, number)}
    assert admin.post(f"/committee/meetings/{number}/discard", data=away).status_code == 409
    assert pdf_text(wang.get(f"{address}?format=pdf&lang=en").data) == text


def test_the_code_on_the_minutes_proves_them(
    app: Flask, as_user: Browser, client: House, members: dict[str, int]
) -> None:
    from xuncha.reports import proofs

    app.config["PUBLIC_URL"] = "https://zone.example"
    number = hold(as_user("admin"), meeting(members))
    assert sign(as_user("leader"), number) == 302
    address = proofs.address_of(db.session.scalars(sa.select(CommitteeMinutes)).one())
    db.session.rollback()
    assert address is not None
    shown = client.text(address.removeprefix("https://zone.example") + "?lang=en")
    assert "Minutes of the work safety committee" in shown and "Issued, unchanged" in shown


def test_minutes_are_not_signed_before_they_are_whole(as_user: Browser, members: dict[str, int]) -> None:
    leader = as_user("leader")
    for wrong in (
        {"held_on": "2026-11-20"},
        {"minutes": ""},
        {"present": [members["林组长"]]},
    ):
        number = hold(as_user("admin"), meeting(members, **wrong))
        assert sign(leader, number) == 422, wrong
        away = {"version": version(Meeting, number)}
        assert as_user("admin").post(f"/committee/meetings/{number}/discard", data=away).status_code == 302
    assert db.session.scalars(sa.select(Meeting)).all() == []


def test_a_chair_without_an_account_is_signed_for_by_a_manager(
    as_user: Browser, users: dict[str, int], members: dict[str, int]
) -> None:
    deputy = {"name": "郑副职", "user_id": "", "organ": "管委会", "duty": "deputy", "from_on": "2026-01-01"}
    admin = as_user("admin")
    assert admin.post("/committee/members/new", data=deputy).status_code == 302
    number = db.session.scalars(sa.select(CommitteeMember.id).where(CommitteeMember.name == "郑副职")).one()
    db.session.rollback()
    held = hold(admin, meeting(members, chair_id=number, present=[number]))
    assert sign(as_user("wang"), held) == 403
    assert sign(admin, held) == 302


@pytest.mark.parametrize("path", ["", "/members", "/decisions", "/plans"])
def test_the_staff_reads_and_enterprises_see_nothing(as_user: Browser, path: str) -> None:
    may = {"admin", "leader", "lin", "wang", "zhao", "chen", "auditor"}
    for who in cast.PEOPLE:
        status = as_user(who).get(f"/committee{path}").status_code
        assert status == (200 if who in may else 403), who


@pytest.mark.parametrize("path", ["/members/new", "/meetings/new", "/plans/new"])
def test_only_managers_write(as_user: Browser, path: str) -> None:
    for who in ("lin", "wang", "auditor", "officer", "expert"):
        assert as_user(who).post(f"/committee{path}", data={}).status_code == 403, who
    assert as_user("leader").get(f"/committee{path}").status_code == 200


def test_steps_and_issued_minutes_are_only_added(
    as_user: Browser, users: dict[str, int], members: dict[str, int]
) -> None:
    number = hold(as_user("admin"), meeting(members) | decided(("整治消防通道", users["wang"], "2026-11-20")))
    assert sign(as_user("leader"), number) == 302
    for table in (DecisionStep.__tablename__, CommitteeMinutes.__tablename__):
        for change in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            with guarded():
                db.session.execute(sa.text(change))
            db.session.rollback()
