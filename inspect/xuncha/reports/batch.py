"""Printing many records into one archive, in a thread of its own; the page shows how far it is."""

from __future__ import annotations

import tempfile
import threading
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

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
from . import printing
from .models import JobState, PrintJob

AT_MOST = 100


def begin(checks: Sequence[Check], lang: str, *, actor: User, now: datetime) -> PrintJob:
    """Write the job; `run` it once it is committed. Raises NotAllowed, or Refused when nothing or too much is asked."""
    for check in checks:
        demand(actor, Permission.SEE_CHECK, check)
    if not 0 < len(checks) <= AT_MOST:
        raise Refused(N_("Choose 1 to %(most)s records; narrow the filters."), most=AT_MOST)
    numbers = [check.id for check in checks]
    job = PrintJob(actor_id=actor.id, lang=lang, check_ids=numbers, total=len(numbers), created_at=now)
    db.session.add(job)
    db.session.flush()
    return job


def archive(job: PrintJob) -> Path:
    """Where the finished archive lies."""
    return data_folder() / "papers" / f"job-{job.id}.zip"


def run(app: Flask, job_id: int) -> threading.Thread:
    """Print a committed job in the background."""
    thread = threading.Thread(target=_work, args=(app, job_id), daemon=True, name=f"print-{job_id}")
    thread.start()
    return thread


def _work(app: Flask, job_id: int) -> None:
    # As in a page that only reads: a transaction that may write would keep every other writer waiting.
    with app.test_request_context():
        try:
            _print_all(job_id)
        except Exception as problem:  # whatever it is must reach the page that waits for this job
            app.logger.exception("print job %s", job_id)
            db.session.rollback()
            _note(job_id, state=JobState.FAILED, problem=type(problem).__name__, finished_at=utcnow())
        finally:
            db.session.remove()


def _print_all(job_id: int) -> None:
    job = db.session.get_one(PrintJob, job_id)
    target, lang, numbers = archive(job), job.lang, list(job.check_ids)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as box:
            for done, number in enumerate(numbers, start=1):
                order = printing.record(db.session.get_one(Check, number))
                paper = Path(folder) / "paper.pdf"
                printing.write(order, paper, lang)
                box.write(paper, f"{done:03d} {printing.file_name(order, lang)}")
                db.session.rollback()
                _note(job_id, done=done)
        part.replace(target)
    _note(job_id, state=JobState.DONE, finished_at=utcnow())


def _note(job_id: int, **columns: Any) -> None:
    db.session.execute(sa.update(PrintJob).where(PrintJob.id == job_id).values(**columns))
    db.session.commit()
