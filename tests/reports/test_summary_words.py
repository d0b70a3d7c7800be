"""The paragraph of a summary agrees in number with its figures, and the Chinese says the same with every number."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from flask import Flask

from xuncha.core.i18n import use_language
from xuncha.reports.summaries import summary_facts, summary_text
from xuncha.stats.figures import Period, Scope
from xuncha.trainings.models import TrainingKind

PERIOD = Period(date(2026, 1, 1), date(2026, 6, 30), date(2026, 6, 30))
WRONG = re.compile(
    r"\b1 (?:such |key |check |re-inspection )?(?!is\b|was\b|waits\b)(?:[a-z]+s|copies|are|were|wait)\b"
)


@pytest.fixture
def facts(app: Flask) -> dict[str, Any]:
    made = summary_facts.gather(PERIOD, Scope(None))
    made["campaigns"] = [{"id": 7, "name": {"zh": "消防行动", "en": "Fire campaign"}}]
    made["values"] |= {f"campaign-7-{name}": 0 for name in ("visits", "found", "closed")}
    made["values"] |= {f"training-{TrainingKind.LECTURE.value}": 0}
    return made


def told(facts: dict[str, Any], number: int, lang: str) -> str:
    values = {
        name: [number, number] if isinstance(value, list) else number
        for name, value in facts["values"].items()
    }
    with use_language(lang):
        parts = summary_text.paragraphs({**facts, "values": values})
        return "\n".join(summary_text.write(one, rounded=False) for one in parts)


def test_one_of_a_kind_is_told_in_the_singular(facts: dict[str, Any]) -> None:
    text = told(facts, 1, "en")
    assert WRONG.findall(text) == []
    for words in ("1 check visit was made to 1 enterprise,", "1 hazard was found", "1 waits to be verified",
                  "1 is overdue and 1 is being rectified", "1 event (", "1 visit made, 1 hazard found"):  # fmt: skip
        assert words in text


def test_other_numbers_are_told_in_the_plural(facts: dict[str, Any]) -> None:
    text = told(facts, 2, "en")
    for words in ("2 check visits were made to 2 enterprises,", "2 hazards were found", "2 wait to be verified",
                  "2 are overdue and 2 are being rectified", "2 events (", "2 visits made, 2 hazards found"):  # fmt: skip
        assert words in text


def test_the_chinese_is_the_same_with_every_number(facts: dict[str, Any]) -> None:
    one, two = told(facts, 1, "zh"), told(facts, 2, "zh")
    assert one.replace("1", "2").replace("200.0%", "100.0%") == two
    assert "共检查2家次，涉及企业2家，其中巡查2家次、闲置场所2家次；另开展复查2家次" in two
    assert "其余隐患中待复查2项、逾期2项、整改中2项" in two
    assert re.search(r"[\u4e00-\u9fff][:;,()]|[:;,(][\u4e00-\u9fff]", two) is None
