"""A phone in Python that keeps the rules of static/js/offline/sender.js, and the book of what the server acknowledged to it."""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from typing import Any

from tests import cast

# Busy or a fault of the disk, a full disk, a proxy whose node is gone: the phone keeps what it has and comes back.
LATER = (502, 503, 504, 507)
JSON, OCTETS = "application/json", "application/octet-stream"
PAUSE_S, LONGEST_PAUSE_S = 0.02, 0.6  # the phone's 2 s and 5 min, in the tests' hurry


def sha256(content: bytes) -> str:
    """In hex."""
    return hashlib.sha256(content).hexdigest()


@dataclass
class Entry:
    """A filing as it waits on the phone: the exact text that is posted, and its photos by hash."""

    filing: dict[str, Any]
    photos: dict[str, bytes]
    sent: set[str] = field(default_factory=set)
    tried_together: bool = False
    attempts: int = 0
    next_at: float = 0.0

    def __post_init__(self) -> None:
        self.uuid = str(self.filing["uuid"])
        self.body = json.dumps(self.filing, ensure_ascii=False).encode()
        self.sha256 = sha256(self.body)


def together(entry: Entry) -> tuple[bytes, str]:
    """The body of a filing with its photos, and the header that tells their sizes."""
    sizes = ", ".join(f"{name}={len(data)}" for name, data in entry.photos.items())
    return entry.body + b"".join(entry.photos.values()), sizes


@dataclass
class Book:
    """What was given to phones, and every receipt that came back."""

    given: dict[str, Entry] = field(default_factory=dict)
    receipts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)  # answers that no rule of the phone foresees

    def give(self, entries: Iterable[Entry]) -> None:
        """Note what a phone will send."""
        self.given |= {entry.uuid: entry for entry in entries}


@dataclass(frozen=True)
class Answer:
    """The end of one request; status 0 is a broken line."""

    status: int
    body: bytes = b""
    retry_after: str | None = None

    @property
    def json(self) -> dict[str, Any]:
        """The object in it, empty when it is none."""
        try:
            told = json.loads(self.body)
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_given: Any, **_more: Any) -> None:
        return None


