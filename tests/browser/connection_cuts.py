"""A network that cuts the requests of a phone's outbox at random, and the bytes that it carried of each photo."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.faults.proxy import Plan, length_of

OF_THE_SENDER = ("/sync/token", "/sync/photos/", "/sync/filings")
ANSWERS = 0.25  # of the cuts, those that let the request through and drop its answer


@dataclass
class Cutting:
    """Chooses the plans of a proxy: a share of the sender's connections ends at any byte, the rest of the page is let be."""

    seed: int
    share: float
    rate: int | None = None
    sent: dict[str, list[int]] = field(
        default_factory=dict
    )  # of each photo: the bytes that passed, by attempt
    whole: dict[str, int] = field(default_factory=dict)  # how long its request is
    dice: dict[str, random.Random] = field(default_factory=dict)

    def __call__(self, head: bytes) -> Plan:
        """The plan of the connection that begins with these bytes."""
        method, path = head.split(b" ", 2)[:2]
        address = path.decode()
        if not address.startswith(OF_THE_SENDER):
            return Plan(rate=self.rate)
        plan = self._plan(f"{method.decode()} {address.split('/')[2]}", length_of(head))
        if method == b"PUT":
            name = address.rsplit("/", 1)[1]
            self.whole[name] = length_of(head)
            self.sent.setdefault(name, []).append(self.whole[name] if plan.up is None else plan.up)
        return plan

    def _plan(self, kind: str, length: int) -> Plan:
        # Dice for each kind of request: how often a token is asked for must not decide which photos are cut.
        dice = self.dice.setdefault(kind, random.Random(f"{self.seed} {kind}"))
        is_cut, of_answer, place = (dice.random() for _ in range(3))
        if is_cut >= self.share:
            return Plan(rate=self.rate)
        if of_answer < ANSWERS:
            return Plan(down=0, rate=self.rate)
        return Plan(up=int(place * length), rate=self.rate)

    @property
    def cut(self) -> int:
        """How many uploads of photos were cut."""
        return sum(len(attempts) for attempts in self.sent.values()) - len(self.sent)

    def sent_again(self) -> list[str]:
        """The photos that were sent once more after they had arrived; there must be none."""
        return [
            name
            for name, attempts in self.sent.items()
            if any(passed == self.whole[name] for passed in attempts[:-1])
        ]

    def ratio(self) -> float:
        """Bytes of photos sent over those needed."""
        return sum(map(sum, self.sent.values())) / sum(self.whole.values())
