"""What the tests of hazards begin with: filed checks, photos, hazards in every state, each reached by its real steps."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from PIL import Image
from tests import cast

from xuncha.accounts.models import User
from xuncha.checklists.models import HazardClass, Item
from xuncha.checks.actions import file_check
from xuncha.checks.filing import Filing, PhotoRef
from xuncha.checks.models import Check
from xuncha.core.clock import local_day
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_notice, step
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Hazard
from xuncha.photos.actions import receive

NOW = cast.NOW
TODAY = local_day(NOW)
LATER = TODAY + timedelta(days=7)
STROKES = [[[0.1, 0.1], [0.5, 0.5], [0.9, 0.2]]]


def person(name: str) -> User:
    return db.session.scalars(sa.select(User).where(User.username == name)).one()


def again_of(hazard: Hazard) -> Hazard:
    """The hazard as it stands now in the database."""
    number = sa.inspect(hazard).identity[0]
    db.session.rollback()
    return db.session.get_one(Hazard, number)


def place(code: str) -> Site:
    return db.session.scalars(sa.select(Site).where(Site.name == cast.PLACES[code].name)).one()


def picture(shade: int = 90) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (640, 480), (shade % 256, (shade * 7) % 256, 60)).save(target, "JPEG")
    return target.getvalue()


def photo(shade: int = 90, sender: str = "wang") -> PhotoRef:
    """A photo that has arrived."""
    row = receive(picture(shade), actor=person(sender), now=NOW)
    reference = PhotoRef(sha256=row.sha256)
    db.session.commit()
    return reference


def item(code: str) -> Item:
    return db.session.scalars(sa.select(Item).where(Item.code == code)).first() or _no_item(code)


def _no_item(code: str) -> Item:
    raise AssertionError(f"no item {code}")


def finding(**more: Any) -> dict[str, Any]:
    return {
        "uuid": str(uuid4()),
        "description": "配电箱门未关闭，线缆裸露",
        "place": "一车间东侧",
        "hazard_class": HazardClass.EQUIPMENT.value,
        "due_on": LATER.isoformat(),
        "measure": "关闭箱门并封堵孔洞",
        **more,
    }


def filing(site: Site, *findings: dict[str, Any], at: datetime = NOW, **more: Any) -> Filing:
    """A visit of half an hour that ends a minute before `at`, signed by both."""
    ended = at - timedelta(minutes=1)
    return Filing.model_validate(
        {
            "uuid": str(uuid4()),
            "site_id": site.id,
            "started_at": ended - timedelta(minutes=30),
            "finished_at": ended,
            "answers": [{"item_id": item("GEN-01").id, "result": "comply"}],
            "findings": list(findings),
            "signatures": [
                {"party": "inspector", "name": "王监管", "strokes": STROKES, "signed_at": ended},
                {"party": "site", "name": "周厂长", "strokes": STROKES, "signed_at": ended},
            ],
            **more,
        }
    )


def file(visit: Filing, *, actor: str = "wang", now: datetime = NOW) -> Check:
    """File a visit and write it down."""
    file_check(visit, actor=person(actor), now=now)
    db.session.commit()
    return db.session.scalars(sa.select(Check).where(Check.uuid == str(visit.uuid))).one()


def hazards_of(check: Check) -> list[Hazard]:
    return list(db.session.scalars(sa.select(Hazard).where(Hazard.check_id == check.id).order_by(Hazard.id)))


def draft(site: str = "huaxin", *, actor: str = "wang", **more: Any) -> Hazard:
    """A hazard found on a visit that still waits for its notice."""
    return hazards_of(file(filing(place(site), finding(**more)), actor=actor))[0]


BROUGHT: dict[Act, dict[str, Any]] = {
    Act.ACCEPT: {"responsible": "孙安全"},
    Act.REPORT_DONE: {"note": "已关闭箱门"},
    Act.ASK_EXTENSION: {
        "reason": "等配件",
        "interim_measures": "断电挂牌",
        "due_on": LATER + timedelta(days=10),
    },
    Act.REFUSE_EXTENSION: {"note": "配件本地有货"},
    Act.VERIFY: {"method": "on_site", "second": "郑同行"},
    Act.SEND_BACK: {"note": "仍有裸露", "due_on": LATER + timedelta(days=3)},
    Act.REFER: {"department": "应急管理局", "reason": "涉嫌违法"},
    Act.CLOSE_REFERRED: {"note": "已处罚并整改"},
    Act.CONFIRM_MAJOR: {"criterion": "判定标准第三条", "interim_measures": "停用该车间，专人看守"},
    Act.DISMISS_MAJOR: {"reason": "不符合判定标准"},
    Act.REPORT_MAJOR: {"department": "应急管理局"},
    Act.SUBMIT_PLAN: {
        "responsible": "周厂长",
        "measures": "更换配电箱并封堵孔洞",
        "funds": 12.5,
        "due_on": LATER + timedelta(days=30),
        "emergency_plan": "断电疏散，拨打119",
        "interim_measures": "停用该车间，每班巡查",
    },
    Act.RETURN_PLAN: {"note": "资金未落实"},
    Act.REPORT_PROGRESS: {"note": "新配电箱已到货", "interim_measures": "停用该车间，每班巡查"},
    Act.LIST: {"reason": "挂牌督办", "leader": "李分管", "deadline": LATER + timedelta(days=40)},
    Act.DELIST: {"reason": "已整改"},
    Act.REOPEN: {"reason": "又出现", "due_on": LATER},
    Act.VOID: {"reason": "重复录入"},
    Act.CONFIRM_FINDING: {"due_on": LATER},
    Act.REJECT_FINDING: {"reason": "现场不具备整改条件"},
    Act.REMIND: {"channel": "phone"},
    Act.SUPERVISE: {"reply_by": LATER + timedelta(days=20)},
    Act.FOUND_AGAIN: {"note": "又见箱门未关"},
    Act.MERGE: {"into": "YH2026-0000"},
    Act.RELAPSE: {"due_on": LATER},
}
WITH_PHOTO = {Act.REPORT_DONE, Act.LOOK_BACK, Act.RELAPSE}
USUAL = {
    Act.ACCEPT: "officer",
    Act.REPORT_DONE: "officer",
    Act.ASK_EXTENSION: "officer",
    Act.APPROVE_CLOSURE: "leader",
    Act.CONFIRM_MAJOR: "admin",
    Act.DISMISS_MAJOR: "admin",
    Act.REPORT_MAJOR: "admin",
    Act.SUBMIT_PLAN: "officer",
    Act.ACCEPT_PLAN: "admin",
    Act.RETURN_PLAN: "admin",
    Act.REPORT_PROGRESS: "officer",
    Act.SIGN_OFF: "principal",
    Act.CLOSE_OWN: "principal",
    Act.LIST: "leader",
    Act.DELIST: "leader",
    Act.REOPEN: "leader",
    Act.VOID: "leader",
    Act.REJECT_FINDING: "leader",
    Act.MERGE: "leader",
    Act.SUPERVISE: "leader",
}


def do(hazard: Hazard, act: Act, *, actor: str | None = None, now: datetime = NOW, **brought: Any) -> Hazard:
    """Take a step as the person who usually takes it, and write it down."""
    photos = [photo(30 + len(hazard.events))] if act in WITH_PHOTO else []
    who = person(actor or USUAL.get(act, "wang"))
    step(hazard, act, actor=who, now=now, brought={**BROUGHT.get(act, {}), **brought}, photos=photos)
    db.session.commit()
    return hazard


def issued(site: str = "huaxin", **more: Any) -> Hazard:
    """A hazard whose notice the enterprise has."""
    hazard = draft(site, **more)
    assert hazard.check is not None
    issue_notice(hazard.check, actor=hazard.check.inspector, now=NOW)
    db.session.commit()
    return hazard


def unsigned(**more: Any) -> Hazard:
    """A major hazard of Huaxin whose plan the office accepted."""
    return do(do(do(issued(**more), Act.CONFIRM_MAJOR), Act.SUBMIT_PLAN), Act.ACCEPT_PLAN)


def planned(**more: Any) -> Hazard:
    """The same, signed by the principal."""
    return do(unsigned(**more), Act.SIGN_OFF)


PATHS: dict[State, tuple[Act, ...]] = {
    State.OPEN: (),
    State.IN_PROGRESS: (Act.ACCEPT,),
    State.EXTENSION_PENDING: (Act.ACCEPT, Act.ASK_EXTENSION),
    State.REPORTED_DONE: (Act.REPORT_DONE,),
    State.SENT_BACK: (Act.REPORT_DONE, Act.SEND_BACK),
    State.VERIFIED: (
        Act.CONFIRM_MAJOR,
        Act.SUBMIT_PLAN,
        Act.ACCEPT_PLAN,
        Act.SIGN_OFF,
        Act.REPORT_DONE,
        Act.VERIFY,
    ),
    State.CLOSED: (Act.REPORT_DONE, Act.VERIFY),
    State.REFERRED: (Act.REFER,),
    State.VOID: (Act.VOID,),
}


def in_state(state: State, **more: Any) -> Hazard:
    """A hazard of Huaxin brought to a state by its real steps."""
    hazard = draft(**more) if state is State.DRAFT else issued(**more)
    for act in PATHS.get(state, ()):
        do(hazard, act)
    assert hazard.state is state
    return hazard


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)
