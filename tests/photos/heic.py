"""A small HEIC writer for tests: HEVC whose blocks carry raw samples (I_PCM), so nothing is compressed.

ITU-T H.265 (7.3 syntax, 9.3 CABAC) and ISO/IEC 23008-12. Each 32 x 32 block is its own slice, so that the
arithmetic coder always stands at its beginning and needs no tables.
"""

from __future__ import annotations

import struct

from PIL import Image

BLOCK = 32
_VPS, _SPS, _PPS, _IDR = 32, 33, 34, 19


class Bits:
    """A bit string written most significant bit first."""

    def __init__(self) -> None:
        self.text = ""

    def u(self, count: int, value: int) -> Bits:
        self.text += f"{value:0{count}b}" if count else ""
        return self

    def ue(self, *values: int) -> Bits:
        for value in values:
            self.u(2 * (value + 1).bit_length() - 1, value + 1)
        return self

    def closed(self) -> bytes:
        text = self.text + "1"
        return self.padded(text)

    @staticmethod
    def padded(text: str) -> bytes:
        text += "0" * (-len(text) % 8)
        return int(text, 2).to_bytes(len(text) // 8, "big")


def nal(kind: int, payload: bytes) -> bytes:
    escaped, zeros = bytearray(), 0
    for byte in payload:
        if zeros >= 2 and byte <= 3:
            escaped.append(3)
            zeros = 0
        escaped.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes([kind << 1, 1]) + bytes(escaped)


def _profile(bits: Bits) -> Bits:
    """profile_tier_level: Main Still Picture, level 6."""
    return bits.u(2, 0).u(1, 0).u(5, 3).u(32, 1 << 28).u(4, 0b1001).u(43, 0).u(1, 0).u(8, 180)


def parameter_sets(width: int, height: int) -> tuple[bytes, bytes, bytes]:
    vps = _profile(Bits().u(4, 0).u(2, 3).u(6, 0).u(3, 0).u(1, 1).u(16, 0xFFFF)).u(1, 1).ue(1, 0, 0)
    vps.u(6, 0).ue(0).u(1, 0).u(1, 0)
    full_w, full_h = -(-width // BLOCK) * BLOCK, -(-height // BLOCK) * BLOCK
    sps = _profile(Bits().u(4, 0).u(3, 0).u(1, 1)).ue(0, 1, full_w, full_h)
    sps.u(1, 1).ue(0, (full_w - width) // 2, 0, (full_h - height) // 2)  # conformance window, 4:2:0 units
    sps.ue(0, 0, 0).u(1, 1).ue(0, 0, 0)  # 8 bits, 16 picture numbers, no reordering
    sps.ue(2, 0, 0, 3, 0, 0)  # coding blocks of 32, transforms 4 to 32
    sps.u(1, 0).u(1, 0).u(1, 0)  # no scaling lists, asymmetric partitions, SAO
    sps.u(1, 1).u(4, 7).u(4, 7).ue(2, 0).u(1, 1)  # PCM: 8 bits, blocks of 32, unfiltered
    sps.ue(0).u(1, 0).u(1, 0).u(1, 0).u(1, 0).u(1, 0)
    pps = Bits().ue(0, 0).u(1, 0).u(1, 0).u(3, 0).u(1, 0).u(1, 0).ue(0, 0).ue(0).u(1, 0).u(1, 0).u(1, 0)
    pps.ue(0, 0).u(1, 0).u(1, 0).u(1, 0).u(1, 0).u(1, 0).u(1, 0)
    pps.u(1, 0)  # no filter across slices
    pps.u(1, 1).u(1, 0).u(1, 1)  # deblocking off
    pps.u(1, 0).u(1, 0).ue(0).u(1, 0).u(1, 0)
    return nal(_VPS, vps.closed()), nal(_SPS, sps.closed()), nal(_PPS, pps.closed())


def arithmetic(*bins: tuple[str, int]) -> str:
    """CABAC from its start to its flush; a context is met once, in state 0, most probable value 1 (9.3.4)."""
    low, size, out, pending, first = 0, 510, "", 0, True

    def put(bit: int) -> None:
        nonlocal out, pending, first
        if not first:
            out += str(bit)
        first = False
        out += str(1 - bit) * pending
        pending = 0

    def renormalise() -> None:
        nonlocal low, size, pending
        while size < 256:
            if low < 256:
                put(0)
            elif low >= 512:
                low -= 512
                put(1)
            else:
                low -= 256
                pending += 1
            low, size = low << 1, size << 1

    for kind, value in bins:
        if kind == "context":
            assert value == 1
            size -= (128, 176, 208, 240)[(size >> 6) & 3]
        else:
            size -= 2
            if value:
                low, size = low + size, 2
        renormalise()
    put((low >> 9) & 1)
    return out + f"{((low >> 7) & 3) | 1:02b}"


def _slice(address: int, count: int, samples: bytes) -> bytes:
    header = Bits().u(1, int(address == 0)).u(1, 0).ue(0)
    if address:
        header.u((count - 1).bit_length(), address)
    header.ue(2).ue(0)  # an I slice; QP offset 0
    start = Bits.padded(header.text + "1")
    block = Bits.padded(arithmetic(("context", 1), ("terminate", 1)))
    end = Bits.padded(arithmetic(("terminate", 1)))
    return nal(_IDR, start + block + samples + end)


def _samples(image: Image.Image) -> list[bytes]:
    wide, high = -(-image.width // BLOCK), -(-image.height // BLOCK)
    padded = Image.new("RGB", (wide * BLOCK, high * BLOCK))
    padded.paste(image.convert("RGB"), (0, 0))
    y, cb, cr = padded.convert("YCbCr").split()
    half = [plane.resize((padded.width // 2, padded.height // 2), Image.Resampling.BOX) for plane in (cb, cr)]
    blocks = []
    for row in range(high):
        for column in range(wide):
            box = (column * BLOCK, row * BLOCK, (column + 1) * BLOCK, (row + 1) * BLOCK)
            small = (box[0] // 2, box[1] // 2, box[2] // 2, box[3] // 2)
            blocks.append(y.crop(box).tobytes() + b"".join(plane.crop(small).tobytes() for plane in half))
    return blocks


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def _full(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *parts)


def _hvcc(sets: tuple[bytes, bytes, bytes]) -> bytes:
    head = bytes([1, 3]) + struct.pack(">I", 1 << 28) + bytes([0x90, 0, 0, 0, 0, 0, 180])
    head += bytes([0xF0, 0, 0xFC, 0xFD, 0xF8, 0xF8, 0, 0, 0x0F, 3])
    arrays = (bytes([0x80 | kind]) + struct.pack(">HH", 1, len(unit)) + unit
              for kind, unit in zip((_VPS, _SPS, _PPS), sets, strict=True))  # fmt: skip
    return _box(b"hvcC", head, *arrays)


def heic(
    image: Image.Image, *, turns: int = 0, exif: bytes = b"", declared: tuple[int, int] | None = None
) -> bytes:
    """The picture (even sides) as HEIC; `turns` counter-clockwise quarters are left to the reader (irot)."""
    sets = parameter_sets(*image.size)
    blocks = _samples(image)
    units = (_slice(number, len(blocks), block) for number, block in enumerate(blocks))
    picture = b"".join(struct.pack(">I", len(unit)) + unit for unit in units)
    details = struct.pack(">I", 6) + b"Exif\0\0" + exif if exif else b""
    properties = _box(
        b"ipco",
        _hvcc(sets),
        _full(b"ispe", struct.pack(">II", *(declared or image.size))),
        _box(b"colr", b"nclx", struct.pack(">HHHB", 1, 13, 6, 0x80)),
        _box(b"irot", bytes([turns])),
    )
    used = bytes([4, 0x81, 2, 3, 0x84])
    associations = _full(b"ipma", struct.pack(">IH", 1, 1), used)

    def meta(start: int) -> bytes:
        places = [(1, start, len(picture))] + ([(2, start + len(picture), len(details))] if exif else [])
        located = b"".join(struct.pack(">HHHII", item, 0, 1, offset, size) for item, offset, size in places)
        entries = [_full(b"infe", struct.pack(">HH", 1, 0), b"hvc1\0", version=2)]
        if exif:
            entries.append(_full(b"infe", struct.pack(">HH", 2, 0), b"Exif\0", version=2))
        return _full(
            b"meta",
            _full(b"hdlr", bytes(4), b"pict", bytes(12), b"\0"),
            _full(b"pitm", struct.pack(">H", 1)),
            _full(b"iinf", struct.pack(">H", len(entries)), *entries),
            _full(b"iref", _box(b"cdsc", struct.pack(">HHH", 2, 1, 1))) if exif else b"",
            _box(b"iprp", properties, associations),
            _full(b"iloc", bytes([0x44, 0]), struct.pack(">H", len(places)), located),
        )

    head = _box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    return head + meta(len(head) + len(meta(0)) + 8) + _box(b"mdat", picture, details)
