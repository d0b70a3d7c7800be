"""Carries out a planned visit: files it as a phone does, issues its notice, plans the rectification of its hazards."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from ..accounts.models import User
from ..campaigns import expert_opinions
from ..campaigns.expert_opinions import Decision
from ..checks.actions import file_check
from ..checks.filing import AnswerPart, Filing, Finding, Person, Recheck, ScenePhoto, SignaturePart
from ..checks.models import Check, LegalMode, Party, Result, VisitKind
from ..core.clock import local_day
from ..core.db import db
from ..hazards.actions import issue_notice
from ..hazards.lifecycle import State
from ..hazards.models import Hazard, Notice
from ..schedule.models import Task
from .context import PATROLS_BY_ONE_LIST, Context
from .deliveries_and_escalation import plan_delivery
from .findings import Found, findings
from .measured_items import answer, is_measured
from .people_and_sites import Place
from .plan import Visit
from .rectifications import begin

LATELY = timedelta(days=50)
MOST_RECHECKS = 4
LOOKED_AT = 0.45
Strokes = list[list[tuple[float, float]]]


def carry_out(context: Context, visit: Visit, now: datetime) -> None:
    """Visit, file, and plan what follows. `now` is when the visit begins."""
    dice, site = context.dice, visit.place.site
    inspector = visit.inspector or site.supervisor
    if inspector is None:
        return
    ended = now + timedelta(minutes=dice.randrange(35, 70))
    filed_at = ended + timedelta(minutes=dice.randrange(2, 9))
    if visit.manner == "late_entry":
        filed_at = context.workday_after(ended, 1)

    def file(moment: datetime) -> None:
        found = visit.findings or findings(context, visit.place, visit.kind, dice.random() < visit.chance)
        _file(context, visit, _filing(context, visit, found, inspector, (now, ended)), found, moment)

    context.clock.at(filed_at, file)


def _file(context: Context, visit: Visit, filing: Filing, found: list[Found], now: datetime) -> None:
    inspector = visit.inspector or visit.place.site.supervisor or context.zone.admin
    file_check(filing, actor=inspector, now=now)
    fates = {str(made.uuid): one.fate for made, one in zip(filing.findings, found, strict=True)}
    check = db.session.scalars(sa.select(Check).where(Check.uuid == str(filing.uuid))).one()
    if visit.manner == "correction":
        again = context.workday_after(now, 1)
        context.clock.at(again, lambda moment: _correct(context, filing, inspector, moment))
    if not filing.findings:
        return
    query = sa.select(Hazard).where(Hazard.check_id == check.id, Hazard.state == State.DRAFT)
    drafts = list(db.session.scalars(query.order_by(Hazard.id)))
    if not drafts or "draft" in fates.values():
        return
    # What experts find the zone issues in its own name (domain 2.6): its supervisor does, on the next working day.
    expert = visit.kind is VisitKind.EXPERT
    issued_at = (
        context.workday_after(now, 1) if expert else now + timedelta(minutes=context.dice.randrange(5, 25))
    )

    def issue(moment: datetime) -> None:
        issuer = visit.place.site.supervisor if expert else inspector
        _tell(check, issuer or context.zone.admin, moment, expert=expert)
        plan_delivery(context, visit.place, db.session.get_one(Notice, drafts[0].notice_id), moment)
        for hazard in drafts:
            begin(context, visit.place, hazard, fates[hazard.uuid], moment)

    context.clock.at(issued_at, issue)


def _tell(check: Check, issuer: User, now: datetime, *, expert: bool) -> None:
    """Issue the notice; what an expert found is confirmed first, and the expert's opinion goes with it."""
    if not expert:
        issue_notice(check, actor=issuer, now=now)
        return
    day = local_day(now)
    decisions = {
        one.id: Decision(True, max(one.due_on or day, day)) for one in expert_opinions.undecided_of(check)
    }
    expert_opinions.decide(check, decisions, actor=issuer, now=now)
    expert_opinions.issue(check, actor=issuer, now=now)


def _correct(context: Context, filing: Filing, inspector: User, now: datetime) -> None:
    """The same visit told again with a place put right; hazards and photos stay."""
    changed = filing.model_copy(
        update={
            "uuid": _uuid(context.dice),
            "place": context.remark("corrected_place"),
            "replaces": filing.uuid,
            "correction_reason": context.remark("correction"),
        }
    )
    file_check(changed, actor=inspector, now=now)


def _uuid(dice: random.Random) -> UUID:
    return UUID(int=dice.getrandbits(128), version=4)


def _filing(
    context: Context, visit: Visit, found: list[Found], inspector: User, times: tuple[datetime, datetime]
) -> Filing:
    dice, place, (started, ended) = context.dice, visit.place, times
    parts = [_part(context, one, ended) for one in found]
    campaign = context.campaigns.get(visit.campaign)
    return Filing(
        uuid=_uuid(dice),
        site_id=place.site.id,
        task_id=_task_of(visit),
        kind=visit.kind,
        mode=LegalMode.EXPERT if visit.kind is VisitKind.EXPERT else LegalMode.ZONE_CHECK,
        campaign_ids=[campaign.id] if campaign else [],
        started_at=started,
        finished_at=ended,
        place="、".join(dice.sample(place.parts, 2)),
        companions=[_companion(context, visit, inspector)],
        site_person=Person(name=dice.choice(place.people)),
        answers=_answers(context, visit, found, ended),
        findings=parts,
        rechecks=_rechecks(context, visit, ended),
        photos=[_scene(context, ended)] if dice.random() < 0.4 else [],
        summary=context.remark("watch" if visit.kind is VisitKind.HOLIDAY else "summary"),
        objection=context.remark("objection") if visit.manner == "objection" else "",
        late_reason=context.remark("late_entry") if visit.manner == "late_entry" else "",
        signatures=_signatures(context, visit, inspector, ended),
    )


