"""A phone as the server meets it: what it sends, byte for byte."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from PIL import Image
from tests import cast
from tests.house import House
from werkzeug.test import TestResponse

STROKES = [[[0.1, 0.1], [1.5, 0.5], [2.9, 0.2]]]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def picture(shade: int = 90, size: tuple[int, int] = (320, 240)) -> bytes:
    """A small photo; another shade is another photo."""
    target = io.BytesIO()
    Image.new("RGB", size, (shade % 256, (shade * 7) % 256, 60)).save(target, "JPEG")
    return target.getvalue()


def visit(site_id: int, **more: Any) -> dict[str, Any]:
    """The JSON of a visit signed by both, with nothing wrong."""
    ended = cast.NOW - timedelta(minutes=1)
    signed = {"strokes": STROKES, "signed_at": ended.isoformat()}
    return {
        "format": 1,
        "uuid": str(uuid4()),
        "site_id": site_id,
        "started_at": (ended - timedelta(minutes=30)).isoformat(),
        "finished_at": ended.isoformat(),
        "answers": [{"item_id": 1, "result": "comply"}],
        "signatures": [{"party": "inspector", **signed}, {"party": "site", "name": "周厂长", **signed}],
        **more,
    }


class Phone:
    """The sending side of one signed-in person."""

    def __init__(self, browser: House) -> None:
        self.browser = browser

    def put(self, data: bytes, *, name: str | None = None, declared: object = None) -> TestResponse:
        """Send a photo's bytes under `name`, else under their own hash."""
        headers = {"X-Content-Length-Declared": str(len(data) if declared is None else declared)}
        return self.browser.put(
            f"/sync/photos/{name or sha256(data)}", data=data, content_type="image/jpeg", headers=headers
        )

    def file(
        self, visit: dict[str, Any] | bytes, *, declared: str | None = None, **headers: str
    ) -> TestResponse:
        """Send a filing; `declared` in place of the hash of its bytes."""
        body = visit if isinstance(visit, bytes) else json.dumps(visit).encode()
        sent = {"X-Filing-SHA256": declared if declared is not None else sha256(body), **headers}
        return self.browser.post("/sync/filings", data=body, content_type="application/json", headers=sent)


Browser = Callable[[str], House]
