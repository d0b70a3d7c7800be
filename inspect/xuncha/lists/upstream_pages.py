"""Pages of upstream profiles: written by the office, held against a sample, chosen when a list is exported."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, render_template, request, send_file
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core.access import Permission, allowed
from ..core.clock import today, utcnow
from ..core.errors import Refused
from ..core.i18n import sentence
from ..core.labels import N_
from ..core.web import done, needs
from . import listing, upstream_profile, upstream_profiles, upstream_sample
from .listing_pages import XLSX
from .upstream_profile import Written
from .upstream_profiles import Offered, Source, by_key, sources

pages = Blueprint("upstream", __name__, url_prefix="/upstream")
SHOWN = 5  # rows of a preview
ROWS_TOLD = 20  # rows that a problem names


def _one(code: str, *, own: bool = False) -> Offered:
    found = by_key(code)
    if found is None or (own and found.row is None):
        abort(404)
    return found


@pages.get("")
@needs(Permission.EXPORT_LISTS)
def index() -> str:
    """The profiles, the office's own first."""
    return render_template("lists/upstream.html", offered=upstream_profiles.offered(), sources=sources)


def _written_text() -> str:
    """What was entered, or the file that was chosen."""
    file = request.files.get("file")
    data = file.read(upstream_profile.TEXT_AT_MOST * 4) if file else b""
    if not data:
        return request.form.get("text", "").replace("\r\n", "\n")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Refused(N_("This file is no text in UTF-8."), field="text") from None


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_SETTINGS)
def new() -> str | Response | tuple[str, int]:
    """Write a profile, from one of the others or from a file."""
    model = by_key(request.args.get("of", ""))
    return _edit(None, model.text if model else "")


@pages.route("/<code>/edit", methods=["GET", "POST"])
@needs(Permission.MANAGE_SETTINGS)
def edit(code: str) -> str | Response | tuple[str, int]:
    """Change a profile of the office."""
    found = _one(code, own=True)
    return _edit(found, found.text)


def _edit(found: Offered | None, text: str) -> str | Response | tuple[str, int]:
    problem = ""
    if request.method == "POST":
        text = request.form.get("text", "")
        try:
            text = _written_text()
            row = upstream_profiles.save(
                text, row=found.row if found else None, actor=current_user, now=utcnow()
            )
        except Refused as refused:
            problem = sentence(refused)
        else:
            return done(gettext("The profile is saved."), "upstream.show", code=str(row.id))
    page = render_template(
        "lists/upstream_edit.html",
        found=found,
        text=text,
        problem=problem,
        offered=upstream_profiles.offered(),
        sources=sources,
        fields={name: source.fields().values() for name, source in sources.items()},
    )
    return (page, 422) if problem else page


@pages.route("/<code>", methods=["GET", "POST"])
@needs(Permission.EXPORT_LISTS)
def show(code: str) -> str | tuple[str, int]:
    """A profile column by column; a posted sample is held against it."""
    found, problem, told = _one(code), "", None
    if request.method == "POST":
        file = request.files.get("file")
        try:
            told = upstream_sample.differences(found.profile, file.read() if file else b"")
        except Refused as refused:
            problem = sentence(refused)
    source = sources[found.profile.list]
    page = render_template(
        "lists/upstream_show.html",
        found=found,
        source=source,
        fields=source.fields(),
        told=told,
        problem=problem,
    )
    return (page, 422) if problem else page


@pages.post("/<code>/delete")
@needs(Permission.MANAGE_SETTINGS)
def delete(code: str) -> Response:
    """Delete a profile of the office."""
    row = _one(code, own=True).row
    assert row is not None
    upstream_profiles.delete(row, actor=current_user)
    return done(gettext("The profile is deleted."), "upstream.index")


def _asked() -> tuple[str, Source, dict[str, str]]:
    """The list of the address, and its filters."""
    args = listing.asked()
    name = args.pop("list", "")
    args.pop("profile", None)
    if name not in sources:
        abort(404)
    if not allowed(current_user, sources[name].permission):
        abort(403)
    return name, sources[name], args


def _filled(found: Offered, source: Source, args: dict[str, str]) -> Written:
    return upstream_profile.write(found.profile, source.fields(), source.rows(args), source.name)


def _chosen(name: str) -> Offered | None:
    offered: Sequence[Offered] = upstream_profiles.offered(name)
    return next((one for one in offered if one.key == request.args.get("profile")), None)


@pages.get("/export")
@needs(Permission.EXPORT_LISTS)
def export() -> str:
    """Choose a profile for a list; then what its file would hold, and what would be wrong in it."""
    name, source, args = _asked()
    found = _chosen(name)
    written = _filled(found, source, args) if found else None
    return render_template(
        "lists/upstream_export.html",
        name=name,
        source=source,
        args=args,
        found=found,
        written=written,
        shown=SHOWN,
        rows_told=ROWS_TOLD,
        offered=upstream_profiles.offered(name),
    )


@pages.get("/file")
@needs(Permission.EXPORT_LISTS)
def file() -> Response:
    """The file of a list for an outer platform."""
    name, source, args = _asked()
    found = _chosen(name)
    if found is None:
        abort(404)
    content = upstream_profile.file_of(found.profile, _filled(found, source, args))
    kind: Any = {"xlsx": XLSX, "csv": f"text/csv; charset={found.profile.encoding}"}[found.profile.kind]
    title = f"{found.profile.name}-{today().isoformat()}.{found.profile.kind}"
    return send_file(io.BytesIO(content), mimetype=kind, as_attachment=True, download_name=title)
