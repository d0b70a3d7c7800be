"""Addresses of pages, kept as they were built: a page names fifty, nearly all of them those of the page before."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, has_request_context, request

KEPT = 2048
# Other values are written by what they are, not by what they equal: True is 1, and so is 1.0.
PLAIN = frozenset({int, str})


class KnownAddresses(Flask):
    """An application that builds an address once: within a request it follows from the endpoint, its values and the root."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

        @lru_cache(KEPT)
        def built(_root: str, _method: str, endpoint: str, *values: tuple[str, int | str]) -> str:
            given: dict[str, Any] = dict(values)
            return super(KnownAddresses, self).url_for(endpoint, **given)

        self._built = built

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """The address of an endpoint; one with an anchor, or for outside, is built each time."""
        plain = all(type(value) in PLAIN and name[0] != "_" for name, value in values.items())
        if not plain or endpoint.startswith(".") or not has_request_context():
            return super().url_for(endpoint, **values)
        return self._built(request.script_root, request.method, endpoint, *values.items())