def _part(context: Context, one: Found, ended: datetime) -> Finding:
    uuid = _uuid(context.dice)
    pair = context.pairs[str(uuid)] = context.album.pair(one.hazard_class, context.dice)
    return Finding(
        uuid=uuid,
        item_id=one.item.id,
        description=one.description,
        place=one.place,
        hazard_class=one.hazard_class,
        suspected_major=bool(one.criterion),
        major_criterion=one.criterion,
        measure=one.measure,
        due_on=None if one.on_spot else local_day(ended) + timedelta(days=one.days),
        fixed_on_spot=one.on_spot,
        before=[context.photo(pair.before, ended)],
        after=[context.photo(pair.after, ended)] if one.on_spot else [],
    )


def _task_of(visit: Visit) -> int | None:
    if visit.task is None:
        return None
    query = sa.select(Task.id).where(
        Task.site_id == visit.place.site.id, Task.window_start == visit.task.start, Task.done_on.is_(None)
    )
    return db.session.scalar(query)


def _companion(context: Context, visit: Visit, inspector: User) -> Person:
    """The second inspector: the site's supervisor beside an expert, else somebody of the same team."""
    own = visit.place.site.supervisor
    if visit.kind is VisitKind.EXPERT and own is not None:
        other = own
    else:
        team = [
            user
            for user in context.zone.supervisors
            if user.team_id == inspector.team_id and user != inspector
        ]
        other = context.dice.choice(team)
    return Person(name=other.name, title=context.remark("companion_title"), certificate=other.certificate)


def _scene(context: Context, ended: datetime) -> ScenePhoto:
    photo = context.photo(context.album.one("gate", context.dice), ended)
    return ScenePhoto(sha256=photo.sha256, taken_at=photo.taken_at)


def _answers(context: Context, visit: Visit, found: list[Found], ended: datetime) -> list[AnswerPart]:
    failing = {one.item.id for one in found}
    dice, site = context.dice, visit.place.site
    every = context.items_for(visit.place, visit.kind)
    items = [item for item in every if not is_measured(item)]
    if visit.kind not in PATROLS_BY_ONE_LIST and visit.day <= context.today - LATELY:
        # What is not answered was not checked. Whole lists for a whole year would double the time that loading takes.
        items = [item for item in items if item.id in failing or dice.random() < LOOKED_AT]
    return [
        AnswerPart(
            item_id=item.id,
            result=Result.FAIL
            if item.id in failing
            else Result.NA
            if dice.random() < 0.07
            else Result.COMPLY,
        )
        for item in items
    ] + [one for item in every if is_measured(item) and (one := answer(context, item, site.id, ended))]


def waiting_at(context: Context, place: Place, day: date) -> list[Hazard]:
    """What was reported rectified at a site and may be looked at again on a day; majors wait for a visit of their own."""
    return [
        hazard
        for hazard in context.active.get(place.site.id, [])
        if hazard.state is State.REPORTED_DONE
        and not hazard.is_major
        and day >= context.held.get(hazard.uuid, day)
    ]


def _rechecks(context: Context, visit: Visit, ended: datetime) -> list[Recheck]:
    """What waits at the site is looked at again on the twice-monthly check, or on a visit for that alone."""
    planned = visit.kind is VisitKind.RECHECK or visit.task is not None
    waiting = waiting_at(context, visit.place, visit.day) if planned and visit.manner != "late_entry" else []
    return [
        Recheck(
            hazard_uuid=UUID(hazard.uuid),
            result="fixed",
            note=context.remark("verified"),
            photos=context.after_photo(hazard, ended),
        )
        for hazard in waiting[:MOST_RECHECKS]
    ]


def _signatures(context: Context, visit: Visit, inspector: User, ended: datetime) -> list[SignaturePart]:
    def signed(party: Party, name: str) -> SignaturePart:
        return SignaturePart(party=party, name=name, strokes=strokes_of(name), signed_at=ended)

    on_site = visit.place.people[-1]
    parts = [signed(Party.INSPECTOR, inspector.name)]
    if visit.manner == "refused":
        refused = SignaturePart(
            party=Party.SITE, name=on_site, refused_reason=context.remark("refused"), signed_at=ended
        )
        witness = context.dice.choice([user for user in context.zone.supervisors if user != inspector])
        return [*parts, refused, signed(Party.WITNESS, witness.name)]
    return [*parts, signed(Party.SITE, on_site)]


@cache
def strokes_of(name: str) -> Strokes:
    """A scribble in a box three wide and one high, the same for the same name."""
    dice = random.Random(name)
    strokes: Strokes = []
    for character in range(len(name)):
        left = 0.25 + character * 2.5 / len(name)
        for _ in range(dice.randrange(2, 5)):
            x, y = left + dice.random() * 0.5, 0.2 + dice.random() * 0.5
            stroke = [(round(x, 3), round(y, 3))]
            for _ in range(7):
                x = min(2.9, max(0.05, x + dice.uniform(-0.06, 0.14)))
                y = min(0.93, max(0.07, y + dice.uniform(-0.16, 0.16)))
                stroke.append((round(x, 3), round(y, 3)))
            strokes.append(stroke)
    return strokes
