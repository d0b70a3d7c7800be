"""How a law, a clause and the basis of an item are cited on papers, in the language of now."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from flask_babel import gettext, pgettext

from ..core.i18n import language, pick
from ..enterprises.models import Sector
from .models import Item, Law

# §21(1), §36 para 2, §134bis: how clauses are stored. Numbers of standards (5.1.1-5.1.3) and annexes are stored as printed.
_ARTICLE = re.compile(r"§(\d+)([^\d\s()]+)?(?: para (\d+))?(?:\((\d+)\))?")
_NUMERALS = "\u96f6\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d"
_TEN, _HUNDRED = "\u5341", "\u767e"
# A lettered point of a clause of a standard: "4.3 c)".
_POINT = re.compile(r"(\S+) ([a-z])\)")
# A number of an order or a notice: it names the edition better than the year.
_ORDER = re.compile("No\\. \\d|\u53f7$")
# A title that ends in its own standard number, in brackets of either width.
_NUMBERED_TITLE = re.compile("(.+?)\\s*[(\uff08]([^(\uff08)\uff09]+)[)\uff09]")


def _numeral(number: int) -> str:
    """A number below a thousand as Chinese laws write it, otherwise in figures."""
    if language() != "zh" or number >= 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = _NUMERALS[hundreds] + _HUNDRED if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _NUMERALS[tens]) + _TEN
    elif hundreds and ones:
        text += _NUMERALS[0]
    return text + (_NUMERALS[ones] if ones else "")


def clause_text(clause: str) -> str:
    """A stored clause as papers cite it, in the language of now."""
    if not clause:
        return ""
    found = _ARTICLE.fullmatch(clause)
    if found is None:
        if clause.startswith("Annex "):
            return gettext("Annex %(letter)s", letter=clause.removeprefix("Annex "))
        if point := _POINT.fullmatch(clause):
            return gettext("clause %(number)s %(letter)s)", number=point[1], letter=point[2])
        return gettext("clause %(number)s", number=clause)
    article, bis, paragraph, item = found.groups()
    text = gettext("Article %(number)s", number=_numeral(int(article)))
    text += (bis if language() == "zh" else "-1") if bis else ""
    if paragraph:
        text += gettext(", paragraph %(number)s", number=_numeral(int(paragraph)))
    if item:
        text += gettext(", item %(number)s", number=_numeral(int(item)))
    return text


def law_text(law: Law) -> str:
    """The title and edition of a law as papers cite it."""
    return _titled(pick(law, "title"), law.edition)


def _titled(title: str, edition: str) -> str:
    numbered = _NUMBERED_TITLE.fullmatch(title)
    if edition and numbered and (edition in numbered[2] or _ORDER.search(numbered[2])):
        title, edition = numbered.groups()
    if edition:
        return pgettext("law", "%(title)s (%(edition)s)", title=title, edition=edition)
    return pgettext("law", "%(title)s", title=title)


def criterion_text(law: Law, clause: str) -> str:
    """A criterion for major hazards as papers cite it: the document and, where it is known, the clause."""
    cited = clause_text(clause)
    return gettext("%(law)s %(clause)s", law=law_text(law), clause=cited) if cited else law_text(law)


def basis_text(item: Item, day: date, *, major_at: Sector | None = None) -> str:
    """The item's legal basis in the editions in force on a day, the clauses of one law together; may be empty.

    `major_at` is the sector of the site where the item's failing is or may be a major hazard. Only then are
    criteria for major hazards cited, and only those in whose scope the sector is. A basis that nobody compared
    with the official text is left out.
    """
    clauses = [(basis.law, basis.clause, basis.checked) for basis in item.bases]
    return clauses_text(clauses, day, major_at=major_at)


def clauses_text(
    clauses: Iterable[tuple[Law, str, bool]], day: date, *, major_at: Sector | None = None
) -> str:
    """The same of the clauses of an item, each with its law and whether it was compared, in their order."""
    lang = language()
    return _cited(
        lang,
        tuple(
            (pick(law, "title", lang), law.edition, clause)
            for law, clause, checked in clauses
            if checked and law.in_force(day) and law.is_citable(major_at)
        ),
    )


# A check freezes the bases of some forty items in both languages, mostly the same ones as the check before.
@lru_cache(maxsize=4096)
def _cited(_language: str, bases: tuple[tuple[str, str, str], ...]) -> str:
    clauses: dict[str, list[str]] = {}
    for title, edition, clause in bases:
        cited = clauses.setdefault(_titled(title, edition), [])
        if clause:
            cited.append(clause_text(clause))
    between = pgettext("list", ", ")
    return gettext("; ").join(
        gettext("%(law)s %(clause)s", law=law, clause=between.join(cited)) if cited else law
        for law, cited in clauses.items()
    )
