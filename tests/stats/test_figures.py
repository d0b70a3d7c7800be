"""One test for each definition of domain 5.1, on rows counted by hand; the number and the list always agree."""

from __future__ import annotations

from datetime import date

import pytest
from flask import current_app

from tests.stats.builders import case, closed, excuse, hazard, person, place, task, training, visit
from xuncha.campaigns.actions import reopen_case, settle_case
from xuncha.campaigns.models import CaseKind, CaseOutcome, IllegalCase
from xuncha.checks.models import VisitKind
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.enterprises.actions import change_site
from xuncha.enterprises.models import WorkingState
from xuncha.hazards.lifecycle import Act
from xuncha.hazards.models import Grade, Source
from xuncha.stats.figure_list import lines
from xuncha.stats.figures import FIGURES, Figures, Period, Scope
from xuncha.trainings.actions import void_training

FIRST, LAST = date(2026, 6, 1), date(2026, 6, 30)
EVE, NEXT = date(2026, 5, 31), date(2026, 7, 1)

pytestmark = pytest.mark.usefixtures("app")


def day(number: int) -> date:
    return date(2026, 6, number)


def june(as_of: date = LAST, **scope: object) -> Figures:
    return Figures(Period(FIRST, LAST, as_of), Scope(**scope))


def count(name: str, as_of: date = LAST) -> int:
    """A figure of June, after seeing that it counts exactly the rows of its list."""
    figures = june(as_of)
    rows = db.session.scalars(figures.rows(name)).all()
    assert len({row.id for row in rows}) == len(rows) == len(figures.ids(name))
    if FIGURES[name].amount is None:
        assert figures.number(name) == len(rows)
    return figures.number(name)


def test_one_site_on_one_day_is_one_visit_however_many_came_along() -> None:
    visit(day(2)), visit(day(2)), visit(day(2), kind=VisitKind.SPECIAL)
    visit(day(2), by="zhao"), visit(day(2), site="lifeng", by="zhao"), visit(day(3))
    assert (count("visits"), count("patrol_visits")) == (3, 1)


def test_both_ends_of_the_period_belong_to_it() -> None:
    for when in (EVE, FIRST, LAST, NEXT):
        visit(when)
    assert count("visits") == 2


def test_a_corrected_check_counts_once_by_its_newest_version() -> None:
    first = visit(day(2))
    visit(day(5), replaces=first)
    assert count("visits") == 1
    moved = visit(day(9), site="lifeng")
    visit(NEXT, site="lifeng", replaces=moved)
    assert count("visits") == 1


def test_re_inspections_alone_are_shown_apart() -> None:
    visit(day(2)), visit(day(3), kind=VisitKind.RECHECK)
    assert (count("visits"), count("recheck_visits")) == (1, 1)


def test_patrols_are_part_of_the_visits() -> None:
    kinds = (VisitKind.ROUTINE, VisitKind.EXPERT, VisitKind.SPECIAL, VisitKind.HOLIDAY, VisitKind.LOOK_BACK)
    for place_in_month, kind in enumerate(kinds, 2):
        visit(day(place_in_month), kind=kind)
    visit(day(20), site="oldmill", kind=VisitKind.IDLE_PATROL)
    assert (count("visits"), count("patrol_visits"), count("idle_site_visits")) == (6, 4, 1)


def test_enterprises_are_counted_once_and_idle_sites_not_at_all() -> None:
    visit(day(2)), visit(day(20)), visit(day(3), site="lifeng"), visit(day(4), site="oldmill")
    visit(day(5), site="minghe", kind=VisitKind.RECHECK)
    assert count("enterprises_visited") == 2


def test_coverage_is_of_the_key_enterprises_on_the_list() -> None:
    visit(day(2)), visit(day(3))
    figures = june()
    assert str(figures.share("coverage")) == "1/3"
    place("minghe").key_since = NEXT
    place("lifeng").working_state = WorkingState.CLOSED
    db.session.flush()
    assert str(june().share("coverage")) == "1/1"
    assert count("key_enterprises") == count("key_enterprises_visited") == 1


def change(code: str, when: date, **facts: object) -> None:
    change_site(place(code), actor=person("admin"), now=at(when, 9), **facts)
    db.session.flush()


def test_what_is_changed_of_an_enterprise_later_was_not_so_then() -> None:
    change("huaxin", EVE, working_state=WorkingState.CLOSED)
    change("huaxin", NEXT, working_state=WorkingState.STOPPED)
    change("minghe", EVE, key=False)
    visit(day(2), site="lifeng")
    assert str(june().share("coverage")) == "1/1"
    change("lifeng", NEXT, working_state=WorkingState.CLOSED, key=False)
    change("minghe", NEXT, key=True)
    assert str(june().share("coverage")) == "1/1"
    july = Figures(Period(NEXT, date(2026, 7, 31), date(2026, 7, 31)))
    assert july.number("key_enterprises") == 2


