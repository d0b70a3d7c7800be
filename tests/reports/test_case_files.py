"""The file of a hazard and of an enterprise: one PDF with cover, contents, bookmarks and one count of pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from flask import Flask
from tests.hazards.builders import NOW, TODAY, do, finding, issued, person, photo, place
from tests.hazards.builders import file as file_visit
from tests.hazards.builders import filing as visit
from tests.house import House
from tests.jobs.work import work_off
from tests.reports.papers import bare

from xuncha.accounts.models import User
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_notice, issue_opinion
from xuncha.hazards.lifecycle import Act
from xuncha.hazards.models import Hazard
from xuncha.hazards.papers.deliveries import Delivery, Handover, Manner, deliver
from xuncha.jobs.models import Job, JobState
from xuncha.reports import printing
from xuncha.reports.papers import case_file, hazard_ledger

Places, People, Browsers = Callable[[str], Site], Callable[[str], User], Callable[[str], House]


def followed() -> Hazard:
    """A hazard with an extension, a re-inspection, an opinion, and photos before and after."""
    hazard = issued(before=[{"sha256": photo(77).sha256}])
    do(do(hazard, Act.ASK_EXTENSION), Act.GRANT_EXTENSION, actor="leader")
    do(do(hazard, Act.REPORT_DONE), Act.VERIFY)
    issue_opinion([hazard], actor=person("wang"), now=NOW)
    db.session.commit()
    return hazard


def outline_of(paper: pdfium.PdfDocument) -> list[tuple[int, str, int]]:
    return [(one.level, one.get_title(), one.get_dest().get_index()) for one in paper.get_toc()]


def papers_of(outline: list[tuple[int, str, int]]) -> list[tuple[int, str, int]]:
    """The bookmarks of papers: neither the cover's nor those of groups."""
    after = [*outline[1:], (0, "", 0)]
    return [one for one, following in zip(outline, after, strict=True) if following[0] <= one[0]][1:]


def pages_of(paper: pdfium.PdfDocument) -> list[str]:
    return [bare(page.get_textpage().get_text_range()) for page in paper]


def check_file(path: Path, words: str) -> tuple[list[tuple[int, str, int]], list[str]]:
    """Bookmarks point where the papers begin, the contents name the same pages, and pages are counted through."""
    paper = pdfium.PdfDocument(path)
    outline, pages = outline_of(paper), pages_of(paper)
    for number, page in enumerate(pages, start=1):
        assert bare(words.format(page=number, pages=len(pages))) in page
    for _level, title, at in papers_of(outline):
        assert any(bare(part) in pages[at] for part in title.split()), (title, at)
    assert outline[0][2] == 0
    return outline, pages


@pytest.mark.parametrize(("lang", "words"), [("en", "File: page {page} of {pages}")])
def test_the_file_of_a_hazard_holds_its_papers_in_order(
    app: Flask, tmp_path: Path, lang: str, words: str
) -> None:
    hazard = followed()
    assert hazard.check is not None
    assert hazard.notice is not None
    order = case_file.order_of_hazard(hazard, hazard_ledger.anybody())
    saved = printing.write(order, tmp_path / "file.pdf", lang)
    outline, pages = check_file(tmp_path / "file.pdf", words)
    assert saved.pages == len(pages)
    titles = [title for _level, title, _at in outline]
    letter = hazard.letters[0]
    expected = [hazard.check.number, hazard.notice.number, letter.number]
    assert [
        number for number, title in zip(expected, titles[1:4], strict=True) if number in title
    ] == expected
    assert [title.split()[0] for title in titles[4:]] == ["Re-inspection", "Photos", "Course"]
    cover = pages[0]
    for said in (hazard.number, hazard.description, hazard.site.name, "Closed", hazard.notice.number):
        assert bare(said) in cover, said
    for _level, title, at in outline[1:]:
        row = re.escape(bare(title.rsplit(" ", 1)[-1])) + r".*?" + str(at + 1)
        assert re.search(row, cover), title
    printing.write(order, tmp_path / "again.pdf", lang)
    assert (tmp_path / "again.pdf").read_bytes() == (tmp_path / "file.pdf").read_bytes()


def delivered(hazard: Hazard) -> list[Delivery]:
    """Its notice refused on the first day and handed over on the next."""
    wang = person("wang")
    assert hazard.notice is not None
    refused = Handover(Manner.REFUSED, TODAY, "王监管", "周厂长", "郑见证（社区）", note="拒收，留置门卫室")
    handed = Handover(Manner.PAPER, TODAY + timedelta(days=1), "王监管", "周厂长")
    receipts = [
        deliver(hazard.notice, told, photo=None, actor=wang, now=NOW + timedelta(days=later))
        for later, told in enumerate((refused, handed))
    ]
    db.session.commit()
    return receipts


