"""The import of a list: what each row would do to the draft, then all rows or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ..accounts.models import User
from ..core.access import Permission, demand
from ..core.db import db
from ..core.errors import Refused
from ..core.labels import N_
from ..core.parsing import alike
from ..lists.columns import read_row
from ..lists.plan import Outcome, Plan, Verdict, demand_most, demand_ready
from . import actions
from .actions import Wording
from .item_workbook import ITEMS, OF_ITEM, Laws, PhraseGrade, plain
from .limits import demand_limits
from .models import Checklist, Item, Major

MOST = 2000
TEXTS = tuple(column.name for column in OF_ITEM if column.name not in {"code", "hazard_class", "major"})
EMPTY: dict[str, Any] = {"photo_required": False, "decimals": 0, "major": Major.NO}
LENGTHS = {
    "text_zh": 1000, "text_en": 1000, "major_note_zh": 500, "major_note_en": 500, "quantity_zh": 60, "quantity_en": 60,
    "unit": 20, "lower": 15, "upper": 15, "guidance_zh": 600, "guidance_en": 600, "clause": 40, "phrase_zh": 1000,
    "phrase_en": 1000, "measure_zh": 1000, "measure_en": 1000,
}  # fmt: skip
CARRIED = ("right_example", "wrong_example")


@dataclass
class Block:
    """The rows of one item, and what they make of it."""

    verdicts: list[Verdict]
    item: Item | None = None
    wording: Wording | None = None

    @property
    def first(self) -> Verdict:
        """The row that holds the item itself."""
        return self.verdicts[0]


@dataclass
class ListPlan(Plan):
    """What a file would make of a list: changed items count too, and those that are taken out."""

    blocks: list[Block] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Nothing is wrong, something is other than before."""
        changing = (Outcome.NEW, Outcome.CHANGE, Outcome.LEFT_OUT)
        return not self.counts[Outcome.ERROR] and any(self.counts[one] for one in changing)


def _items(checklist: Checklist) -> Sequence[Item]:
    """What the file is compared with: the draft, else the version in use."""
    version = checklist.draft or checklist.current
    return version.items if version else []


def plan(checklist: Checklist, data: bytes) -> ListPlan:
    """What a file would do. Raises Refused (field "file") when it cannot be taken as a whole."""
    opened = ITEMS.open(data)
    demand_most(opened.rows, MOST)
    there = {item.code: item for item in _items(checklist)}
    blocks: list[Block] = []
    for number, cells in opened.rows:
        facts, problems = read_row(cells, opened.columns, opened.epoch)
        verdict = Verdict(number, Outcome.ERROR, {**opened.otherwise, **facts}, problems)
        _demand_short(verdict)
        if blocks and _continues(facts, blocks[-1]):
            blocks[-1].verdicts.append(verdict)
        else:
            blocks.append(Block([verdict]))
    present, laws = {column.name for column in opened.columns.values()}, Laws()
    for block in blocks:
        _judge(block, there, present, laws)
    _mark_doubles(blocks)
    _mark_places(blocks, list(there))
    verdicts = [verdict for block in blocks for verdict in block.verdicts]
    return ListPlan([*verdicts, *_taken_out(blocks, there.values())], opened.strange, blocks)


def _continues(facts: dict[str, Any], above: Block) -> bool:
    own = facts.keys() & {column.name for column in OF_ITEM} - {"code"}
    return not own and facts.get("code", "") in ("", above.first.facts.get("code", ""))


def _demand_short(verdict: Verdict) -> None:
    for name, most in LENGTHS.items():
        text = str(verdict.facts.get(name, ""))
        if len(text) > most:
            message = N_("At most %(most)s characters; these are %(count)s.")
            verdict.problems.append(Refused(message, field=name, most=most, count=len(text)))


def _judge(block: Block, there: dict[str, Item], present: set[str], laws: Laws) -> None:
    first, code = block.first, str(block.first.facts.get("code", ""))
    block.item = there.get(code)
    if code and block.item is None:
        message = N_("This list has no item %(code)s. Leave the code empty for a new item.")
        first.problems.append(Refused(message, field="code", code=code[:20]))
    block.wording = _wording(block, present, laws)
    same = block.item is not None and block.wording == wording_of(block.item)
    if not same:  # shipped items may rest on nothing
        first.problems += _faults(block.wording)
    wrong = any(verdict.problems for verdict in block.verdicts)
    if wrong:
        outcome = Outcome.ERROR
    elif block.item is None:
        outcome = Outcome.NEW
    else:
        outcome = Outcome.SAME if same else Outcome.CHANGE
    for verdict in block.verdicts:
        verdict.outcome = outcome if not wrong or verdict.problems else Outcome.SAME


def _wording(block: Block, present: set[str], laws: Laws) -> Wording:
    """The item of some rows; a column that the file lacks leaves what is there."""
    facts, kept = block.first.facts, wording_of(block.item) if block.item else None
    values: dict[str, Any] = {}
    for name in (*TEXTS, "hazard_class", "major"):
        empty = EMPTY.get(name, "" if name != "hazard_class" else None)
        read = facts.get(name, empty) if name in present or kept is None else getattr(kept, name)
        values[name] = plain(read) if type(read) is str else read
    values |= {name: getattr(block.item, name) if block.item else "" for name in CARRIED}
    bases = _bases(block, laws) if "law" in present or kept is None else kept.bases
    phrases = _phrases(block) if "phrase_zh" in present or kept is None else kept.phrases
    return Wording(bases=bases, phrases=phrases, **values)


