"""Duty changed between visit and arrival: what was done in charge is taken and flagged, the rest refused in words (Z5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from tests import cast
from tests.checks.filings import filing, visit
from xuncha.accounts.models import User
from xuncha.checks.actions import file_check
from xuncha.core.clock import local_day
from xuncha.core.db import db
from xuncha.core.errors import NotAllowed
from xuncha.enterprises.actions import assign
from xuncha.enterprises.models import Site

YESTERDAY = cast.NOW - timedelta(days=1)


@pytest.fixture
def handed_over(app: Flask, user: Callable[[str], User], site: Callable[[str], Site]) -> Site:
    """Huaxin passes from Wang to Zhao today."""
    huaxin = site("huaxin")
    assign(huaxin, user("zhao"), local_day(cast.NOW), actor=user("admin"), now=cast.NOW)
    db.session.commit()
    return huaxin


def signed(raw: dict[str, object], moment: object) -> dict[str, object]:
    parts = [part | {"signed_at": str(moment).replace(" ", "T")} for part in raw["signatures"]]
    return raw | {"signatures": parts}


def test_a_visit_made_in_charge_is_taken_and_flagged(handed_over: Site, user: Callable[[str], User]) -> None:
    raw = signed(visit(handed_over, now=YESTERDAY), YESTERDAY)
    receipt = file_check(filing(raw), actor=user("wang"), now=cast.NOW)
    assert "duty_changed" in receipt.flags


def test_the_day_of_the_handover_belongs_to_both(handed_over: Site, user: Callable[[str], User]) -> None:
    assert "duty_changed" in file_check(filing(visit(handed_over)), actor=user("wang"), now=cast.NOW).flags


def test_a_visit_made_after_losing_duty_is_refused_with_the_reason(
    handed_over: Site, user: Callable[[str], User]
) -> None:
    later = cast.NOW + timedelta(days=1)
    raw = signed(visit(handed_over, now=later), later)
    with pytest.raises(NotAllowed, match="not in charge"):
        file_check(filing(raw), actor=user("wang"), now=later)


def test_the_new_supervisor_files_without_a_flag(handed_over: Site, user: Callable[[str], User]) -> None:
    assert (
        "duty_changed" not in file_check(filing(visit(handed_over)), actor=user("zhao"), now=cast.NOW).flags
    )
