"""The pages that every import of a list has: choose the file, say which column holds what; the file is sent once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response

from ..core.clock import utcnow
from ..core.db import commit, release
from ..core.errors import Refused
from ..core.forms import PageForm, show_problem
from ..core.i18n import sentence
from ..core.parsing import read_number, read_page
from . import column_mapping, spreadsheet, uploads, xlsx
from .columns import HEAD_ROWS, Column, Columns, Row, Unrecognised, head_of
from .plan import Outcome, Plan

SAMPLES = 3
SAMPLE_WIDTH = 60
PER_PAGE = 100
OTHERWISE = "otherwise-"
Page = str | Response | tuple[str, int]


class UploadForm(PageForm):
    """A list as a file."""

    file = FileField(_l("List (.xlsx, .xls, .ods or .csv)"), [FileRequired(_l("Choose a file."))])


@dataclass(frozen=True)
class ListImport:
    """An import as its pages need it: the columns, the words, and the endpoints beside each other in a blueprint.

    Endpoints: <at>, <at>_columns, <at>_plan, <at>_take (POST), <at>_template; `back` is the list that is filled.
    """

    columns: Columns
    title: str
    back: tuple[str, str]
    at: str
    intro: str

    def url(self, step: str = "", **values: Any) -> str:
        """The address of a step."""
        return url_for(self.at + step, **values)

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The way to the first page."""
        return [(gettext(self.back[0]), url_for(self.back[1]))]


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_workbook(data: bytes, name: str) -> Response:
    """A workbook to download."""
    response = make_response(data)
    response.headers["Content-Type"] = XLSX
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def upload_page(wanted: ListImport) -> Page:
    """Choose a file; nothing is written before its rows were shown."""
    form = UploadForm()
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            data = form.file.data.read()
            try:
                release()
                step = _step_after(wanted.columns, data)
                return redirect(wanted.url(step, digest=uploads.keep(data)))
            except Refused as problem:
                show_problem(form, problem)
    return (
        render_template("imports/upload.html", form=form, wanted=wanted, file_types=spreadsheet.FILE_TYPES),
        status,
    )


def _step_after(columns: Columns, data: bytes) -> str:
    """The rows at once where every column is known or was chosen before; else a person says what holds what."""
    try:
        opened = columns.open(data)
    except Unrecognised:
        return "_columns"
    return "_plan" if opened.remembered or not columns.missing(opened.columns.values()) else "_columns"


@dataclass
class FileColumn:
    """A column of the file as the page shows it."""

    position: int
    letters: str
    head: str
    samples: list[str]
    chosen: str = ""


@dataclass
class Choosing:
    """What is chosen on the page of columns: which row holds the heads, what each column holds."""

    row: int
    first_rows: list[tuple[int, str]]
    columns: list[FileColumn]
    otherwise: dict[str, str]
    problems: list[str] = field(default_factory=list)


def columns_page(wanted: ListImport, digest: str) -> Page:
    """Say which column of a kept file holds what; the choice is remembered for files with these heads."""
    rows = spreadsheet.read(uploads.kept(digest)).rows
    at, remembered = wanted.columns.locate(rows)
    asked = read_number(request.values.get("head"))
    chosen_at = next((one for one, (number, _) in enumerate(rows[:HEAD_ROWS]) if number == asked), at)
    if chosen_at == len(rows) - 1:
        chosen_at = at
    before = _before(wanted.columns, rows[chosen_at], remembered if chosen_at == at else None)
    choosing = _choosing(rows, chosen_at, before)
    status = 200
    if request.method == "POST" and request.form.get("act") != "head":
        choosing.problems = _problems(wanted.columns, choosing)
        if not choosing.problems:
            heads = [head_of(cell) for cell in rows[chosen_at][1]]
            column_mapping.remember(
                wanted.columns.kind, heads, _choice_of(choosing), actor=current_user, now=utcnow()
            )
            commit()
            return redirect(wanted.url("_plan", digest=digest, **kept_decisions()))
        status = 422
    page = render_template(
        "imports/columns.html",
        wanted=wanted,
        digest=digest,
        choosing=choosing,
        fields=wanted.columns.columns,
        with_choices=[one for one in wanted.columns.columns if one.choices and (one.wanted or one.required)],
        decisions=kept_decisions(),
    )
    return page, status


