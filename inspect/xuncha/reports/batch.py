"""Printing many records into one archive, a long ledger or the file of a site, in a thread; its page shows how far it is."""

from __future__ import annotations

import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask

from ..accounts.models import User
from ..checks.models import Check
from ..core.access import Permission, demand
from ..core.clock import utcnow
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from ..core.paths import data_folder
from ..enterprises.models import Site
from . import printing
from .models import JobKind, JobState, PrintJob
from .papers import case_file

AT_MOST = 100
LONG = 1000
"""Rows of a ledger that is printed outside the request: its layout takes longer than a page should, about a second."""
PAUSE_S = 0.5  # between two notes of how far a ledger is
ENDINGS = {JobKind.RECORDS: ".zip", JobKind.LEDGER: ".pdf", JobKind.FILE: ".pdf"}


class Stopped(Exception):
    """The person who asked has stopped the job."""


def begin(
    checks: Sequence[Check], lang: str, *, actor: User, now: datetime, joined: bool = False
) -> PrintJob:
    """Write the job; `run` it once it is committed. `joined`: into one PDF, else into an archive.

    Raises NotAllowed, or Refused when nothing or too much is asked.
    """
    for check in checks:
        demand(actor, Permission.SEE_CHECK, check)
    if not 0 < len(checks) <= AT_MOST:
        raise Refused(N_("Choose 1 to %(most)s records; narrow the filters."), most=AT_MOST)
    numbers = [check.id for check in checks]
    asked = {"joined": True} if joined else {}
    return _added(PrintJob(check_ids=numbers, total=len(numbers), asked=asked), lang, actor, now)


def begin_ledger(ledger: printing.Ledger, rows: int, lang: str, *, actor: User, now: datetime) -> PrintJob:
    """Write the job of a long ledger; `run` it once it is committed."""
    return _added(PrintJob(kind=JobKind.LEDGER, asked=ledger.to_args(), total=rows), lang, actor, now)


def begin_file(
    site: Site, year: int | None, papers: int, lang: str, *, actor: User, now: datetime
) -> PrintJob:
    """Write the job of a site's file; `run` it once it is committed. Raises Refused when there is nothing to print."""
    if not papers:
        raise Refused(N_("There are no papers of this site in this time."))
    return _added(
        PrintJob(kind=JobKind.FILE, asked={"site": site.id, "year": year}, total=papers), lang, actor, now
    )


def file_order(job: PrintJob) -> printing.Order:
    """What the job of a site's file prints."""
    return case_file.order_of_site(db.session.get_one(Site, job.asked["site"]), job.actor, job.asked["year"])


def _added(job: PrintJob, lang: str, actor: User, now: datetime) -> PrintJob:
    job.actor_id, job.lang, job.created_at = actor.id, lang, now
    db.session.add(job)
    db.session.flush()
    return job


def cancel(job: PrintJob, *, now: datetime) -> None:
    """Stop a job; the thread that prints it ends when it next notes how far it is."""
    if job.state is JobState.RUNNING:
        job.state, job.finished_at = JobState.CANCELLED, now


def result(job: PrintJob) -> Path:
    """Where what a finished job printed lies."""
    return data_folder() / "papers" / f"job-{job.id}{'.pdf' if job.is_joined else ENDINGS[job.kind]}"


def run(app: Flask, job_id: int) -> threading.Thread:
    """Print a committed job in the background."""
    thread = threading.Thread(target=_work, args=(app, job_id), daemon=True, name=f"print-{job_id}")
    thread.start()
    return thread


def _work(app: Flask, job_id: int) -> None:
    # As in a page that only reads: a transaction that may write would keep every other writer waiting.
    with app.test_request_context():
        try:
            _print(db.session.get_one(PrintJob, job_id))
        except Stopped:
            db.session.rollback()
        except Exception as problem:  # whatever it is must reach the page that waits for this job
            app.logger.exception("print job %s", job_id)
            db.session.rollback()
            _note(job_id, state=JobState.FAILED, problem=type(problem).__name__, finished_at=utcnow())
        finally:
            db.session.remove()


def _print(job: PrintJob) -> None:
    number, kind, target = job.id, job.kind, result(job)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        part = Path(folder) / target.name
        PRINTERS[kind](job, part)
        _note(number, state=JobState.DONE, finished_at=utcnow(), at_end=lambda: part.replace(target))


def _print_records(job: PrintJob, part: Path) -> None:
    if job.is_joined:
        _join_records(job, part)
        return
    job_id, lang, numbers = job.id, job.lang, list(job.check_ids)
    paper = part.with_name("paper.pdf")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as box:
        for done, number in enumerate(numbers, start=1):
            order = printing.record(db.session.get_one(Check, number))
            printing.write(order, paper, lang)
            box.write(paper, f"{done:03d} {printing.file_name(order, lang)}")
            db.session.rollback()
            _go_on(job_id, done)


def _join_records(job: PrintJob, part: Path) -> None:
    """The records one behind the other, each with its number as a bookmark."""
    job_id, lang, numbers = job.id, job.lang, list(job.check_ids)
    from pypdf import PdfWriter  # as in case_file: loaded by who joins papers

    paper, writer = part.with_name("paper.pdf"), PdfWriter()
    for done, number in enumerate(numbers, start=1):
        check = db.session.get_one(Check, number)
        printing.write(printing.record(check), paper, lang)
        writer.append(BytesIO(paper.read_bytes()), outline_item=check.number, import_outline=False)
        db.session.rollback()
        _go_on(job_id, done)
    writer.compress_identical_objects()
    writer.write(part)
    writer.close()


def _print_ledger(job: PrintJob, part: Path) -> None:
    job_id, lang, total = job.id, job.lang, job.total
    paper = printing.Ledger.from_args(job.actor, job.asked).order().build(lang)
    db.session.rollback()
    noted = time.monotonic()

    def told(rows: int, _all: int) -> None:
        nonlocal noted
        if time.monotonic() - noted > PAUSE_S:
            _go_on(job_id, min(rows, total))
            noted = time.monotonic()

    paper.save(part, told)
    _go_on(job_id, total)


def _print_file(job: PrintJob, part: Path) -> None:
    job_id, total = job.id, job.total
    paper = file_order(job).build(job.lang)
    paper.save(part, lambda done, _all: _go_on(job_id, min(done, total)))
    _go_on(job_id, total)


PRINTERS = {
    JobKind.RECORDS: _print_records,
    JobKind.LEDGER: _print_ledger,
    JobKind.FILE: _print_file,
}


def _go_on(job_id: int, done: int) -> None:
    """Note how far a job is. Raises Stopped when it no longer runs."""
    if not _note(job_id, done=done):
        raise Stopped


def _note(job_id: int, at_end: Callable[[], object] = lambda: None, **columns: Any) -> bool:
    """Write how a job stands; whether it was still running."""
    running = sa.update(PrintJob).where(PrintJob.id == job_id, PrintJob.state == JobState.RUNNING)
    result = cast(sa.CursorResult[Any], db.session.execute(running.values(**columns)))
    if found := bool(result.rowcount):
        at_end()
    db.session.commit()
    return found
