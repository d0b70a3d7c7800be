"""A committee of the cast (chair: leader, secretary: lin, a member of another organ), and meetings filled in as forms."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from tests.house import House

from xuncha.committee.models import CommitteeMember, Decision, Meeting
from xuncha.core.db import db

CHAIR = {"organ": "管委会", "post": "副主任", "duty": "chair", "from_on": "2026-01-01"}
SECRETARY = {"organ": "安全生产办公室", "post": "科长", "duty": "secretary", "from_on": "2026-01-01"}
OUTSIDER = {
    "name": "何消防",
    "organ": "消防救援大队",
    "post": "大队长",
    "duty": "member",
    "from_on": "2026-01-01",
}


def enter(admin: House, users: dict[str, int]) -> dict[str, int]:
    """Enter the three members through their page; their numbers."""
    for data in (
        CHAIR | {"user_id": users["leader"]},
        SECRETARY | {"user_id": users["lin"]},
        OUTSIDER | {"user_id": ""},
    ):
        assert admin.post("/committee/members/new", data=data).status_code == 302
    rows = db.session.execute(sa.select(CommitteeMember.name, CommitteeMember.id)).all()
    db.session.rollback()
    return {row.name: row.id for row in rows}


def meeting(members: dict[str, int], **more: Any) -> dict[str, Any]:
    """A meeting held on 2 November, with its minutes; decisions are added by `decided`."""
    return {
        "held_on": "2026-11-02",
        "place": "管委会三楼会议室",
        "chair_id": members["李分管"],
        "present": [members["李分管"], members["林组长"]],
        "guests": "华鑫化工负责人",
        "agenda": "研究冬季安全生产工作",
        "minutes": "会议听取了三季度情况汇报。\n会议强调责任到人。",
    } | more


def decided(*rows: tuple[str, int, str]) -> dict[str, Any]:
    """The rows of decisions: what, who, until when."""
    found: dict[str, Any] = {}
    for place, (what, who, until) in enumerate(rows):
        row = {"what": what, "responsible_id": who, "due_on": until}
        found |= {f"decisions-{place}-{name}": value for name, value in row.items()}
    return found


def hold(admin: House, data: dict[str, Any]) -> int:
    """Enter a meeting; its number."""
    answer = admin.post("/committee/meetings/new", data=data)
    assert answer.status_code == 302, answer.get_data(as_text=True)[:3000]
    return int(answer.location.rsplit("/", 1)[1])


def version(model: type[Meeting | Decision | CommitteeMember], number: int) -> int:
    """The version of a row as a page would send it."""
    found = db.session.get_one(model, number).version
    db.session.rollback()
    return found


def sign(browser: House, number: int) -> int:
    """Sign the minutes off; the status of the answer."""
    data = {"version": version(Meeting, number)}
    return browser.post(f"/committee/meetings/{number}/sign", data=data).status_code


def decision_of(what: str) -> int:
    """The number of a decision by its words."""
    number = db.session.scalars(sa.select(Decision.id).where(Decision.what == what)).one()
    db.session.rollback()
    return number


def step(browser: House, number: int, path: str, prefix: str, **more: Any) -> int:
    """Take a step of a decision; the status of the answer."""
    data = {f"{prefix}-{name}": value for name, value in more.items() if name != "photos"}
    data |= {f"{prefix}-version": version(Decision, number)} | {
        name: value for name, value in more.items() if name == "photos"
    }
    return browser.post(f"/committee/decisions/{number}/{path}", data=data).status_code