def test_a_key_enterprise_entered_late_is_on_the_list_since_its_day() -> None:
    change("minghe", EVE, key=False)
    change("minghe", NEXT, key=True, key_since=day(9))
    assert [count("key_enterprises", as_of=day(at_)) for at_ in (8, 9)] == [2, 3]


def test_experts_enterprises_and_hazards() -> None:
    visit(day(2), by="expert", kind=VisitKind.EXPERT), visit(day(9), by="expert", kind=VisitKind.EXPERT)
    visit(day(2), site="lifeng")
    closed(day(2), day(8), source=Source.EXPERT, by="expert")
    hazard(day(2), source=Source.EXPERT, by="expert")
    hazard(day(2))
    assert count("expert_enterprises") == 1
    assert (count("expert_hazards_found"), count("expert_hazards_closed")) == (2, 1)
    assert june().rate("expert_rate") == 0.5


def test_void_hazards_are_counted_nowhere() -> None:
    hazard(day(2)), hazard(day(2)).then(Act.VOID, day(3))
    assert count("hazards_found") == count("hazards_unsettled") == 1
    assert count("hazards_found", as_of=day(2)) == 2


def test_reported_but_not_verified_is_not_rectified() -> None:
    closed(day(2), day(8))
    hazard(day(2)).then(Act.ISSUE, day(2)).then(Act.REPORT_DONE, day(8))
    assert (count("hazards_closed"), count("hazards_to_verify"), count("found_to_verify")) == (1, 1, 1)


def test_a_rate_has_the_same_hazards_above_and_below_the_line() -> None:
    closed(EVE, day(10)), closed(day(2), day(10)), closed(day(20), NEXT), hazard(day(21))
    figures = june()
    assert str(figures.share("rectification_rate")) == "1/3"
    assert figures.rate("rectification_rate") == pytest.approx(1 / 3)
    assert str(june(as_of=NEXT).share("rectification_rate")) == "2/3"


def test_what_is_found_is_rectified_or_waits_or_is_overdue_or_in_progress() -> None:
    closed(day(2), day(8))
    hazard(day(2)).then(Act.ISSUE, day(2)).then(Act.REPORT_DONE, day(20))
    hazard(day(2)), hazard(day(28))
    parts = ("hazards_closed", "found_to_verify", "found_overdue", "found_in_progress")
    assert [count(part) for part in parts] == [1, 1, 1, 1]
    assert count("hazards_found") == 4


def test_mended_on_the_spot_counts_as_found_and_as_rectified() -> None:
    hazard(day(2)).then(Act.FIX_ON_SPOT, at(day(2), 10))
    hazard(day(2))
    assert (count("fixed_on_spot"), count("hazards_found"), count("hazards_closed")) == (1, 2, 1)


def test_closed_in_the_period_is_a_flow_whenever_found() -> None:
    closed(date(2026, 3, 1), day(2)), closed(day(2), day(9)), closed(day(20), NEXT), closed(EVE, EVE)
    assert count("closed_in_period") == 2


def test_delisting_a_closed_hazard_does_not_close_it_again() -> None:
    closed(EVE, EVE).then(Act.DELIST, day(4))
    assert count("closed_in_period") == 0


def test_reopened_hazards_are_not_closed() -> None:
    closed(day(2), day(8)).then(Act.REOPEN, day(10), due_on=day(17))
    assert (count("hazards_closed"), count("closed_in_period"), count("hazards_overdue")) == (0, 0, 1)


def test_overdue_is_past_the_valid_due_date_and_not_closed() -> None:
    hazard(day(2), due_on=day(29)), hazard(day(2), due_on=LAST), closed(day(2), day(29), due_on=day(10))
    hazard(EVE, due_on=day(5))
    assert count("hazards_overdue") == 2
    assert [count("hazards_overdue", as_of=day(at_)) for at_ in (10, 11)] == [1, 2]


def test_an_extension_moves_the_valid_due_date_from_the_day_it_was_granted() -> None:
    late = hazard(day(2), due_on=day(9)).then(Act.ISSUE, day(2))
    late.then(Act.GRANT_EXTENSION, day(12), due_on=day(25))
    assert [count("hazards_overdue", as_of=day(at_)) for at_ in (9, 11, 12, 25, 26)] == [0, 1, 0, 0, 1]


