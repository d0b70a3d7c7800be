"""Several pages of the pack in one answer: what they have in common goes over the line once, and requests cost time."""

from __future__ import annotations

import base64
from typing import Any

from flask import current_app, request
from werkzeug.test import create_environ

# What a kept page is served with on the phone.
HEADERS = (
    "Content-Type",
    "Content-Security-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
)


def answer_of(address: str, accept: str) -> dict[str, Any]:
    """What this person gets under an address of ours: status, headers, and the page's text or the picture's bytes."""
    own = {key: value for key, value in request.environ.items() if key in ("HTTP_COOKIE", "REMOTE_ADDR")}
    environ = create_environ(
        address, request.host_url, headers={"Accept": accept, "X-Pack": "1"}, environ_overrides=own
    )
    with current_app.request_context(environ):
        response = current_app.full_dispatch_request()
        response.direct_passthrough = False
        body = response.get_data()
    told: dict[str, Any] = {
        "url": address,
        "status": response.status_code,
        "headers": {name: response.headers[name] for name in HEADERS if name in response.headers},
    }
    if (response.mimetype or "").startswith("text/"):
        return told | {"text": body.decode()}
    return told | {"base64": base64.b64encode(body).decode()}