class Phone:
    """One signed-in person's phone. Every request is a connection of its own."""

    def __init__(
        self, url: str, book: Book, *, dice: random.Random | None = None, patience_s: float = 30
    ) -> None:
        self.url, self.book, self.dice, self.patience_s = url, book, dice or random.Random(0), patience_s
        self.quick = (
            0.5  # how often the line is quick, so that a filing is tried first in one request with its photos
        )
        self.unruly = 0.0  # how often the filing goes before its photos, or a photo twice
        self.jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), _NoRedirect)

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        data: bytes | None = None,
        url: str | None = None,
        **headers: str,
    ) -> Answer:
        """One request, never raising; only a whole answer counts."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request((url or self.url) + path, data=data, method=method, headers=named)
        try:
            with self._opener.open(request, timeout=self.patience_s) as response:
                return Answer(response.status, response.read())
        except urllib.error.HTTPError as error:
            try:
                return Answer(error.code, error.read(), error.headers.get("Retry-After"))
            except (OSError, http.client.HTTPException):
                return Answer(0)
        except (OSError, http.client.HTTPException):
            return Answer(0)

    def sign_in(self, who: str, password: str = cast.PASSWORD, *, url: str | None = None) -> Phone:
        """Sign in through the page; `url` for another line than the one that filings take."""
        page = self.ask("/sign-in", url=url).body.decode()
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found, page[:200]
        form = {"username": who, "password": password, "csrf_token": found[1]}
        answer = self.ask("/sign-in", method="POST", data=urllib.parse.urlencode(form).encode(), url=url)
        assert answer.status == 302, (answer.status, who)
        return self

    def token(self) -> str | None:
        """A form token, or None while the network is down."""
        told = self.ask("/sync/token").json.get("token")
        return told if isinstance(told, str) else None

    def put(self, sha: str, data: bytes, token: str) -> Answer:
        """Send a photo's bytes under a hash."""
        declared = {
            "X-Content-Length-Declared": str(len(data)),
            "X-CSRFToken": token,
            "Content-Type": "image/jpeg",
        }
        return self.ask(f"/sync/photos/{sha}", method="PUT", data=data, **declared)

    def post(self, entry: Entry, token: str) -> Answer:
        """Send a filing's text."""
        return self._post("/sync/filings", entry, token, entry.body, JSON)

    def post_together(self, entry: Entry, token: str) -> Answer:
        """Send a filing and its photos in one request."""
        body, sizes = together(entry)
        return self._post("/sync/filings/together", entry, token, body, OCTETS, X_Photos=sizes)

    def _post(self, path: str, entry: Entry, token: str, body: bytes, kind: str, **more: str) -> Answer:
        headers = {"X-Filing-SHA256": entry.sha256, "X-CSRFToken": token, "Content-Type": kind, **more}
        headers["X-Phone-Time"] = datetime.now(UTC).isoformat()
        return self.ask(path, method="POST", data=body, **headers)

    def drain(self, entries: Iterable[Entry], *, until: float) -> list[Entry]:
        """Send all, each again after a pause until its receipt is there; returns what still waits at `until` (monotonic)."""
        waiting = deque(entries)
        while waiting and time.monotonic() < until:
            waiting = deque(sorted(waiting, key=lambda entry: entry.next_at))
            time.sleep(max(0.0, min(waiting[0].next_at, until) - time.monotonic()))
            token = self.token()
            if token is None:
                time.sleep(PAUSE_S)
                continue
            for entry in [one for one in waiting if one.next_at <= time.monotonic()]:
                if self.send(entry, token):
                    waiting.remove(entry)
                else:
                    self._stand_back(entry)
        return list(waiting)

    def _stand_back(self, entry: Entry) -> None:
        entry.attempts += 1
        pause = min(LONGEST_PAUSE_S, PAUSE_S * 2 ** min(entry.attempts - 1, 10))
        entry.next_at = time.monotonic() + pause * (0.5 + self.dice.random() / 2)

    def send(self, entry: Entry, token: str) -> bool:
        """One attempt: all in one request the first time that the line is quick, else photos first, each by its hash, then
        the filing; true only with its receipt."""
        untried = not (entry.tried_together or entry.attempts or entry.sent)
        if untried and entry.photos and self.dice.random() < self.quick:
            entry.tried_together = True
            return self._judge(entry, self.post_together(entry, token))
        if self.dice.random() < self.unruly:
            self._judge(entry, self.post(entry, token))
        for sha, data in entry.photos.items():
            if sha not in entry.sent and not self._photo(entry, sha, data, token):
                return False
        return self._judge(entry, self.post(entry, token))

    def _photo(self, entry: Entry, sha: str, data: bytes, token: str) -> bool:
        known = entry.attempts > 0 and self.ask(f"/sync/photos/{sha}").json.get("sha256") == sha
        if not known:
            answer = self.put(sha, data, token)
            if self.dice.random() < self.unruly:
                answer = self.put(sha, data, token)
            told = answer.json
            known = answer.status in (200, 201) and (told.get("sha256"), told.get("size")) == (sha, len(data))
            if answer.status not in (0, 200, 201, 400, *LATER) and answer.body:
                self.book.odd.append(f"photo {answer.status} {answer.body[:200]!r}")
        if known:
            entry.sent.add(sha)
            entry.attempts = 0
        return known

    def _judge(self, entry: Entry, answer: Answer) -> bool:
        told = answer.json
        receipt = told.get("receipt")
        if answer.status in (200, 201) and isinstance(receipt, dict):
            whole = receipt["uuid"] == entry.uuid and told["body_sha256"] == entry.sha256
            if whole and set(entry.photos) <= set(receipt["photo_hashes"]):
                self.book.receipts.setdefault(entry.uuid, []).append(receipt)
                return True
        if answer.status == 409 and told.get("error") == "photos_missing":
            entry.sent -= set(told["photos"])
        elif answer.status not in (0, 400, *LATER) and answer.body:  # a cut head may hide the body
            self.book.odd.append(f"filing {answer.status} {answer.body[:200]!r}")
        return False
