"""Whether a JPEG is whole, judged by its segments and its end instead of by decoding it (ITU-T T.81, annex B).

What a decoder refuses is a fault of a segment, or data that end before the end marker; damage inside of coded data it
fills with grey. So a file whose segments are all sound and whose end marker is there needs no decoder to be taken.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass, field
from itertools import accumulate

_SOF_BASELINE, _SOF_EXTENDED, _SOF_PROGRESSIVE = 0xC0, 0xC1, 0xC2
_FRAMES = {_SOF_BASELINE, _SOF_EXTENDED, _SOF_PROGRESSIVE}
_DHT, _EOI, _SOS, _DQT, _DRI, _COM = 0xC4, 0xD9, 0xDA, 0xDB, 0xDD, 0xFE
_APPLICATION = range(0xE0, 0xF0)
_MARKER = re.compile(rb"\xff[^\x00]")  # in coded data, a byte FF is followed by 00
_RESTARTS = range(0xD0, 0xD8)
_MOST_BLOCKS = 10  # in one unit of a scan of several components (B.2.3)
_MOST_SIDE = 65_500  # what libjpeg takes


class _OddError(Exception):
    """Something that this module does not know to be sound: a decoder must say."""


@dataclass(slots=True)
class _Tables:
    """What has been defined before a scan."""

    components: dict[int, tuple[int, int]] = field(
        default_factory=dict
    )  # by id: blocks in a unit, DQT's number
    progressive: bool = False
    interval: int = 0
    quantisation: set[int] = field(default_factory=set)
    huffman: set[int] = field(default_factory=set)  # AC tables from 16 on


def is_whole(data: bytes) -> bool:
    """True if every segment is sound and the end marker is there; False where only a decoder can tell."""
    try:
        _walk(data)
    except (_OddError, IndexError):
        return False
    return True


def _walk(data: bytes) -> None:
    tables, position, scans = _Tables(), 2, 0
    _demand(data[:2] == b"\xff\xd8")
    while True:
        _demand(data[position] == 0xFF)
        marker = data[position + 1]
        if marker == _EOI:
            _demand(scans > 0)
            return
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        body = data[position + 4 : end]
        _demand(position + 4 <= end < len(data))
        _demand(not scans or tables.progressive)  # one scan holds a baseline picture
        _read(marker, body, tables)
        position = end
        if marker == _SOS:
            position, scans = _end_of_scan(data, end, tables.interval), scans + 1


def _demand(sound: bool) -> None:
    if not sound:
        raise _OddError


def _read(marker: int, body: bytes, tables: _Tables) -> None:
    if marker in _FRAMES:
        _frame(marker, body, tables)
    elif marker == _DHT:
        _huffman(body, tables)
    elif marker == _DQT:
        _quantisation(body, tables)
    elif marker == _DRI:
        _demand(len(body) == 2)
        tables.interval = int.from_bytes(body, "big")
    elif marker == _SOS:
        _scan(body, tables)
    else:
        _demand(marker in _APPLICATION or marker == _COM)


def _frame(marker: int, body: bytes, tables: _Tables) -> None:
    height, width, count = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big"), body[5]
    _demand(not tables.components and body[0] == 8 and len(body) == 6 + 3 * count)
    _demand(0 < height <= _MOST_SIDE and 0 < width <= _MOST_SIDE and count in (1, 3, 4))
    tables.progressive = marker == _SOF_PROGRESSIVE
    across, down = [one >> 4 for one in body[7::3]], [one & 15 for one in body[7::3]]
    for sides in (across, down):
        # Only whole multiples are enlarged again.
        _demand(min(sides) > 0 and max(sides) <= 4 and all(max(sides) % side == 0 for side in sides))
    blocks = map(operator.mul, across, down)
    tables.components = dict(zip(body[6::3], zip(blocks, body[8::3], strict=True), strict=True))
    _demand(len(tables.components) == count)


def _huffman(body: bytes, tables: _Tables) -> None:
    while body:
        kind, counts = body[0], body[1:17]
        size = sum(counts)
        symbols = body[17 : 17 + size]
        _demand(kind & 0xEC == 0 and len(counts) == 16 and len(symbols) == size <= 256)
        # Codes of one length follow those of the length before; none may be all ones.
        used = list(accumulate(counts, lambda code, count: 2 * code + count))
        _demand(all(code < 2 << length for length, code in enumerate(used)))
        _demand(kind >= 16 or max(symbols, default=0) <= 15)
        tables.huffman.add(kind)
        body = body[17 + size :]


def _quantisation(body: bytes, tables: _Tables) -> None:
    while body:
        size = 65 + 64 * (body[0] >> 4)
        _demand(body[0] & 0xEC == 0 and len(body) >= size)
        tables.quantisation.add(body[0] & 15)
        body = body[size:]


def _scan(body: bytes, tables: _Tables) -> None:
    count = body[0]
    _demand(1 <= count <= 4 and len(body) == 4 + 2 * count)
    chosen = {body[at]: body[at + 1] for at in range(1, 1 + 2 * count, 2)}
    first, last, high, low = body[-3], body[-2], body[-1] >> 4, body[-1] & 15
    _demand(len(chosen) == count and chosen.keys() <= tables.components.keys())
    parts = [tables.components[one] for one in chosen]
    _demand(count == 1 or sum(blocks for blocks, _table in parts) <= _MOST_BLOCKS)
    _demand(all(table in tables.quantisation for _blocks, table in parts))
    of_dc, of_ac = {one >> 4 for one in chosen.values()}, {16 + (one & 15) for one in chosen.values()}
    if tables.progressive:
        _demand(last == 0 if first == 0 else count == 1 and first <= last < 64)
        _demand(low <= 13 and high in (0, low + 1))
        wanted = of_ac if first else set() if high else of_dc
    else:
        _demand(count == len(tables.components) and body[-3:] == b"\x00\x3f\x00")
        wanted = of_dc | of_ac
    _demand(wanted <= tables.huffman)


def _end_of_scan(data: bytes, position: int, interval: int) -> int:
    """Where the marker behind the coded data stands; restart markers must come in their order."""
    expected = 0
    while found := _MARKER.search(data, position):
        marker, position = data[found.end() - 1], found.end()
        if marker not in _RESTARTS:
            return found.start()
        _demand(interval > 0 and marker == _RESTARTS[expected % 8])
        expected += 1
    raise _OddError
