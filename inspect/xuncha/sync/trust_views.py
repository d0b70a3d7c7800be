"""How a phone comes to trust the office's own certificate: a page to print or scan, and the certificate itself."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import segno
from flask import Response, abort, current_app, render_template, request, url_for
from markupsafe import Markup

from ..core.access import Permission
from ..core.certificates import fingerprint, read_der
from ..core.web import needs
from .blueprint import pages


def _certificate() -> bytes | None:
    """The office's CA certificate as set, or None: where there is none, or what is set is none."""
    path = current_app.config["CA_FILE"]
    if not path:
        return None
    try:
        return read_der(Path(path))
    except (OSError, ValueError):
        current_app.logger.warning("XUNCHA_CA_FILE holds no certificate: %s", path)
        return None


def _address() -> str:
    """The page's own address; over plain http where phones do not trust the HTTPS one yet."""
    if current_app.config["SESSION_COOKIE_SECURE"]:
        name = urlsplit(f"//{request.host}").hostname or ""
        return f"http://{f'[{name}]' if ':' in name else name}{url_for('sync.trust')}"
    return url_for("sync.trust", _external=True)


def _qr_code(address: str) -> str:
    """A drawing in SVG, of an address that becomes modules."""
    code = segno.make(address, error="m", micro=False)
    return str(
        code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None)
    )


@pages.get("/trust")
@needs(Permission.BE_ANYONE)
def trust() -> str:
    """Step by step for Android and iPhone, with a QR code of this page."""
    content = _certificate()
    address = _address()
    return render_template(
        "sync/trust.html",
        fingerprint=fingerprint(content) if content else "",
        address=address,
        code=Markup(_qr_code(address)),
    )


@pages.get("/trust/ca.crt")
@needs(Permission.BE_ANYONE)
def ca_certificate() -> Response:
    """The CA certificate as phones install it."""
    content = _certificate()
    if content is None:
        abort(404)
    response = Response(content, mimetype="application/x-x509-ca-cert")
    response.headers["Content-Disposition"] = "attachment; filename=xuncha-ca.crt"
    return response
