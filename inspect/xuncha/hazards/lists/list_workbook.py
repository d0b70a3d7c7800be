"""The list of hazards as it stands on the screen as a workbook; with small photos in its cells where they are asked for."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext

from ...core.labels import N_
from ...lists import list_workbook
from ...lists.list_workbook import WorkbookColumn, day_cell
from ...photos.list_pictures import pictures
from ..models import Hazard, HazardPhoto, HazardPhotoRole
from .filters import Column
from .ledger import LedgerColumn, worded
from .ledger_lines import lines

ROLES = {HazardPhotoRole.BEFORE: N_("Photo before"), HazardPhotoRole.AFTER: N_("Photo after")}

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


def _columns(shown: Sequence[Column]) -> list[WorkbookColumn]:
    return worded([*ALWAYS, *(COLUMNS[column] for column in shown)])


def plain(query: sa.Select[Hazard], shown: Sequence[Column]) -> bytes:
    """The hazards of a select with the columns of the screen."""
    return list_workbook.written(gettext("Hazards"), _columns(shown), lines(query, ()))


def with_photos(query: sa.Select[Hazard], shown: Sequence[Column]) -> bytes:
    """The same with the first photo before and the last one after. Raises Refused where there are too many."""
    found = list(lines(query.limit(list_workbook.PICTURED_AT_MOST + 1), ()))
    list_workbook.pictured(found)
    rows = [(line.hazard.id, line) for line in found]
    numbers = [number for number, _line in rows]
    of = pictures(HazardPhoto, HazardPhoto.hazard_id, ROLES, numbers, latest=[HazardPhotoRole.AFTER])
    heads = {role.value: head for role, head in ROLES.items()}
    return list_workbook.with_pictures(gettext("Hazards"), _columns(shown), rows, heads, of)