def _bases(block: Block, laws: Laws) -> list[dict[str, Any]]:
    bases = []
    for verdict in block.verdicts:
        facts = verdict.facts
        law = laws.find(facts.get("law", ""))
        if law is not None:
            checked = facts.get("checked", False)
            bases.append({"law_id": law.id, "clause": facts.get("clause", ""), "checked": checked})
        elif facts.get("law"):
            message = N_("The list of laws does not hold “%(name)s”. Write it as it stands there, or add it.")
            verdict.problems.append(Refused(message, field="law", name=facts["law"][:60]))
        elif facts.get("clause"):
            verdict.problems.append(Refused(N_("Say of which law this is a clause."), field="law"))
    return bases


def _phrases(block: Block) -> list[dict[str, Any]]:
    phrases = []
    for verdict in block.verdicts:
        facts = verdict.facts
        texts = {name: plain(facts.get(name, "")) for name in ("measure_zh", "measure_en")}
        text, english = (plain(facts.get(name, "")) for name in ("phrase_zh", "phrase_en"))
        if not text:
            if english or any(texts.values()):
                verdict.problems.append(Refused(N_("Write the finding in Chinese."), field="phrase_zh"))
            continue
        grade = facts.get("grade", PhraseGrade.GENERAL).value
        phrases.append(
            {"text_zh": text, "text_en": english, **texts, "grade": grade, "days": facts.get("days", 7)}
        )
    return phrases


def _faults(wording: Wording) -> Iterable[Refused]:
    if not wording.text_zh:
        yield Refused(N_("Write what is to be looked at, in Chinese."), field="text_zh")
    if wording.hazard_class is None:
        yield Refused(N_("Say which class of hazards it belongs to."), field="hazard_class")
    if not wording.bases:
        yield Refused(N_("Name at least one law, rule or standard that the item rests on."), field="law")
    try:
        demand_limits(wording)
    except Refused as problem:
        yield problem


def wording_of(item: Item) -> Wording:
    """What an item says, as a workbook keeps it."""
    values = {name: getattr(item, name) for name in actions.WORDED}
    bases = [{"law_id": one.law_id, "clause": one.clause, "checked": one.checked} for one in item.bases]
    texts = ("text_zh", "text_en", "measure_zh", "measure_en")
    phrases = [
        {**{name: plain(getattr(one, name)) for name in texts}, "grade": one.grade, "days": one.days}
        for one in item.phrases
    ]
    plainly: dict[str, Any] = {
        name: plain(value) if type(value) is str else value for name, value in values.items()
    }
    return Wording(bases=bases, phrases=phrases, **plainly)


def _mark_doubles(blocks: list[Block]) -> None:
    first: dict[str, int] = {}
    for block in blocks:
        code = str(block.first.facts.get("code", ""))
        if code and alike(code) in first:
            block.first.outcome = Outcome.ERROR
            message = N_(
                "Row %(row)s has the same code. Further bases and wordings stand directly below their item."
            )
            block.first.problems.append(Refused(message, field="code", row=first[alike(code)]))
        first.setdefault(alike(code), block.first.row)


def _mark_places(blocks: list[Block], codes: list[str]) -> None:
    """An item that stands elsewhere among those that stay is a changed one."""
    now = [block for block in blocks if block.item is not None]
    staying = {block.item.code for block in now if block.item}
    before = [code for code in codes if code in staying]
    for block, code in zip(now, before, strict=False):
        if block.item and block.item.code != code and block.first.outcome is Outcome.SAME:
            block.first.outcome = Outcome.CHANGE
            block.first.remarks.append(Refused(N_("It gets another place in the list.")))


def _taken_out(blocks: list[Block], there: Iterable[Item]) -> list[Verdict]:
    named = {block.item.code for block in blocks if block.item}
    left = [item for item in there if item.code not in named]
    remark = N_("It is not in the file: it is taken out of the draft.")
    return [
        Verdict(0, Outcome.LEFT_OUT, {"code": item.code, "text_zh": item.text_zh}, remarks=[Refused(remark)])
        for item in left
    ]


def take_in(checklist: Checklist, data: bytes, *, actor: User, now: datetime) -> ListPlan:
    """Make the draft what the file says, whole or not at all; publishing it is another step."""
    demand(actor, Permission.EDIT_CHECKLISTS)
    made = plan(checklist, data)
    demand_ready(made)
    draft = actions.start_draft(checklist, actor=actor, now=now)
    db.session.flush()
    there = {item.code: item for item in draft.items}
    order = []
    for block in made.blocks:
        item = there.get(block.item.code) if block.item else None
        assert block.wording is not None  # judged
        if item is None or block.wording != wording_of(item):
            item = actions.save_item(draft, item, replace(block.wording), actor=actor, now=now)
            db.session.flush()
        order.append(item)
    for item in [one for one in draft.items if one not in order]:
        actions.remove_item(item, actor=actor, now=now)
    for position, item in enumerate(order, 1):
        item.position = position
    return made
