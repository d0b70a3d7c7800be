"""The end of a document: the closing remark and the signatures share a page with the last of the content."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from reportlab.platypus import CondPageBreak, Flowable, PageBreak

LEAST = 48.0  # points of content that stand above the closing of a paper
ALWAYS_SPLIT = 1e6  # a height that no page has: the frame then asks how to divide


class Closing(Flowable):
    """The last content (`body`) and what closes it (`tail`); where both do not fit, the body is divided."""

    def __init__(self, body: Sequence[Flowable], tail: Sequence[Flowable], page_height: float) -> None:
        super().__init__()
        self.body, self.tail, self.page_height = list(body), list(tail), page_height

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Never placed as it is: always divided into its parts."""
        return width, ALWAYS_SPLIT

    def split(self, width: float, height: float) -> list[Flowable]:
        """Everything where it fits; else as much of the body as leaves enough to go with the tail."""
        everything = [*self.body, *self.tail]
        if stack_height(everything, width) <= height:
            return everything
        divided = self._divided(width, height)
        if divided:
            return divided
        if height >= self.page_height - 1:  # longer than a page and not to be divided: let it flow
            return everything
        return [PageBreak(), self]

    def _divided(self, width: float, height: float) -> list[Flowable]:
        leading = next((at for at, one in enumerate(self.body) if not leads(one)), None)
        if leading is None:
            return []
        heads, main, rest = self.body[:leading], self.body[leading], self.body[leading + 1 :]
        main._frame = getattr(self, "_frame", None)
        whole = main.wrap(width, height)[1]
        need = max(0.0, LEAST - stack_height(rest, width))
        room = height - stack_height(heads, width) - main.getSpaceBefore()
        parts = main.split(width, min(room, whole - need))
        if len(parts) != 2:
            return []
        return [*heads, parts[0], Closing([parts[1], *rest], self.tail, self.page_height)]


def leads(flowable: Flowable) -> bool:
    """Whether a block belongs to the one after it: a heading, the headline of a photo."""
    return bool(getattr(flowable, "leads", False))


def stack_height(flowables: Sequence[Flowable], width: float) -> float:
    """Height of blocks one above the other, the larger of two spaces between them; points."""
    if not flowables:
        return 0.0
    height: float = flowables[0].getSpaceBefore()
    height += sum(one.wrap(width, ALWAYS_SPLIT)[1] for one in flowables)
    return height + sum(max(a.getSpaceAfter(), b.getSpaceBefore()) for a, b in pairwise(flowables))


def take_last(story: list[Flowable], width: float) -> list[Flowable]:
    """Take from the end of a story the content that a closing needs above it, with the headings that lead it."""
    taken: list[Flowable] = []
    while story and not isinstance(story[-1], (PageBreak, Closing)):
        enough = taken and stack_height(taken, width) >= LEAST
        if enough and not leads(story[-1]):
            break
        block = story.pop()
        if type(block) is not CondPageBreak:
            taken.insert(0, block)
    return taken
