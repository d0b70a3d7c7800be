"""The office sets what the shares weigh: a hundred together, else a clear error; nothing else can be weighed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from tests.appraisal import halves
from tests.house import House
from tests.office.test_settings_page import VALID, save
from tests.stats.builders import number

from xuncha.core import settings
from xuncha.core.db import db

WEIGHTS = {key: text for key, text in VALID.items() if key.startswith("weight_")}


@pytest.fixture
def office(app: Flask, as_user: Callable[[str], House]) -> House:
    app.config["SETTINGS_GIVEN"].clear()
    halves.settle()
    return as_user("admin")


def test_weights_that_are_not_a_hundred_are_refused_and_stay_typed(office: House) -> None:
    before = settings.values()
    status, page = save(office, weight_record="37")
    assert status == 422
    assert "各考核指标权重之和应为 100，现为 127" in page
    assert 'value="37"' in page
    for text in ("101", "-5", "ten", ""):
        assert save(office, weight_record=text)[0] == 422
    db.session.rollback()
    assert settings.values() == before


def test_other_weights_make_another_score(office: House, as_user: Callable[[str], House]) -> None:
    wang = number("wang")
    db.session.rollback()
    all_on_the_plan = dict.fromkeys(WEIGHTS, "0") | {"weight_completion": "100"}
    assert save(office, **all_on_the_plan)[0] == 200
    assert halves.score_on(as_user("wang"), wang) == "90.0"


@pytest.mark.parametrize("name", ["weight_visits", "weight_hazards_found", "weight_fines", "weight_coverage"])
def test_no_weight_can_be_put_on_a_count(office: House, as_user: Callable[[str], House], name: str) -> None:
    leader = as_user("leader")
    before = leader.get(f"/appraisal/scores.json?{halves.OF}").get_json()["components"]
    save(office, **settings.WEIGHTS, **{name: "100"})
    assert leader.get(f"/appraisal/scores.json?{halves.OF}").get_json()["components"] == before
    assert name not in settings.values()
    assert all(row.key != name for row in settings.history())
