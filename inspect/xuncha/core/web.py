"""HTTP: the permission check before every view, marks on views, error pages, headers, loading a row by its number."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask, abort, current_app, flash, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import AnonymousUserMixin, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.utils import host_is_trusted
from werkzeug.wrappers import Response

from ..version import VERSION
from . import components, held_forms, idempotency, maintenance, settings
from . import db as database
from .access import OPEN_TO_ALL, Permission, allowed
from .errors import Refused
from .i18n import LANGUAGES, language, sentence
from .labels import N_
from .parsing import NumberConverter, TextConverter
from .request_log import request_id

csrf = CSRFProtect()
View = TypeVar("View", bound=Callable[..., Any])
Row = TypeVar("Row")


def needs(permission: Permission) -> Callable[[View], View]:
    """Mark a view with the permission that opens it; the gate refuses unmarked views."""

    def mark(view: View) -> View:
        marked: Any = view
        marked.permission = permission
        return view

    return mark


def permission_of(app: Flask, endpoint: str | None) -> Permission | None:
    """The permission a view is marked with."""
    return getattr(app.view_functions.get(endpoint or ""), "permission", None)


def fetch(query: sa.Select[Row], permission: Permission) -> Row:
    """Load the one row of a `visible_to(actor)` query: invisible is 404, visible but forbidden is 403."""
    row = database.db.session.scalars(query).one_or_none()
    if row is None:
        abort(404)
    if not allowed(current_user, permission, row):
        abort(403)
    return row


def wants_json() -> bool:
    """Whether the caller is page code rather than a person."""
    return request.path.startswith("/sync/") or request.accept_mimetypes.best == "application/json"


def safe_next(target: str | None, otherwise: str) -> str:
    """A place of this site to go on to; an outside or odd address is replaced."""
    if not target or "\\" in target or any(ord(char) < 32 for char in target):
        return otherwise
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not target.startswith("/") or target.startswith("//"):
        return otherwise
    return target


def done(message: str, endpoint: str, **values: Any) -> Response:
    """Commit, say so, and go to another page."""
    url = idempotency.remember(url_for(endpoint, **values))
    database.commit()
    flash(message, "success")
    return redirect(url)


def addresses_of(endpoint: str) -> Callable[[int], str]:
    """The addresses of many rows in one view, put together once: a grid has hundreds of them."""
    before, _zero, after = url_for(endpoint, number=0).rpartition("0")
    return lambda number: f"{before}{number}{after}"


def zone_name() -> str:
    """The zone's name in the reader's language; where the database does not answer, as the environment gives it."""
    names = {f"zone_{lang}": "" for lang in LANGUAGES} | dict(settings.given())
    if not g.get("without_database"):
        try:
            names = settings.values()
        except sa.exc.SQLAlchemyError:
            database.db.session.rollback()
    return names[f"zone_{language()}"] or names["zone_zh"]


def _demand_host() -> tuple[Any, int] | None:
    """Refuse a request under a name that is not ours, before anything is made of it (XUNCHA_HOSTS)."""
    hosts = current_app.config["HOSTS"]
    if not hosts or host_is_trusted(request.host, hosts):
        return None
    return _page_of(
        400, gettext("This site does not answer under this address. Ask the office for the right one.")
    )


def _demand_no_maintenance() -> Any:
    """Send a request away while the installation is upgraded: what it holds is kept where it comes from."""
    if request.endpoint in {"static", "health.healthz"} or not maintenance.is_on():
        return None
    _ask_nobody()
    message = gettext(BEING_RENEWED)
    if wants_json():
        answer = jsonify(error="503", message=message, reference="")
    else:
        answer = current_app.make_response(render_template("being_renewed.html", message=message))
    answer.status_code = 503
    answer.headers["Retry-After"] = str(maintenance.RETRY_S)
    return answer


def _gate() -> Response | tuple[Any, int] | None:
    """Default deny: an unmarked view is closed to all, a marked one opens to whom the rules name."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    permission = permission_of(current_app, request.endpoint)
    if permission is None:
        abort(403)
    if permission in OPEN_TO_ALL:
        return None
    if not current_user.is_authenticated:
        if wants_json():
            message = gettext("Please sign in again; nothing is lost.")
            return jsonify(error="sign_in", message=message, reference=request_id()), 401
        held = held_forms.page(permission) if request.method == "POST" else None
        if held is not None:
            return held, 401
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.sign_in", next=target))
    if current_user.must_change_password and request.endpoint not in {
        "accounts.change_password",
        "accounts.sign_out",
        "accounts.set_language",
    }:
        return redirect(url_for("accounts.change_password"))
    if not allowed(current_user, permission):
        abort(403)
    return idempotency.sent_before()


