"""The items of a list as a workbook: what is exported is imported again without a change.

The first row of an item holds it with its first basis and its first wording; each further basis or wording has a row below,
in which only the code stands beside it. Example pictures stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from ..core.db import db
from ..core.i18n import LANGUAGES, use_language
from ..core.labels import N_, Labelled
from ..core.parsing import alike
from ..lists import columns, xlsx
from ..lists.columns import Column, choice, written
from .citations import law_text
from .models import Basis, HazardClass, Item, Law, Major, Phrase


class PhraseGrade(Labelled):
    """The grade that a ready wording proposes."""

    GENERAL = "general", N_("General hazard")
    MAJOR = "major", N_("Major hazard")


OF_ITEM = (
    Column("code", N_("Item code"), width=10),
    Column("text_zh", N_("What is looked at, in Chinese"), width=40, required=True),
    Column("text_en", N_("What is looked at, in English"), width=40),
    choice("hazard_class", N_("Class of hazard"), HazardClass, wanted=True),
    choice("major", N_("Major hazard"), Major),
    Column("major_note_zh", N_("Scope of the criterion, in Chinese"), width=24),
    Column("major_note_en", N_("Scope of the criterion, in English"), width=24),
    Column("photo_required", N_("A photo is required"), columns.yes_no, 10),
    Column("quantity_zh", N_("What is measured, in Chinese")),
    Column("quantity_en", N_("What is measured, in English")),
    Column("unit", N_("Unit"), width=8),
    Column("lower", N_("Lower limit"), width=8),
    Column("upper", N_("Upper limit"), width=8),
    Column("decimals", N_("Decimals"), columns.count, 8),
    Column("guidance_zh", N_("How to look, in Chinese"), width=30),
    Column("guidance_en", N_("How to look, in English"), width=30),
)
OF_BASIS = (
    Column("law", N_("Law, rule or standard"), width=36),
    Column("clause", N_("Clause")),
    Column("checked", N_("Compared with the official text"), columns.yes_no, 10),
)
OF_PHRASE = (
    Column("phrase_zh", N_("Finding, in Chinese"), width=36),
    Column("phrase_en", N_("Finding, in English"), width=36),
    Column("measure_zh", N_("Measure, in Chinese"), width=36),
    Column("measure_en", N_("Measure, in English"), width=36),
    choice("grade", N_("Grade"), PhraseGrade),
    Column("days", N_("Deadline in days; 0: on the spot"), columns.count, 10),
)
ITEMS = columns.Columns("items", (*OF_ITEM, *OF_BASIS, *OF_PHRASE), Path(__file__).parent / "heads.toml")


class Laws:
    """The laws by the ways in which a cell may name them; a name of two laws is none."""

    def __init__(self) -> None:
        self._by_name: dict[str, Law | None] = {}
        for law in db.session.scalars(sa.select(Law)):
            names = {law.code, law.title_zh, law.title_en}
            for lang in LANGUAGES:
                with use_language(lang):
                    names.add(law_text(law))
            for name in {alike(one) for one in names if one}:
                self._by_name[name] = None if name in self._by_name else law

    def find(self, text: str) -> Law | None:
        """The law that a cell names."""
        return self._by_name.get(alike(text))

    def name(self, law: Law) -> str:
        """How a cell names a law: as people cite it, by its code where that would be two."""
        return law_text(law) if self.find(law_text(law)) is law else law.code


def plain(text: str) -> str:
    """A text as a cell keeps it: browsers end lines with two characters, workbooks with one."""
    return text.replace("\r\n", "\n").strip()


def _basis_cells(basis: Basis | None, laws: Laws) -> list[Any]:
    return [laws.name(basis.law), basis.clause, basis.checked] if basis else [None] * len(OF_BASIS)


def _phrase_cells(phrase: Phrase | None) -> list[Any]:
    if phrase is None:
        return [None] * len(OF_PHRASE)
    texts = [phrase.text_zh, phrase.text_en, phrase.measure_zh, phrase.measure_en]
    return [*map(plain, texts), PhraseGrade(phrase.grade), phrase.days]


def _rows(items: Iterable[Item]) -> Iterator[list[Any]]:
    laws = Laws()
    for item in items:
        pairs = list(zip_longest(item.bases, item.phrases)) or [(None, None)]
        for number, (basis, phrase) in enumerate(pairs):
            values = [getattr(item, column.name) for column in OF_ITEM]
            own = values if number == 0 else [item.code, *[None] * (len(OF_ITEM) - 1)]
            cells = [*own, *_basis_cells(basis, laws), *_phrase_cells(phrase)]
            yield [written(plain(cell) if type(cell) is str else cell) for cell in cells]


def _notes() -> list[str]:
    return [
        gettext(
            "The file is the whole list, in its order: an item that is not in it is taken out of the draft."
        ),
        gettext(
            "One row is one item. Further bases and wordings stand in rows below it, with the same code and nothing else."
        ),
        gettext("A new item has no code: it gets the next one. A code is never given to another item."),
        gettext("A law is written as the list of laws names it, or by its code."),
        gettext("Example pictures are not in the workbook; they stay with their items."),
        gettext(
            "Nothing is written before you have seen what each row would do. One wrong row stops the whole file."
        ),
    ]


def export(title: str, items: Iterable[Item]) -> bytes:
    """The items as a workbook; without any it is the template."""
    return xlsx.write(
        title, ITEMS.heads(), _rows(items), notes=_notes(), notes_title=gettext("How to fill this")
    )
