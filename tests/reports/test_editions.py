"""Issued editions: frozen to the byte whatever comes later, and the next edition names all that came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from tests import cast
from tests.hazards.builders import BROUGHT
from tests.house import House, Page
from tests.reports import half_year, visits
from tests.reports.papers import bare, read

from xuncha.accounts.models import User
from xuncha.campaigns.actions import record_case, settle_case
from xuncha.campaigns.models import CaseKind, CaseOutcome
from xuncha.checks.models import Check
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.enterprises.actions import change_site
from xuncha.enterprises.assignments import hand_over
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import step
from xuncha.hazards.lifecycle import Act
from xuncha.hazards.models import Hazard
from xuncha.reports import printing
from xuncha.reports.models import Edition, EditionKind
from xuncha.reports.summaries import changes_section, edition_changes, edition_list, editions, frozen_lists
from xuncha.stats.figures import FIGURES, Figures, Period, Scope
from xuncha.trainings.actions import Facts, Heads, record_training, void_training
from xuncha.trainings.models import Training, TrainingKind

Places, People = Callable[[str], Site], Callable[[str], User]
Browsers = Callable[[str], House]
FIRST, LAST = date(2026, 7, 1), date(2026, 12, 31)
FIRST_DAY, NEXT_DAY = date(2026, 11, 2), date(2026, 11, 3)
OF = "of=2026-H2"


def issue(user: People, day: date, kind: EditionKind = EditionKind.SUMMARY) -> Edition:
    """Issue the half-year as of a day, at five in the afternoon."""
    now = at(day, 17)
    made = editions.draft(kind, Period(FIRST, LAST, day), rounded=False, now=now)
    edition = editions.issue(made, actor=user("leader"), now=now)
    db.session.commit()
    return edition


def bytes_of(edition: Edition, folder: Path) -> list[bytes]:
    """PDF and Word document in both languages, printed anew."""
    db.session.expire_all()
    found = []
    for lang in ("zh", "en"):
        printing.write(printing.edition(edition), folder / "a.pdf", lang)
        printing.write_for_word(printing.edition(edition), folder / "a.docx", lang)
        found += [(folder / "a.pdf").read_bytes(), (folder / "a.docx").read_bytes()]
    return found


def words_of(edition: Edition, folder: Path, lang: str = "en") -> str:
    assert printing.write(printing.edition(edition), folder / "a.pdf", lang).warnings == []
    return read(folder / "a.pdf")


def hazards_of(check: Check) -> list[Hazard]:
    return list(db.session.scalars(sa.select(Hazard).where(Hazard.check_id == check.id).order_by(Hazard.id)))


def act(hazard: Hazard, what: Act, who: User, hour: int, **more: object) -> None:
    brought = BROUGHT.get(what, {}) | more
    step(hazard, what, actor=who, now=at(NEXT_DAY, hour), brought=brought)


@pytest.fixture
def zone(site: Places, user: People) -> list[Hazard]:
    """The half-year, and eight hazards more of the twentieth of October, due two weeks later."""
    half_year.settle(site, user)
    return hazards_of(half_year.visit(site("huaxin"), user("wang"), date(2026, 10, 20), 8))


def change_all(zone: list[Hazard], site: Places, user: People) -> dict[str, str]:
    """Twelve kinds of later change; what the next edition says of each."""
    leader, wang, officer, admin = (user(name) for name in ("leader", "wang", "officer", "admin"))
    huaxin, lifeng = site("huaxin"), site("lifeng")
    closed_before = db.session.scalars(
        sa.select(Hazard)
        .where(Hazard.site_id == lifeng.id, Hazard.closed_at.is_not(None))
        .order_by(Hazard.id)
    ).first()
    assert closed_before is not None
    said: dict[str, str] = {}
    act(zone[0], Act.VOID, leader, 10)
    said["void"] = "made void: 重复录入"
    act(zone[1], Act.MERGE, leader, 10, into=zone[2].number)
    said["merge"] = f"merged into {zone[2].number}"
    act(zone[3], Act.ACCEPT, officer, 10)
    act(zone[3], Act.ASK_EXTENSION, officer, 10, due_on=date(2026, 11, 20))
    act(zone[3], Act.GRANT_EXTENSION, wang, 11)
    said["extension"] = "extension granted, now due on 20 Nov 2026"
    act(zone[4], Act.VERIFY, wang, 11, note="已改")
    said["closing"] = "closed on 3 Nov 2026"
    act(closed_before, Act.REOPEN, leader, 11, due_on=date(2026, 11, 30))
    said["reopening"] = "reopened, now due on 30 Nov 2026"
    act(zone[5], Act.CONFIRM_MAJOR, admin, 11)
    said["major"] = "confirmed as major"
    record_training(
        Facts(
            kind=TrainingKind.LECTURE,
            topic="补录的宣讲",
            held_on=date(2026, 10, 30),
            place="礼堂",
            organiser="安办",
            hours=1,
            audience=(Heads(25, group_name="职工"),),
        ),
        actor=admin,
        now=at(NEXT_DAY, 12),
    )
    said["training"] = "filed late: of 30 Oct 2026, filed on 3 Nov 2026"
    course = db.session.scalars(sa.select(Training).where(Training.kind == TrainingKind.COURSE)).one()
    void_training(course, "重复登记", version=course.version, actor=admin, now=at(NEXT_DAY, 12))
    said["void training"] = "made void: 重复登记"
    case = record_case(
        kind=CaseKind.ACT,
        description="违规动火",
        place="东门",
        found_on=NEXT_DAY,
        site_id=huaxin.id,
        actor=wang,
        now=at(NEXT_DAY, 12),
    )
    settle_case(
        case,
        CaseOutcome.STOPPED,
        NEXT_DAY,
        note="当场制止",
        version=case.version,
        actor=wang,
        now=at(NEXT_DAY, 12),
    )
    said["case"] = "违规动火"
    db.session.commit()
    late = visits.filing(
        lifeng,
        started_at=at(date(2026, 10, 28), 9),
        finished_at=at(date(2026, 10, 28), 10),
        findings=[visits.finding("补录的隐患", due_on=date(2026, 11, 12))],
        late_reason="当日无信号",
    )
    visits.file(late, user("zhao"), at(NEXT_DAY, 13))
    said["late"] = "filed late: of 28 Oct 2026, filed on 3 Nov 2026"
    change_site(huaxin, actor=admin, now=at(NEXT_DAY, 14), name="华鑫新材料有限公司")
    said["rename"] = "renamed, before: 华鑫化工有限公司"
    hand_over([(lifeng, wang)], NEXT_DAY, actor=leader, now=at(NEXT_DAY, 14))
    said["handover"] = "handed over from 赵同事 to 王监管"
    db.session.commit()
    return said


def test_what_comes_later_leaves_an_edition_as_it_was_and_is_named_by_the_next(
    zone: list[Hazard], site: Places, user: People, tmp_path: Path
) -> None:
    first = issue(user, FIRST_DAY)
    before = bytes_of(first, tmp_path)
    found_then = first.facts["values"]["hazards_found"]
    with time_machine.travel(at(NEXT_DAY, 16)):
        said = change_all(zone, site, user)
        assert bytes_of(first, tmp_path) == before
        second = issue(user, NEXT_DAY)
        assert bytes_of(first, tmp_path) == before
        text = words_of(second, tmp_path)
    assert len(said) >= 10
    for kind, words in said.items():
        assert bare(words) in text, kind
    # One came late, one was void, one merged: one less than before.
    assert second.facts["values"]["hazards_found"] == found_then - 1
    moved = {row[0]: row[1:3] for row in second.facts["changes"]["moved"]}
    assert moved["hazards_found"] == [found_then, found_then - 1]
    assert moved["major_found"] == [0, 1]
    assert moved["attendances"] == [110, 45 + 25]
    assert bare(f"Edition 1 ({first.number}) was issued on 2 Nov 2026 with figures as of 2 Nov 2026") in text


def test_the_lists_of_an_edition_are_as_long_as_its_figures_say(zone: list[Hazard], user: People) -> None:
    edition = issue(user, FIRST_DAY)
    figures = Figures(Period(FIRST, LAST, FIRST_DAY), Scope())
    for name, numbers in edition.lists["ids"].items():
        assert numbers == figures.ids(name), name
        if name not in ("attendances", "materials"):
            assert len(numbers) == edition.facts["values"][name], name


def test_rows_of_editions_are_never_changed(zone: list[Hazard], user: People) -> None:
    issue(user, FIRST_DAY)
    for change in ("UPDATE editions SET number = 'x'", "DELETE FROM editions"):
        with pytest.raises(sa.exc.DatabaseError, match="filed rows are evidence"):
            db.session.execute(sa.text(change))
        db.session.rollback()


def test_an_edition_is_proved_by_its_page_and_replaced_by_the_next(
    app: Flask, zone: list[Hazard], user: People, client: House
) -> None:
    app.config["PUBLIC_URL"] = "https://example.org"
    from xuncha.reports import proofs

    first = issue(user, FIRST_DAY)
    address = proofs.address_of(first)
    assert address is not None
    path = address.removeprefix("https://example.org") + "?lang=en"
    number, shown = first.number, proofs.digest(first)
    db.session.rollback()
    said = client.text(path)
    assert number in said and "Issued, unchanged" in said
    assert shown[:8] in said
    second = issue(user, NEXT_DAY).number
    db.session.rollback()
    assert f"Replaced by {second}" in client.text(path)


def test_a_circular_is_short_and_numbered_apart(zone: list[Hazard], user: People, tmp_path: Path) -> None:
    summary, circular = issue(user, FIRST_DAY), issue(user, FIRST_DAY, EditionKind.CIRCULAR)
    assert (summary.serial, circular.serial) == (1, 1)
    assert "通报〔2026〕1号" in circular.number
    text = words_of(circular, tmp_path)
    assert "Worksafetycircular" in text
    assert "Appendix" not in text
    found = summary.facts["values"]["hazards_found"]
    assert bare(f"{found} hazards were found") in text


def fields_of(browser: House, address: str) -> dict[str, str]:
    fields = Page(browser.get(address).get_data(as_text=True)).fields
    return {name: fields[name] for name in ("of", "as_of", "seen", "exact") if name in fields}


def test_a_leader_looks_issues_and_finds_the_edition(zone: list[Hazard], as_user: Browsers) -> None:
    leader = as_user("leader")
    leader.post("/language", data={"lang": "en"})
    sent = fields_of(leader, f"/papers/editions/new?{OF}")
    unread = leader.post("/papers/editions/new", data=sent)
    assert unread.status_code == 422
    assert "tick that it was read" in unread.get_data(as_text=True)
    answer = leader.post("/papers/editions/new", data=sent | {"read": "1"})
    assert answer.status_code == 302
    page = answer.location
    assert "moved since" not in leader.text(page)
    frozen = leader.text(f"{page}/lists/hazards_found")
    assert "The live list differs" not in frozen
    assert "华鑫化工有限公司" in frozen
    assert leader.get(f"{page}/paper?format=pdf").mimetype == "application/pdf"
    assert leader.get(f"{page}/lists/nothing").status_code == 404
    assert page in leader.page("/papers/editions").links


def test_what_moved_since_the_preview_is_looked_at_again(
    zone: list[Hazard], as_user: Browsers, user: People
) -> None:
    leader = as_user("leader")
    leader.post("/language", data={"lang": "en"})
    sent = fields_of(leader, f"/papers/editions/new?{OF}") | {"read": "1"}
    step(zone[0], Act.VOID, actor=user("leader"), now=cast.NOW, brought={"reason": "重复"})
    db.session.commit()
    answer = leader.post("/papers/editions/new", data=sent)
    assert answer.status_code == 422
    assert "The figures moved since this preview" in answer.get_data(as_text=True)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Edition)) == 0


def test_the_page_of_an_edition_marks_what_the_live_list_has_besides(
    zone: list[Hazard], site: Places, user: People, as_user: Browsers
) -> None:
    edition = issue(user, FIRST_DAY).id
    with time_machine.travel(at(NEXT_DAY, 16)):
        change_all(zone, site, user)
        reader = as_user("auditor")
        reader.post("/language", data={"lang": "en"})
        said = reader.text(f"/papers/editions/{edition}/lists/hazards_found")
        # As of the day before the hazard that was filed late counts; what was void later was not void then.
        assert "0 no longer counted, 1 counted since" in said
        assert "补录的隐患" in said
        assert "华鑫化工有限公司" in said
        assert "moved since" in reader.text(f"/papers/editions/{edition}")


@pytest.mark.parametrize("who", ["lin", "wang", "expert", "officer"])
def test_only_who_reads_all_sees_editions(
    zone: list[Hazard], user: People, as_user: Browsers, who: str
) -> None:
    number = issue(user, FIRST_DAY).id
    db.session.rollback()
    browser = as_user(who)
    for address in (
        "/papers/summary",
        "/papers/editions",
        f"/papers/editions/{number}",
        "/papers/editions/new",
    ):
        assert browser.get(address).status_code == 403, address


def test_an_auditor_reads_and_issues_nothing(zone: list[Hazard], as_user: Browsers) -> None:
    browser = as_user("auditor")
    assert browser.get("/papers/summary").status_code == 200
    for address in ("/papers/editions/new", f"/papers/summary/text?{OF}"):
        assert browser.get(address).status_code == 403
        assert browser.post(address, data={"read": "1"}).status_code == 403


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("of=2027-H1", "This period has not begun."),
        ("of=nonsense", "Choose one of the entries offered."),
        ("of=2026-H2&as_of=2026-06-01", "This day lies before the period."),
        ("of=2026-H2&as_of=2026-11-09", "This date lies in the future."),
        ("of=2026-H2&as_of=x", "Enter a day of the years 2000 to 2099"),
    ],
)
def test_a_period_that_does_not_fit_is_said_in_a_sentence(
    zone: list[Hazard], as_user: Browsers, query: str, said: str
) -> None:
    browser = as_user("leader")
    browser.post("/language", data={"lang": "en"})
    answer = browser.get(f"/papers/summary?{query}")
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_the_command_prints_the_bytes_of_the_page(
    app: Flask, zone: list[Hazard], user: People, tmp_path: Path
) -> None:
    edition = issue(user, FIRST_DAY)
    printed = bytes_of(edition, tmp_path)[0]
    number = edition.number
    db.session.rollback()
    out = tmp_path / "b.pdf"
    done = app.test_cli_runner().invoke(args=["document", "edition", "--number", number, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert out.read_bytes() == printed


def test_whatever_a_figure_counts_is_frozen_listed_and_compared() -> None:
    counted = {figure.counts for figure in FIGURES.values()}
    tables = {kind.__tablename__ for kind in counted}
    assert counted == set(frozen_lists.READERS) == set(edition_list.COLUMNS)
    assert tables == set(edition_changes.TELL) == set(changes_section.KINDS)
