"""The fields of the check page, as its template asks for them."""

from __future__ import annotations


class Values(dict[str, str]):
    """The fields as the page asks for them; asking leaves nothing behind, since the page goes through them again and again."""

    def __missing__(self, name: str) -> str:
        return ""
