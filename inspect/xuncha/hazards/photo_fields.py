"""Photos of a form: those sent now, and those that an earlier try has sent already."""

from __future__ import annotations

from flask import request

from ..accounts.models import User
from ..checks.filing import PhotoRef
from ..core.clock import utcnow
from ..core.db import commit, db
from ..core.errors import Refused
from ..core.i18n import sentence
from ..photos.actions import Sender, receive


def received(name: str, sender: User | Sender) -> tuple[list[PhotoRef], list[str]]:
    """Photos sent now and those kept from an earlier try; they are stored at once, so that an error loses none."""
    hashes = [value for value in request.form.getlist("kept") if len(value) == 64 and value.isalnum()]
    problems = []
    for file in request.files.getlist(name):
        if not file.filename:
            continue
        try:
            hashes.append(receive(file.read(), actor=sender, now=utcnow()).sha256)
            commit()
        except Refused as problem:
            db.session.rollback()
            problems.append(sentence(problem))
    return [PhotoRef(sha256=sha256) for sha256 in dict.fromkeys(hashes)], problems
