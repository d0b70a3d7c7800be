"""The hazard ledger: filtered like the list, as it stood at the end of a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
import sqlalchemy as sa
from tests.reports import half_year, visits
from tests.reports.papers import bare, read

from xuncha.accounts.models import User
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_notice, step
from xuncha.hazards.commands import escalate_all
from xuncha.hazards.follow_up.escalation_steps import EscalationStep
from xuncha.hazards.lifecycle import Act, State
from xuncha.hazards.lists.filters import Criteria, View
from xuncha.hazards.models import Hazard
from xuncha.reports import printing
from xuncha.reports.papers.hazard_ledger import lines
from xuncha.stats.figures import Figures, Period, Scope

Places, People = Callable[[str], Site], Callable[[str], User]
FIRST, LAST = date(2026, 7, 1), date(2026, 12, 31)
ALL = Criteria(found_from=FIRST, found_to=LAST)


@pytest.fixture(autouse=True)
def _half_year(site: Places, user: People) -> None:
    half_year.settle(site, user)


def test_every_hazard_stands_in_the_ledger_in_both_languages(tmp_path: Path) -> None:
    hazards = db.session.scalars(sa.select(Hazard)).all()
    assert len(hazards) == 9
    for lang, words in (
        (
            "zh",
            [
                "隐患台账",
                "数据截至2026年11月3日，共9条。",
                "已销号",
                "逾期",
                "统一社会信用代码",
                "填表人",
                "审核人",
            ],
        ),
        ("en", ["Hazard ledger", "As of 3 Nov 2026. Hazards: 9.", "Closed", "days overdue", "Credit code"]),
    ):
        printing.write(printing.ledger(Scope(), ALL, date(2026, 11, 3)), tmp_path / "a.pdf", lang)
        found = read(tmp_path / "a.pdf")
        assert [word for word in words if bare(word) not in found] == []
        for hazard in hazards:
            assert {hazard.number, bare(hazard.description), str(hazard.found_on)} <= {
                part
                for part in (hazard.number, bare(hazard.description), str(hazard.found_on))
                if part in found
            }


def test_it_lies_on_its_side_and_repeats_its_head(tmp_path: Path) -> None:
    printing.write(printing.ledger(Scope(), ALL, date(2026, 11, 3)), tmp_path / "a.pdf", "zh")
    for page in pdfium.PdfDocument(tmp_path / "a.pdf"):
        assert page.get_width() > page.get_height()


@pytest.mark.parametrize(
    "as_of", [date(2026, 9, 10), date(2026, 9, 23), date(2026, 10, 14), date(2026, 10, 21), date(2026, 11, 3)]
)
def test_the_ledger_counts_what_the_figures_count_on_any_day(as_of: date) -> None:
    period = Period(FIRST, LAST, as_of)
    figures = Figures(period)
    found = list(lines(Scope(), ALL, as_of))
    assert len(found) == figures.number("hazards_found")
    assert sum(then.state is State.CLOSED for _line, then in found) == figures.number("hazards_closed")
    overdue = list(lines(Scope(), Criteria(view=View.OVERDUE), as_of))
    assert len(overdue) == figures.number("hazards_overdue")


def test_what_was_made_void_later_was_not_void_then(user: People) -> None:
    hazard = db.session.scalars(sa.select(Hazard).where(Hazard.state == State.OPEN)).first()
    assert hazard is not None
    from tests import cast

    step(hazard, Act.VOID, actor=user("admin"), now=cast.NOW, brought={"reason": "重复"})
    db.session.commit()
    assert hazard.id in {line.hazard.id for line, _then in lines(Scope(), ALL, date(2026, 11, 2))}
    assert hazard.id not in {line.hazard.id for line, _then in lines(Scope(), ALL, date(2026, 11, 3))}


def test_a_supervisor_reads_only_his_own(user: People) -> None:
    found = list(lines(Scope(user("zhao")), ALL, date(2026, 11, 3)))
    supervisors = [db.session.get_one(Site, line.hazard.site_id).supervisor for line, _then in found]
    assert {person.username for person in supervisors if person} == {"zhao"}
    assert len(found) == 3


def test_the_filters_of_the_list_narrow_the_ledger(site: Places) -> None:
    closed = list(lines(Scope(), Criteria(site=site("huaxin").id, view=View.CLOSED), date(2026, 11, 3)))
    assert len(closed) == 2
    assert list(lines(Scope(), Criteria(state=State.CLOSED), date(2026, 9, 10))) == []


def test_a_full_page_carries_fourteen_rows_of_usual_length(
    site: Places, user: People, tmp_path: Path
) -> None:
    from tests import cast

    findings = [
        visits.finding(
            f"车间第{number}号插座线路私拉乱接，电线直接拖放在地面。",
            cast.NOW.date() + timedelta(days=15),
            measure="拆除乱接线路，由持证电工按规范穿管敷设。",
            basis="《低压配电设计规范》（GB 50054-2011）第6.1.1条；《中华人民共和国消防法》（2021）第二十七条第二款",
        )
        for number in range(45)
    ]
    check = visits.file(visits.filing(site("huaxin"), findings=findings), user("wang"))
    issue_notice(check, actor=user("wang"), now=cast.NOW)
    db.session.commit()
    printing.write(printing.ledger(Scope(), ALL, date(2026, 11, 30)), tmp_path / "a.pdf", "zh")
    pages = [
        [hazard.number for hazard in db.session.scalars(sa.select(Hazard)) if hazard.number in text]
        for text in (page.get_textpage().get_text_range() for page in pdfium.PdfDocument(tmp_path / "a.pdf"))
    ]
    assert sum(map(len, pages)) == 9 + 45
    assert [len(rows) for rows in pages[1:-1] if len(rows) < 14] == []
    assert len(pages) <= 5


def test_the_ledger_keeps_every_fact_of_a_hazard(tmp_path: Path) -> None:
    printing.write(printing.ledger(Scope(), ALL, date(2026, 11, 3)), tmp_path / "a.pdf", "zh")
    found = read(tmp_path / "a.pdf")
    for line, then in lines(Scope(), ALL, date(2026, 11, 3)):
        hazard = db.session.get_one(Hazard, line.hazard.id)
        facts = [
            hazard.number,
            hazard.site.name,
            hazard.site.uscc,
            hazard.place,
            hazard.description,
            hazard.cited_basis,
            hazard.measure,
            hazard.found_by.name,
            then.looked_by,
            then.responsible,
            *(
                str(day)
                for day in (
                    hazard.found_on,
                    hazard.original_due_on,
                    then.due_on,
                    then.closed_on,
                    then.looked_on,
                )
                if day
            ),
        ]
        assert [fact for fact in facts if fact and bare(fact) not in found] == []


def test_a_step_of_the_escalation_is_asked_as_of_the_day(user: People, tmp_path: Path) -> None:
    hazard = db.session.scalars(sa.select(Hazard).where(Hazard.state == State.OPEN).limit(1)).one()
    number, due_on = hazard.number, hazard.due_on
    assert due_on is not None
    for late in (1, 3, 7):
        escalate_all(now=at(due_on + timedelta(days=late), 1))
    hazard = db.session.scalars(sa.select(Hazard).where(Hazard.number == number)).one()
    for hour, reply in ((9, "reached"), (10, "not_reached")):
        moment = at(due_on + timedelta(days=4), hour)
        step(hazard, Act.REMIND, actor=user("wang"), now=moment, brought={"channel": "phone", "reply": reply})
    db.session.commit()

    def stood(late: int, **asked: Any) -> list[int]:
        """How often it was urged by then, where the ledger of that day has it."""
        found = lines(Scope(), Criteria(**asked), due_on + timedelta(days=late))
        return [then.urged for line, then in found if line.hazard.number == number]

    leader, letter = EscalationStep.TEAM_LEADER, EscalationStep.SUPERVISION_LETTER
    assert [stood(late, step=leader) for late in (1, 3, 4, 7)] == [[], [0], [1], []]
    assert [stood(late, step=letter) for late in (4, 7)] == [[], [1]]
    assert [stood(late, view=View.TO_PUSH) for late in (0, 1, 4, 7)] == [[], [0], [], [1]]
    day = due_on + timedelta(days=7)
    printing.write(printing.ledger(Scope(), Criteria(step=letter), day), tmp_path / "a.pdf", "en")
    found = read(tmp_path / "a.pdf")
    assert bare("Supervision letter") in found
    assert bare("urged once") in found
