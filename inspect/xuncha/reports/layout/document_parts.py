"""What all our papers share: the language they are written in, the office's words, photos, places to sign."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext, pgettext

from ...core.errors import Refused
from ...core.i18n import language, use_language, write_day, write_moment
from ...core.labels import N_
from ...core.paths import static_folder
from ...photos import images, marks
from ...photos.queries import by_hash, store
from ...photos.store import PhotoDamaged
from .document import Document, Photo, SignatureBlock

BLANK = "\uff3f\uff3f"
"""What is not known is left to be filled in by hand, never guessed."""
SHORT_CODE = 16  # hex digits of a digest on paper: enough to tell two papers apart

ORDINALS = (
    N_("1. %(title)s"),
    N_("2. %(title)s"),
    N_("3. %(title)s"),
    N_("4. %(title)s"),
    N_("5. %(title)s"),
    N_("6. %(title)s"),
    N_("7. %(title)s"),
    N_("8. %(title)s"),
    N_("9. %(title)s"),
    N_("10. %(title)s"),
    N_("11. %(title)s"),
    N_("12. %(title)s"),
)


def open_paper(title: str, lang: str, **options: Any) -> Document:
    """An empty paper in a language; FontMissing is raised here. See Document for the options."""
    folder = str(current_app.config["FONT_FOLDER"])
    return Document(
        title, translate=translator(lang), lang=lang, font_folder=Path(folder) if folder else None, **options
    )


def translator(lang: str) -> Callable[[str], str]:
    """The catalogue in a fixed language, also after the page's own language has come back."""

    def translate(message: str) -> str:
        with use_language(lang):
            return gettext(message)

    return translate


class Sections:
    """Headings of a paper, numbered as offices number them."""

    def __init__(self, paper: Document) -> None:
        self.paper = paper
        self.number = 0

    def open(self, title: str) -> None:
        """Begin the next section."""
        self.paper.heading(gettext(ORDINALS[self.number], title=title))
        self.number += 1


def in_language(texts: dict[str, str]) -> str:
    """One of `{"zh": …, "en": …}` in the language of now; the Chinese where there is no English."""
    return texts.get(language()) or texts.get("zh", "")


def of_facts(facts: dict[str, Any], name: str) -> str:
    """`name_zh` or `name_en` of frozen facts in the language of now."""
    return str(facts.get(f"{name}_{language()}") or facts.get(f"{name}_zh", ""))


def day(text: str | date | None) -> str:
    """A frozen day (ISO) as papers write it."""
    return write_day(date.fromisoformat(text) if isinstance(text, str) else text)


def moment(text: str | datetime | None) -> str:
    """A frozen moment (ISO) as papers write it, to the minute."""
    return write_moment(datetime.fromisoformat(text) if isinstance(text, str) else text)


def listed(parts: Sequence[str]) -> str:
    """Names and numbers one after another."""
    return pgettext("list", ", ").join(parts)


def certified(person: dict[str, Any]) -> str:
    """A person with the number of the certificate that was shown."""
    name, certificate = str(person.get("name", "")), str(person.get("certificate", ""))
    if not certificate:
        return name
    return gettext("%(name)s (certificate %(number)s)", name=name, number=certificate)


def digest_of(content: Any) -> str:
    """SHA-256 of frozen content, in hex."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verification(number: str, digest: str) -> str:
    """What the code at the top says: the number and enough of the digest to compare with the system."""
    return f"{number} {digest[:SHORT_CODE]}"


def print_file(sha256: str, until: datetime | None, drawn: Sequence[Mapping[str, Any]] = ()) -> Path:
    """The print copy of a photo; the original's place where none can be made, the mark of its damage where it is damaged
    on the disk: the paper then says so.

    It shows the marks that are `drawn`, else those that stood on the photo at the moment of the paper.
    """
    photos = store()
    photo = by_hash(sha256) if until else None
    shapes = list(drawn) or (marks.shapes_on(photo, until) if photo else [])
    try:
        if shapes:
            name = f"marked-{hashlib.sha256(json.dumps(shapes).encode()).hexdigest()[:16]}"
            font = static_folder() / "vendor" / "fonts" / "NotoSansSC-Bold.ttf"
            return photos.derivative(
                sha256, name, lambda path: images.marked_copy(path, shapes, font), version=images.COPY_VERSION
            )
        return photos.derivative(sha256, "print", images.print_copy, version=images.COPY_VERSION)
    except PhotoDamaged:
        return photos.mark(sha256)
    except (Refused, OSError):
        return photos.path(sha256)


def print_ref(ref: Mapping[str, Any]) -> Path:
    """The print copy of a photo of a filing, with the marks that were filed."""
    return print_file(str(ref["sha256"]), None, drawn=ref.get("marks", ()))


def picture(ref: dict[str, Any], caption: str) -> Photo:
    """A photo of a filing with its caption and the time it was taken."""
    taken = moment(ref.get("taken_at"))
    text = gettext("%(caption)s (%(moment)s)", caption=caption, moment=taken) if taken else caption
    return Photo(print_ref(ref), text)


def seal(paper: Document, organisation: str, issued: datetime) -> None:
    """The organ's name, where its seal goes, and the day."""
    paper.seal(
        [gettext("%(organisation)s (seal)", organisation=organisation or BLANK * 6), write_day(issued)]
    )


def to_sign(role: str, name: str = "") -> SignatureBlock:
    """A line to be signed by hand on the print."""
    return SignatureBlock(role, name)
