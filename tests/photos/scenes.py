"""Pictures that are busy like photos: shapes at random, the same for the same number; and what is done to photos."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw, ImageFilter


def scene(number: int, size: tuple[int, int] = (800, 600)) -> Image.Image:
    chance = random.Random(number)
    width, height = size
    image = Image.new("RGB", size, tuple(chance.randrange(60, 200) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = chance.randrange(width), chance.randrange(height)
        across, down = chance.randrange(20, width // 3), chance.randrange(20, height // 3)
        shape = chance.choice((draw.rectangle, draw.ellipse))
        shape(
            (x - across, y - down, x + across, y + down), fill=tuple(chance.randrange(256) for _ in range(3))
        )
    return image.filter(ImageFilter.GaussianBlur(2))


def jpeg(image: Image.Image, quality: int = 85) -> bytes:
    target = io.BytesIO()
    image.convert("RGB").save(target, "JPEG", quality=quality)
    return target.getvalue()


def cropped(image: Image.Image, keep: float, left: float = 0.5, top: float = 0.5) -> Image.Image:
    width, height = round(image.width * keep), round(image.height * keep)
    x, y = round((image.width - width) * left), round((image.height - height) * top)
    return image.crop((x, y, x + width, y + height))


def stamped(image: Image.Image) -> Image.Image:
    whole = Image.new("RGB", (image.width, image.height * 11 // 10), (24, 32, 40))
    whole.paste(image)
    ImageDraw.Draw(whole).text((20, image.height + 10), "2026-05-12 10:00 No. 5", fill="white", font_size=30)
    return whole
