"""Serving photos to those who may see what they belong to."""

from __future__ import annotations

import hashlib
from pathlib import Path

import sqlalchemy as sa
from flask import Blueprint, abort, current_app, request, send_file
from werkzeug.wrappers import Response

from ..core.access import Permission
from ..core.data import static_folder
from ..core.web import fetch, needs
from . import images, queries
from .models import Photo

pages = Blueprint("photos", __name__, url_prefix="/photos")

EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heif": "heic",
    "image/heic": "heic",
}


def _copy(photo: Photo, kind: str) -> Path:
    store = queries.store()
    if kind == "thumb":
        return store.derivative(photo.sha256, kind, images.thumbnail, version=images.COPY_VERSION)
    if kind == "clean":
        return store.derivative(photo.sha256, kind, images.clean_copy, version=images.COPY_VERSION)
    lines = queries.stamp_lines(photo)
    font = static_folder() / "vendor" / "fonts" / "NotoSansSC-Regular.ttf"
    name = f"stamped-{hashlib.sha256(repr(lines).encode()).hexdigest()[:16]}"
    return store.derivative(
        photo.sha256, name, lambda path: images.stamped_copy(path, lines, font), version=images.COPY_VERSION
    )


@pages.get("/<sha256>/<any(thumb, clean, stamped, original):kind>")
@needs(Permission.SEE_PHOTO)
def show(sha256: str, kind: str) -> Response:
    """A copy of a photo; the original only as a download, under its sniffed type."""
    photo = fetch(sa.select(Photo).where(Photo.sha256 == sha256), Permission.SEE_PHOTO)
    if not queries.store().exists(sha256):
        current_app.logger.error("photo file is gone: %s", sha256)
        abort(404)
    if kind == "original":
        name = f"{sha256[:16]}.{EXTENSIONS.get(photo.media_type, 'bin')}"
        response = send_file(
            queries.store().path(sha256), mimetype=photo.media_type, as_attachment=True, download_name=name
        )
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    else:
        response = send_file(
            _copy(photo, kind), mimetype="image/jpeg", conditional=True, etag=f"{sha256[:32]}-{kind}"
        )
    # Kept by the browser but asked again each time: a photo is seen only with a session.
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)
