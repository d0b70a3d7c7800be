"""The zones of a province, a line each: their figures, and the way into each zone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core.access import Permission
from ..core.clock import today, utcnow
from ..core.db import write_in_get
from ..core.errors import Refused
from ..core.i18n import language, write_day, write_moment, write_rate
from ..core.labels import N_
from ..core.web import needs
from ..lists import xlsx
from ..stats import period as periods
from ..stats.figures import FIGURES, RATES, Period
from . import edition_views, other_zones, tickets, zone_figures
from .blueprint import pages
from .zone_figures import COLUMNS, COUNTS, SHARES, ZoneFigures, label_of

__all__ = ["edition_views", "pages"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE = N_("Zones of the province")


def the_zones() -> other_zones.Zones:
    """The zones of this installation."""
    found = other_zones.zones()
    return found if found is not None else abort(404)


def _address(endpoint: str, period: Period, **more: Any) -> str:
    given: dict[str, Any] = {**more, **period.to_args()}
    return url_for(endpoint, **given)


def _asked() -> tuple[periods.Span, Period]:
    if wrong := periods.unread(request.args):
        raise Refused(N_("%(text)s is not a day. Write it as 2026-03-31."), text=request.args[wrong[0]][:20])
    return periods.from_args(request.args, today())


def _lines(period: Period) -> list[ZoneFigures]:
    by = request.args.get("order", "")
    found = zone_figures.of_all(the_zones(), period)
    return zone_figures.ordered(found, by.removeprefix("-"), falling=by.startswith("-"))


def _name(line: ZoneFigures) -> str:
    return line.names.get(language()) or line.names.get("zh") or line.key


def _columns(period: Period) -> list[dict[str, Any]]:
    """The heads; pressed once, a column stands with the most first, pressed twice the other way round."""
    now, columns = request.args.get("order", ""), []
    for name in COLUMNS:
        order = name if now == f"-{name}" else f"-{name}"
        column = {
            "label": gettext(label_of(name)),
            "num": True,
            "sort": _address("province.index", period, order=order),
        }
        if now.removeprefix("-") == name:
            column["dir"] = "descending" if now.startswith("-") else "ascending"
        columns.append(column)
    return columns


def _origin(key: str) -> str:
    """Where a zone answers, reached as this page was."""
    _host, colon, port = request.host.partition(":")
    return f"{request.scheme}://{the_zones().zones[key].hosts[0]}{colon}{port}"


@pages.get("")
@needs(Permission.SEE_ZONES)
def index() -> str:
    """Every zone with its figures, and what all of them add up to."""
    span, period = _asked()
    lines = _lines(period)
    # Entering a zone posts here and is led on to the zone: browsers ask this page whether that may be.
    g.forms_lead_to = " ".join(_origin(key) for key in the_zones().counties())
    return render_template(
        "province/index.html",
        title=gettext(TITLE),
        period=period,
        spans=[(one, one is span, url_for("province.index", period=one.value)) for one in periods.MOVING],
        lines=lines,
        total=zone_figures.total(lines),
        silent=[_name(one) for one in lines if one.numbers is None and one.from_file_at is None],
        here=set(the_zones().counties()),
        name_of=_name,
        counts=COUNTS,
        shares=SHARES,
        label_of=label_of,
        columns=[gettext(N_("Zone")), *_columns(period)],
        order=request.args.get("order", ""),
        edition=edition_views.summary(),
    )


@pages.get("/figures.xlsx")
@needs(Permission.SEE_ZONES)
def sheet() -> Response:
    """The same as a workbook."""
    _span, period = _asked()
    lines = _lines(period)
    heads = [xlsx.Head(gettext("Zone"), 28), *(xlsx.Head(gettext(label_of(name)), 16) for name in COUNTS)]
    for name in SHARES:
        heads += [
            xlsx.Head(gettext(label_of(name)), 14),
            xlsx.Head(f"{gettext(label_of(name))} ({gettext('Parts')})", 16),
        ]
    rows = [_row(_name(one), one) for one in lines]
    rows.append(_row(gettext("All zones that answered"), zone_figures.total(lines)))
    title = gettext(TITLE)
    notes = [
        gettext("%(first)s to %(last)s", first=write_day(period.first), last=write_day(period.last)),
        gettext("Data as of %(day)s", day=write_day(period.as_of)),
        *(
            gettext(
                "%(zone)s: by its file of %(moment)s", zone=_name(one), moment=write_moment(one.from_file_at)
            )
            for one in lines
            if one.from_file_at
        ),
        *(
            f"{gettext(label_of(name))}: {gettext((RATES.get(name) or FIGURES[name]).meaning)}"
            for name in COLUMNS
        ),
    ]
    data = xlsx.write(title, heads, rows, notes=notes, notes_title=gettext("How it is counted"))
    name = f"{title}-{period.first:%Y%m%d}-{period.last:%Y%m%d}.xlsx"
    return send_file(io.BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=name)


def _row(name: str, line: ZoneFigures) -> Sequence[Any]:
    if line.numbers is None:
        return [name, *[gettext("unknown")] * (len(COUNTS) + 2 * len(SHARES))]
    row: list[Any] = [name, *(line.number(one) for one in COUNTS)]
    for one in SHARES:
        share = line.share(one)
        row += [write_rate(share.value) if share else "", str(share)]
    return row


@pages.post("/<key>/open")
@needs(Permission.SEE_ZONES)
def enter(key: str) -> Response:
    """Go into a zone as a reader: to its dashboard, or to the list that a figure counts."""
    found = the_zones()
    if key not in found.counties():
        abort(404)
    _span, period = periods.from_args(request.form, today())
    name = request.form.get("figure", "")
    path = (
        _address("stats.counted", period, name=name)
        if name in COLUMNS
        else _address("stats.dashboard", period)
    )
    reader, reader_name, now = current_user.id, current_user.name, utcnow()

    def issue() -> str:
        with write_in_get():
            return tickets.issue(reader, reader_name, path, now)

    try:
        secret = other_zones.in_zone(found, key, issue)
    except other_zones.Unreachable:
        flash(gettext("This zone cannot be reached at the moment. Try again in a few minutes."), "error")
        return redirect(_address("province.index", period))
    answer = redirect(f"{_origin(key)}/from-province/{secret}", 303)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
