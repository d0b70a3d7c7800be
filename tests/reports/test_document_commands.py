"""`flask document`: the papers from a script, and sentences instead of tracebacks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from tests import cast
from tests.reports import half_year, visits
from tests.reports.papers import bare, read

from xuncha.accounts.models import User
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_notice
from xuncha.reports.layout import fonts

Places, People = Callable[[str], Site], Callable[[str], User]
DAYS = ["--from", "2026-07-01", "--to", "2026-12-31"]


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["document", *args])


@pytest.mark.parametrize("number", ["（开安）检记〔2026〕1号", "(开安)检记[2026]1号", "2026-1", "1"])
def test_a_record_is_found_by_its_number_however_it_is_written(
    app: Flask, site: Places, user: People, tmp_path: Path, number: str
) -> None:
    visits.file(visits.filing(site("huaxin")), user("wang"))
    out = tmp_path / "记录.pdf"
    made = run(app, "inspection-record", "--number", number, "--out", str(out))
    assert made.exit_code == 0, made.output
    assert "sha256" in made.output
    assert "现场检查记录" in read(out)


def test_notices_print_in_english_too(app: Flask, site: Places, user: People, tmp_path: Path) -> None:
    wang = user("wang")
    filed = visits.file(visits.filing(site("huaxin"), findings=[visits.finding("通道堵塞")]), wang)
    issue_notice(filed, actor=wang, now=cast.NOW)
    db.session.commit()
    out = tmp_path / "n.pdf"
    assert run(app, "rectification-notice", "--number", "1", "--lang", "en", "--out", str(out)).exit_code == 0
    assert bare("Rectification notice") in read(out)


@pytest.mark.parametrize("kind", ["inspection-summary", "training-summary", "hazard-ledger"])
def test_summaries_and_the_ledger_are_printed_for_any_days(
    app: Flask, site: Places, user: People, tmp_path: Path, kind: str
) -> None:
    half_year.settle(site, user)
    out = tmp_path / "s.pdf"
    made = run(app, kind, *DAYS, "--as-of", "2026-10-31", "--site", "华鑫化工有限公司", "--out", str(out))
    assert made.exit_code == 0, made.output
    assert "截至2026年10月31日" in read(out)
    assert run(app, kind, *DAYS, "--supervisor", "wang", "--out", str(out)).exit_code == 0


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["inspection-record", "--number", "2026-99"], "there is no such number: 2026-99"),
        (["reinspection-opinion", "--number", "甲"], "there is no such number"),
        (["hazard-ledger", "--from", "2026-13-01", "--to", "2026-12-31"], "2026-13-01"),
        (["hazard-ledger", "--from", "2026-12-31", "--to", "2026-07-01"], "--to lies before --from"),
        (["inspection-summary", *DAYS, "--as-of", "2026-01-01"], "--as-of lies before --from"),
        (["inspection-summary", *DAYS, "--as-of", "2099-01-01"], "--as-of lies in the future"),
        (["inspection-summary", *DAYS, "--site", "无此企业"], "无此企业"),
        (["training-summary", *DAYS, "--supervisor", "nobody"], "nobody"),
    ],
)
def test_what_cannot_be_printed_is_said_in_a_sentence(
    app: Flask, tmp_path: Path, args: list[str], said: str
) -> None:
    made = run(app, *args, "--out", str(tmp_path / "x.pdf"))
    assert made.exit_code != 0
    assert said in made.output
    assert "Traceback" not in made.output
    assert not (tmp_path / "x.pdf").exists()


def test_a_folder_that_is_not_there_is_said(app: Flask, tmp_path: Path) -> None:
    made = run(app, "hazard-ledger", *DAYS, "--out", str(tmp_path / "none" / "x.pdf"))
    assert made.exit_code == 1
    assert "cannot write" in made.output


def test_a_missing_font_is_said(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Path | None = None) -> None:
        fonts.find_fonts([tmp_path])

    monkeypatch.setattr(fonts, "register_fonts", refuse)
    made = run(app, "hazard-ledger", *DAYS, "--out", str(tmp_path / "x.pdf"))
    assert made.exit_code == 1
    assert "No Chinese font" in made.output
