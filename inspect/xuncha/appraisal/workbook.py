"""The scores of a period as a workbook: a line a person, each share in its parts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from flask import send_file
from flask_babel import gettext
from werkzeug.wrappers import Response

from ..core.i18n import pick, write_day
from ..lists import xlsx
from ..reports.papers.appraisal_sheet import NO_REWARD, TITLE
from ..stats.figures import FIGURES, Period
from ..stats.figures.load import LOAD
from . import queries
from .queries import Appraisal
from .score import COMPONENTS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send(found: Sequence[Appraisal], period: Period) -> Response:
    """The workbook as a file to save."""
    beside = ("tasks_planned", *LOAD)
    heads = [xlsx.Head(gettext(text), 14) for text in ("Name", "Team", "Score")]
    heads += [xlsx.Head(gettext(FIGURES[name].label), 14) for name in beside]
    heads += [
        xlsx.Head(gettext("Way through them (km)"), 14),
        xlsx.Head(gettext("Points deducted"), 14),
        xlsx.Head(gettext("Deducted for"), 30),
    ]
    for one in COMPONENTS:
        name = gettext(one.rate.label)
        heads += [
            xlsx.Head(f"{name} ({part})", 16)
            for part in (gettext("counted"), gettext("measured"), gettext("points"))
        ]
    weights = queries.weights()
    notes = [
        gettext("%(first)s to %(last)s", first=write_day(period.first), last=write_day(period.last)),
        gettext("Data as of %(day)s", day=write_day(period.as_of)),
        gettext(NO_REWARD),
        *(
            f"{gettext(one.rate.label)} ({weights[one.name]}): {gettext(one.rate.meaning)}"
            for one in COMPONENTS
        ),
    ]
    title = gettext(TITLE)
    data = xlsx.write(
        title, heads, (_row(one) for one in found), notes=notes, notes_title=gettext("How it is counted")
    )
    name = f"{title}-{period.first:%Y%m%d}-{period.last:%Y%m%d}.xlsx"
    return send_file(io.BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=name)


def _row(one: Appraisal) -> list[Any]:
    score = one.score
    row: list[Any] = [
        one.person.name,
        pick(one.person.team, "name") if one.person.team else "",
        gettext("too few to say") if score.tenths is None else score.tenths / 10,
        score.planned,
        *one.load.values(),
        "" if one.travel.tenths is None else one.travel.tenths / 10,
        score.deducted,
        "\n".join(f"{each.record}: {each.reason}" for each in one.deductions),
    ]
    for line in score.lines:
        points = "" if line.points is None else line.points / 10
        row += [str(line.counted), str(line.measured), points]
    return row
