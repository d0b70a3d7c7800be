"""The check page posted without scripts: whatever cannot be read is said beside its field, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
import sqlalchemy as sa

from tests.house import House
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.enterprises.models import Site

KEY = str(uuid4())
FINDING = {
    f"findings.{KEY}.description": "2号仓库灭火器已过期",
    f"findings.{KEY}.hazard_class": "fire",
}
DEEP = "[" * 100_000


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        ({"ref:scene": "{bad"}, "有照片未上传成功"),
        ({"ref:scene": '{"a":' * 50_000}, "有照片未上传成功"),
        ({"signatures.site.strokes": DEEP}, ""),
        ({**FINDING, f"findings.{KEY}.days": "3000000"}, "请写明存在问题"),
        ({**FINDING, f"findings.{KEY}.days": "²"}, "请写明存在问题"),
        ({"started_at": "0001-01-01T00:00", **FINDING, f"findings.{KEY}.days": "7"}, ""),
        ({"started_at": "0001-01-01T00:00"}, "请填写检查开始时间"),
        ({"started_at": "9999-12-31T10:00", "finished_at": "9999-12-31T11:00"}, "请填写检查开始时间"),
        ({"started_at": "2026-11-06T10:00", "finished_at": "2026-11-06T11:00"}, "检查不可能在这个时间进行"),
        ({"answers.².result": "comply", f"answers.{'9' * 5000}.result": "comply"}, ""),
        ({"site_person.name": "周\x00厂长"}, ""),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_lost(
    as_user: Callable[[str], House], site: Callable[[str], Site], odd: dict[str, str], said: str
) -> None:
    number = site("huaxin").id
    db.session.rollback()
    fields = {
        "uuid": str(uuid4()),
        "site_id": str(number),
        "kind": "routine",
        "started_at": "2026-11-03T09:30",
        "summary": "总体情况写了很长",
        "signatures.inspector.name": "王监管",
        "signatures.inspector.on_paper": "1",
    }
    answer = as_user("wang").post("/checks", data=fields | odd)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "总体情况写了很长" in page
    assert said in page
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Check)) == 0
