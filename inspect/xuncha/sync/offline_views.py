"""What a phone needs to open pages without a network: the pack's list, the service worker, the manifest, and two plain pages."""

from __future__ import annotations

import hashlib
import json

from flask import Response, abort, current_app, jsonify, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from ..core import settings
from ..core.access import Permission, allowed
from ..core.assets import ONLINE_ONLY, files_of, version_of
from ..core.clock import today, utcnow
from ..core.i18n import LANGUAGES, language, use_language
from ..core.paths import static_folder
from ..core.web import needs
from .blueprint import pages
from .bundle import answer_of
from .pack import as_json, pack_for
from .translations import addresses

COLOUR = "#0a4a44"
ICON_SIZES = (192, 512)
MOST_TOGETHER = 30  # as many as offline/pack.js asks for at once


def _static_version() -> str:
    """The version that stands in every static address; computed once, since it is part of them."""
    return (current_app.static_url_path or "").rpartition("/")[2] or version_of(static_folder())


@pages.get("/sync/pack")
@needs(Permission.BE_SIGNED_IN)
def pack() -> Response:
    """What this person's phone should keep, page by page."""
    if not allowed(current_user, Permission.SEE_SCHEDULE) and not allowed(
        current_user, Permission.FILE_CHECK
    ):
        abort(403)
    version = _static_version()
    listed = as_json(pack_for(current_user, today(), version))
    return jsonify(
        user=current_user.id,
        language=language(),
        made_at=utcnow().isoformat(),
        static=version,
        app=url_for("static", filename="build/app.js"),
        **listed,
    )


@pages.get("/sync/pages")
@needs(Permission.BE_SIGNED_IN)
def bundle() -> Response:
    """Pages and pictures of this person's pack, those that the phone names, in one answer."""
    listed = pack_for(current_user, today(), _static_version())
    kept = {entry.url: "text/html" for entry in listed.entries} | dict.fromkeys(listed.thumbs, "image/*")
    asked = [url for url in dict.fromkeys(request.args.getlist("url")) if url in kept]
    answers = [answer_of(url, kept[url]) for url in asked[:MOST_TOGETHER]]
    return Response(json.dumps({"pages": answers}, ensure_ascii=False), mimetype="application/json")


def _precached() -> list[str]:
    """Every file that a page of the pack may load, and the words of the page code."""
    static = static_folder()
    files = [path.relative_to(static).as_posix() for path in files_of(static)]
    words = [address for lang in LANGUAGES for address in addresses(static, lang).values()]
    kept = [name for name in files if name not in ONLINE_ONLY]
    return [*(url_for("static", filename=name) for name in kept), *words]


@pages.get("/service-worker.js")
@needs(Permission.BE_ANYONE)
def service_worker() -> AnyResponse:
    """The worker; a browser asks for it anew at every visit."""
    text = render_template("sync/service-worker.js", version=_static_version(), files=_precached())
    response = Response(text, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:16])
    return response.make_conditional(request)


@pages.get("/manifest.webmanifest")
@needs(Permission.BE_ANYONE)
def manifest() -> Response:
    """How the app is called and looks when it is put on a home screen, in the language asked for."""
    lang = request.args.get("lang", language())
    if lang not in LANGUAGES:
        abort(404)
    with use_language(lang):
        content = _manifest(lang)
    response = Response(json.dumps(content, ensure_ascii=False), mimetype="application/manifest+json")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _manifest(lang: str) -> dict[str, object]:
    icons = [
        {
            "src": url_for("static", filename=f"img/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
        }
        for size in ICON_SIZES
    ]
    maskable = url_for("static", filename="img/icon-maskable.png")
    icons.append({"src": maskable, "sizes": "512x512", "type": "image/png", "purpose": "maskable"})
    return {
        "id": "/",
        "name": f"{settings.bilingual('zone')[lang]} {gettext('Xuncha')}".strip(),
        "short_name": gettext("Xuncha"),
        "description": gettext("Safety inspections, hazards and their rectification."),
        "lang": "zh-CN" if lang == "zh" else "en",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": COLOUR,
        "theme_color": COLOUR,
        "icons": icons,
        "shortcuts": [
            {"name": gettext("Today"), "url": url_for("schedule.today")},
            {"name": gettext("Start a check"), "url": url_for("checks.start")},
        ],
    }


@pages.get("/offline")
@needs(Permission.BE_ANYONE)
def offline() -> str:
    """Shown by the worker where there is no network and the page is not kept."""
    return render_template("sync/offline.html")


@pages.get("/help/phone", endpoint="help")
@needs(Permission.BE_ANYONE)
def help_page() -> str:
    """How to open the app in a browser that keeps it, and how to put it on the home screen."""
    return render_template("sync/help.html")
