"""企业画像: the profile of an enterprise on one sheet, to be read before a visit."""

from __future__ import annotations

from flask_babel import gettext, ngettext

from ...core import settings
from ...core.i18n import label, use_language, write_day, write_rate
from ...core.labels import N_
from ...hazards.models import Hazard
from ...stats.profile import AnswerTimes, Profile
from ..layout.document import Column, Document
from ..layout.document_parts import in_language, listed, open_paper
from ..printing import Kind, Order

HAZARDS = 6
ITEMS = 5
TRAININGS = 2
LONGEST = {"zh": 34, "en": 76}  # characters of a text on the sheet; the system holds the rest
WIDTHS = (20, 18, 18, 20, 27, 27, 28, 32)
DASH = "—"


def order(profile: Profile) -> Order:
    """The order to print it."""
    name = f"{profile.site.name} {profile.day.isoformat()}"
    return Order(Kind.PROFILE, name, lambda lang: build(profile, lang))


def build(profile: Profile, lang: str) -> Document:
    """The sheet, one page as a rule. Raises FontMissing."""
    with use_language(lang):
        paper = open_paper(
            gettext("Enterprise profile"),
            lang,
            organisation=in_language(settings.bilingual("org")),
            subject=profile.site.name,
        )
        paper.fields(_facts(profile), 2)
        _figures(paper, profile)
        _hazards(paper, profile)
        _items(paper, profile)
        _trend(paper, profile)
        paper.note(
            gettext(
                "Figures of %(first)s to %(last)s as of %(day)s. Medians in whole days; hazards without the step are left out.",
                first=write_day(profile.period.first),
                last=write_day(profile.period.last),
                day=write_day(profile.day),
            )
        )
        return paper


def _facts(profile: Profile) -> list[tuple[str, str]]:
    site = profile.site
    marks = [label(site.risk), label(site.sector)] if not site.is_idle else [label(site.risk)]
    marks += [gettext(N_("Key enterprise"))] if site.key else []
    marks += [gettext(N_("Crowded place"))] if site.crowded else []
    who = [
        " ".join(part for part in (label(one.duty), one.name, one.phone) if part)
        for one in profile.contacts()[:3]
    ]
    holder = site.supervisor
    modes = [f"{label(mode)} {count}" for mode, count in profile.by_mode() if count]
    checks = [f"{one.visited_on.isoformat()} {one.inspector.name}" for one in profile.last_checks()]
    return [
        (gettext("Risk and sector"), listed(marks)),
        (gettext("Supervisor"), f"{holder.name} {holder.phone}".strip() if holder else DASH),
        (gettext("Who answers"), listed(who) or DASH),
        (gettext("Address"), site.address or DASH),
        (gettext("Check visits"), listed(modes) or "0"),
        (gettext("Last checks"), listed(checks) or DASH),
        (gettext("Trainings"), _trainings(profile)),
        *([(gettext("Before you enter"), site.entry_notes)] if site.entry_notes else []),
    ]


def _trainings(profile: Profile) -> str:
    held = profile.trainings()
    named = [
        f"{one.training.held_on.isoformat()} {one.training.topic} ({one.heads})" for one in held[:TRAININGS]
    ]
    if len(held) > TRAININGS:
        return gettext(
            "%(names)s and %(count)s more trainings", names=listed(named), count=len(held) - TRAININGS
        )
    return listed(named) or DASH


def _figures(paper: Document, profile: Profile) -> None:
    figures, times = profile.figures, profile.answer_times()
    heads = (
        N_("Not closed"),
        N_("Overdue"),
        N_("Found"),
        N_("Repeated"),
        N_("Rectification rate"),
        N_("Rate rectified in time"),
        N_("From notice to report"),
        N_("From report to re-inspection"),
    )
    numbers = ("hazards_unsettled", "hazards_overdue", "hazards_found", "hazards_repeated")
    rates = ("rectification_rate", "on_time_rate")
    paper.table(
        [Column(gettext(head), width, "center") for head, width in zip(heads, WIDTHS, strict=True)],
        [
            [
                *(str(figures.number(name)) for name in numbers),
                *(f"{write_rate(figures.rate(name))}\n{figures.share(name)}" for name in rates),
                *_medians(times),
            ]
        ],
        size=8,
        dense=True,
    )


def _medians(times: AnswerTimes) -> list[str]:
    pairs = ((times.to_report, len(times.reported)), (times.to_verification, len(times.verified)))
    return [
        DASH
        if value is None
        else ngettext("%(days)s day", "%(days)s days", 1 if value == 1 else 2, days=f"{value:g}")
        + "\n"
        + ngettext("%(num)s hazard", "%(num)s hazards", count)
        for value, count in pairs
    ]


def _hazards(paper: Document, profile: Profile) -> None:
    open_ones = profile.unsettled()
    paper.heading(gettext("Hazards not closed"))
    paper.table(
        [
            Column(gettext("Hazard number"), 26, "center"),
            Column(gettext("Description"), 70),
            Column(gettext("Place"), 26),
            Column(gettext("Due date"), 22, "center"),
            Column(gettext("State"), 26, "center"),
        ],
        [_line(one, profile) for one in open_ones[:HAZARDS]],
        size=8,
        dense=True,
    )
    if len(open_ones) > HAZARDS:
        paper.note(gettext("%(count)s more are not closed.", count=len(open_ones) - HAZARDS))


def _line(hazard: Hazard, profile: Profile) -> list[str]:
    late = gettext("overdue") if hazard.is_overdue(profile.day) else ""
    return [
        hazard.number,
        _short(hazard.description),
        _short(hazard.place),
        "\n".join(part for part in (hazard.due_on.isoformat() if hazard.due_on else DASH, late) if part),
        label(hazard.state),
    ]


def _short(text: str) -> str:
    # What people typed is Chinese in both languages; a wide character takes the room of two.
    is_wide = any(char >= "\u2e80" for char in text)
    most = LONGEST["zh" if is_wide else "en"]
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    whole = kept if is_wide else kept.rpartition(" ")[0]  # an English word is left out rather than cut
    return f"{whole or kept}…"


def _items(paper: Document, profile: Profile) -> None:
    rows = [one for one in profile.by_item() if one.unsettled or one.repeated][:ITEMS]
    paper.heading(gettext("Open and repeated by item"))
    paper.table(
        [
            Column(gettext("Item"), 110),
            Column(gettext("Not closed"), 20, "right"),
            Column(gettext("Found"), 20, "right"),
            Column(gettext("Repeated"), 20, "right"),
        ],
        [
            [
                f"{one.code} {_short(one.text)}" if one.code else gettext("On no checklist"),
                str(one.unsettled),
                str(one.found),
                str(one.repeated),
            ]
            for one in rows
        ],
        size=8,
        dense=True,
    )


def _trend(paper: Document, profile: Profile) -> None:
    months = profile.trend()
    paper.heading(gettext("Found and rectified by month"))
    names = [f"{month.first:%y-%m}" for month, _share in months]
    paper.table(
        [Column("", 24), *(Column(name, 12, "center") for name in names)],
        [
            [gettext("Found"), *(str(share.whole) for _month, share in months)],
            [gettext("Rectified"), *(str(share.part) for _month, share in months)],
        ],
        size=8,
        dense=True,
    )
