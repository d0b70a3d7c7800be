"""The scenes that are drawn: what stood in the way, was broken or missing, and the same place put right."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from PIL import ImageDraw

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]

RED, DARK_RED, YELLOW, GREEN = (196, 38, 32), (130, 22, 20), (236, 190, 40), (28, 132, 84)
STEEL, DARK, BROWN, PALE = (142, 150, 158), (44, 48, 54), (150, 110, 70), (232, 230, 222)
BLUE, ORANGE, BLACK, WHITE = (52, 96, 158), (222, 120, 36), (26, 26, 28), (244, 244, 240)


@dataclass
class Canvas:
    """A picture being drawn, with the dice that vary it."""

    draw: ImageDraw.ImageDraw
    dice: random.Random

    def box(
        self, box: Box, fill: Colour, line: Colour | None = None, width: int = 4, round_: int = 6
    ) -> None:
        """A board, a wall, a cabinet."""
        self.draw.rounded_rectangle(box, round_, fill, line, width)

    def line(self, points: list[tuple[float, float]], fill: Colour, width: int) -> None:
        """A cable, a pipe, a rail."""
        self.draw.line(points, fill, width, joint="curve")

    def shadow(self, box: Box) -> None:
        """What a thing throws on the floor."""
        self.draw.ellipse(box, (96, 94, 90))


Scene = Callable[[Canvas, bool], None]


def shade(colour: Colour, factor: float) -> Colour:
    """A colour made darker (below 1) or lighter."""
    red, green, blue = (max(0, min(255, round(part * factor))) for part in colour)
    return red, green, blue


def _extinguisher(c: Canvas, after: bool) -> None:
    x = 560 + c.dice.randrange(-160, 160)
    c.box((x - 90, 300, x + 250, 380), RED)
    c.box((x - 70, 318, x + 230, 362), WHITE)
    for left in (x, x + 120) if after else (x,):
        top = 430 if after else 470
        c.shadow((left - 26, 690, left + 116, 730))
        c.box((left, top, left + 86, 710), RED if after else shade(RED, 0.72), DARK_RED, 5, 34)
        c.box((left + 28, top - 46, left + 58, top + 8), DARK)
        c.line([(left + 54, top - 30), (left + 128, top + 40), (left + 112, 640)], BLACK, 12)
        c.box((left + 14, top + 80, left + 72, top + 160), PALE)
        c.draw.ellipse((left + 26, top - 82, left + 66, top - 42), WHITE, DARK, 5)
        hand = (left + 52, top - 74) if after else (left + 30, top - 54)
        c.line([(left + 46, top - 62), hand], GREEN if after else RED, 6)
    if not after:
        for number in range(3):
            _carton(c, x + 130 + number % 2 * 120, 560 - number // 2 * 130)


def _carton(c: Canvas, x: float, y: float) -> None:
    card = shade(BROWN, c.dice.uniform(0.9, 1.25))
    c.box((x, y, x + 140, y + 130), card, shade(card, 0.7), 4, 3)
    c.draw.rectangle((x + 58, y, x + 82, y + 130), shade(card, 1.18))


def _exit(c: Canvas, after: bool) -> None:
    x = 470 + c.dice.randrange(-120, 120)
    c.box((x, 220, x + 340, 700), STEEL, DARK, 10)
    for left in (x + 14, x + 176):
        c.box((left, 234, left + 150, 694), shade(STEEL, 1.2), DARK, 4)
        c.box((left + 20, 440, left + 130, 458), RED)
    c.box((x + 70, 128, x + 270, 200), GREEN if after else shade(GREEN, 0.45), DARK, 4)
    c.draw.polygon([(x + 210, 140), (x + 250, 164), (x + 210, 188)], WHITE)
    c.draw.rectangle((x + 92, 156, x + 210, 172), WHITE)
    if after:
        c.draw.polygon([(x - 30, 704), (x + 370, 704), (x + 520, 958), (x - 180, 958)], None, YELLOW, 12)
    else:
        for number in range(7):
            _carton(c, x - 70 + number % 4 * 132, 590 - number // 4 * 128 + c.dice.randrange(30))


def _cable(c: Canvas, after: bool) -> None:
    c.box((860, 330, 1010, 470), PALE, DARK, 5)
    for left in (888, 944):
        c.box((left, 370, left + 36, 430), DARK)
    if after:
        c.line([(240, 250), (240, 560), (930, 560), (930, 470)], shade(PALE, 0.85), 30)
        c.line([(240, 250), (240, 560), (930, 560), (930, 470)], WHITE, 18)
        return
    for number, colour in enumerate((BLACK, BLUE, ORANGE)):
        points = [(930.0 - number * 14, 450.0)]
        points += [
            (880 - step * 100 + c.dice.randrange(-30, 30), 700 + c.dice.randrange(-50, 190))
            for step in range(8)
        ]
        c.line(points, colour, 14)
    c.box((290, 770, 520, 830), WHITE, DARK, 5)
    for left in range(310, 500, 46):
        c.box((left, 786, left + 24, 812), BLACK)


def _cabinet(c: Canvas, after: bool) -> None:
    x = 430 + c.dice.randrange(-100, 100)
    c.box((x, 170, x + 400, 690), shade(STEEL, 1.15), DARK, 8)
    if after:
        c.box((x + 22, 196, x + 378, 664), shade(STEEL, 1.32), DARK, 4)
        c.draw.polygon([(x + 200, 270), (x + 270, 390), (x + 130, 390)], YELLOW, BLACK, 8)
        c.draw.polygon(
            [(x + 206, 300), (x + 180, 350), (x + 204, 346), (x + 192, 380), (x + 226, 332)], BLACK
        )
        c.box((x + 336, 430, x + 356, 510), DARK)
        c.draw.polygon([(x - 60, 704), (x + 460, 704), (x + 520, 820), (x - 130, 820)], None, YELLOW, 12)
        return
    c.box((x + 22, 196, x + 378, 664), DARK)
    for row in range(3):
        for column in range(5):
            left = x + 46 + column * 62
            c.box((left, 230 + row * 140, left + 48, 320 + row * 140), PALE, BLACK, 3)
            c.line(
                [(left + 24, 320 + row * 140), (left + c.dice.randrange(-30, 70), 368 + row * 140)],
                c.dice.choice((RED, YELLOW, BLUE, GREEN)),
                9,
            )
    c.draw.polygon([(x, 170), (x - 150, 220), (x - 150, 740), (x, 690)], shade(STEEL, 0.9), DARK)
    for number in range(3):
        _carton(c, x + 60 + number * 128, 620 + c.dice.randrange(40))


def _shelves(c: Canvas, after: bool) -> None:
    for left in (150, 680):
        for level in range(3):
            top = 250 + level * 165
            for number in range(3):
                crooked = 0 if after else c.dice.randrange(-26, 26)
                _carton(c, left + 18 + number * 142 + crooked, top + 6)
            c.box((left, top + 134, left + 450, top + 152), ORANGE)
        for post in (left, left + 436):
            c.box((post, 200, post + 16, 770), BLUE)
        if not after:
            for number in range(3):
                _carton(c, left + 40 + number * 130, 128 - c.dice.randrange(20))
    for x in (300, 900):
        c.box((x, 60, x + 220, 84), WHITE, DARK, 3)
    if after:
        c.line([(640, 700), (600, 956)], YELLOW, 12)
        c.line([(664, 700), (704, 956)], YELLOW, 12)
    else:
        for number in range(3):
            _carton(c, 540 + number * 110, 720 + number % 2 * 60)


def _sign(c: Canvas, after: bool) -> None:
    c.line([(120, 180), (1160, 180)], STEEL, 46)
    c.line([(300, 180), (300, 690)], STEEL, 46)
    c.draw.ellipse((250, 380, 350, 480), RED, DARK_RED, 12)
    if not after:
        c.box((640, 310, 900, 560), shade(PALE, 0.86), STEEL, 4)
        for _ in range(9):
            x, y = c.dice.randrange(660, 870), c.dice.randrange(330, 530)
            c.line([(x, y), (x + c.dice.randrange(-40, 40), y + c.dice.randrange(10, 50))], (150, 120, 90), 7)
        return
    for number, colour in enumerate((YELLOW, BLUE, RED)):
        left = 470 + number * 240
        c.box((left, 280, left + 200, 560), WHITE, DARK, 4)
        if number == 0:
            c.draw.polygon([(left + 100, 310), (left + 176, 440), (left + 24, 440)], colour, BLACK, 8)
        else:
            c.draw.ellipse((left + 34, 306, left + 166, 438), colour if number == 1 else WHITE, colour, 16)
        for row in range(2):
            c.box((left + 30, 466 + row * 40, left + 170, 488 + row * 40), DARK)


def _machine(c: Canvas, after: bool) -> None:
    x = 330 + c.dice.randrange(-80, 80)
    c.shadow((x - 40, 690, x + 700, 800))
    c.box((x, 470, x + 640, 740), GREEN, shade(GREEN, 0.6), 8)
    c.box((x + 40, 230, x + 240, 470), shade(GREEN, 0.85), DARK, 6)
    centre = (x + 470, 380)
    for radius, colour in ((120, STEEL), (92, shade(STEEL, 0.7)), (30, DARK)):
        c.draw.ellipse(
            (centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius), colour, DARK, 5
        )
    c.line([(x + 140, 300), (centre[0], 262)], BLACK, 14)
    c.line([(x + 140, 430), (centre[0], 498)], BLACK, 14)
    c.draw.ellipse((x + 70, 560, x + 150, 640), RED if after else shade(RED, 0.5), YELLOW, 10)
    if after:
        for step in range(0, 320, 26):
            c.line([(x + 320 + step, 236), (x + 320 + step, 520)], YELLOW, 6)
        c.draw.rectangle((x + 310, 226, x + 644, 528), None, YELLOW, 16)


def _pit(c: Canvas, after: bool) -> None:
    c.draw.polygon(
        [(330, 700), (950, 700), (1080, 890), (200, 890)], (70, 80, 72) if not after else STEEL, DARK, 10
    )
    if after:
        for step in range(9):
            c.line([(350 + step * 74, 704), (228 + step * 104, 886)], shade(STEEL, 0.6), 7)
    else:
        c.draw.polygon([(400, 730), (890, 730), (980, 868), (300, 868)], (38, 62, 58))
    if after:
        for left in (190, 520, 850, 1070):
            c.line([(left, 500), (left, 720)], YELLOW, 18)
        for y in (520, 600):
            c.line([(190, y), (1070, y)], YELLOW, 12)
        c.box((560, 420, 740, 560), YELLOW, BLACK, 8)
        c.draw.polygon([(650, 440), (704, 532), (596, 532)], BLACK)
    else:
        for _ in range(16):
            x, y = c.dice.randrange(120, 1180), c.dice.randrange(680, 930)
            c.line([(x, y), (x + c.dice.randrange(-24, 24), y - c.dice.randrange(30, 90))], (96, 118, 60), 6)


def _drums(c: Canvas, after: bool) -> None:
    count = 6 if after else 8
    if after:
        c.box((170, 690, 1110, 790), YELLOW, shade(YELLOW, 0.6), 8)
    for number in range(count):
        x = 210 + number % 6 * 148 + (0 if after else c.dice.randrange(-34, 34))
        y = 430 + (0 if after else c.dice.randrange(-10, 90)) + number // 6 * 110
        body = BLUE if after else c.dice.choice((BLUE, STEEL, BROWN, shade(GREEN, 0.8)))
        c.box((x, y, x + 126, y + 280), body, shade(body, 0.55), 5, 16)
        for ring in (90, 180):
            c.line([(x, y + ring), (x + 126, y + ring)], shade(body, 0.7), 9)
        c.draw.ellipse((x, y - 20, x + 126, y + 22), shade(body, 1.25), shade(body, 0.55), 5)
        if after:
            c.draw.polygon(
                [(x + 63, y + 104), (x + 102, y + 143), (x + 63, y + 182), (x + 24, y + 143)], WHITE, RED, 7
            )
    if not after:
        c.draw.ellipse((460, 800, 900, 900), (74, 66, 52))


def _papers(c: Canvas, after: bool) -> None:
    c.draw.polygon([(80, 620), (1200, 620), (1278, 958), (2, 958)], BROWN)
    for number in range(6 if after else 2):
        left, colour = 180 + number * 150, (BLUE, RED, GREEN)[number % 3]
        c.box((left, 240, left + 120, 640), colour, shade(colour, 0.6), 5)
        c.box((left + 24, 290, left + 96, 440), WHITE)
        c.draw.ellipse((left + 44, 540, left + 76, 572), PALE)
    for sheet in range(3):
        left = 220 + sheet * 320 + c.dice.randrange(-40, 40)
        c.draw.polygon([(left, 700), (left + 250, 690), (left + 300, 920), (left - 10, 930)], WHITE, STEEL)
        for row in range(7 if after else 2):
            y = 724 + row * 28
            c.line([(left + 24, y), (left + 214 + row * 4, y - 6)], DARK, 5)
        if after:
            c.draw.ellipse((left + 170, 830, left + 250, 904), None, RED, 7)


def _gate(c: Canvas, after: bool) -> None:
    c.draw.rectangle((0, 150, 1280, 640), shade(PALE, 0.9))
    roof = c.dice.choice((BLUE, shade(RED, 0.8), shade(STEEL, 0.8)))
    for left in (40, 470, 900):
        c.draw.polygon([(left, 250), (left + 190, 160), (left + 380, 250)], roof)
        c.draw.rectangle((left, 250, left + 380, 560), shade(PALE, c.dice.uniform(0.92, 1.05)))
        for window in range(4):
            c.box((left + 30 + window * 86, 300, left + 92 + window * 86, 380), (120, 160, 190), DARK, 3)
    for post in (330, 890):
        c.box((post, 400, post + 70, 720), shade(BROWN, 0.9), DARK, 5)
    for bar in range(410, 890, 34) if after else range(410, 640, 34):
        c.line([(bar, 540), (bar, 716)], STEEL, 9)
    c.box((430, 400, 860, 470), roof, DARK, 5)


def _hall(c: Canvas, after: bool) -> None:
    c.box((330, 110, 950, 400), WHITE, DARK, 8)
    c.box((370, 150, 910, 210), RED if after else BLUE)
    for row in range(4):
        c.box((390, 240 + row * 36, 640 + c.dice.randrange(220), 258 + row * 36), STEEL)
    for row in range(4):
        y, size = 500 + row * 110, 54 + row * 14
        for seat in range(9 - row):
            x = 90 + seat * (1120 / (9 - row)) + c.dice.randrange(-10, 10)
            cloth = c.dice.choice((BLUE, DARK, ORANGE, GREEN, STEEL))
            c.box((x - 8, y + size, x + size + 8, y + size * 2.4), cloth, None, 0, 22)
            helmet = c.dice.choice((YELLOW, WHITE, RED, BLUE)) if after else BLACK
            c.draw.ellipse((x, y, x + size, y + size * 1.1), (206, 168, 140))
            c.draw.pieslice((x - 4, y - 8, x + size + 4, y + size), 180, 360, helmet)


SCENES: dict[str, Scene] = {
    "extinguisher": _extinguisher, "exit": _exit, "cable": _cable, "cabinet": _cabinet, "shelves": _shelves,
    "sign": _sign, "machine": _machine, "pit": _pit, "drums": _drums, "papers": _papers, "gate": _gate,
    "hall": _hall,
}  # fmt: skip