def test_in_time_is_reported_by_the_due_date_and_verified_since() -> None:
    due = day(10)
    closed(day(2), day(10), due_on=due)
    hazard(day(2), due_on=due).then(Act.REPORT_DONE, at(due, 23, 59)).then(Act.VERIFY, day(20))
    hazard(day(2), due_on=due).then(Act.REPORT_DONE, at(day(11), 0)).then(Act.VERIFY, day(20))
    hazard(day(2), due_on=due).then(Act.REPORT_DONE, day(9))
    hazard(day(2), due_on=due)
    hazard(day(2), due_on=NEXT)
    assert (count("hazards_due"), count("hazards_in_time")) == (5, 2)
    assert june().rate("on_time_rate") == 0.4


def test_without_a_report_the_verification_decides() -> None:
    for when in (day(9), day(12)):
        hazard(day(2)).then(Act.ISSUE, day(2)).then(Act.VERIFY, when)
    assert str(june().share("on_time_rate")) == "1/2"


def test_in_time_is_fixed_when_it_closes() -> None:
    closed(day(2), day(8))
    assert june(as_of=day(9)).rate("on_time_rate") == june(as_of=date(2026, 10, 31)).rate("on_time_rate") == 1


def test_a_report_that_was_sent_back_is_not_the_one_that_counts() -> None:
    again = hazard(day(2), due_on=day(9)).then(Act.REPORT_DONE, day(8))
    again.then(Act.SEND_BACK, day(9), due_on=day(12)).then(Act.REPORT_DONE, day(13)).then(Act.VERIFY, day(14))
    assert str(june().share("on_time_rate")) == "0/1"


def test_mended_on_the_spot_is_in_time() -> None:
    hazard(day(2)).then(Act.FIX_ON_SPOT, at(day(2), 10))
    assert str(june().share("on_time_rate")) == "1/1"


def test_re_inspection_rate() -> None:
    hazard(day(2)).then(Act.REPORT_DONE, day(3)).then(Act.SEND_BACK, day(5), due_on=day(12))
    hazard(day(2)).then(Act.REPORT_DONE, day(3))
    hazard(day(2))
    hazard(day(2), due_on=NEXT)
    hazard(day(2)).then(Act.FIX_ON_SPOT, at(day(2), 10))
    assert (count("recheck_due"), count("rechecked")) == (3, 1)


def test_major_hazards_count_from_their_confirmation_and_suspected_ones_stand_apart() -> None:
    hazard(day(2), grade=Grade.SUSPECTED)
    sure = hazard(day(2), grade=Grade.SUSPECTED).then(Act.CONFIRM_MAJOR, day(5)).then(Act.REPORT_DONE, day(7))
    sure.then(Act.VERIFY, day(8)).then(Act.APPROVE_CLOSURE, day(12))
    hazard(day(2), grade=Grade.SUSPECTED).then(Act.CONFIRM_MAJOR, day(5)).then(Act.DISMISS_MAJOR, day(6))
    assert (count("major_found"), count("major_closed"), count("suspected_found")) == (1, 1, 1)
    assert [count("major_found", as_of=day(at_)) for at_ in (4, 5, 6)] == [0, 2, 1]
    assert [count("major_closed", as_of=day(at_)) for at_ in (11, 12)] == [0, 1]


def test_tasks_of_the_half_months_in_the_period() -> None:
    task(day(1), done_on=day(9))
    task(day(16), done_on=NEXT)
    task(day(1), "lifeng", "zhao")
    excuse(task(day(16), "lifeng", "zhao"), at(day(29), 9))
    excuse(task(day(1), "minghe", "chen"), at(day(9), 9), accepted=False)
    task(EVE), task(NEXT)
    assert (count("tasks_planned"), count("tasks_done"), count("tasks_excused")) == (4, 1, 1)
    assert june().rate("completion_rate") == 0.25
    assert count("tasks_not_done") == 3
    assert (count("tasks_done_late", as_of=NEXT), count("tasks_not_done", as_of=NEXT)) == (1, 2)


def test_a_half_month_that_has_not_begun_is_not_planned_yet() -> None:
    task(day(1)), task(day(16))
    assert count("tasks_planned", as_of=day(15)) == 1


def test_illegal_cases_count_on_the_day_of_their_outcome() -> None:
    for when in (EVE, FIRST, LAST, NEXT):
        case(CaseKind.INSTALLATION, CaseOutcome.REMOVED, when)
        case(CaseKind.ACT, CaseOutcome.STOPPED, when)
    case(CaseKind.INSTALLATION, CaseOutcome.PENDING, None)
    case(CaseKind.ACT, CaseOutcome.REFERRED, day(4))
    assert (count("illegal_installations_removed"), count("illegal_acts_stopped")) == (2, 2)
    assert count("illegal_acts_stopped", as_of=day(29)) == 1


