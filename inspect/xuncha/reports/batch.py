"""Print jobs: many records into one archive or PDF, a long ledger, the file of a site; their page shows how far they are."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from ..accounts.models import User
from ..checks.models import Check
from ..core.access import Permission, demand
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from ..enterprises.models import Site
from ..jobs import actions
from ..jobs.kinds import Work, kind
from ..jobs.models import Job
from . import printed_files, printing
from .papers import case_file

AT_MOST = 100
LONG = 1000
"""Rows of a ledger that is printed outside the request: its layout takes longer than a page should, about a second."""
ATTEMPTS = 3  # somebody waits for it
RECORDS, LEDGER, FILE = "print.records", "print.ledger", "print.file"
KINDS = (RECORDS, LEDGER, FILE)


def begin(checks: Sequence[Check], lang: str, *, actor: User, now: datetime, joined: bool = False) -> Job:
    """Have records printed. `joined`: into one PDF, else into an archive.

    Raises NotAllowed, or Refused when nothing or too much is asked.
    """
    for check in checks:
        demand(actor, Permission.SEE_CHECK, check)
    if not 0 < len(checks) <= AT_MOST:
        raise Refused(N_("Choose 1 to %(most)s records; narrow the filters."), most=AT_MOST)
    numbers = [check.id for check in checks]
    return _added(RECORDS, {"checks": numbers, "joined": joined}, len(numbers), lang, actor, now)


def begin_ledger(ledger: printing.Ledger, rows: int, lang: str, *, actor: User, now: datetime) -> Job:
    """Have a long ledger printed."""
    return _added(LEDGER, {"asked": ledger.to_args()}, rows, lang, actor, now)


def begin_file(site: Site, year: int | None, papers: int, lang: str, *, actor: User, now: datetime) -> Job:
    """Have a site's file printed. Raises Refused when there is nothing to print."""
    if not papers:
        raise Refused(N_("There are no papers of this site in this time."))
    return _added(FILE, {"site": site.id, "year": year}, papers, lang, actor, now)


def _added(name: str, args: dict[str, Any], total: int, lang: str, actor: User, now: datetime) -> Job:
    return actions.add(name, {**args, "lang": lang}, asked_by_id=actor.id, now=now, total=total)


def is_joined(job: Job) -> bool:
    """Records that are joined into one PDF."""
    return bool(job.args.get("joined"))


def result(job: Job) -> Path | None:
    """What a finished job printed, for a day. Raises StoreAway."""
    return printed_files.find(job.result["file"]) if job.result else None


def order_of(job: Job) -> printing.Order:
    """What the job of a ledger or a site's file prints."""
    if job.kind == LEDGER:
        return printing.Ledger.from_args(None, job.args["asked"]).order()
    return _file_order(job.args, job.asked_by_id)


def _file_order(args: dict[str, Any], asked_by_id: int | None) -> printing.Order:
    return case_file.order_of_site(db.session.get_one(Site, args["site"]), _person(asked_by_id), args["year"])


def _person(number: int | None) -> User:
    return db.session.get_one(User, number)


def _kept(work: Work, ending: str, write: Callable[[Path], object]) -> dict[str, Any]:
    """Print, and keep what came of it under a name of this attempt's own."""
    with tempfile.TemporaryDirectory(dir=printed_files.folder()) as folder:
        part = Path(folder) / f"printed{ending}"
        write(part)
        db.session.rollback()
        name = f"{printed_files.OF_JOBS}{work.job_id}-{work.claim}{ending}"
        printed_files.keep(name, part)
    return {"file": name}


@kind(RECORDS, N_("Printing inspection records"), attempts=ATTEMPTS)
def print_records(work: Work) -> dict[str, Any]:
    """Records, each a paper of an archive or joined into one."""
    if work.args["joined"]:
        return _kept(work, ".pdf", lambda part: _join_records(work, part))
    return _kept(work, ".zip", lambda part: _pack_records(work, part))


def _pack_records(work: Work, part: Path) -> None:
    lang, numbers, paper = work.args["lang"], work.args["checks"], part.with_name("paper.pdf")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as box:
        for done, number in enumerate(numbers, start=1):
            order = printing.record(db.session.get_one(Check, number))
            printing.write(order, paper, lang)
            box.write(paper, f"{done:03d} {printing.file_name(order, lang)}")
            db.session.rollback()
            work.progress(done)


def _join_records(work: Work, part: Path) -> None:
    """The records one behind the other, each with its number as a bookmark."""
    from pypdf import PdfWriter  # as in case_file: loaded by who joins papers

    lang, numbers, paper = work.args["lang"], work.args["checks"], part.with_name("paper.pdf")
    writer = PdfWriter()
    for done, number in enumerate(numbers, start=1):
        check = db.session.get_one(Check, number)
        printing.write(printing.record(check), paper, lang)
        writer.append(BytesIO(paper.read_bytes()), outline_item=check.number, import_outline=False)
        db.session.rollback()
        work.progress(done)
    writer.compress_identical_objects()
    writer.write(part)
    writer.close()


@kind(LEDGER, N_("Printing a hazard ledger"), attempts=ATTEMPTS)
def print_ledger(work: Work) -> dict[str, Any]:
    """A long ledger."""
    ledger = printing.Ledger.from_args(_person(work.asked_by_id), work.args["asked"])
    return _printed(work, ledger.order())


@kind(FILE, N_("Printing the file of an enterprise"), attempts=ATTEMPTS)
def print_file(work: Work) -> dict[str, Any]:
    """The file of a site."""
    return _printed(work, _file_order(work.args, work.asked_by_id))


def _printed(work: Work, order: printing.Order) -> dict[str, Any]:
    paper = order.build(work.args["lang"])
    db.session.rollback()

    def told(done: int, _all: int) -> None:
        db.session.rollback()  # a paper of a file may have read: no transaction stays open for minutes
        work.progress(done)

    return _kept(work, ".pdf", lambda part: paper.save(part, told))