def kept_decisions() -> dict[str, str]:
    """What a person decided about rows before going back to the columns."""
    return {
        name: value[:12]
        for name, value in request.values.items()
        if re.fullmatch(r"row-[0-9]{1,7}", name) and value
    }


def _before(columns: Columns, row: Row, remembered: Mapping[str, str] | None) -> dict[str, str]:
    """What the page begins with: the remembered choice, else what the heads tell."""
    if remembered is not None:
        return dict(remembered)
    return {str(position): column.name for position, column in columns.guess(row[1]).items()}


def _choosing(rows: list[Row], at: int, before: Mapping[str, str]) -> Choosing:
    head, below = rows[at][1], [cells for _number, cells in rows[at + 1 : at + 1 + SAMPLES]]
    found = []
    for position in range(max(len(cells) for cells in (head, *below))):
        texts = [_sample(cells, position) for cells in (head, *below)]
        if any(texts):
            name = f"column-{position}"
            chosen = request.form.get(name, before.get(str(position), ""))
            found.append(FileColumn(position, _letters(position), texts[0], texts[1:], chosen))
    first = [
        (number, " | ".join(filter(None, (_sample(cells, position) for position in range(len(cells))))))
        for number, cells in rows[:HEAD_ROWS]
    ]
    otherwise = {key: value for key, value in before.items() if not key.isdigit()}
    otherwise |= {
        name.removeprefix(OTHERWISE): value
        for name, value in request.form.items()
        if name.startswith(OTHERWISE)
    }
    return Choosing(rows[at][0], [(number, text[:100]) for number, text in first], found, otherwise)


def _sample(cells: list[Any], position: int) -> str:
    return xlsx.text_shown(cells[position])[:SAMPLE_WIDTH] if position < len(cells) else ""


def _letters(position: int) -> str:
    """The name of a column in a sheet: A, B, … Z, AA."""
    return (chr(64 + position // 26) if position >= 26 else "") + chr(65 + position % 26)


def _problems(columns: Columns, choosing: Choosing) -> list[str]:
    chosen = [one.chosen for one in choosing.columns if one.chosen]
    unknown = [name for name in chosen if name not in columns.by_name]
    if unknown:
        return [gettext("Choose one of the entries offered.")]
    twice = [one for one in columns.columns if chosen.count(one.name) > 1]
    problems = [
        gettext("Two columns are to be read as %(field)s. Choose one.", field=gettext(one.head))
        for one in twice
    ]
    return problems + [
        gettext("Say which column holds %(field)s.", field=gettext(one.head))
        for one in columns.columns
        if one.required and one.name not in chosen and not _said(one, choosing)
    ]


def _said(column: Column, choosing: Choosing) -> bool:
    return column.choices is not None and choosing.otherwise.get(column.name, "") in set(column.choices)


def _choice_of(choosing: Choosing) -> dict[str, str]:
    chosen = {str(one.position): one.chosen for one in choosing.columns if one.chosen}
    return chosen | {name: value for name, value in choosing.otherwise.items() if value}


def plan_page(
    wanted: ListImport,
    digest: str,
    make: Callable[[bytes], Plan],
    cells: Callable[[dict[str, Any]], list[str]],
    heads: list[str],
    problem: Refused | None = None,
) -> Page:
    """What each row would do; where the columns are not clear, the page that asks for them.

    `cells` writes a row's facts under `heads`.
    """
    data = uploads.kept(digest)
    try:
        plan = make(data)
    except Unrecognised:
        return redirect(wanted.url("_columns", digest=digest))
    counts = plan.counts
    shown_first = Outcome.ERROR.value if counts[Outcome.ERROR] else "all"
    show = request.args.get("show") or shown_first
    shown = [one for one in plan.verdicts if show in ("all", one.outcome.value)]
    page = read_page(request.args)
    rendered = render_template(
        "imports/plan.html",
        wanted=wanted,
        digest=digest,
        plan=plan,
        counts=counts,
        outcomes=list(Outcome),
        show=show,
        verdicts=shown[(page - 1) * PER_PAGE : page * PER_PAGE],
        total=len(shown),
        page=page,
        pages=max(1, -(-len(shown) // PER_PAGE)),
        heads=heads,
        cells=cells,
        names={one.name: gettext(one.head) for one in wanted.columns.columns},
        sentence=sentence,
        problem=sentence(problem) if problem else "",
    )
    return rendered, problem.status if problem else 200
