"""Notices and opinions: numbered once, for one enterprise, frozen; what they name and what they set going."""

from __future__ import annotations

import pytest
from flask import Flask
from tests.hazards.builders import (
    NOW,
    day,
    do,
    draft,
    file,
    filing,
    finding,
    hazards_of,
    in_state,
    issued,
    person,
    photo,
    place,
)

from xuncha.core.db import db
from xuncha.core.errors import NotAllowed, Refused
from xuncha.hazards import queries
from xuncha.hazards.actions import issue_notice, issue_notice_of, issue_opinion
from xuncha.hazards.lifecycle import Act, State


def test_a_notice_takes_every_draft_of_its_check_to_the_enterprise(app: object) -> None:
    check = file(
        filing(
            place("huaxin"),
            finding(),
            finding(description="通道堵塞"),
            finding(fixed_on_spot=True, due_on=None, after=[{"sha256": photo(9).sha256}]),
        )
    )
    notice = issue_notice(check, actor=person("wang"), now=NOW)
    db.session.commit()
    one, two, spot = hazards_of(check)
    assert notice.number == "（开安）整改〔2026〕1号"
    assert [one.state, two.state, spot.state] == [State.OPEN, State.OPEN, State.CLOSED]
    assert notice.hazards == [one, two]
    assert [row["number"] for row in notice.facts["hazards"]] == [one.number, two.number]
    assert notice.facts["site"]["name"] == place("huaxin").name
    assert notice.facts["check"]["number"] == check.number
    assert notice.facts["consequence_zh"] != notice.facts["consequence_en"]


OFFICERS = {"certificate": "0078", "companions": [{"name": "李四", "certificate": "0079"}]}


def test_an_order_of_the_enforcement_organ_has_its_own_word_and_appeal(app: Flask) -> None:
    app.config["SETTINGS_GIVEN"]["enforcement"] = "1"
    check = file(filing(place("huaxin"), finding(), mode="enforcement", **OFFICERS))
    notice = issue_notice(check, actor=person("wang"), now=NOW)
    assert notice.number == "（开安）责改〔2026〕1号"
    assert notice.facts["family"] == "A"
    assert "行政复议" in notice.facts["consequence_zh"]


def test_without_enforcement_power_there_is_no_order(app: Flask) -> None:
    app.config["SETTINGS_GIVEN"]["enforcement"] = "1"
    check = file(filing(place("huaxin"), finding(), mode="enforcement", **OFFICERS))
    app.config["SETTINGS_GIVEN"]["enforcement"] = "0"
    notice = issue_notice(check, actor=person("wang"), now=NOW)
    assert (notice.number, notice.facts["family"]) == ("（开安）整改〔2026〕1号", "B")


def test_a_check_without_drafts_gives_no_notice(app: object) -> None:
    check = issued().check
    assert check is not None
    with pytest.raises(Refused):
        issue_notice(check, actor=person("wang"), now=NOW)


@pytest.mark.parametrize("name", ["chen", "zhao", "expert", "auditor", "officer", "leader"])
def test_others_do_not_issue(app: object, name: str) -> None:
    check = draft().check
    assert check is not None
    with pytest.raises(NotAllowed):
        issue_notice(check, actor=person(name), now=NOW)


def test_what_a_notice_says_stays(app: object) -> None:
    hazard = issued()
    assert hazard.notice is not None
    said = dict(hazard.notice.facts["hazards"][0])
    do(do(hazard, Act.REPORT_DONE), Act.SEND_BACK, due_on=day(30))
    hazard.site.name = "改名有限公司"
    db.session.commit()
    assert hazard.notice.facts["hazards"][0] == said
    assert hazard.notice.facts["site"]["name"] != hazard.site.name


def test_numbers_run_on_and_start_again_each_year(app: object) -> None:
    numbers = [issued().notice.number for _ in range(2)]
    later = NOW.replace(year=2027)
    check = draft().check
    assert check is not None
    numbers.append(issue_notice(check, actor=person("wang"), now=later).number)
    assert numbers == ["（开安）整改〔2026〕1号", "（开安）整改〔2026〕2号", "（开安）整改〔2027〕1号"]


def test_an_opinion_tells_what_was_found_against_its_notice(app: object) -> None:
    check = file(filing(place("huaxin"), finding(), finding(description="通道堵塞")))
    notice = issue_notice(check, actor=person("wang"), now=NOW)
    db.session.commit()
    good, bad = hazards_of(check)
    do(do(good, Act.REPORT_DONE), Act.VERIFY)
    do(bad, Act.SEND_BACK, note="仍堵塞", due_on=day(9))
    opinion = issue_opinion([good, bad], actor=person("wang"), now=NOW)
    assert opinion.number == "（开安）复查〔2026〕1号"
    assert opinion.notice == notice
    results = [(row["number"], row["fixed"], row["next_due_on"]) for row in opinion.facts["results"]]
    assert results == [(good.number, True, None), (bad.number, False, day(9).isoformat())]
    assert queries.opinions_about(bad) == [opinion]


def test_an_opinion_is_given_once_for_each_look(app: object) -> None:
    hazard = in_state(State.SENT_BACK)
    issue_opinion([hazard], actor=person("wang"), now=NOW)
    assert queries.reinspections(hazard.site) == []
    with pytest.raises(Refused):
        issue_opinion([hazard], actor=person("wang"), now=NOW)
    do(hazard, Act.VERIFY)
    assert [event.act for event in queries.reinspections(hazard.site)] == [Act.VERIFY]


def test_what_nobody_looked_at_has_no_opinion(app: object) -> None:
    with pytest.raises(Refused):
        issue_opinion([issued()], actor=person("wang"), now=NOW)


def test_a_paper_is_for_one_enterprise(app: object) -> None:
    with pytest.raises(Refused):
        issue_notice_of([draft(), draft("lifeng", actor="zhao")], actor=person("lin"), now=NOW)


def test_a_dismissed_suspicion_prints_no_criterion_on_the_notice_and_stays_in_the_history(
    app: object,
) -> None:
    hazard = draft(suspected_major=True, major_criterion="判定标准第三条")
    do(hazard, Act.DISMISS_MAJOR)
    assert hazard.check is not None
    notice = issue_notice(hazard.check, actor=hazard.check.inspector, now=NOW)
    db.session.commit()
    (facts,) = notice.facts["hazards"]
    assert (facts["grade"], facts["criterion"]) == ("general", "")
    assert hazard.major_criterion == "判定标准第三条"
