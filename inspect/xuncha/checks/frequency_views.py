"""The list of enterprises near or over the published cap of visits, as a page and as a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import render_template, request
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core.access import Permission
from ..core.clock import today
from ..core.i18n import label
from ..core.parsing import read_number
from ..core.web import needs
from ..lists import xlsx
from ..lists.import_pages import send_workbook
from . import visit_frequency
from .blueprint import pages
from .legal_mode import modes_offered
from .models import LegalMode
from .visit_frequency import Line

FIRST_YEAR = 2000


def _asked() -> tuple[int, bool]:
    """The year of the address, this one if it names none; whether all visited enterprises are asked for."""
    this = today().year
    year = read_number(request.args.get("year", "")) or this
    return year if FIRST_YEAR <= year <= this else this, request.args.get("show") == "all"


def _modes(lines: Sequence[Line]) -> list[LegalMode]:
    """The modes offered, capped or used: an organ without power of enforcement needs no column for it."""
    used = {one.mode for line in lines for one in line.tallies if one.visits}
    capped = {mode for mode, cap in visit_frequency.caps().items() if cap}
    return [mode for mode in LegalMode if mode in used | capped or mode in modes_offered()]


@pages.get("/frequency")
@needs(Permission.SEE_FIGURES)
def frequency() -> str:
    """Visits by enterprise and legal mode beside the caps."""
    year, everything = _asked()
    lines = visit_frequency.lines(current_user, year, all_of_them=everything)
    return render_template(
        "checks/frequency.html",
        year=year,
        years=range(today().year, today().year - 3, -1),
        everything=everything,
        lines=lines,
        modes=_modes(lines),
        caps=visit_frequency.caps(),
        Reach=visit_frequency.Reach,
    )


@pages.get("/frequency.xlsx")
@needs(Permission.SEE_FIGURES)
def frequency_sheet() -> Response:
    """The same list as a workbook."""
    year, everything = _asked()
    lines = visit_frequency.lines(current_user, year, all_of_them=everything)
    modes = _modes(lines)
    heads = [xlsx.Head(gettext("Enterprise"), 28), xlsx.Head(gettext("Supervisor"), 12)]
    for mode in modes:
        heads += [xlsx.Head(label(mode), 18), xlsx.Head(gettext("Cap"), 8)]
    heads += [xlsx.Head(gettext("All visits"), 10), xlsx.Head(gettext("State"), 14)]
    notes = [
        gettext("Visits of %(year)s; re-inspections are not counted. One day is one visit.", year=year),
        gettext("Near: at least 80 percent of the cap."),
    ]
    title = gettext("Visit frequency")
    data = xlsx.write(
        title, heads, _rows(lines, modes), notes=notes, notes_title=gettext("How it is counted")
    )
    return send_workbook(data, f"visit-frequency-{year}.xlsx")


def _rows(lines: Sequence[Line], modes: Sequence[LegalMode]) -> Iterator[list[str | int]]:
    for line in lines:
        by_mode = {one.mode: one for one in line.tallies}
        counts = [cell for mode in modes for cell in (by_mode[mode].visits, by_mode[mode].cap or "")]
        holder = line.site.supervisor.name if line.site.supervisor else ""
        yield [line.site.name, holder, *counts, line.visits, label(line.reach)]