NOBODY = "'none'"
SELF = "'self'"


def _headers(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    # What everybody may keep is no document: code, looks and words, for which all the rest would be a third of a kilobyte each.
    if not response.cache_control.public:
        _guard_document(response)
    return response


def _guard_document(response: Response) -> None:
    nonce = getattr(g, "csp_nonce", "")
    script = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
    # A page with a map may load the ground from the office's server of tiles.
    images = f"'self' blob: data: {g.get('image_source', '')}".strip()
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; script-src {script}; img-src {images}; object-src 'none'; base-uri 'none'; "
        f"form-action {' '.join(filter(None, (SELF, g.get('forms_lead_to'))))}; frame-ancestors {g.get('framed_by', NOBODY)}",
    )
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if response.mimetype == "text/html":
        # Nothing is painted without it: told here, it is asked for before the page is read.
        style = url_for("static", filename="build/app.css")
        response.headers.setdefault("Link", f"<{style}>; rel=preload; as=style")


PG_DISK_FULL = "53100"

ERRORS = {
    400: N_("This request could not be understood. Go back, load the page again and repeat the last step."),
    403: N_("You may not open this. Ask the safety office if you think you should."),
    404: N_("There is nothing here, or it is not yours to see."),
    405: N_("This address does not take that kind of request."),
    409: N_("Somebody else changed this first. Look at it as it is now and decide again."),
    413: N_("This is too large to be taken. Send fewer or smaller pictures at a time."),
    422: N_("Something in this request does not fit. Go back and check what was entered."),
    429: N_("Too many tries. Wait a few minutes and try again."),
    500: N_("Something went wrong on our side. What was saved before is safe; please try again."),
    503: N_("The system is busy. Wait a moment and try again; nothing you entered is lost."),
    507: N_(
        "The server's disk is full: this was not taken. Keep it, tell the office, and send it again later."
    ),
}

# How SQLite says that its disk fails. It calls the database malformed also where a page of an index could not be read.
DISK_WORDS = ("disk I/O error", "disk image is malformed", "file is not a database")
BEING_RENEWED = N_(
    "The system is being renewed. Your work is kept on this phone and is sent by itself afterwards; come back in a few minutes."
)
DISK_FAULT = N_(
    "The server's disk does not answer: this was not taken. Keep it, tell the office, and send it again later."
)


def _page_of(code: int, message: str) -> tuple[Any, int]:
    database.db.session.rollback()
    reference = request_id()
    if wants_json():
        return jsonify(error=str(code), message=message, reference=reference), code
    return render_template("error.html", code=code, message=message, reference=reference), code


def _http_error(error: HTTPException) -> Any:
    code = error.code or 500
    if code < 400:
        return error
    return _page_of(code, gettext(ERRORS.get(code, ERRORS[400 if code < 500 else 500])))


def _refused(error: Refused) -> Any:
    return _page_of(error.status, sentence(error))


def _csrf_error(_error: CSRFError) -> Any:
    """An old page was sent: its fields are held, to be sent again with a new token."""
    permission = permission_of(current_app, request.endpoint)
    held = None if wants_json() or permission is Permission.BE_ANYONE else held_forms.page(permission)
    if held is not None:
        return held, 400
    return _page_of(400, gettext("This page is too old to be sent. Load it again and repeat the last step."))


def _overtaken(_error: StaleDataError) -> Any:
    database.db.session.rollback()
    return _page_of(409, gettext(ERRORS[409]))


