"""What every part of the province needs: calendar, dice, texts, people and places, and where rows and history go."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic_core import to_json as to_bytes

from ...checks import snapshot
from ...core.history import HistoryRow
from ..people_and_sites import read
from .bulk import Bulk, Ledger
from .calendar import NEVER, Calendar, Day, Moment, at, number_of

T = TypeVar("T")


def to_json(value: Any) -> str:
    """JSON as the columns hold it. In UTF-8 Chinese takes half the room that escapes take, and pydantic's writer is five
    times as fast as Python's; where keys stand in their order it is the canonical form of checks.filing."""
    return to_bytes(value).decode()


@dataclass(slots=True, eq=False)
class Person:
    """Somebody who acts."""

    id: int
    name: str
    certificate: str = ""
    title: str = ""
    phone: str = ""

    def as_inspector(self) -> dict[str, str]:
        """What a check keeps of its inspector."""
        return {"name": self.name, "title": self.title, "certificate": self.certificate}


@dataclass(slots=True, eq=False)
class Team:
    """Supervisors of one area with their lead."""

    id: int
    area: str
    lead: Person
    supervisors: list[Person]


@dataclass(slots=True, eq=False)
class Place:
    """An enterprise or idle site. `held` tells who holds it from which day, `seen` what was last found on each item."""

    id: int
    kind: str
    sector: str
    crowded: bool
    facts: dict[str, str]
    people: list[str]
    parts: list[str]
    team: Team
    held: list[tuple[Day, Person]]
    key_from: Day = NEVER
    closed_on: Day = NEVER
    phase: float = 0.0
    officer: Person | None = None
    principal: Person | None = None
    seen: dict[str, list[tuple[Day, int, str]]] = field(default_factory=dict)

    def holder(self, day: Day) -> Person:
        """Who holds it on a day."""
        for since, person in reversed(self.held):
            if since <= day:
                return person
        return self.held[0][1]


class Province:
    """The province at work, up to the night before `today`."""

    def __init__(self, enterprises: int, years: int, seed: int, today: date) -> None:
        self.enterprises, self.today = enterprises, today
        self.dice = random.Random(seed)
        last_year = today.year if today.month >= 7 else today.year - 1
        self.first = date(last_year - years + 1, 1, 1)
        self.calendar = Calendar(self.first, today)
        self.until: Moment = at(number_of(today), 0)
        self.names, self.texts = read("names"), read("texts")
        self.own = tomllib.loads((Path(__file__).parent / "province.toml").read_text("utf-8"))
        self.office, self.prefix = snapshot.office(), snapshot.prefix()
        self.admin = self.leader = Person(0, "")
        self.teams: list[Team] = []
        self.experts: list[Person] = []
        self.key: list[Place] = []
        self.ordinary: list[Place] = []
        self.idle: list[Place] = []
        self.bulk = Bulk()
        self.history = Ledger()
        self.serials: dict[tuple[str, int], int] = {}
        self._history_ids = self.bulk.ids(HistoryRow)
        self._history_rows = self.bulk.table(
            HistoryRow, "id at actor_id actor_name action thing thing_id note before after"
        )

    def chance(self, share: float) -> bool:
        """Whether something that happens in a share of all cases happens."""
        return self.dice.random() < share

    def below(self, end: int) -> int:
        """A number from nought to below an end."""
        return int(self.dice.random() * end)

    def one(self, of: Sequence[T]) -> T:
        """One of several."""
        return of[int(self.dice.random() * len(of))]

    def remark(self, what: str) -> str:
        """One of the remarks of a kind."""
        said = self.texts["remarks"][what]
        return str(said if isinstance(said, str) else self.one(said))

    def serial(self, kind: str, year: int) -> int:
        """The next number of a kind of document in a year."""
        self.serials[kind, year] = serial = self.serials.get((kind, year), 0) + 1
        return serial

    def uuid(self, kind: int, number: int) -> str:
        """A UUID of version 4 whose first half tells kind and number: no two are equal."""
        rest = f"{self.dice.getrandbits(60):015x}"
        return f"{kind:02x}{number >> 16:06x}-{number & 0xFFFF:04x}-4{rest[:3]}-8{rest[3:6]}-000{rest[6:]}"

    def record(
        self,
        moment: Moment,
        actor: Person | None,
        action: str,
        thing: str,
        number: int,
        note: str = "",
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        """Write a row of the history, unless its moment has not come."""
        if moment >= self.until:
            return
        who = (actor.id, actor.name) if actor else (None, "")
        told = (to_json(before) if before else "{}", to_json(after) if after else "{}")
        self.history.add(moment, (*who, action, thing, number, note, *told))

    def write(self, before: Moment) -> None:
        """Write the history up to a moment, and every other row that waits."""
        text = self.calendar.moment
        self._history_rows += [
            (next(self._history_ids), text(moment), *row) for moment, row in self.history.take(before)
        ]
        self.bulk.write()
