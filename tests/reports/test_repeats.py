"""Papers say that a hazard was there before: repeats with their count, and what was added to an open hazard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from flask import Flask
from tests import cast
from tests.reports import visits
from tests.reports.papers import bare, read

from xuncha.accounts.models import User
from xuncha.checks.models import Check
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_notice
from xuncha.hazards.queries import open_at
from xuncha.reports import printing

Places, People = Callable[[str], Site], Callable[[str], User]


def visit(place: Site, wang: User, days_ago: int, **more: object) -> Check:
    """A visit that finds the same item failing, its notice issued."""
    at = cast.NOW - timedelta(days=days_ago)
    due = (at + timedelta(days=10)).date()
    found = visits.finding("灭火器已过期", due, item_id=visits.item_id(place, "GEN-05"), **more)
    answers = visits.complying(place, "GEN-05")
    times = {"started_at": at - timedelta(hours=1), "finished_at": at}
    made = visits.filing(place, findings=[found], answers=answers, late_reason="补录", **times)
    return visits.file(made, wang, at)


def printed(order: printing.Order, folder: Path) -> str:
    printing.write(order, folder / "paper.pdf", "zh")
    return bare(read(folder / "paper.pdf"))


def test_notice_and_record_say_which_time_it_is(
    app: Flask, site: Places, user: People, tmp_path: Path
) -> None:
    wang, place = user("wang"), site("huaxin")
    first = visit(place, wang, 40)
    issue_notice(first, actor=wang, now=cast.NOW - timedelta(days=40))
    db.session.commit()
    (earlier,) = open_at(place)
    second = visit(place, wang, 0)
    notice = issue_notice(second, actor=wang, now=cast.NOW)
    db.session.commit()
    words = bare(f"重复隐患 第2次：见 {earlier.number}")
    assert words in printed(printing.notice(notice), tmp_path)
    assert words in printed(printing.record(second), tmp_path)


def test_the_record_names_the_open_hazard_to_which_was_added(
    app: Flask, site: Places, user: People, tmp_path: Path
) -> None:
    wang, place = user("wang"), site("huaxin")
    issue_notice(visit(place, wang, 40), actor=wang, now=cast.NOW - timedelta(days=40))
    db.session.commit()
    (earlier,) = open_at(place)
    second = visit(place, wang, 0, adds_to=UUID(earlier.uuid))
    text = printed(printing.record(second), tmp_path)
    assert bare(f"隐患 {earlier.number} 再次发现 第2次") in text
    assert "按原通知" in text
