"""Notices and re-inspection opinions: printed from their frozen facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from tests import cast
from tests.reports import visits
from tests.reports.papers import bare, read

from xuncha.accounts.models import User
from xuncha.checks.models import LegalMode
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_notice
from xuncha.hazards.models import Notice
from xuncha.reports import printing

Places, People = Callable[[str], Site], Callable[[str], User]


@pytest.fixture
def notice(site: Places, user: People) -> Notice:
    wang = user("wang")
    wang.phone = "13700000002"
    db.session.commit()
    made = issue_notice(visits.full_visit(site("huaxin"), wang), actor=wang, now=cast.NOW)
    db.session.commit()
    return made


def text_of(notice: Notice, folder: Path, lang: str) -> str:
    printing.write(printing.notice(notice), folder / "notice.pdf", lang)
    return read(folder / "notice.pdf")


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "zh",
            [
                "整改通知书",
                "华鑫化工有限公司：",
                "第2项于2026年11月10日前（含当日）；第1项于2026年11月18日前（含当日）",
                "其中第2项疑似重大事故隐患",
                "联系人：王监管，联系电话：13700000002",
                "被检查单位主要负责人或现场负责人（签名）",
                "临江经济开发区安全生产办公室（印章）",
            ],
        ),
        (
            "en",
            [
                "Rectification notice",
                "item 2 by 10 Nov 2026 (that day included); item 1 by 18 Nov 2026 (that day included)",
                "Contact: 王监管, phone 13700000002",
                "Work Safety Office of Linjiang Zone (seal)",
            ],
        ),
    ],
)
def test_the_notice_says_what_by_when_and_what_follows(
    notice: Notice, tmp_path: Path, lang: str, words: list[str]
) -> None:
    found = text_of(notice, tmp_path, lang)
    facts = [notice.number, "（开安）检记〔2026〕1号", notice.facts[f"consequence_{lang}"]]
    for hazard in notice.facts["hazards"]:
        facts += [hazard["number"], hazard["description"], hazard["place"], hazard[f"basis_{lang}"]]
    assert [word for word in [*facts, *words] if bare(word) not in found] == []


def test_what_was_fixed_on_the_spot_is_not_ordered_again(notice: Notice, tmp_path: Path) -> None:
    assert "配电箱门缺失" not in text_of(notice, tmp_path, "zh")


def test_a_notice_prints_the_same_after_everything_else_changed(notice: Notice, tmp_path: Path) -> None:
    before = printing.write(printing.notice(notice), tmp_path / "a.pdf", "zh").sha256
    notice.site.name = "改名后的公司"
    notice.issued_by.name = notice.issued_by.phone = "改"
    for hazard in notice.hazards:
        hazard.description, hazard.due_on = "改过的描述", date(2027, 1, 1)
    db.session.commit()
    assert printing.write(printing.notice(notice), tmp_path / "b.pdf", "zh").sha256 == before


def test_enforcement_prints_the_order_with_its_appeal_clause(
    app: Flask, site: Places, user: People, tmp_path: Path
) -> None:
    app.config["SETTINGS_GIVEN"]["enforcement"] = "1"
    wang = user("wang")
    filed = visits.file(
        visits.filing(site("huaxin"), mode=LegalMode.ENFORCEMENT, findings=[visits.finding("无证上岗")]), wang
    )
    order = issue_notice(filed, actor=wang, now=cast.NOW + timedelta(hours=1))
    found = text_of(order, tmp_path, "zh")
    assert "责令限期整改指令书" in found
    assert "〔2026〕1号" in found
    assert bare(order.facts["consequence_zh"]) in found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_notice_of_twenty_long_hazards_gives_their_text_the_width_it_needs(
    notice: Notice, tmp_path: Path, lang: str
) -> None:
    one = notice.facts["hazards"][0]
    long = {
        "description": "粉尘作业车间除尘系统未按规定设置泄爆装置，除尘管道积尘未及时清理，现场未见清扫记录。"
        * 3,
        "measure": "立即停用该除尘系统，委托有资质的单位加装泄爆装置，制定清扫制度并如实记录。" * 2,
        "basis_zh": "《工贸企业粉尘防爆安全规定》（应急管理部令第6号）第十五条、第十六条第一款第（二）项；"
        * 2,
        "basis_en": "Rules on Dust Explosion Safety in Industry and Trade (MEM Order No. 6) Article 15, item 2; "
        * 2,
    }
    hazards = [{**one, **long, "number": f"YH2026-{at:04d}", "photos": []} for at in range(20)]
    notice.facts = {**notice.facts, "hazards": hazards}
    saved = printing.write(printing.notice(notice), tmp_path / "notice.pdf", lang)
    assert saved.pages <= {"zh": 6, "en": 7}[lang]
    found = read(tmp_path / "notice.pdf")
    assert found.count(bare(long["description"])) == 20
