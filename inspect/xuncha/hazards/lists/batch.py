"""One step for many hazards: what it would do to which of them, why not to the others, and doing it part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ...accounts.models import User
from ...core.db import commit, db
from ...core.errors import ActedFirst, Refused
from ...core.labels import N_, Labelled
from .. import actions, queries, rules
from ..lifecycle import Act
from ..models import Hazard

MOVED_ON = N_("%(name)s was first: “%(done)s”, %(moment)s. The hazard is now “%(state)s”.")
CHANGED = N_("%(name)s was first: “%(done)s”, %(moment)s. Look at it again.")


class BatchAct(Labelled):
    """What is done to many hazards at once."""

    ISSUE = "issue", N_("Issue notices")
    REMIND = "remind", N_("Remind the enterprise")

    @property
    def act(self) -> Act:
        """The step that each of them takes."""
        return Act(self.value)


@dataclass(frozen=True)
class Judged:
    """A hazard of a selection, and why the step is not taken; None where it is."""

    hazard: Hazard
    problem: Refused | None


@dataclass
class Outcome:
    """What came of it: how many hazards took the step, in how many parts; what was refused, each with its hazards."""

    done: int = 0
    parts: int = 0
    refused: list[tuple[str, Refused]] = field(default_factory=list)


def judge(act: Act, hazards: Sequence[Hazard], actor: User, day: date) -> list[Judged]:
    """Of each hazard whether it can take the step."""
    return [Judged(hazard, _problem(act, hazard, actor, day)) for hazard in hazards]


def _problem(act: Act, hazard: Hazard, actor: User, day: date) -> Refused | None:
    try:
        rules.demand_permission(act, hazard, actor)
        rules.demand_state(act, hazard, sent=False)
    except Refused as problem:
        return _told(problem)
    return rules.obstacle(act, hazard, actor, day)


def _told(problem: Refused) -> Refused:
    """The same without what it says of words that are kept: a selection has none."""
    if not isinstance(problem, ActedFirst) or "moment" not in problem.params:
        return problem
    return ActedFirst(MOVED_ON if "state" in problem.params else CHANGED, **problem.params)


def parts(act: Act, hazards: Sequence[Hazard]) -> list[list[Hazard]]:
    """What is done in one transaction: the hazards of a notice together, else each for itself."""
    found: dict[Any, list[Hazard]] = {}
    for hazard in hazards:
        key = (hazard.site_id, hazard.check_id) if act is Act.ISSUE else hazard.id
        found.setdefault(key, []).append(hazard)
    return list(found.values())


def do(
    act: Act, versions: Mapping[int, int | None], brought: Mapping[str, Any], *, actor_id: int, now: datetime
) -> Outcome:
    """Take the step of these hazards (number: the version that was seen), committing part by part; what is refused is told."""
    outcome = Outcome()
    numbered = [[hazard.id for hazard in part] for part in parts(act, _found(list(versions), actor_id))]
    for numbers in numbered:
        names = ""
        try:
            actor = db.session.get_one(User, actor_id)
            hazards = _found(numbers, actor_id, lock=True)
            names = ", ".join(hazard.number for hazard in hazards)
            for hazard in hazards:
                rules.demand_seen(hazard, versions[hazard.id])
            _take(act, hazards, brought, actor, now)
            commit()
        except Refused as problem:
            db.session.rollback()
            outcome.refused.append((names, _told(problem)))
            continue
        outcome.done, outcome.parts = outcome.done + len(numbers), outcome.parts + 1
    return outcome


def _found(numbers: Sequence[int], actor_id: int, *, lock: bool = False) -> list[Hazard]:
    actor = db.session.get_one(User, actor_id)
    query = queries.visible_to(actor).where(Hazard.id.in_(numbers)).order_by(Hazard.site_id, Hazard.id)
    return list(db.session.scalars(query.with_for_update() if lock else query))


def _take(
    act: Act, hazards: Sequence[Hazard], brought: Mapping[str, Any], actor: User, now: datetime
) -> None:
    if act is Act.ISSUE:
        actions.issue_notice_of(hazards, actor=actor, now=now)
        return
    for hazard in hazards:
        actions.step(hazard, act, actor=actor, now=now, brought=brought)
