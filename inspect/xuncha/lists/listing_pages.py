"""The pages that every declared list has: its workbook, and the page that shows what is selected before something is done."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core.access import Permission, allowed
from ..core.clock import today
from ..core.db import db
from . import listing
from .list_workbook import PICTURED_AT_MOST, Pictures
from .listing import CHOSEN_AT_MOST, Listing, Look

EXPORT_AT_MOST = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Action = Mapping[str, Any]
"""A button: label, url; with `fields` it posts them."""


@dataclass(frozen=True)
class Step:
    """What may be done with the selected lines: its name in the address, its title (a message), who may do it."""

    name: str
    title: str
    permission: Permission


def send_sheet(content: bytes, name: str) -> Response:
    """A workbook to download, named by its list and the day."""
    return send_file(
        io.BytesIO(content),
        mimetype=XLSX,
        as_attachment=True,
        download_name=f"{name}-{today().isoformat()}.xlsx",
    )


def send_list(
    look: Look,
    query: Any,
    heads: Mapping[str, str] | None = None,
    pictures: Callable[[Sequence[int]], Pictures] | None = None,
) -> Response:
    """The list as it stands on the screen, with photos where the address asks for them and the list has some."""
    look, query = look.of(query)
    if heads and pictures and request.args.get("photos"):
        rows = db.session.scalars(query.limit(PICTURED_AT_MOST + 1)).unique().all()
        content = look.with_photos(rows, heads, pictures)
    else:
        content = look.workbook(db.session.scalars(query.limit(EXPORT_AT_MOST)).unique())
    return send_sheet(content, gettext(look.listing.title))


def exports(endpoint: str, args: Mapping[str, str], *, photos: bool = False) -> list[Action]:
    """The buttons that export a list."""
    address: dict[str, Any] = dict(args)
    plain = {"label": gettext("Workbook"), "url": url_for(endpoint, **address), "symbol": "download"}
    if not photos:
        return [plain]
    pictured = url_for(endpoint, photos=1, **address)
    return [plain, {"label": gettext("Workbook with photos"), "url": pictured, "symbol": "images"}]


def with_selected(
    wanted: Listing,
    visible: Any,
    steps: Sequence[Step],
    back: str,
    actions: Callable[[Step, Look], Sequence[Action]],
) -> str | Response:
    """The lines that were ticked and that the reader sees, and the buttons that do what was asked with all of them."""
    step = next((one for one in steps if one.name == request.args.get("act")), None)
    if step is None:
        abort(404)
    if not allowed(current_user, step.permission):
        abort(403)
    ticked = {**listing.asked(), "chosen": ",".join(request.args.getlist("ids")[:CHOSEN_AT_MOST])}
    look = wanted.look(ticked)
    look, query = look.of(visible)
    rows = db.session.scalars(query.limit(CHOSEN_AT_MOST)).unique().all() if look.chosen else []
    if not rows:
        flash(gettext("Select at least one line first."), "info")
        return redirect(url_for(back))
    return render_template(
        "lists/selected.html", step=step, look=look, rows=rows, back=back, actions=actions(step, look)
    )
