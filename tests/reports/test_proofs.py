"""Proof of paper: the code on each issued document, what its page tells and to whom nothing, and that reprints stay."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pypdfium2 as pdfium
import pytest
import sqlalchemy as sa
import time_machine
import zxingcpp
from flask import Flask
from tests.hazards.builders import (
    NOW,
    day,
    do,
    draft,
    file,
    filing,
    finding,
    issued,
    person,
    photo,
    place,
    planned,
)
from tests.hazards.by_link import BASE
from tests.house import House
from tests.reports.papers import bare

from xuncha.accounts.actions import change_user
from xuncha.checklists.actions import publish, remove_item, save_law, start_draft
from xuncha.checklists.models import Checklist, Item, Law
from xuncha.core.db import db
from xuncha.core.i18n import use_language, write_day
from xuncha.enterprises.actions import change_site, hand_over
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_opinion
from xuncha.hazards.lifecycle import Act
from xuncha.hazards.models import Hazard
from xuncha.hazards.papers.deliveries import Handover, Manner, deliver

Browser = Callable[[str], House]
SHARP = 200 / 72


@pytest.fixture(autouse=True)
def _public(app: Flask) -> None:
    app.config["PUBLIC_URL"] = BASE


@dataclass(frozen=True)
class Paper:
    """An issued document: where it is printed, its number, the title in both languages, the day that it bears."""

    path: str
    number: str
    zh: str
    en: str


def papers() -> dict[str, Paper]:
    """One of every kind, about one major hazard that was reported, listed, closed and delisted."""
    hazard = planned(before=[{"sha256": photo(77).sha256}])
    for act in (Act.REPORT_MAJOR, Act.LIST, Act.REPORT_DONE, Act.VERIFY):
        do(hazard, act)
    do(do(hazard, Act.APPROVE_CLOSURE, actor="admin"), Act.DELIST)
    opinion = issue_opinion([hazard], actor=person("wang"), now=NOW)
    referral = do(issued(), Act.REFER, reply_by=day(20)).letters[0]
    notice, check = hazard.notice, hazard.check
    assert notice is not None and check is not None
    told = Handover(Manner.REFUSED, day(0), "王监管", "周厂长", "郑见证（社区）", note="拒收，留置门卫室")
    receipt = deliver(notice, told, photo=None, actor=person("wang"), now=NOW)
    db.session.commit()
    report, listing, delisting = hazard.letters
    return {
        "record": Paper(
            f"/papers/records/{check.id}", check.number, "现场检查记录", "On-site inspection record"
        ),
        "notice": Paper(f"/papers/notices/{notice.id}", notice.number, "整改通知书", "Rectification notice"),
        "opinion": Paper(
            f"/papers/opinions/{opinion.id}", opinion.number, "整改复查意见书", "Re-inspection opinion"
        ),
        "report": Paper(
            f"/papers/letters/{report.id}", report.number, "重大事故隐患报告", "Report of a major hazard"
        ),
        "listing": Paper(f"/papers/letters/{listing.id}", listing.number, "挂牌督办", "public listing"),
        "delisting": Paper(f"/papers/letters/{delisting.id}", delisting.number, "摘牌", "delisting"),
        "referral": Paper(f"/papers/letters/{referral.id}", referral.number, "移送函", "Letter of referral"),
        "delivery": Paper(
            f"/papers/deliveries/{receipt.id}", receipt.number, "送达回执", "Receipt of delivery"
        ),
    }


KINDS = ("record", "notice", "opinion", "report", "listing", "delisting", "referral", "delivery")


def printed(reader: House, path: str, lang: str = "zh", draft: bool = False) -> bytes:
    answer = reader.get(f"{path}?format=pdf&lang={lang}{'&draft=1' if draft else ''}")
    assert answer.mimetype == "application/pdf"
    return answer.data


def text_of(paper: bytes) -> str:
    return bare("".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(paper)))


def codes(paper: bytes) -> list[str]:
    """What the codes on the first page say, read from its picture."""
    return [
        code.text
        for code in zxingcpp.read_barcodes(pdfium.PdfDocument(paper)[0].render(scale=SHARP).to_pil())
    ]


def proof_on(paper: bytes) -> str:
    """The path of the page that proves the paper."""
    (address,) = {text for text in codes(paper) if text.startswith(f"{BASE}/v/")}
    return urlsplit(address).path


def facts_on(page: str) -> list[str]:
    """What the page tells, from its heading on."""
    whole = page[page.index("<h1>") : page.index("<footer")]
    return [bare(part) for part in re.findall(r">([^<]+)<", whole) if part.strip()]


def anonymous(app: Flask, lang: str = "zh") -> House:
    client = app.test_client()
    assert isinstance(client, House)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = lang
    return client


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_code_of_each_paper_opens_its_page_with_the_digest_that_is_printed(
    app: Flask, as_user: Browser, lang: str
) -> None:
    admin, made = as_user("admin"), papers()
    assert set(made) == set(KINDS)
    db.session.rollback()
    office = app.config["SETTINGS_GIVEN"][f"org_{lang}"]
    for kind, one in made.items():
        paper = printed(admin, one.path, lang)
        path = proof_on(paper)
        answer = anonymous(app, lang).get(path)
        assert answer.status_code == 200, kind
        page = answer.get_data(as_text=True)
        told = facts_on(page)
        with use_language(lang):
            dated = bare(write_day(NOW))
        for words in (one.number, one.zh if lang == "zh" else one.en, office, dated):
            assert any(bare(words) in part for part in told), (kind, words, told)
        (digest,) = (part for part in told if re.fullmatch("[0-9a-f]{64}", part))
        assert digest in text_of(paper), kind
        assert bare(f"{BASE}{path}") in text_of(paper), kind
        assert any(word in told for word in ("已签发，未变更", "Issued,unchanged")), (kind, told)


def test_the_page_tells_nothing_else(app: Flask, as_user: Browser) -> None:
    admin, made = as_user("admin"), papers()
    private = ("华鑫", "配电箱", "周厂长", "王监管", "孙安全", "13800000000", "91320500MA1MXXJX62", "YH2026")
    for kind, one in made.items():
        page = anonymous(app).get(proof_on(printed(admin, one.path))).get_data(as_text=True)
        assert not [word for word in private if word in page], kind
        assert page.count("<dt>") == 5, kind  # and the state above them


def test_the_page_is_kept_nowhere_and_sends_no_referrer(app: Flask, as_user: Browser) -> None:
    path = proof_on(printed(as_user("wang"), papers()["notice"].path))
    for address in (path, f"{path[:-1]}q"):
        answer = anonymous(app).get(address)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers or "session" in answer.headers["Set-Cookie"]


def test_its_other_language_is_a_link(app: Flask, as_user: Browser) -> None:
    path = proof_on(printed(as_user("wang"), papers()["notice"].path))
    reader = anonymous(app)
    assert "?lang=en" in reader.page(path).links
    assert "Rectification notice" in reader.text(f"{path}?lang=en")


def test_every_other_code_gets_one_sentence_by_the_same_work(app: Flask, as_user: Browser) -> None:
    path = proof_on(printed(as_user("wang"), papers()["notice"].path))
    code = path.removeprefix("/v/")
    statements: list[str] = []

    @sa.event.listens_for(db.engine, "before_cursor_execute")
    def _count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    answers, counts = set(), set()
    for bad in (
        "a" * 32,  # forged
        code[:-1],  # cut
        f"{code}a",
        code[:16] + code[:15:-1],  # the second half swapped
        f"{'b' if code[1] != 'b' else 'c'}{code[1:]}",  # another kind
        code[:7] + ("b" if code[7] != "b" else "c") + code[8:],  # another number
        "a" * 5000,
        "7" * 32,
        "%E4%B8%AD%00",
        "%F0%9F%98%80" * 32,
    ):
        statements.clear()
        answer = anonymous(app).get(f"/v/{bad}")
        assert answer.status_code == 404, bad
        answers.add(tuple(facts_on(answer.get_data(as_text=True))))
        counts.add(len(statements))
    assert len(answers) == 1
    assert len(counts) == 1


def test_typed_from_paper_in_capitals_and_with_like_digits_it_opens(app: Flask, as_user: Browser) -> None:
    code = proof_on(printed(as_user("wang"), papers()["notice"].path)).removeprefix("/v/")
    typed = code.upper().replace("O", "0").replace("L", "1").replace("B", "8")
    assert anonymous(app).get(f"/v/{typed[:16]}-{typed[16:]}").status_code == 200


def test_guessing_is_slowed_down(app: Flask, as_user: Browser) -> None:
    path = proof_on(printed(as_user("wang"), papers()["notice"].path))
    db.session.rollback()
    reader = anonymous(app)
    for number in range(20):
        assert reader.get(f"/v/{'a' * 31}{'abcdefghijklmnopqrstuvwx'[number]}").status_code == 404
    assert reader.get(path).status_code == 429
    with time_machine.travel(NOW + timedelta(minutes=11), tick=True):
        assert reader.get(path).status_code == 200


def test_papers_open_after_the_secret_key_was_changed(app: Flask, as_user: Browser) -> None:
    wang, one = as_user("wang"), papers()["opinion"]
    before = printed(wang, one.path)
    app.config["SECRET_KEY"] = "quite another one"
    assert anonymous(app).get(proof_on(before)).status_code == 200
    assert printed(as_user("wang"), one.path) == before


def test_a_corrected_record_is_replaced_by_its_next_version(app: Flask, as_user: Browser) -> None:
    first = filing(place("huaxin"))
    check = file(first)
    wang = as_user("wang")
    path = proof_on(printed(wang, f"/papers/records/{check.id}"))
    changed = first.model_copy(
        update={"uuid": uuid4(), "replaces": first.uuid, "correction_reason": "笔误", "summary": "补写"}
    )
    newer = file(changed)
    assert newer.edition == 2
    told = facts_on(anonymous(app).get(path).get_data(as_text=True))
    assert any("第2版" in part and "替代" in part for part in told), told
    other = proof_on(printed(as_user("wang"), f"/papers/records/{newer.id}"))
    assert other != path
    assert "已签发，未变更" in facts_on(anonymous(app).get(other).get_data(as_text=True))


def test_a_paper_whose_hazards_are_all_void_is_void(app: Flask, as_user: Browser) -> None:
    hazard = issued()
    path = proof_on(printed(as_user("wang"), f"/papers/notices/{hazard.notice_id}"))
    told = facts_on(anonymous(app).get(path).get_data(as_text=True))
    assert any("即为原件" in part for part in told)
    do(hazard, Act.VOID)
    told = facts_on(anonymous(app).get(path).get_data(as_text=True))
    assert "已作废" in told and any("已不再有效" in part for part in told)
    assert not any("即为原件" in part for part in told), "nobody is told that a void paper holds"


def test_a_notice_keeps_the_code_that_opens_its_hazards(as_user: Browser) -> None:
    paper = printed(as_user("wang"), papers()["notice"].path)
    assert sorted(urlsplit(text).path[:3] for text in codes(paper)) == ["/n/", "/v/"]


def test_a_draft_and_a_site_without_a_public_address_carry_the_text_of_before(
    app: Flask, as_user: Browser
) -> None:
    wang, made = as_user("admin"), papers()
    for one in made.values():
        assert not [text for text in codes(printed(wang, one.path, draft=True)) if text.startswith(BASE)]
    app.config["PUBLIC_URL"] = ""
    for one in made.values():
        paper = printed(wang, one.path)
        (text,) = codes(paper)
        assert re.fullmatch(re.escape(one.number) + " [0-9a-f]{16}", text)
        assert "SHA-256" not in text_of(paper)


def _everything_changes() -> None:
    """Enterprise, people, checklist, law and settings are renamed, edited, ended."""
    admin, wang = person("admin"), person("wang")
    site = place("huaxin")
    held = db.session.scalars(sa.select(Site).where(Site.supervisor_id == wang.id)).all()
    hand_over([(one, person("zhao")) for one in held], day(0), actor=admin, now=NOW)
    change_user(
        wang, actor=admin, now=NOW, name="王改名", title="科员", phone="1", certificate="9", active=False
    )
    change_user(person("officer"), actor=admin, now=NOW, name="孙改名", active=False)
    change_site(
        site,
        actor=admin,
        now=NOW,
        name="改名化工有限公司",
        address="别处1号",
        working_state="closed",
        contacts=(),
    )
    law = db.session.scalars(sa.select(Law).order_by(Law.id)).first()
    assert law is not None
    save_law(law, actor=admin, now=NOW, title_zh="改名法", title_en="Another Law")
    for checklist in db.session.scalars(sa.select(Checklist).where(Checklist.code.in_(("GEN", "FAC")))).all():
        next_version = start_draft(checklist, actor=admin, now=NOW)
        db.session.flush()
        remove_item(next_version.items[0], actor=admin, now=NOW)
        checklist.title_zh, checklist.title_en = "改名清单", "Another list"
        publish(next_version, "改", "科长", actor=admin, now=NOW)
    db.session.commit()


def _digests(reader: House, paths: list[str], lang: str) -> Iterator[str]:
    for path in paths:
        yield hashlib.sha256(text_of(printed(reader, path, lang)).encode()).hexdigest()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_printed_again_after_renames_edits_and_deactivations_every_paper_says_the_same(
    app: Flask, as_user: Browser, lang: str
) -> None:
    item = db.session.scalars(sa.select(Item.id).where(Item.code == "GEN-02")).first()
    hazard = draft(item_id=None)
    visit = filing(place("huaxin"), finding(item_id=item), answers=[{"item_id": item, "result": "fail"}])
    record = file(visit)
    paths = [*(one.path for one in papers().values()), f"/papers/records/{record.id}"]
    assert hazard.check_id is not None
    db.session.rollback()
    admin = as_user("admin")
    before = list(_digests(admin, paths, lang))
    proofs = [proof_on(printed(admin, path, lang)) for path in paths]
    told = [facts_on(anonymous(app).get(path).get_data(as_text=True)) for path in proofs]
    db.session.rollback()
    _everything_changes()
    app.config["SETTINGS_GIVEN"] |= {
        "org_zh": "另一办公室",
        "org_en": "Another office",
        "number_prefix": "别",
    }
    admin = as_user("admin")
    assert list(_digests(admin, paths, lang)) == before
    assert [facts_on(anonymous(app).get(path).get_data(as_text=True)) for path in proofs] == told
    assert db.session.scalars(sa.select(Hazard)).first() is not None
