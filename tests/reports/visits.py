"""Visits as phones file them, for papers to print: real checks, hazards, notices and photos."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from PIL import Image
from tests import cast

from xuncha.accounts.models import User
from xuncha.checklists.models import HazardClass
from xuncha.checklists.queries import compose
from xuncha.checks.actions import file_check
from xuncha.checks.filing import (
    AnswerPart,
    Filing,
    Finding,
    Person,
    PhotoRef,
    Recheck,
    ScenePhoto,
    SignaturePart,
)
from xuncha.checks.models import Check, Party, Result
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.photos.actions import receive

STROKES = [[(0.4, 0.2), (0.7, 0.8), (1.0, 0.2), (1.3, 0.8)], [(1.5, 0.3), (2.4, 0.5)]]


def photo(seed: int, actor: User, size: tuple[int, int] = (1200, 900)) -> PhotoRef:
    """A received photo about as hard to pack as one of a workshop."""
    small = random.Random(seed).randbytes(40 * 30 * 3)
    out = BytesIO()
    Image.frombytes("RGB", (40, 30), small).resize(size, Image.Resampling.BICUBIC).save(
        out, "JPEG", quality=80
    )
    kept = receive(out.getvalue(), actor=actor, now=cast.NOW)
    db.session.commit()
    return PhotoRef(sha256=kept.sha256, taken_at=cast.NOW - timedelta(minutes=40))


def scene(ref: PhotoRef, caption: str = "") -> ScenePhoto:
    return ScenePhoto(**ref.model_dump() | {"caption": caption})


def finding(description: str, due_on: date | None = date(2026, 11, 18), **more: Any) -> Finding:
    columns: dict[str, Any] = {"hazard_class": HazardClass.FIRE, "place": "一号车间东侧"} | more
    return Finding(uuid=uuid4(), description=description, due_on=due_on, **columns)


def signed(party: Party, name: str, title: str = "") -> SignaturePart:
    return SignaturePart(party=party, name=name, title=title, strokes=STROKES, signed_at=cast.NOW)


def filing(site: Site, **more: Any) -> Filing:
    """A visit that ends at cast.NOW, all items complying unless said otherwise."""
    started: datetime = more.pop("started_at", cast.NOW - timedelta(minutes=75))
    columns: dict[str, Any] = {
        "uuid": uuid4(),
        "site_id": site.id,
        "started_at": started,
        "finished_at": cast.NOW,
        "place": "一号车间、危化品仓库",
        "certificate": "苏E0512001",
        "companions": [
            Person(name="赵同事", title="监管员", certificate="苏E0512002"),
            Person(name="钱专家", title="注册安全工程师"),
        ],
        "site_person": Person(name="孙安全", title="安全主管", phone="13900000001"),
        "answers": complying(site),
        "summary": "该单位生产正常，现场秩序良好。",
        "signatures": [signed(Party.INSPECTOR, "王监管"), signed(Party.SITE, "孙安全", "安全主管")],
    }
    return Filing(**columns | more)


def complying(site: Site, *failing: str) -> list[AnswerPart]:
    answers = []
    for section in compose(site, "routine"):
        for item in section.items:
            result = Result.FAIL if item.code in failing else Result.COMPLY
            answers.append(AnswerPart(item_id=item.id, result=Result.NA if item.code == "GEN-13" else result))
    return answers


def item_id(site: Site, code: str) -> int:
    return next(
        item.id for section in compose(site, "routine") for item in section.items if item.code == code
    )


def file(made: Filing, actor: User, now: datetime = cast.NOW) -> Check:
    receipt = file_check(made, actor=actor, now=now)
    db.session.commit()
    return db.session.scalars(sa.select(Check).where(Check.uuid == str(receipt.uuid))).one()


def full_visit(site: Site, actor: User) -> Check:
    """A routine check with three problems, one fixed on the spot, photos and signatures."""
    findings = [
        finding(
            "安全出口处堆放纸箱，疏散通道宽度不足1.4 m。",
            item_id=item_id(site, "GEN-05"),
            measure="清理通道杂物并划线标识。",
            before=[photo(1, actor)],
        ),
        finding(
            "配电箱门缺失，箱内积尘。",
            due_on=None,
            fixed_on_spot=True,
            hazard_class=HazardClass.ELECTRICAL,
            place="二号车间",
            basis="《低压配电设计规范》（GB 50054-2011）第6.1.1条",
            before=[photo(2, actor)],
            after=[photo(3, actor)],
        ),
        finding(
            "可燃气体报警器停用。",
            due_on=date(2026, 11, 10),
            item_id=item_id(site, "FAC-02"),
            suspected_major=True,
            major_criterion="AQ 3067-2026 第5.4.2条",
            place="危化品仓库",
            before=[photo(4, actor)],
        ),
    ]
    return file(
        filing(
            site,
            answers=complying(site, "GEN-05", "FAC-02"),
            findings=findings,
            photos=[scene(photo(9, actor), "厂区大门"), scene(photo(10, actor))],
            objection="对第3项整改期限有异议，申请延长。",
        ),
        actor,
    )


def recheck(uuid: str, result: str, photos: Sequence[PhotoRef] = (), **more: Any) -> Recheck:
    return Recheck(hazard_uuid=UUID(uuid), result=result, photos=list(photos), **more)


Lookup = Callable[[str], Any]