def test_receipts_of_delivery_stand_between_the_letters_and_the_photos(app: Flask, tmp_path: Path) -> None:
    hazard = followed()
    first, second = delivered(hazard)
    do(do(issued(), Act.REFER), Act.CLOSE_REFERRED)  # of another hazard of the site: in the file of the site
    reader = hazard_ledger.anybody()
    for order in (
        case_file.order_of_hazard(hazard, reader),
        case_file.order_of_site(hazard.site, reader, NOW.year),
    ):
        printing.write(order, tmp_path / "file.pdf", "en")
        outline, pages = check_file(tmp_path / "file.pdf", "File: page {page} of {pages}")
        titles = [title for _level, title, _at in outline]
        group = titles.index("Receipts of delivery")
        assert [title.split()[-1] for title in titles[group + 1 : group + 3]] == [
            second.number if later else first.number for later in (0, 1)
        ]
        assert titles[group + 3].startswith("Photos before and after")
        assert any("Re-inspection opinion" in title for title in titles[:group])
        at = outline[group + 1][2]
        assert bare("left with the recipient before a witness") in pages[at]
        assert bare(first.number) in pages[0] and bare(second.number) in pages[0]
    letters = [title for title in titles[:group] if title.startswith("Letter of referral")]
    assert len(letters) == 1
    last = case_file.order_of_site(hazard.site, reader, NOW.year - 1)
    printing.write(last, tmp_path / "last.pdf", "en")
    assert not any(first.number in page for page in pages_of(pdfium.PdfDocument(tmp_path / "last.pdf")))


def test_each_paper_looks_in_the_file_as_it_is_printed_alone(app: Flask, tmp_path: Path) -> None:
    hazard = followed()
    assert hazard.notice is not None
    printing.write(case_file.order_of_hazard(hazard, hazard_ledger.anybody()), tmp_path / "file.pdf", "zh")
    printing.write(printing.notice(hazard.notice), tmp_path / "notice.pdf", "zh")
    whole, alone = pdfium.PdfDocument(tmp_path / "file.pdf"), pdfium.PdfDocument(tmp_path / "notice.pdf")
    at = next(at for _level, title, at in outline_of(whole) if hazard.notice.number in title)
    below = 40  # pixels at the top, where the page number of the file stands
    for number, page in enumerate(alone):
        one = page.render(scale=1.5).to_pil().convert("L")
        other = whole[at + number].render(scale=1.5).to_pil().convert("L")
        box = (0, below, one.width, one.height)
        assert one.crop(box).tobytes() == other.crop(box).tobytes()


def test_a_file_with_long_contents_counts_its_own_pages(app: Flask, tmp_path: Path) -> None:
    site, wang = place("huaxin"), person("wang")
    for day in range(40):
        file_visit(visit(site, at=NOW - timedelta(hours=day)))
    check = file_visit(visit(site, finding()))
    issue_notice(check, actor=wang, now=NOW)
    db.session.commit()
    order = case_file.order_of_site(site, wang)
    printing.write(order, tmp_path / "file.pdf", "en")
    outline, _pages = check_file(tmp_path / "file.pdf", "File: page {page} of {pages}")
    assert min(at for level, _title, at in outline if level == 1) == outline[1][2] > 1
    assert len([one for one in outline if one[0] == 1]) == 41


def test_the_reader_gets_only_what_he_may_see(app: Flask, as_user: Browsers) -> None:
    hazard = do(issued(), Act.REFER)
    referral = hazard.letters[0].number
    address = f"/papers/hazards/{hazard.id}/file"
    texts = {}
    for name in ("wang", "officer"):
        answer = as_user(name).get(f"{address}?format=pdf&lang=zh")
        assert answer.mimetype == "application/pdf"
        texts[name] = "".join(pages_of(pdfium.PdfDocument(BytesIO(answer.data).getvalue())))
    assert bare(referral) in texts["wang"]
    assert bare(referral) not in texts["officer"]
    assert as_user("stranger").get(address).status_code == 404
    assert "docx" not in as_user("wang").get(address).get_data(as_text=True)


def test_the_file_of_an_enterprise_is_printed_outside_the_request(as_user: Browsers, app: Flask) -> None:
    hazard = followed()
    site, year = hazard.site_id, hazard.found_on.year
    wang = as_user("wang")
    page = wang.get(f"/enterprises/{site}").get_data(as_text=True)
    address = f"/papers/sites/{site}/file"
    assert f'href="{address}"' in page
    assert wang.get(f"{address}?year=bogus").status_code == 404
    wang.text(f"{address}?year={year}")
    begun = wang.post(f"/papers/jobs/site-file?site={site}&year={year}").headers["Location"]
    work_off()
    job = db.session.get_one(Job, int(begun.rsplit("/", 1)[1]))
    assert (job.state, job.done) == (JobState.DONE, job.total)
    assert job.total >= 4
    assert f'href="{begun}/file.pdf"' in wang.get(begun).get_data(as_text=True)
    paper = pdfium.PdfDocument(wang.get(f"{begun}/file.pdf").data)
    assert len(outline_of(paper)) == job.total + 1
    assert as_user("zhao").get(f"{begun}/file.pdf").status_code == 404
    assert as_user("officer").get(address).status_code == 403
    nothing = wang.post(f"/papers/jobs/site-file?site={site}&year=2001")
    assert nothing.status_code == 422


def test_both_files_come_from_a_script(app: Flask, tmp_path: Path) -> None:
    hazard = followed()
    out = tmp_path / "file.pdf"
    for args in (["hazard-file", "--number", hazard.number], ["site-file", "--site", hazard.site.name]):
        made = app.test_cli_runner().invoke(args=["document", *args, "--out", str(out)])
        assert made.exit_code == 0, made.output
        assert len(outline_of(pdfium.PdfDocument(out))) > 4
    refused = app.test_cli_runner().invoke(
        args=["document", "hazard-file", "--number", hazard.number, "--out", str(tmp_path / "file.docx")]
    )
    assert refused.exit_code == 1
    assert not (tmp_path / "file.docx").exists()
