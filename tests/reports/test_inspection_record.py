"""The record of a check: every field, in both languages, from what was frozen when it was filed."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader
from tests import cast
from tests.reports import visits
from tests.reports.papers import bare, dark_share, embedded_fonts, read

from xuncha.accounts.models import User
from xuncha.checklists.models import Item
from xuncha.checks.filing import Person, SignaturePart
from xuncha.checks.models import Check, LegalMode, Party
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.photos.queries import store
from xuncha.reports import printing
from xuncha.reports.papers import inspection_record

Places, People = Callable[[str], Site], Callable[[str], User]


@pytest.fixture
def check(site: Places, user: People) -> Check:
    return visits.full_visit(site("huaxin"), user("wang"))


def text_of(check: Check, folder: Path, lang: str = "zh") -> str:
    saved = printing.write(printing.record(check), folder / "record.pdf", lang)
    assert saved.warnings == []
    return read(folder / "record.pdf")


FACTS = [
    "（开安）检记〔2026〕1号",
    "华鑫化工有限公司",
    "91320500MA1MXXJX62",
    "开发区创业路8号",
    "周厂长",
    "总经理",
    "13800000000",
    "一号车间、危化品仓库",
    "苏E0512001",
    "苏E0512002",
    "孙安全",
    "钱专家",
    "该单位生产正常，现场秩序良好。",
    "对第3项整改期限有异议，申请延长。",
    "安全出口处堆放纸箱，疏散通道宽度不足1.4 m。",
    "清理通道杂物并划线标识。",
    "《低压配电设计规范》（GB 50054-2011）第6.1.1条",
    "AQ 3067-2026 第5.4.2条",
]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "zh",
            [
                "现场检查记录",
                "被检查单位",
                "法定代表人（负责人）",
                "检查时间",
                "2026年11月3日 08:45 至 2026年11月3日 10:00",
                "临江经济开发区安全生产办公室",
                "第九条",
                "制度建立",
                "设施维护",
                "疑似重大",
                "一般隐患",
                "2026年11月18日",
                "当场整改",
                "不代表你单位存在的全部事故隐患",
                "（以下空白）",
                "厂区大门",
                "一式两份",
            ],
        ),
        (
            "en",
            [
                "On-site inspection record",
                "Unit checked",
                "3 Nov 2026 08:45 to 3 Nov 2026 10:00",
                "Work Safety Office of Linjiang Zone",
                "Work Safety Law",
                "Safety rules established",
                "Suspected major",
                "18 Nov 2026",
                "Rectified on the spot",
                "it is not a list of all hazards",
                "(Blank below)",
            ],
        ),
    ],
)
def test_the_record_says_all_that_was_filed(
    check: Check, tmp_path: Path, lang: str, words: list[str]
) -> None:
    found = text_of(check, tmp_path, lang)
    assert [word for word in [*FACTS, *words] if bare(word) not in found] == []


def test_the_results_are_counted_by_list(check: Check, tmp_path: Path) -> None:
    found = text_of(check, tmp_path)
    total = len(check.answers)
    assert bare(f"合计 {total} {total - 3} 2 1 0") in found


def test_every_item_stands_in_the_annex_with_its_result(check: Check, tmp_path: Path) -> None:
    found = text_of(check, tmp_path)
    for answer in check.answers:
        assert bare(check.facts["items"][answer.code]["text_zh"]) in found


def test_the_lists_that_were_used_are_named_above_their_items(check: Check, tmp_path: Path) -> None:
    """Below them the line could stand alone on a page."""
    found = text_of(check, tmp_path, "en")
    assert found.index(bare("Checklists used")) < found.index(bare("What to check"))


def test_the_same_bytes_come_out_after_firm_person_and_checklist_changed(
    check: Check, tmp_path: Path
) -> None:
    before = [
        printing.write(printing.record(check), tmp_path / "a.pdf", lang).sha256 for lang in ("zh", "en")
    ]
    check.site.name, check.site.address = "改名后的公司", "别处"
    check.inspector.name, check.inspector.active = "改名", False
    for item in db.session.query(Item):
        item.text_zh = item.text_en = "改过的条目"
    db.session.commit()
    db.session.expire_all()
    after = [printing.write(printing.record(check), tmp_path / "b.pdf", lang).sha256 for lang in ("zh", "en")]
    assert after == before


def test_all_fonts_are_embedded(check: Check, tmp_path: Path) -> None:
    text_of(check, tmp_path)
    assert all(embedded for _name, embedded in embedded_fonts(tmp_path / "record.pdf"))


def test_strokes_are_drawn_a_refusal_is_said_and_paper_leaves_a_line(
    site: Places, user: People, tmp_path: Path
) -> None:
    huaxin, wang = site("huaxin"), user("wang")
    inspector = visits.signed(Party.INSPECTOR, "王监管")
    refusal = SignaturePart(party=Party.SITE, name="孙安全", refused_reason="对问题有异议")
    witness = SignaturePart(party=Party.WITNESS, name="李见证", on_paper=True)
    refused = visits.file(visits.filing(huaxin, signatures=[inspector, refusal, witness]), wang)
    found = text_of(refused, tmp_path)
    assert bare("拒签，原因：对问题有异议") in found
    assert bare("见证人（签名）") in found
    assert "李见证" in found
    drawn = dark_share(tmp_path / "record.pdf", 0)
    assert drawn > 0


def test_a_late_entry_and_a_correction_are_marked(site: Places, user: People, tmp_path: Path) -> None:
    huaxin, wang = site("huaxin"), user("wang")
    visited = cast.NOW - timedelta(days=3)
    late = visits.file(
        visits.filing(
            huaxin, started_at=visited - timedelta(hours=1), finished_at=visited, late_reason="厂区禁带手机"
        ),
        wang,
    )
    assert bare("【补录】") in text_of(late, tmp_path)
    assert "厂区禁带手机" in text_of(late, tmp_path)
    again = visits.file(
        visits.filing(
            huaxin,
            started_at=visited - timedelta(hours=1),
            finished_at=visited,
            late_reason="厂区禁带手机",
            replaces=late.uuid,
            correction_reason="部位写错",
        ),
        wang,
    )
    found = text_of(again, tmp_path)
    assert "第2版" in found
    assert "部位写错" in found
    assert bare(late.number) in found
    db.session.refresh(late)
    assert bare("以第2版为准") in text_of(late, tmp_path)


def test_the_enforcement_form_asks_for_recusal_and_names_its_family(
    app: Flask, site: Places, user: People, tmp_path: Path
) -> None:
    app.config["SETTINGS_GIVEN"]["enforcement"] = "1"
    made = visits.file(visits.filing(site("huaxin"), mode=LegalMode.ENFORCEMENT), user("wang"))
    found = text_of(made, tmp_path)
    assert "安全生产行政执法文书" in found
    assert "申请执法人员回避" in found
    assert "不代表你单位存在的全部事故隐患" not in found


def test_rare_names_can_be_read_back(site: Places, user: People, tmp_path: Path) -> None:
    made = visits.file(
        visits.filing(site("huaxin"), site_person=Person(name="王𬭎䶮㛃"), objection="面积1.4㎡，温度℃"),
        user("wang"),
    )
    found = text_of(made, tmp_path)
    assert "王𬭎䶮㛃" in found
    assert "1.4㎡" in found


def test_a_photo_that_is_gone_leaves_a_framed_note(check: Check, tmp_path: Path) -> None:
    sha256 = check.payload["photos"][0]["sha256"]
    store().path(sha256).unlink()
    store().drop_derivatives(sha256)
    saved = printing.write(printing.record(check), tmp_path / "a.pdf", "zh")
    assert "照片缺失" in read(tmp_path / "a.pdf")
    assert any(sha256 in warning for warning in saved.warnings)


def test_sixty_items_fifty_photos_and_a_long_remark_are_quick_and_small(
    app: Flask, site: Places, user: People, tmp_path: Path
) -> None:
    huaxin, wang = site("huaxin"), user("wang")
    huaxin.crowded = True
    answers = visits.complying(huaxin)
    assert len(answers) >= 50
    photos = [visits.scene(visits.photo(100 + seed, wang)) for seed in range(50)]
    made = visits.file(
        visits.filing(huaxin, answers=answers, photos=photos, summary="长" * 4700 + "A" * 300), wang
    )
    started = time.monotonic()
    inspection_record.build(made, "zh").save(tmp_path / "a.pdf")
    assert time.monotonic() - started < 10
    assert (tmp_path / "a.pdf").stat().st_size < 10_000_000
    found = read(tmp_path / "a.pdf")
    assert found.count("长") >= 4700
    assert sum(len(page.images) for page in PdfReader(tmp_path / "a.pdf").pages) == 50
