"""The interface for phones: a token, photos by their hash, filings by their UUID, and the words of the page code."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Response, abort, jsonify, request
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as AnyResponse

from ..accounts.models import User
from ..checks.actions import ContentDiffers, PhotosMissing, file_check, prepare
from ..checks.filing import Receipt
from ..checks.forms import BadFields
from ..core.access import Permission
from ..core.clock import utcnow
from ..core.db import commit, db, reads_first
from ..core.errors import ActedFirst, Missing, NotAllowed, Refused
from ..core.i18n import LANGUAGES, language, sentence
from ..core.paths import static_folder
from ..core.request_log import request_id
from ..core.web import needs
from ..photos import queries as photos
from ..photos.actions import keep_together, take
from ..photos.images import PhotoRefused
from ..photos.store import BodyMismatch
from . import burden_views, device_views, forms, offline_views, pulse_views, trust_views, verification_views
from .authors import author_of
from .blueprint import pages, receipt_answer
from .translations import PARTS, addresses, catalogue, compressed

# Their pages join the blueprint by being imported.
__all__ = [
    "burden_views",
    "device_views",
    "offline_views",
    "pages",
    "pulse_views",
    "trust_views",
    "verification_views",
]

Answer = tuple[Response, int]

# The phone decides by these words (static/js/offline/filing.js); once released they stay.
CODES: tuple[tuple[type[Refused], str], ...] = (
    (ContentDiffers, "content_differs"),
    (PhotosMissing, "photos_missing"),
    (forms.NewerFormat, "newer_format"),
    (forms.BodyDiffers, "body_differs"),
    (ActedFirst, "acted_first"),
    (NotAllowed, "not_allowed"),
    (Missing, "missing"),
    (BadFields, "invalid"),
)


def _problem(error: str, message: str, status: int, **more: Any) -> Answer:
    db.session.rollback()
    return jsonify(error=error, message=message, reference=request_id(), **more), status


@pages.errorhandler(Refused)
def refused(problem: Refused) -> Answer:
    """A refusal as the phone reads it: a word to decide by, a sentence to show."""
    told = sentence(problem)
    if isinstance(problem, BodyMismatch):
        return _problem(f"body_{problem.fault}", told, 400)
    if isinstance(problem, PhotoRefused):
        return _problem(f"photo_{problem.fault}", told, 422)
    error = next((code for kind, code in CODES if isinstance(problem, kind)), "refused")
    more: dict[str, Any] = {}
    if isinstance(problem, PhotosMissing):
        more["photos"] = problem.hashes
    if isinstance(problem, BadFields):
        more["fields"] = [
            {"path": path, "message": gettext(words)} for path, words in problem.problems.items()
        ]
    return _problem(error, told, problem.status, **more)


def _actor() -> User:
    return db.session.get_one(User, current_user.id)


@pages.get("/sync/token")
@needs(Permission.BE_SIGNED_IN)
def token() -> Response:
    """Who is signed in here, and a form token that is good now: a page left open for days gets on with it."""
    return jsonify(token=generate_csrf(), user=current_user.id)


@pages.get("/sync/photos/<sha256>")
@needs(Permission.FILE_CHECK)
def photo(sha256: str) -> Response | Answer:
    """Whether this photo has arrived; a phone asks before it sends large bytes a second time."""
    known = photos.by_hash(sha256)
    if known is None or not photos.store().exists(known.sha256):
        return _problem("photo_unknown", gettext("This photo has not arrived."), 404)
    return jsonify(sha256=known.sha256, size=known.size)


@pages.put("/sync/photos/<sha256>")
@needs(Permission.FILE_CHECK)
@reads_first
def take_photo(sha256: str) -> Answer:
    """Take a photo's bytes if they have the declared length and hash; the same ones again change nothing."""
    data = request.get_data(cache=False)
    length = forms.declared_length(request.headers.get("X-Content-Length-Declared"), request.content_length)
    taken = take(data, actor=_actor(), now=utcnow(), sha256=sha256, length=length)
    answer = jsonify(sha256=taken.sha256, size=taken.size)
    commit()
    return answer, 201 if taken.new else 200


@pages.post("/sync/filings")
@needs(Permission.FILE_CHECK)
def take_filing() -> Answer:
    """Take a filing once: 201 at the first time, 200 with the same receipt ever after.

    `?for=<user>` brings in another person's filing from a rescue file.
    """
    return _answered(request.get_data(cache=False), request.mimetype, {})


@pages.post("/sync/filings/together")
@needs(Permission.FILE_CHECK)
@reads_first
def take_filing_with_photos() -> Answer:
    """Take a filing with its photos from one body: what a phone tries once where the line answers quickly."""
    body, album = forms.divide(request.get_data(cache=False), request.headers.get("X-Photos", ""))
    return _answered(body, forms.JSON, album)


def _answered(body: bytes, media_type: str, album: dict[str, bytes]) -> Answer:
    digest = forms.body_hash(body, request.headers.get("X-Filing-SHA256"), media_type)
    filing = forms.read_filing(body)
    now = utcnow()
    offset = forms.clock_offset_s(request.headers.get("X-Phone-Time"), now)
    # With photos no lock is held yet (reads_first); without, preparing first would shorten nothing.
    prepared = prepare(filing) if album else None
    write_photos = keep_together(album, actor=_actor(), now=now) if album else None

    def filed() -> Receipt:
        if write_photos:
            write_photos()
        author, deliverer = author_of(_actor())
        receipt = file_check(
            filing,
            actor=author,
            now=now,
            clock_offset_s=offset,
            body_sha256=digest,
            delivered_by=deliverer,
            prepared=prepared,
        )
        commit()
        return receipt

    try:
        receipt = filed()
    except (sa.exc.IntegrityError, StaleDataError, ActedFirst):
        # The same filing may have been taken by another request a moment ago: then, and only then, it is known now.
        # Or another filing ticked the same task first: this one is then taken as the second.
        db.session.rollback()
        receipt = filed()
    return receipt_answer(receipt, digest)


@pages.get("/i18n/<lang>.json")
@needs(Permission.BE_ANYONE)
def words(lang: str) -> AnyResponse:
    """The words of the page code; may be kept for ever under the address with its version."""
    part = request.args.get("part", "app")
    if lang not in LANGUAGES or part not in PARTS:
        abort(404)
    content, version = catalogue(static_folder(), lang, part)
    response = Response(content, mimetype="application/json")
    if request.accept_encodings.quality("br") > 0:
        response.set_data(compressed(content))
        response.headers["Content-Encoding"] = "br"
    response.vary.add("Accept-Encoding")
    fresh = request.args.get("v") == version
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if fresh else "public, no-cache"
    response.set_etag(version)
    return response.make_conditional(request)


@pages.app_context_processor
def _catalogue() -> dict[str, Any]:
    """Where the page finds the words of its code: `catalogues`, empty in English."""
    return {"catalogues": addresses(static_folder(), language())}
