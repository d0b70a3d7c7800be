"""The code that hangs at a training: by it people sign in, or open the exam, on their own phone."""

from __future__ import annotations

from flask_babel import gettext, ngettext

from ...core.i18n import use_language, write_day, write_moment
from ...trainings.attendance import SignInSheet
from ...trainings.exams import Exam
from ..layout.document import Document
from ..layout.document_parts import open_paper

SHORT = 20  # characters of a topic that fit large lines; a longer one takes room from the rest


def sign_in(sheet: SignInSheet, address: str, lang: str) -> Document:
    """The code of a sign-in. Raises FontMissing."""
    with use_language(lang):
        paper = _begun(gettext("Scan and sign in"), sheet.training.topic, address, lang)
        paper.large(write_day(sheet.training.held_on), size=15)
        for step in (
            gettext("1. Scan the code with WeChat or the camera."),
            gettext("2. Enter your name and your enterprise."),
            gettext("3. Once is enough: the same person counts once."),
        ):
            paper.large(step, size=15)
        paper.large(gettext("Open until %(moment)s", moment=write_moment(sheet.closes_at)), size=13)
        return paper


def exam(exam: Exam, address: str, lang: str) -> Document:
    """The code of an exam. Raises FontMissing."""
    with use_language(lang):
        paper = _begun(gettext("Scan and take the exam"), exam.training.topic, address, lang)
        for step in (
            gettext("1. Scan the code with WeChat or the camera."),
            gettext("2. Enter your name and your enterprise."),
            gettext("3. Answer, hand in, and see the result at once."),
        ):
            paper.large(step, size=15)
        told = gettext(
            "%(questions)s, %(minutes)s, pass mark %(mark)s%%.",
            questions=ngettext("%(num)s question", "%(num)s questions", exam.drawn),
            minutes=ngettext("%(count)s minute", "%(count)s minutes", exam.minutes, count=exam.minutes),
            mark=exam.pass_mark,
        )
        paper.large(told, size=13)
        return paper


def _begun(title: str, topic: str, address: str, lang: str) -> Document:
    paper = open_paper(title, lang, title_size=30)
    short = len(topic) <= SHORT
    paper.large(topic, size=18 if short else 14, bold=True)
    paper.big_code(address, 98 if short else 84)
    return paper
