"""Drawn stand-ins for photos: a scene of a plant before and after it was put right, as a JPEG without metadata."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .scene_drawings import SCENES, Canvas, shade

SIZE = (1280, 960)
WIDTH, HEIGHT = SIZE
FLOOR = 640
OUTDOORS = {"pit", "gate"}


def _background(dice: random.Random, outdoors: bool) -> Image.Image:
    """Wall or sky over a floor, lit from one side."""
    walls = (
        ((176, 200, 220), (196, 206, 210))
        if outdoors
        else ((206, 204, 194), (188, 196, 200), (214, 204, 186))
    )
    image = Image.new("RGB", SIZE, dice.choice(walls))
    draw = ImageDraw.Draw(image)
    floor = dice.choice(((150, 148, 142), (128, 136, 132), (160, 150, 134)))
    draw.rectangle((0, FLOOR, WIDTH, HEIGHT), floor)
    for step in range(-6, 20):
        draw.line([(step * 100, HEIGHT), (380 + step * 40, FLOOR)], shade(floor, 0.93), 3)
    if not outdoors:
        draw.rectangle(
            (0, FLOOR - 120, WIDTH, FLOOR), dice.choice(((120, 150, 140), (140, 150, 170), walls[0]))
        )
        draw.line([(0, FLOOR), (WIDTH, FLOOR)], shade(floor, 0.6), 8)
    return image


def _as_if_taken(image: Image.Image, dice: random.Random) -> Image.Image:
    """Light that falls off, a soft lens and grain: so that it is looked at, and packed, like a photo."""
    small = Image.new("L", (4, 3))
    small.putdata([dice.randrange(196, 256) for _ in range(12)])
    light = small.resize(SIZE, Image.Resampling.BICUBIC)
    image = ImageChops.multiply(image.filter(ImageFilter.SMOOTH), Image.merge("RGB", (light,) * 3))
    grain = Image.frombytes("L", (WIDTH // 2, HEIGHT // 2), dice.randbytes(WIDTH * HEIGHT // 4))
    grain = grain.point([114 + value // 9 for value in range(256)]).resize(SIZE, Image.Resampling.BILINEAR)
    return ImageChops.overlay(image, Image.merge("RGB", (grain,) * 3))


def draw(scene: str, after: bool, seed: int) -> bytes:
    """A JPEG of 1280 by 960; before and after of one seed show the same place."""
    dice = random.Random(f"{scene} {seed}")
    image = _background(dice, scene in OUTDOORS)
    SCENES[scene](Canvas(ImageDraw.Draw(image), dice), after)
    image = _as_if_taken(image, random.Random(f"{scene} {seed} {after}"))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=72)
    return file.getvalue()
