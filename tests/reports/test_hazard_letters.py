"""The papers about one hazard, from its report to a supervision letter, read back from their PDFs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import gettext
from tests.hazards.builders import NOW, day, do, issued, photo, planned
from tests.house import House
from tests.reports.papers import bare, read

from xuncha.core.db import db
from xuncha.core.errors import Refused
from xuncha.core.i18n import use_language, write_day
from xuncha.hazards.lifecycle import Act
from xuncha.hazards.models import Hazard, Letter
from xuncha.reports import printing

ORDER = (Act.LIST, Act.REPORT_DONE, Act.VERIFY)


def closed() -> Hazard:
    """A major hazard that was reported, listed, verified by two, closed and delisted."""
    hazard = planned(before=[{"sha256": photo(77).sha256}])
    do(hazard, Act.REPORT_MAJOR)
    for act in ORDER:
        do(hazard, act)
    do(do(hazard, Act.APPROVE_CLOSURE, actor="admin"), Act.DELIST)
    return hazard


def printed(letter: Letter, folder: Path, lang: str) -> str:
    path = folder / f"{letter.kind}-{lang}.pdf"
    printing.write(printing.letter(letter), path, lang)
    return read(path)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_paper_says_what_it_is_about(app: Flask, tmp_path: Path, lang: str) -> None:
    hazard = closed()
    report, listing, delisting = hazard.letters
    notice = hazard.notice
    assert notice is not None
    for letter in (report, listing, delisting):
        text = printed(letter, tmp_path, lang)
        for words in (letter.number, hazard.number, hazard.description, hazard.site.name, notice.number):
            assert bare(words) in text, (letter.kind, words)
    with use_language(lang):
        settled, deadline = write_day(day(37)), write_day(day(47))
    text = printed(listing, tmp_path, lang)
    for words in ("李分管", deadline, settled, "挂牌督办", "停用该车间，每班巡查", "12.5"):
        assert bare(words) in text, words
    text = printed(delisting, tmp_path, lang)
    for words in (listing.number, "王监管", "郑同行", "安管理", "已整改"):
        assert bare(words) in text, words
    text = printed(report, tmp_path, lang)
    for words in ("应急管理局", "判定标准第三条"):
        assert bare(words) in text, words


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_referral_names_the_department_and_the_day_of_the_reply(
    app: Flask, tmp_path: Path, lang: str
) -> None:
    hazard = do(issued(), Act.REFER, reply_by=day(20))
    text = printed(hazard.letters[0], tmp_path, lang)
    with use_language(lang):
        wanted = ("应急管理局", "涉嫌违法", write_day(day(20)), hazard.letters[0].number)
    for words in wanted:
        assert bare(words) in text, words


def test_what_a_paper_says_stays(app: Flask, tmp_path: Path) -> None:
    letter = closed().letters[1]
    before = printing.write(printing.letter(letter), tmp_path / "a.pdf", "zh").sha256
    letter.hazard.description = letter.site.name = "改过"
    db.session.commit()
    assert printing.write(printing.letter(letter), tmp_path / "b.pdf", "zh").sha256 == before


def test_a_paper_is_printed_by_its_command(app: Flask, tmp_path: Path) -> None:
    letter = closed().letters[1]
    out = tmp_path / "listing.pdf"
    result = app.test_cli_runner().invoke(
        args=["document", "listing-notice", "--number", letter.number, "--out", str(out)]
    )
    assert result.exit_code == 0, result.output
    assert bare(letter.number) in read(out)
    missing = app.test_cli_runner().invoke(
        args=["document", "referral-letter", "--number", "1", "--out", str(out)]
    )
    assert missing.exit_code == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("act", [Act.GRANT_EXTENSION, Act.REFUSE_EXTENSION])
def test_a_decision_on_an_extension_is_a_paper(app: Flask, tmp_path: Path, lang: str, act: Act) -> None:
    hazard = do(issued(), Act.ASK_EXTENSION)
    old = hazard.due_on
    letter = do(hazard, act, actor="leader").letters[0]
    text = printed(letter, tmp_path, lang)
    with use_language(lang):
        days, refused = (write_day(old), write_day(day(17))), gettext("Extension refused")
        decided = refused if act is Act.REFUSE_EXTENSION else gettext("Extension granted")
    assert bare(decided) in text
    assert (bare(refused) in text) == (act is Act.REFUSE_EXTENSION)
    for words in (*days, letter.number, hazard.number, "等配件", "断电挂牌"):
        assert bare(words) in text, words


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_supervision_letter_tells_how_late_it_is_and_when_to_answer(
    app: Flask, tmp_path: Path, lang: str
) -> None:
    hazard = do(do(issued(), Act.REMIND), Act.REMIND, channel="phone", reply="not_reached")
    with pytest.raises(Refused):
        do(hazard, Act.SUPERVISE)
    db.session.rollback()
    late = NOW + timedelta(days=15)
    due, version = hazard.due_on, hazard.version
    with pytest.raises(Refused):
        do(hazard, Act.SUPERVISE, now=late, reply_by=None)
    db.session.rollback()
    letter = do(hazard, Act.SUPERVISE, now=late, reply_by=day(20), note="报送整改照片").letters[0]
    assert (hazard.due_on, hazard.version) == (due, version)
    text = printed(letter, tmp_path, lang)
    with use_language(lang):
        wanted = (write_day(due), write_day(day(20)), letter.number, hazard.number, "报送整改照片")
        last = write_day(NOW)
        urged = {"zh": f"1 次，最近一次 {last}", "en": f"1 time, last on {last}"}[lang]
    for words in (*wanted, urged, "8"):
        assert bare(words) in text, words


def test_the_enterprise_gets_these_papers(as_user: Callable[[str], House], app: Flask) -> None:
    hazard = do(issued(), Act.ASK_EXTENSION)
    letter = do(hazard, Act.GRANT_EXTENSION, actor="leader").letters[0]
    number = letter.id
    assert as_user("officer").get(f"/papers/letters/{number}").status_code == 200
    assert as_user("stranger").get(f"/papers/letters/{number}").status_code == 404
