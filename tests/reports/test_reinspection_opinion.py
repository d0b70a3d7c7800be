"""The re-inspection opinion: item by item, from its frozen facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from pypdf import PdfReader
from tests import cast
from tests.reports import visits
from tests.reports.papers import as_set, bare, read

from xuncha.accounts.models import User
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_notice, issue_opinion, step
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.models import Hazard, LookBack, Opinion
from xuncha.reports import printing

Places, People = Callable[[str], Site], Callable[[str], User]
LATER = cast.NOW + timedelta(days=5)


@pytest.fixture
def opinion(site: Places, user: People) -> Opinion:
    wang, huaxin = user("wang"), site("huaxin")
    notice = issue_notice(visits.full_visit(huaxin, wang), actor=wang, now=cast.NOW)
    db.session.commit()
    first, second = notice.hazards
    with time_machine.travel(LATER):
        looked = visits.filing(
            huaxin,
            kind="recheck",
            answers=[],
            started_at=LATER - timedelta(minutes=30),
            finished_at=LATER,
            rechecks=[
                visits.recheck(first.uuid, "fixed", [visits.photo(20, wang)], note="通道已清理"),
                visits.recheck(second.uuid, "partly", note="已送修，未装回", due_on=date(2026, 11, 20)),
            ],
            signatures=[
                part.model_copy(update={"signed_at": LATER}) for part in visits.filing(huaxin).signatures
            ],
        )
        visits.file(looked, wang, LATER)
        made = issue_opinion([first, second], actor=wang, now=LATER)
    db.session.commit()
    return made


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "zh",
            [
                "整改复查意见书",
                "原整改文书",
                "2026年11月3日",
                "2026年11月8日",
                "已整改1项，未整改或部分整改1项",
                "已整改",
                "部分整改",
                "继续整改，于2026年11月20日前（含当日）完成",
                "第2项应当在上述新的期限内继续整改",
            ],
        ),
        ("en", ["Re-inspection opinion", "1 rectified, 1 not or not fully rectified", "by 20 Nov 2026"]),
    ],
)
def test_the_opinion_says_item_by_item_what_was_seen(
    opinion: Opinion, tmp_path: Path, lang: str, words: list[str]
) -> None:
    printing.write(printing.opinion(opinion), tmp_path / "a.pdf", lang)
    found = read(tmp_path / "a.pdf")
    facts = [opinion.number, opinion.facts["notice"]["number"], "通道已清理", "已送修，未装回"]
    facts += [one["number"] for one in opinion.facts["results"]]
    assert [word for word in [*facts, *words] if bare(word) not in found] == []


def test_before_and_after_stand_side_by_side(opinion: Opinion, tmp_path: Path) -> None:
    printing.write(printing.opinion(opinion), tmp_path / "a.pdf", "zh")
    last = PdfReader(tmp_path / "a.pdf").pages[-1]
    assert len(last.images) == 2
    found = read(tmp_path / "a.pdf")
    assert found.index("整改前") < found.index("整改后")


def test_an_opinion_prints_the_same_after_everything_else_changed(opinion: Opinion, tmp_path: Path) -> None:
    before = printing.write(printing.opinion(opinion), tmp_path / "a.pdf", "zh").sha256
    opinion.site.name, opinion.issued_by.name = "改名后的公司", "改名"
    db.session.commit()
    assert printing.write(printing.opinion(opinion), tmp_path / "b.pdf", "zh").sha256 == before


def test_a_photo_of_a_relapse_is_no_part_of_an_issued_opinion(opinion: Opinion, tmp_path: Path) -> None:
    before = printing.write(printing.opinion(opinion), tmp_path / "a.pdf", "zh").sha256
    closed = sa.select(Hazard).where(Hazard.state == State.CLOSED, Hazard.notice_id.is_not(None))
    hazard = db.session.scalars(closed).one()
    later = LATER + timedelta(days=60)
    db.session.add(LookBack(hazard_id=hazard.id, drawn_on=later.date()))
    db.session.commit()
    photo = visits.photo(31, opinion.issued_by)
    brought = {"due_on": later.date() + timedelta(days=3)}
    step(hazard, Act.RELAPSE, actor=opinion.issued_by, now=later, brought=brought, photos=[photo])
    db.session.commit()
    assert printing.write(printing.opinion(opinion), tmp_path / "b.pdf", "zh").sha256 == before


def test_no_head_of_the_record_of_a_re_inspection_is_divided_within_a_word(
    opinion: Opinion, tmp_path: Path
) -> None:
    last = db.session.scalars(sa.select(Check).order_by(Check.id.desc())).first()
    assert last is not None
    printing.write(printing.record(last), tmp_path / "record.pdf", "en")
    found = as_set(tmp_path / "record.pdf")
    assert "Earlier hazards looked at again" in found and "Result of\r\nre-inspection" in found
