"""The committee of the demo zone: members, meetings with decisions in every state, plans by sector."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from ..accounts.models import User
from ..checklists.models import Checklist, HazardClass
from ..committee import decisions, plans, queries
from ..committee.actions import Draft, MeetingFacts, save_meeting, save_member, sign_off
from ..committee.models import CommitteeDuty, Decision, Meeting
from ..core.access import Permission, allowed
from ..core.clock import at
from ..core.db import db
from ..enterprises.models import Sector
from ..photos.queries import by_hash
from .context import Context
from .people_and_sites import read

REPORTED = {"done", "reported", "returned"}
EARLIER = timedelta(days=6)  # reported before it is due


def plan_committee(context: Context, year: int) -> None:
    """Members from the first days of the year, then plans and meetings; nothing here throws the simulation's dice."""
    texts = read("committee")
    context.clock.at(at(date(year, 1, 4), 9), lambda moment: _enter_members(context, texts, moment))
    for row in texts["plans"]:
        context.clock.at(_day(row["from"], year, 8), partial(_write_plan, context, row))
    for row in texts["meetings"]:
        day = date.fromisoformat(f"{year}-{row['day']}") if "day" in row else None
        held = day or context.planner.after(context.today, -row["ago"])
        context.clock.at(at(held, 16), partial(_hold_meeting, context, row, held))


def _day(text: str, year: int, hour: int) -> datetime:
    return at(date.fromisoformat(f"{year}-{text}"), hour)


def _enter_members(context: Context, texts: dict[str, Any], now: datetime) -> None:
    for row in texts["members"]:
        user = context.zone.people.get(row.get("username", ""))
        first = date(now.year, 1, 4)
        facts = {
            "user_id": user.id if user else None,
            "name": row.get("name", ""),
            "organ": row["organ"],
            "post": row["post"],
            "duty": CommitteeDuty(row["duty"]),
            "from_on": first,
            "until_on": date.fromisoformat(f"{first.year}-{row['until']}") if "until" in row else None,
        }
        save_member(None, facts, version=0, actor=context.zone.admin, now=now)


def _write_plan(context: Context, row: dict[str, Any], now: datetime) -> None:
    code = sa.select(Checklist.id).where(Checklist.code == row["checklist"])
    facts = {
        "sector": Sector(row["sector"]),
        "name": row["name"].format(year=now.year),
        "name_en": row["name_en"].format(year=now.year),
        "from_on": date.fromisoformat(f"{now.year}-{row['from']}"),
        "until_on": date(context.today.year, 12, 31),
        "reach": plans.PlanReach(row["reach"]),
        "hazard_class": HazardClass(row["hazard_class"]) if "hazard_class" in row else None,
        "checklist_id": db.session.scalars(code).one(),
        "goals": row["goals"],
        "coverage_goal": row["coverage"],
        "rate_goal": row["rate"],
        "documents": row["documents"],
        "responsible_id": context.zone.people[row["who"]].id,
    }
    plans.save_plan(None, facts, version=0, actor=context.zone.admin, now=now)


def _hold_meeting(context: Context, row: dict[str, Any], held: date, now: datetime) -> None:
    members = queries.members_on(held)
    facts = MeetingFacts(
        held_on=held,
        place=row["place"],
        chair_id=members[0].id,
        agenda=row["agenda"],
        minutes=row["minutes"],
        guests=row["guests"],
        present=tuple(one.id for one in members if one.name not in row["absent"]),
        decisions=tuple(
            Draft(one["what"], context.zone.people[one["who"]].id, held + timedelta(days=one["in"]))
            for one in row["decisions"]
        ),
    )
    meeting = save_meeting(None, facts, version=0, actor=context.zone.admin, now=now)
    if row.get("signed", True):
        context.clock.at(now + timedelta(hours=18), lambda moment: _sign(context, meeting, row, moment))


def _sign(context: Context, meeting: Meeting, row: dict[str, Any], now: datetime) -> None:
    sign_off(meeting, version=meeting.version, actor=context.zone.leader, now=now)
    for decision, told in zip(meeting.decisions, row["decisions"], strict=True):
        _follow(context, decision, told)


def _follow(context: Context, decision: Decision, told: dict[str, Any]) -> None:
    """What becomes of a decision, some days before it is due or on the working day after the minutes."""
    course, soon = told["course"], context.planner.after(decision.meeting.held_on, 4)
    reported = at(max(soon, min(decision.due_on - EARLIER, context.today - EARLIER)), 15)
    if course in REPORTED:
        context.clock.at(reported, lambda moment: _report(context, decision, told, moment))
    if course == "withdrawn":
        context.clock.at(
            at(soon, 10), lambda moment: _answer(context, decision, decisions.withdraw, told["note"], moment)
        )


def _report(context: Context, decision: Decision, told: dict[str, Any], now: datetime) -> None:
    actor = decision.responsible
    photos = _photos(context, actor, told["photo"]) if "photo" in told else []
    decisions.report(decision, told["note"], version=decision.version, photos=photos, actor=actor, now=now)
    later = now + timedelta(days=1)
    if told["course"] == "done":
        context.clock.at(later, lambda moment: _answer(context, decision, decisions.accept, "", moment))
    if told["course"] == "returned":
        context.clock.at(
            later, lambda moment: _answer(context, decision, decisions.send_back, told["answer"], moment)
        )


def _photos(context: Context, actor: User, scene: str) -> list[str]:
    """A photo of a scene that the person may use."""
    for pair in context.album.pairs[scene]:
        photo = by_hash(pair.after)
        if photo is not None and allowed(actor, Permission.SEE_PHOTO, photo):
            return [pair.after]
    return []


def _answer(context: Context, decision: Decision, act: Any, note: str, now: datetime) -> None:
    act(decision, note, version=decision.version, actor=context.zone.admin, now=now)
