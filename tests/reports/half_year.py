"""A half-year of visits for the ledger and the summaries: real checks, notices, verifications, trainings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import time_machine
from tests import cast
from tests.reports import visits

from xuncha.accounts.models import User
from xuncha.campaigns.models import Campaign, CampaignCheck, CampaignKind
from xuncha.checklists.models import HazardClass
from xuncha.checks.models import Check, Party
from xuncha.core.clock import at
from xuncha.core.db import db
from xuncha.enterprises.models import Site
from xuncha.hazards.actions import issue_notice, step
from xuncha.hazards.lifecycle import Act
from xuncha.schedule.actions import open_month
from xuncha.schedule.queries import open_task_for
from xuncha.trainings.actions import Facts, Handout, Heads, record_training
from xuncha.trainings.models import TrainingKind

Places, People = Callable[[str], Site], Callable[[str], User]
DAYS = (date(2026, 9, 8), date(2026, 9, 22), date(2026, 10, 13))


def visit(place: Site, who: User, day: date, problems: int) -> Check:
    """A visit at ten o'clock with some problems due a fortnight later, their notice issued."""
    when = at(day, 10)
    with time_machine.travel(when):
        findings = [
            visits.finding(
                f"{place.name}{day.month}月第{number}个问题",
                due_on=day + timedelta(days=14),
                hazard_class=list(HazardClass)[number],
                basis="《安全生产法》第三十六条",
            )
            for number in range(problems)
        ]
        task = open_task_for(place, day)
        made = visits.filing(
            place,
            started_at=when - timedelta(hours=1),
            finished_at=when,
            findings=findings,
            task_id=task.id if task else None,
            signatures=[
                visits.signed(party, who.name).model_copy(update={"signed_at": when})
                for party in (Party.INSPECTOR, Party.SITE)
            ],
        )
        check = visits.file(made, who, when)
        if problems:
            issue_notice(check, actor=who, now=when)
        db.session.commit()
    return check


def close(check: Check, who: User, when: datetime, count: int) -> None:
    """Verify the first hazards of a check."""
    from xuncha.hazards.models import Hazard

    hazards = db.session.query(Hazard).filter_by(check_id=check.id).order_by(Hazard.id).limit(count).all()
    for hazard in hazards:
        step(hazard, Act.VERIFY, actor=who, now=when, brought={"method": "on_site", "note": "已改"})
    db.session.commit()


def settle(site: Places, user: People) -> None:
    """Three rounds at two enterprises: 3 + 2 + 1 problems at Huaxin, 2 + 0 + 1 at Lifeng; four of the nine closed."""
    wang, zhao = user("wang"), user("zhao")
    for month in (9, 10):
        open_month(2026, month, actor=user("admin"), now=cast.NOW)
    db.session.commit()
    for day, ours, theirs in zip(DAYS, (3, 2, 1), (2, 0, 1), strict=True):
        first, second = visit(site("huaxin"), wang, day, ours), visit(site("lifeng"), zhao, day, theirs)
        if day == DAYS[0]:
            close(first, wang, at(date(2026, 9, 15), 9), 2)
            close(second, zhao, at(date(2026, 10, 20), 9), 2)
            _campaign(first)
    _trainings(user("admin"), site("huaxin"))


def _campaign(check: Check) -> None:
    campaign = Campaign(
        name="国庆节前安全大检查",
        name_en="National Day patrol",
        kind=CampaignKind.HOLIDAY,
        starts_on=date(2026, 9, 1),
        ends_on=date(2026, 10, 10),
        created_at=cast.NOW,
    )
    db.session.add(campaign)
    db.session.flush()
    db.session.add(CampaignCheck(campaign_id=campaign.id, check_id=check.id))
    db.session.commit()


def _trainings(admin: User, huaxin: Site) -> None:
    for day, kind, heads in (
        (date(2026, 9, 3), TrainingKind.LECTURE, 40),
        (date(2026, 10, 16), TrainingKind.COURSE, 60),
    ):
        record_training(
            Facts(
                kind=kind,
                topic="安全生产法宣讲" if kind is TrainingKind.LECTURE else "特种作业人员培训",
                held_on=day,
                place="管委会礼堂",
                organiser="安全生产办公室",
                hours=2.5,
                audience=(Heads(heads, site_id=huaxin.id), Heads(5, group_name="园区职工")),
                materials=(Handout("宣传手册", 200),),
                exam_taken=60 if kind is TrainingKind.COURSE else None,
                exam_passed=57 if kind is TrainingKind.COURSE else None,
                exam_average=88.5 if kind is TrainingKind.COURSE else None,
            ),
            actor=admin,
            now=cast.NOW,
        )
    db.session.commit()
