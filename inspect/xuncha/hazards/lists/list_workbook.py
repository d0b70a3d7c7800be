"""The list of hazards as it stands on the screen as a workbook; with small photos in its cells where they are asked for."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import xlsxwriter
from flask_babel import gettext
from PIL import Image

from ...core.db import db
from ...core.errors import Refused
from ...core.labels import N_
from ...lists import xlsx
from ...photos.models import Photo
from ...photos.views import plain_copy
from ..models import Hazard, HazardPhoto, HazardPhotoRole
from . import ledger
from .filters import Column
from .ledger import LedgerColumn, day_cell
from .ledger_lines import Wording, lines

PHOTOS_AT_MOST = 200
"""Hazards whose photos are put in: two small copies each, some ten megabytes in all."""
ROLES = {HazardPhotoRole.BEFORE: N_("Photo before"), HazardPhotoRole.AFTER: N_("Photo after")}
PHOTO_WIDTH, PHOTO_HEIGHT = 150, 112  # pixels
ROW_POINTS, COLUMN_CHARACTERS, MARGIN = 90, 22, 4

ALWAYS: tuple[LedgerColumn, ...] = (
    (N_("Number"), 14, lambda line, _: line.hazard.number),
    (N_("Description"), 44, lambda line, _: line.hazard.description),
)
COLUMNS: dict[Column, LedgerColumn] = {
    Column.SITE: (Column.SITE.label, 24, lambda line, _: line.hazard.site_name),
    Column.PLACE: (Column.PLACE.label, 18, lambda line, _: line.hazard.place),
    Column.HAZARD_CLASS: (
        Column.HAZARD_CLASS.label,
        14,
        lambda line, words: words.label(line.hazard.hazard_class),
    ),
    Column.GRADE: (Column.GRADE.label, 10, lambda line, words: words.label(line.hazard.grade)),
    Column.SOURCE: (Column.SOURCE.label, 14, lambda line, words: words.label(line.hazard.source)),
    Column.FOUND: (Column.FOUND.label, 12, lambda line, _: day_cell(line.hazard.found_on)),
    Column.FINDER: (Column.FINDER.label, 10, lambda line, _: line.hazard.found_by_name),
    Column.SUPERVISOR: (Column.SUPERVISOR.label, 10, lambda line, _: line.hazard.supervisor_name or ""),
    Column.MEASURE: (Column.MEASURE.label, 36, lambda line, _: line.hazard.measure),
    Column.RESPONSIBLE: (Column.RESPONSIBLE.label, 12, lambda line, _: line.hazard.responsible),
    Column.DUE: (Column.DUE.label, 12, lambda line, _: day_cell(line.hazard.due_on)),
    Column.STATE: (Column.STATE.label, 12, lambda line, words: words.label(line.hazard.state)),
    Column.CLOSED: (Column.CLOSED.label, 12, lambda line, _: day_cell(line.hazard.closed_at)),
    Column.ROUND: (Column.ROUND.label, 6, lambda line, _: line.hazard.round),
}


def _columns(shown: Sequence[Column]) -> list[LedgerColumn]:
    return [*ALWAYS, *(COLUMNS[column] for column in shown)]


def plain(query: sa.Select[Hazard], shown: Sequence[Column]) -> bytes:
    """The hazards of a select with the columns of the screen."""
    return ledger.written(gettext("Hazards"), _columns(shown), lines(query, ()))


def with_photos(query: sa.Select[Hazard], shown: Sequence[Column]) -> bytes:
    """The same with the first photo before and the last one after. Raises Refused where there are too many."""
    found = list(lines(query.limit(PHOTOS_AT_MOST + 1), ()))
    if len(found) > PHOTOS_AT_MOST:
        raise Refused(
            N_(
                "Photos are put in for at most %(most)s hazards. Narrow the filters, or export without photos."
            ),
            most=PHOTOS_AT_MOST,
        )
    photos = _photos([line.hazard.id for line in found])
    columns, words = _columns(shown), Wording()
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet, body = ledger.begun(book, gettext("Hazards"), [*columns, *_heads()])
    for row, line in enumerate(found, start=1):
        sheet.set_row(row, ROW_POINTS)
        cells = xlsx.harmless_row([row, *(read(line, words) for _name, _width, read in columns)])
        for column, value in enumerate(cells):
            sheet.write_string(row, column, value, body) if isinstance(value, str) else sheet.write(
                row, column, value, body
            )
        for column, role in enumerate(ROLES, start=len(cells)):
            sheet.write_blank(row, column, None, body)
            if photo := photos.get((line.hazard.id, role)):
                _put(sheet, row, column, photo)
    book.close()
    return target.getvalue()


def _heads() -> list[LedgerColumn]:
    return [(name, COLUMN_CHARACTERS, lambda _line, _words: "") for name in ROLES.values()]


def _photos(hazards: Sequence[int]) -> dict[tuple[int, HazardPhotoRole], Photo]:
    """Of each hazard the first photo before and the last one after."""
    uses = sa.select(HazardPhoto.hazard_id, HazardPhoto.role, Photo).join(
        Photo, Photo.id == HazardPhoto.photo_id
    )
    wanted = uses.where(HazardPhoto.hazard_id.in_(hazards), HazardPhoto.role.in_(ROLES)).order_by(
        HazardPhoto.id
    )
    found: dict[tuple[int, HazardPhotoRole], Photo] = {}
    for hazard, role, photo in db.session.execute(wanted):
        if role is HazardPhotoRole.AFTER or (hazard, role) not in found:
            found[hazard, role] = photo
    return found


def _put(sheet: Any, row: int, column: int, photo: Photo) -> None:
    """A small copy in a cell, moving and growing with it; nothing where the disk has lost the photo."""
    path = _copy(photo)
    if path is None:
        return
    with Image.open(path) as image:
        scale = min(PHOTO_WIDTH / image.width, PHOTO_HEIGHT / image.height)
    place = {"x_offset": MARGIN, "y_offset": MARGIN, "x_scale": scale, "y_scale": scale, "object_position": 1}
    sheet.insert_image(row, column, str(path), place)


def _copy(photo: Photo) -> Path | None:
    try:
        return plain_copy(photo, "small")
    except Refused:
        return None
