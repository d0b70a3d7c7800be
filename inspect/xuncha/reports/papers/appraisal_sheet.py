"""The appraisal of all staff as a paper: scores beside what each carries, shares, appeals with their decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import gettext

from ...core.i18n import language, use_language, write_rate, write_tenths
from ...core.labels import N_
from ...stats.figures import Share
from ..layout.document import Column, Document, SignatureBlock
from ..layout.document_parts import Sections, day, in_language, open_paper
from ..summaries.inspection_summary import period_text
from ..summaries.summary_facts import period_of

TITLE = N_("Appraisal of all staff")
NO_REWARD = N_(
    "Only shares of what plan and deadlines asked for are weighed. The numbers of visits, hazards and fines are never "
    "rewarded (State Council office opinion No. 54 of 2024)."
)


def of_facts(
    facts: dict[str, Any],
    lang: str,
    *,
    marks: Callable[[], dict[str, Any]],
    number: str = "",
    draft: bool = False,
) -> Document:
    """The paper that some facts make, live or frozen; `marks` gives what it is verified by. Raises FontMissing."""
    with use_language(lang):
        paper = open_paper(
            gettext(TITLE),
            lang,
            number=number,
            organisation=in_language(facts["org"]),
            subject=period_text(period_of(facts)),
            draft=draft,
            **marks(),
        )
        paper.paragraph(gettext(NO_REWARD))
        sections = Sections(paper)
        _scores(paper, sections, facts)
        _shares(paper, sections, facts)
        _deductions(paper, sections, facts)
        _appeals(paper, sections, facts)
        _moved(paper, sections, facts)
        _last(paper, facts)
        return paper


def _name(facts: dict[str, Any], name: str) -> str:
    return str(facts["definitions"][language()][name][0])


def _score(tenths: int | None) -> str:
    return gettext("too few to say") if tenths is None else write_tenths(tenths)


def _scores(paper: Document, sections: Sections, facts: dict[str, Any]) -> None:
    sections.open(gettext("Score, and what is carried beside it"))
    load = list(facts["people"][0]["load"]) if facts["people"] else []
    # Editions that were issued before it was known say nothing of it.
    far = bool(facts["people"]) and "travel" in facts["people"][0]
    paper.table(
        [
            Column(gettext("Name"), 15),
            Column(gettext("Team"), 54.5),
            Column(gettext("Score"), 18.5, "right"),
            Column(_name(facts, "tasks_planned"), 18.6, "right"),
            *(Column(_name(facts, name), 25 if name == "enterprises_held" else 19, "right") for name in load),
            *([Column(gettext("Way through them (km)"), 19, "right")] if far else []),
        ],
        [
            [
                one["name"],
                in_language(one["team"]) or "\u2014",
                _score(one["tenths"]),
                str(one["planned"]),
                *(str(one["load"][name]) for name in load),
                *([_way(one["travel"])] if far else []),
            ]
            for one in facts["people"]
        ],
        size=8,
    )


def _shares(paper: Document, sections: Sections, facts: dict[str, Any]) -> None:
    sections.open(gettext("Components"))
    components = facts["components"]
    paper.table(
        [
            Column(gettext("Name"), 18),
            *(
                Column(
                    gettext(
                        "%(name)s\n(weight %(weight)s)", name=_name(facts, one["of"]), weight=one["weight"]
                    ),
                    25,
                    "right",
                )
                for one in components
            ),
        ],
        [[one["name"], *(_share(line) for line in one["lines"])] for one in facts["people"]],
        size=8,
    )
    said = facts["definitions"][language()]
    for one in components:
        paper.note(gettext("%(label)s: %(value)s", label=said[one["of"]][0], value=said[one["of"]][1]))


def _share(line: dict[str, Any]) -> str:
    whole, credited = line["whole"], line["credited"]
    part = min(line["part"] + credited, whole)
    text = f"{write_rate(Share(part, whole).value)} {part}/{whole}"
    return gettext("%(share)s (measured %(part)s)", share=text, part=line["part"]) if credited else text


def _way(travel: dict[str, int]) -> str:
    if not travel["metres"]:
        return "\u2014"
    far = write_tenths((travel["metres"] + 50) // 100)
    if travel["placed"] == travel["held"]:
        return far
    known = gettext("(%(placed)s of %(held)s places)", placed=travel["placed"], held=travel["held"])
    return f"{far} {known}"


def _deductions(paper: Document, sections: Sections, facts: dict[str, Any]) -> None:
    rows = list(_deduction_rows(facts))
    if not rows:
        return
    sections.open(gettext("Deductions for false records"))
    paper.table(
        [
            Column(gettext("Name"), 18),
            Column(gettext("Number"), 34),
            Column(gettext("What is false, and what proves it"), 56),
            Column(gettext("Points deducted"), 19, "right"),
            Column(gettext("Decision"), 43),
        ],
        rows,
        size=8.5,
    )
    paper.note(
        gettext(
            "Found by a person on evidence and decided after a hearing; at most %(most)s points are deducted in a period.",
            most=facts["most_deducted"],
        )
    )


def _deduction_rows(facts: dict[str, Any]) -> Iterable[list[str]]:
    states = facts["states"][language()]
    for person in facts["people"]:
        for one in person.get("deductions", ()):
            told = [f"{one['note']} ({one['by']} {day(one['on'])})"]
            if one["appeal"]:
                appeal = gettext("Appeal: %(state)s", state=states[one["appeal"]])
                told.append(" ".join(filter(None, (appeal, one["appeal_note"]))))
            yield [
                person["name"],
                f"{one['record']} {day(one['record_on'])}",
                f"{one['reason']} / {one['evidence']} ({one['recorded_by']} {day(one['found_on'])})",
                str(one["points"]),
                " / ".join(told),
            ]


def _appeals(paper: Document, sections: Sections, facts: dict[str, Any]) -> None:
    sections.open(gettext("Appeals"))
    of = {one["name"]: one["of"] for one in facts["components"]}
    paper.table(
        [
            Column(gettext("Name"), 18),
            Column(gettext("Component"), 30),
            Column(gettext("Measured"), 19, "right"),
            Column(gettext("Recognised"), 22, "right"),
            Column(gettext("Result of the appeal"), 55),
            Column(gettext("Settled by"), 29, "center"),
        ],
        list(_appeal_rows(facts, of)),
        size=8.5,
    )


def _appeal_rows(facts: dict[str, Any], of: dict[str, str]) -> Iterable[list[str]]:
    for person in facts["people"]:
        for one in person["appeals"]:
            state = facts["states"][language()][one["state"]]
            yield [
                person["name"],
                _name(facts, of[one["component"]]),
                f"{one['part']}/{one['whole']}",
                f"{one['part'] + one['credited']}/{one['whole']}",
                gettext("%(state)s: %(note)s", state=state, note=one["note"]) if one["note"] else state,
                "\n".join(filter(None, (one["by"], day(one["on"] or None)))) or "\u2014",
            ]


def _moved(paper: Document, sections: Sections, facts: dict[str, Any]) -> None:
    moved = facts.get("moved")
    if not moved:
        return
    sections.open(gettext("Changed since %(number)s", number=moved["number"]))
    if not moved["people"]:
        paper.paragraph(gettext("No score changed."))
        return
    paper.table(
        [
            Column(gettext("Name"), 60),
            Column(gettext("Previous score"), 55, "right"),
            Column(gettext("Score now"), 55, "right"),
        ],
        [[one["name"], _score(one["was"]), _score(one["now"])] for one in moved["people"]],
        size=8.5,
    )


def _last(paper: Document, facts: dict[str, Any]) -> None:
    paper.note(
        gettext(
            "With fewer than %(fewest)s planned checks no score is told. A component with nothing to do gives its weight to "
            "the others. Figures as of %(day)s; rules of counting: edition %(rules)s.",
            fewest=facts["fewest"],
            day=day(facts["period"]["as_of"]),
            rules=facts["rules"],
        )
    )
    paper.blank_below()
    paper.signatures([SignatureBlock(gettext(role)) for role in (N_("Prepared by"), N_("Reviewed by"))])
