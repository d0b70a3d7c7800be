"""Whatever modes and colours a picture comes in, it leaves as opaque grey or sRGB."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageCms

_SRGB = ImageCms.createProfile("sRGB")


def direct(image: Image.Image) -> Image.Image:
    """A mode that can be shrunk: no palette, no single bits, 16 bits of grey brought to 8."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("P", "PA") or "transparency" in image.info:
        return image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")
    return image.convert("L") if image.mode == "1" else image


def opaque(image: Image.Image) -> Image.Image:
    """Transparent parts on white, as paper shows them; JPEG would show whatever colour lies below."""
    if image.mode not in ("RGBA", "LA"):
        return image
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image.convert("RGBA")).convert("RGB")


def coloured(image: Image.Image, profile: bytes | None) -> Image.Image:
    """In sRGB, since the copy carries no profile: iPhones photograph in Display P3, print shops in CMYK."""
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            if "sRGB" not in ImageCms.getProfileDescription(source):
                image = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB") or image
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile costs some colour, not the photo
    return image if image.mode in ("L", "RGB") else image.convert("RGB")
