"""The papers of an edition as they were printed when it was issued: a reprint is these bytes, whatever a later release prints."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ...core.db import db
from ...core.i18n import LANGUAGES
from ...core.labels import N_
from ...jobs import actions as jobs
from ...jobs.kinds import Work, kind
from ..layout.document import SavedDocument
from ..models import Edition, EditionPaper

KEEP = "reports.edition_papers"


@dataclass(frozen=True)
class KeptPaper:
    """A paper that is kept, to be saved like one that is built."""

    body: bytes
    saved: SavedDocument

    def save(self, path: Path, *_told: Callable[..., Any]) -> SavedDocument:
        """Write the PDF to `path`, whole or not at all."""
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(self.body)
        part.replace(path)
        return self.saved


def kept(edition: Edition, lang: str) -> KeptPaper | None:
    """The kept paper; none where the edition is older than this, or was issued a moment ago."""
    query = sa.select(EditionPaper).where(EditionPaper.edition_id == edition.id, EditionPaper.lang == lang)
    found = db.session.scalars(query).one_or_none()
    return KeptPaper(found.body, SavedDocument(found.pages, found.sha256, [])) if found else None


def keep_later(edition: Edition, now: datetime) -> None:
    """Have its papers kept as soon as it is issued; printing them takes seconds, which no writer has to wait for."""
    jobs.add(KEEP, {"edition": edition.id}, asked_by_id=edition.issued_by_id, now=now)


@kind(KEEP, N_("Keeping the papers of an edition"))
def keep(work: Work) -> None:
    """Print what is not kept yet, and keep it."""
    from .. import printing  # it prints editions by `kept`

    edition = db.session.get_one(Edition, work.args["edition"])
    for lang in LANGUAGES:
        if kept(edition, lang):
            continue
        with tempfile.TemporaryDirectory() as folder:
            saved = printing.write(printing.edition(edition), Path(folder) / "paper.pdf", lang)
            body = (Path(folder) / "paper.pdf").read_bytes()
        number = edition.id
        db.session.rollback()  # what only read may not begin to write
        row = {"edition_id": number, "lang": lang, "pages": saved.pages, "sha256": saved.sha256, "body": body}
        with db.engine.begin() as connection:
            connection.execute(sa.insert(EditionPaper).values(row))
        edition = db.session.get_one(Edition, number)
