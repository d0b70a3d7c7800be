"""Serving photos to those who may see what they belong to."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from ..core.access import Permission, allowed
from ..core.clock import utcnow
from ..core.db import commit
from ..core.errors import Refused
from ..core.i18n import sentence
from ..core.paths import static_folder
from ..core.web import needs, safe_next
from . import images, marks, queries
from .layer import arrow_head
from .models import Photo
from .store import DAMAGED, Damage, PhotoDamaged

pages = Blueprint("photos", __name__, url_prefix="/photos")

EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heif": "heic",
    "image/heic": "heic",
}
COPIES = {"small": images.small_copy, "thumb": images.thumbnail, "clean": images.clean_copy}


def plain_copy(photo: Photo, kind: str) -> Path:
    """A copy without stamp and metadata."""
    return queries.store().derivative(photo.sha256, kind, COPIES[kind], version=images.COPY_VERSION)


def send_copy(copy: Path) -> Response:
    """A copy, kept by the browser but asked again each time: a photo is seen only by whom it is shown to."""
    response = send_file(copy, mimetype="image/jpeg", conditional=True, etag=copy.name)
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)


def _copy(photo: Photo, kind: str) -> Path:
    store = queries.store()
    if kind in COPIES:
        return plain_copy(photo, kind)
    lines = queries.stamp_lines(current_user, photo, request.args.get("of", ""))
    font = static_folder() / "vendor" / "fonts" / "NotoSansSC-Regular.ttf"
    name = f"stamped-{hashlib.sha256(repr(lines).encode()).hexdigest()[:16]}"
    return store.derivative(
        photo.sha256, name, lambda path: images.stamped_copy(path, lines, font), version=images.COPY_VERSION
    )


@pages.get("/<sha256>/<any(small, thumb, clean, stamped, original):kind>")
@needs(Permission.SEE_PHOTO)
def show(sha256: str, kind: str) -> Response:
    """A copy of a photo, stamped for the use in `?of=`; the original only as a download, under its sniffed type."""
    permission = Permission.SEE_ORIGINAL if kind == "original" else Permission.SEE_PHOTO
    photo = queries.by_hash(sha256)
    if photo is None or not allowed(current_user, Permission.SEE_PHOTO, photo):
        abort(404)  # a photo of others answers like one that does not exist
    if not allowed(current_user, permission, photo):
        abort(403)
    store = queries.store()
    if not store.path(sha256).is_file():
        current_app.logger.error("photo file is gone: %s", sha256)
        store.note_damage(sha256, Damage.MISSING)
    if not store.exists(sha256):
        raise PhotoDamaged(sha256)
    if kind == "original":
        store.demand_sound(sha256)
        name = f"{sha256[:16]}.{EXTENSIONS.get(photo.media_type, 'bin')}"
        response = send_file(
            store.path(sha256), mimetype=photo.media_type, as_attachment=True, download_name=name
        )
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response.headers["Cache-Control"] = "private, no-cache"
        return response.make_conditional(request)
    return send_copy(_copy(photo, kind))  # its name changes with the words on it


@pages.get("/<sha256>/marks")
@needs(Permission.MARK_PHOTO)
def edit_marks(sha256: str) -> str:
    """Draw over a photo."""
    return _marks_page(_markable(sha256))


@pages.post("/<sha256>/marks")
@needs(Permission.MARK_PHOTO)
def save_marks(sha256: str) -> str | Response | tuple[str, int]:
    """Keep a version of the marks, and go back to where they were drawn from."""
    photo = _markable(sha256)
    try:
        shapes = marks.read_shapes(request.form.get("marks", ""))
    except Refused as problem:
        flash(sentence(problem), "error")
        return _marks_page(photo), problem.status
    marks.mark(photo, shapes, actor=current_user, now=utcnow())
    commit()
    flash(gettext("The marks are kept; the photo itself stays as it is."), "success")
    return redirect(safe_next(request.form.get("next"), url_for("photos.edit_marks", sha256=sha256)))


def _markable(sha256: str) -> Photo:
    photo = queries.by_hash(sha256)
    if photo is None or not allowed(current_user, Permission.SEE_PHOTO, photo):
        abort(404)
    if not allowed(current_user, Permission.MARK_PHOTO, photo):
        abort(403)
    return photo


def _marks_page(photo: Photo) -> str:
    back = safe_next(request.values.get("next"), "")
    return render_template("photos/marks.html", photo=photo, shapes=marks.shapes_on(photo), back=back)


_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


def damage_words(address: str) -> str:
    """What stands in the place of a photo that is damaged on the disk; empty for one that is sound. By its hash or address."""
    found = _HASH.search(address)
    if found is None or queries.store().damage(found[0]) is None:
        return ""
    return gettext(DAMAGED, sha256=found[0])


pages.app_template_global("damage_words")(damage_words)
pages.app_template_global("marks_on")(marks.shapes_on)
pages.app_template_global("arrow_head")(arrow_head)
