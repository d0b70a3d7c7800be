"""An issued appraisal is frozen: late changes leave it to the byte, and the next edition names whose score changed."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from docx import Document
from flask import Flask
from tests.appraisal import halves
from tests.house import House
from tests.reports.papers import bare, read
from tests.stats.builders import number

from xuncha.core.db import db
from xuncha.reports import proofs
from xuncha.reports.models import Edition
from xuncha.schedule.models import Task

Browser = Callable[[str], House]


@pytest.fixture
def wang(app: Flask) -> int:
    halves.settle()
    found = number("wang")
    db.session.rollback()
    return found


def issue(browser: House, **more: str) -> tuple[int, str]:
    seen = browser.page(f"/appraisal/issue?{halves.OF}").fields["seen"]
    answer = browser.post("/appraisal/issue", data={"of": "2026-H1", "seen": seen, "read": "1"} | more)
    return answer.status_code, answer.location or answer.text


def paper(browser: House, edition: int, kind: str, lang: str) -> bytes:
    return browser.get(f"/papers/editions/{edition}/paper?format={kind}&lang={lang}").data


def every_paper(browser: House, edition: int) -> list[bytes]:
    return [paper(browser, edition, kind, lang) for kind in ("pdf", "docx") for lang in ("zh", "en")]


def edition_id() -> int:
    found = db.session.scalars(sa.select(Edition.id).order_by(Edition.id.desc())).first()
    db.session.rollback()
    assert found
    return found


def enter_late() -> None:
    """The task that was missed in time turns out to have been done on a day of its half-month."""
    task = db.session.scalars(sa.select(Task).where(Task.done_on > Task.window_end)).one()
    task.done_on = task.window_end
    db.session.commit()


def test_late_changes_leave_it_as_it_was(wang: int, as_user: Browser) -> None:
    leader = as_user("leader")
    status, address = issue(leader)
    assert status == 302
    first = edition_id()
    assert address == f"/appraisal/issued/{first}"
    before = every_paper(leader, first)
    enter_late()
    assert halves.score_on(as_user("wang"), wang) == "91.4"
    assert every_paper(leader, first) == before
    page = leader.text(address)
    assert re.search(rf"王监管 {halves.SCORE} 91\.4 ", page)
    frozen = leader.text(f"/appraisal/{wang}/issued/{first}/tasks_done")
    assert "按期完成任务数 9" in frozen
    assert frozen.count("其后计入") == 2  # in the banner and at its row
    own = as_user("wang")
    assert own.get(f"/appraisal/{wang}/issued/{first}/tasks_done").status_code == 200
    assert as_user("zhao").get(f"/appraisal/{wang}/issued/{first}/tasks_done").status_code == 404
    assert own.get(address).status_code == 403
    assert leader.get(f"/appraisal/{wang}/issued/{first}/visits").status_code == 404
    assert halves.SCORE in own.text(f"/appraisal/{wang}?{halves.OF}")
    assert leader.get(f"/papers/editions/{first}").location == address


def test_the_next_edition_names_whose_score_changed(wang: int, as_user: Browser, tmp_path: Path) -> None:
    leader = as_user("leader")
    issue(leader)
    first = edition_id()
    assert halves.appeal(as_user("wang"), wang) == 302
    assert "有 1 件申诉尚未处理" in leader.text(f"/appraisal/issue?{halves.OF}")
    assert halves.decide(leader, halves.appeal_id(), "1", "停电属实") == 302
    assert issue(leader)[0] == 302
    second = edition_id()
    (tmp_path / "a.pdf").write_bytes(paper(leader, second, "pdf", "zh"))
    words = bare(read(tmp_path / "a.pdf"))
    named = db.session.get_one(Edition, first)
    assert bare(f"与{named.number}相比的变动") in words
    assert bare(f"王监管{halves.SCORE}91.4") in words
    assert bare("停电属实") in words
    assert proofs.digest(named) != proofs.digest(db.session.get_one(Edition, second))


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "zh",
            [
                "全员考核",
                "2026年上半年",
                "王监管",
                halves.SCORE,
                "数量过少，不评分",
                "90.0%9/10",
                "国办发〔2024〕54号",
            ],
        ),
        (
            "en",
            ["Appraisal of all staff", "First half of 2026", halves.SCORE, "too few to say", "80.0% 8/10"],
        ),
    ],
)
def test_paper_and_word_document_tell_it(
    wang: int, as_user: Browser, tmp_path: Path, lang: str, expected: list[str]
) -> None:
    leader = as_user("leader")
    issue(leader)
    (tmp_path / "a.pdf").write_bytes(paper(leader, edition_id(), "pdf", lang))
    words = bare(read(tmp_path / "a.pdf"))
    assert [text for text in expected if bare(text) not in words] == []
    made = Document(io.BytesIO(paper(leader, edition_id(), "docx", lang)))
    texts = [part.text for part in made.paragraphs]
    texts += [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    told = bare(" ".join(texts))
    assert [text for text in expected if bare(text) not in told] == []
    draft = leader.get(f"/appraisal/paper?{halves.OF}&format=pdf&lang={lang}")
    assert draft.mimetype == "application/pdf"


def test_it_is_issued_as_it_was_seen(wang: int, as_user: Browser) -> None:
    leader = as_user("leader")
    assert issue(leader, read="")[0] == 422
    status, text = issue(leader, seen="0" * 64)
    assert status == 422
    assert "数字" in text or "预览" in text
    assert db.session.scalars(sa.select(Edition)).all() == []
    for name in ("auditor", "wang", "lin"):
        assert as_user(name).post("/appraisal/issue", data={"of": "2026-H1"}).status_code == 403
    assert issue(leader)[0] == 302
    row = db.session.scalars(sa.select(Edition)).one()
    assert (row.number, row.first_on, row.edition) == ("（开安）考核〔2026〕1号", date(2026, 1, 1), 1)
    assert row.number in leader.text("/papers/editions")