class _Reader(AnonymousUserMixin):
    """Whoever reads an error page while the database does not answer."""

    lang: str | None = None


def _ask_nobody() -> None:
    """Write the answer without the database: asking it again who reads would wait, and fail, once more."""
    reader = _Reader()
    reader.lang = vars(g.get("_login_user", reader)).get("lang")
    database.db.session.rollback()
    g._login_user = reader
    g.without_database = True


def _later(code: int, message: str, seconds: int) -> Any:
    """The sender keeps its copy and comes back after so long."""
    response = current_app.make_response(_page_of(code, message))
    response.headers["Retry-After"] = str(seconds)
    return response


def _busy(error: sa.exc.OperationalError) -> Any:
    if _of_the_disk(error):
        return _unreadable(error)
    current_app.logger.warning("database: %s", error.orig)
    _ask_nobody()
    if "disk is full" in str(error.orig) or getattr(error.orig, "sqlstate", "") == PG_DISK_FULL:
        return _later(507, gettext(ERRORS[507]), 60)
    return _later(503, gettext(ERRORS[503]), 5)


def _away(error: ConnectionError) -> Any:
    """Another machine that keeps something of ours (the photo store) does not answer."""
    database.db.session.rollback()
    current_app.logger.error("%s", error)
    return _later(503, gettext(ERRORS[503]), 15)


def _no_connection(error: sa.exc.TimeoutError) -> Any:
    current_app.logger.warning("database: %s", error)
    _ask_nobody()
    return _later(503, gettext(ERRORS[503]), 5)


def _of_the_disk(error: sa.exc.DatabaseError) -> bool:
    return any(words in str(error.orig) for words in DISK_WORDS)


def _unreadable(error: sa.exc.DatabaseError) -> Any:
    if not _of_the_disk(error):
        return _unforeseen(error)
    current_app.logger.error("disk: %s", error.orig)
    _ask_nobody()
    return _later(503, gettext(DISK_FAULT), 60)


def _disk(error: OSError) -> Any:
    """A full disk is 507; any other fault of a disk or device is 503, so that the sender keeps its copy and retries."""
    if error.errno is None:  # not from the system: a library's own error, such as an unreadable picture
        return _unforeseen(error)
    database.db.session.rollback()
    current_app.logger.error("disk: %s", error)
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _later(507, gettext(ERRORS[507]), 60)
    return _later(503, gettext(DISK_FAULT), 60)


def _unforeseen(error: Exception) -> Any:
    database.db.session.rollback()
    current_app.logger.exception("unforeseen error %s", request_id(), exc_info=error)
    return _page_of(500, gettext(ERRORS[500]))


def set_up(app: Flask) -> None:
    """Put the gate, the error pages and the headers before and behind every view."""
    app.url_map.converters |= {"int": NumberConverter, "default": TextConverter, "string": TextConverter}
    csrf.init_app(app)
    app.before_request(_demand_host)
    app.before_request(_demand_no_maintenance)
    app.before_request(_gate)
    app.after_request(_headers)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(StaleDataError, _overtaken)
    app.register_error_handler(sa.exc.OperationalError, _busy)
    app.register_error_handler(sa.exc.TimeoutError, _no_connection)
    app.register_error_handler(sa.exc.DatabaseError, _unreadable)
    app.register_error_handler(ConnectionError, _away)
    app.register_error_handler(OSError, _disk)
    app.register_error_handler(Exception, _unforeseen)
    app.jinja_env.globals.update(
        icon=components.icon,
        components=components,
        zone_name=zone_name,
        Permission=Permission,
        addresses_of=addresses_of,
    )

    @app.context_processor
    def _access() -> dict[str, Any]:
        # Asked fifteen times a page: the person himself, not what finds him out each time.
        reader = current_user._get_current_object()

        def may(permission: Permission | str, thing: Any = None) -> bool:
            wanted = Permission[permission] if isinstance(permission, str) else permission
            return allowed(reader, wanted, thing)

        return {
            "release": VERSION,
            "allowed": may,
            "endpoints": current_app.view_functions,
        }
