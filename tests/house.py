"""Rules that hold for every page: the test client checks each answer that it gets."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

from flask import g, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Page(HTMLParser):
    """What the rules look at."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: Counter[str] = Counter()
        self.headings = 0
        self.title = ""
        self.lang: str | None = None
        self.forms: list[dict[str, str | None]] = []
        self.tokens = 0
        self.inline: list[str] = []
        self.links: list[str] = []
        self.fields: dict[str, str] = {}
        self._inside: list[str] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in VOID:
            self._inside.append(tag)
        if values.get("id"):
            self.ids[str(values["id"])] += 1
        self.headings += tag == "h1"
        if tag == "html":
            self.lang = values.get("lang")
        if tag == "form":
            self.forms.append(values)
        if tag == "a" and values.get("href"):
            self.links.append(str(values["href"]))
        if tag == "input" and values.get("name"):
            self.fields[str(values["name"])] = str(values.get("value") or "")
            self.tokens += values.get("name") == "csrf_token"
        if "style" in values or any(name.startswith("on") for name in values) or tag == "style":
            self.inline.append(f"{tag} {sorted(values)}")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside and self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._inside and self._inside[-1] == "title" and "svg" not in self._inside:
            self.title += data
        if not {"script", "template"} & set(self._inside):
            self.text.append(data)


@lru_cache(maxsize=4)
def read(text: str) -> Page:
    """A page, read once for the rules and for the test that asked for it."""
    return Page(text)


def check_answer(response: TestResponse) -> None:
    """Fail unless a page keeps the house rules."""
    assert response.status_code < 500, f"{response.request.path}: {response.status}"
    assert response.headers.get("X-Content-Type-Options") == "nosniff"
    if response.mimetype != "text/html" or 300 <= response.status_code < 400 or not response.data:
        return
    where = response.request.path
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy and "unsafe-eval" not in policy
    page = read(response.get_data(as_text=True))
    assert page.lang in {"zh", "en", "zh-CN"}, f"{where}: lang"
    assert page.title.strip(), f"{where}: no title"
    assert page.headings == 1, f"{where}: {page.headings} h1"
    twice = [name for name, count in page.ids.items() if count > 1]
    assert not twice, f"{where}: ids twice {twice}"
    assert not page.inline, f"{where}: inline {page.inline[:3]}"
    posts = [form for form in page.forms if (form.get("method") or "get").lower() == "post"]
    assert page.tokens >= len(posts), f"{where}: a form without its token"


class House(FlaskClient):
    """A client that enforces the rules, sends the form token, and can sign in."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if has_app_context():
            # The test's own context stays open around its requests: who signed in, and the language, must not leak.
            g.__dict__.clear()
        response = super().open(*args, **kwargs)
        check_answer(response)
        return response

    def sign_in(self, user_id: int, version: int = 1) -> House:
        """Sign in without the page."""
        with self.session_transaction() as session:
            session.clear()
            session["_user_id"] = f"{user_id}.{version}"
            session["_fresh"] = True
        return self

    def page(self, url: str, **kwargs: Any) -> Page:
        """A page that opens."""
        response = self.get(url, follow_redirects=True, **kwargs)
        assert response.status_code == 200, f"{url}: {response.status}"
        return read(response.get_data(as_text=True))

    def text(self, url: str) -> str:
        """The visible words of a page, spaces folded."""
        return re.sub(r"\s+", " ", " ".join(self.page(url).text))
