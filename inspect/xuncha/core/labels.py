"""Words shown to people, marked for the catalogues without knowing how they are translated."""

from __future__ import annotations

from enum import StrEnum


def N_(message: str) -> str:
    """Mark a message for extraction; it is translated where it is shown."""
    return message


class Labelled(StrEnum):
    """A choice stored by value, with the message that names it to people."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Labelled:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
