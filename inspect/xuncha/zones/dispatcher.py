"""Chooses the application of a zone by the host name of a request; each is built when first asked for, and kept.

Host names and not paths: what a browser keeps (cookies, drafts, the service worker) belongs to one host by its own rules.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from babel.support import Translations
from flask import Flask
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

from ..core.labels import N_
from ..core.paths import PACKAGE
from .declared import Zone

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Build = Callable[[Zone], Flask]
Open = Callable[[], None]
TRY_AGAIN_S = 30
UNKNOWN = N_("There is no zone under this address. Ask your safety office for the right one.")
CLOSED = N_(
    "This zone cannot be reached at the moment. What you entered is kept on this phone; come back in a few minutes."
)

log = logging.getLogger(__name__)


def host_of(environ: WSGIEnvironment) -> str:
    """The host name of a request, without its port."""
    host = str(environ.get("HTTP_HOST", "")).strip().lower()
    return host.rpartition(":")[0].rstrip(".") if ":" in host and not host.endswith("]") else host.rstrip(".")


def _plain(environ: WSGIEnvironment, status: int, message: str) -> Response:
    """A sentence without the application of any zone."""
    wanted = parse_accept_header(environ.get("HTTP_ACCEPT_LANGUAGE"), LanguageAccept)
    lang = wanted.best_match(["zh", "en"], "zh")
    text = Translations.load(str(PACKAGE / "translations"), [lang]).gettext(message)
    answer = Response(f"{text}\n", status, mimetype="text/plain")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


class Dispatcher:
    """The zones of an installation, as a WSGI application."""

    def __init__(self, zones: Sequence[Zone], build: Build, reopen: Open = lambda: None) -> None:
        self.zones: Mapping[str, Zone] = {zone.key: zone for zone in zones}
        self._by_host = {host: zone for zone in zones for host in zone.hosts}
        self._build, self._reopen = build, reopen
        self._apps: dict[str, Flask] = {}
        self._locks = {zone.key: threading.Lock() for zone in zones}
        self._closed: dict[str, float] = {}

    @property
    def province(self) -> Zone | None:
        """The zone that reads the figures of the others."""
        return next((zone for zone in self.zones.values() if zone.province), None)

    def counties(self) -> list[str]:
        """The keys of the zones that are no province, in the order of the file."""
        return [zone.key for zone in self.zones.values() if not zone.province]

    def app(self, key: str) -> Flask:
        """The application of a zone."""
        with self._locks[key]:
            if key not in self._apps:
                made = self._build(self.zones[key])
                made.extensions["zones"] = self
                self._apps[key] = made
            return self._apps[key]

    def built(self) -> list[Flask]:
        """The applications that were built so far."""
        return list(self._apps.values())

    def take_in(self, key: str, app: Flask) -> None:
        """Keep the application of a zone that was built elsewhere."""
        app.extensions["zones"] = self
        self._apps[key] = app

    def close(self, key: str) -> None:
        """Answer nothing for a zone whose database is away or not of this release, until it can be opened."""
        self._closed[key] = time.monotonic()

    def is_open(self, key: str) -> bool:
        """Whether a zone is served; one that is not is tried again from time to time."""
        if key not in self._closed:
            return True
        with self._locks[key]:
            since = self._closed.get(key)
            if since is None or time.monotonic() - since < TRY_AGAIN_S:
                return since is None
            self._closed[key] = time.monotonic()
        try:
            with self.app(key).app_context():
                self._reopen()
        except Exception as problem:
            log.error("zone %s: %s", key, problem)
            return False
        self._closed.pop(key, None)
        return True

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request by the zone of its host."""
        zone = self._by_host.get(host_of(environ))
        if zone is None:
            return _plain(environ, 404, UNKNOWN)(environ, start_response)
        if not self.is_open(zone.key):
            answer = _plain(environ, 503, CLOSED)
            answer.headers["Retry-After"] = str(TRY_AGAIN_S)
            return answer(environ, start_response)
        return self.app(zone.key)(environ, start_response)