def test_an_outcome_that_was_taken_back_later_stood_until_then() -> None:
    row = case(CaseKind.INSTALLATION, CaseOutcome.REMOVED, day(20))
    reopen_case(row, "拆错了", actor=person("admin"), now=at(NEXT, 9))
    name = "illegal_installations_removed"
    assert [count(name, as_of=as_of) for as_of in (day(19), day(20), LAST, NEXT)] == [0, 1, 1, 0]
    with current_app.test_request_context():
        [line] = lines(june(), IllegalCase, june().rows(name))
    assert day(20) in line.cells
    removed = {"outcome_on": date(2026, 7, 2), "version": row.version, "actor": person("wang")}
    settle_case(row, CaseOutcome.REMOVED, **removed, now=at(date(2026, 7, 3), 9))
    july = Figures(Period(NEXT, date(2026, 7, 31), date(2026, 7, 31)))
    assert (count(name), july.number(name)) == (1, 1)


def test_an_outcome_that_is_entered_late_counts_on_its_day() -> None:
    row = case(CaseKind.ACT, CaseOutcome.PENDING, None)
    stopped = {"outcome_on": day(20), "version": row.version, "actor": person("wang")}
    settle_case(row, CaseOutcome.STOPPED, **stopped, now=at(NEXT, 9))
    assert count("illegal_acts_stopped") == 1


def test_a_training_made_void_never_was_one() -> None:
    row = training(day(2))
    training(day(2))
    void_training(row, "重复登记", version=row.version, actor=person("admin"), now=at(NEXT, 9))
    db.session.flush()
    assert count("trainings") == 1


def test_trainings_attendances_and_materials() -> None:
    training(day(2), heads=(30, 12), copies=(100, 20)), training(day(9), heads=(30,))
    training(day(9), heads=(99,), void=True), training(NEXT, copies=(500,))
    assert [count(name) for name in ("trainings", "attendances", "materials")] == [2, 72, 120]


def test_nothing_counted_has_no_rate() -> None:
    figures = june()
    assert figures.number("hazards_found") == figures.number("attendances") == 0
    assert figures.rate("rectification_rate") is None


def test_closing_after_the_as_of_day_changes_nothing_before() -> None:
    closed(day(2), day(20))
    assert [count("hazards_closed", as_of=day(at_)) for at_ in (19, 20)] == [0, 1]


def test_the_days_are_chinas_days() -> None:
    one = hazard(day(2)).then(Act.REPORT_DONE, day(3))
    one.then(Act.VERIFY, at(LAST, 23, 59).replace(second=59))
    two = hazard(day(2)).then(Act.REPORT_DONE, day(3))
    two.then(Act.VERIFY, at(NEXT, 0))
    assert (count("hazards_closed"), count("closed_in_period")) == (1, 1)
    july = Figures(Period(NEXT, date(2026, 7, 31), date(2026, 7, 31)))
    assert july.number("closed_in_period") == 1


def test_a_late_entry_changes_the_live_figure_of_the_past() -> None:
    visit(day(2))
    before = june(as_of=day(10)).number("visits"), june(as_of=day(10)).number("hazards_found")
    visit(day(5), received=day(20))
    hazard(day(5), when=at(day(5), 10))
    assert before == (1, 0)
    assert (count("visits", as_of=day(10)), count("hazards_found", as_of=day(10))) == (2, 1)


def test_a_supervisor_sees_his_own_a_lead_the_teams_a_manager_the_zones() -> None:
    closed(day(2), day(8)), hazard(day(2), "lifeng", "zhao"), hazard(day(2), "minghe", "chen")
    training(day(2), by="wang"), training(day(2), by="zhao"), training(day(2), by="chen")
    seen = {
        name: (june(actor=person(name)).number("hazards_found"), june(actor=person(name)).number("trainings"))
        for name in ("wang", "lin", "leader", "auditor", "officer")
    }
    assert seen == {"wang": (1, 1), "lin": (2, 2), "leader": (3, 3), "auditor": (3, 3), "officer": (1, 0)}


def test_of_one_supervisor_and_of_one_site() -> None:
    hazard(day(2)), hazard(day(2), "lifeng", "zhao"), visit(day(2)), visit(day(2), by="zhao")
    task(day(1)), task(day(1), "lifeng", "zhao")
    names = ("hazards_found", "visits", "tasks_planned")
    assert [june(supervisor=person("zhao").id).number(name) for name in names] == [1, 1, 1]
    assert [june(site=place("huaxin").id).number(name) for name in names] == [1, 1, 1]
