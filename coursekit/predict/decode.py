"""From the bytes of a picture file to an upright RGB picture, the same for training and prediction.

Numbers are taken as stored: colour profiles are left out, as fast.ai and torchvision do.
"""

from __future__ import annotations

import io
import re
import struct
from importlib import import_module
from typing import cast

import numpy as np
from PIL import Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from coursekit.core.errors import CourseError

MOST_MEMORY = 250_000_000
"""Bytes that decoding one picture may take, whatever its header says."""

BYTES_PER_PIXEL = {"WEBP": 18, "AVIF": 14, "JPEG2000": 26, "HEIC": 10}
"""What decoding takes at its peak, as measured; 9 or 14 bytes in other formats, by mode."""

# What each format starts with, and how Pillow calls it; HEIC it does not have. Image.open would do
# this too, but it warns of large pictures, and warnings cannot be held back in one thread alone.
_SIGNATURES = {
    rb"\xff\xd8\xff": "Jpeg",
    rb"\x89PNG\r\n\x1a\n": "Png",
    rb"GIF8[79]a": "Gif",
    rb"RIFF....WEBP": "WebP",
    rb"....ftypavi[fs]": "Avif",
    rb"....ftyp(hei[cfmsx]|hev|mif1|msf1)": "Heic",
    rb"BM": "Bmp",
    rb"II[*+]\0|MM\0[*+]": "Tiff",
    rb"8BPS": "Psd",
    rb"P[1-6]\s": "Ppm",
    rb"\xff\x4f\xff\x51|\0\0\0\x0cjP  ": "Jpeg2K",
}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class PictureError(CourseError):
    """A file that gives no picture."""


def decode(data: bytes, name: str, at_least: int | None = None) -> Image.Image:
    """Reads a picture; an animation gives its first frame.

    Thread-safe, and Pillow frees the GIL in it. What is transparent becomes white, 16-bit grey is
    scaled to 8 bits. A JPEG over the memory limit is read at 1/2, 1/4 or 1/8 of its size.

    Args:
        data: The whole file. What it holds counts, not how its name ends.
        name: For the error's sentence.
        at_least: The shorter side in pixels that is needed. A JPEG is then read at the smallest of
            those sizes that has it, many times faster; other formats take no notice.

    Returns:
        Upright, mode RGB.

    Raises:
        PictureError: The file is no picture, damaged, or would take over `MOST_MEMORY`.
    """
    try:
        image, turn = _read(data, name, at_least)
        return upright(image, turn)
    except PictureError:
        raise
    except (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name) from error
    except Exception as error:  # a damaged file raises nearly anything in Pillow
        raise PictureError(
            f"{name} is damaged or cut off; copy or download it again, or choose another picture."
        ) from error


def as_rgb(image: Image.Image) -> Image.Image:
    """The picture in mode RGB, whatever its mode; transparent parts become white."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        image = _eight_bits(image)
    if image.has_transparency_data:
        white = Image.new("RGB", image.size, "white")
        image = image.convert("RGBA") if image.mode != "RGBA" else image
        white.paste(image, mask=image)
        return white
    return image if image.mode == "RGB" else image.convert("RGB")


def orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where there is none or the EXIF data is broken.

    Read here because Pillow's own reader warns of what else is broken in the EXIF data.
    """
    exif = image.info.get("exif")
    if not isinstance(exif, bytes):
        return 1
    exif = exif.removeprefix(b"Exif\0\0").removeprefix(b"Exif\0\0")
    order = ">" if exif.startswith(b"MM") else "<"
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, start)
        for at in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", exif, at)
            if (tag, kind) == (0x0112, 3):
                return int(value)
    except struct.error:
        pass
    return 1


def upright(image: Image.Image, turn: int) -> Image.Image:
    """The picture turned as the EXIF orientation `turn` says, and without its EXIF data."""
    if turn in _TURNS:
        image = image.transpose(_TURNS[turn])
        image.info.pop("exif", None)  # or the next reader would turn it again
    return image


def _read(data: bytes, name: str, at_least: int | None) -> tuple[Image.Image, int]:
    """RGB and the EXIF orientation; where it ends, what Pillow's decoder holds is let go."""
    kind = _kind(data, name)
    if kind == "Heic":
        return as_rgb(_heic(data, name)), 1
    image = _open(data, kind)
    width, height = image.size
    memory = 0
    if isinstance(image, _Jpeg):
        memory = image.coefficients(data)
        image.reduce_to(at_least)
    memory += image.width * image.height * _bytes_per_pixel(image) + _tile(image)
    if memory > MOST_MEMORY:
        raise _too_large(name, width, height)
    image.load()
    return as_rgb(image), orientation(image)


def _heic(data: bytes, name: str) -> Image.Image:
    """A HEIC photo, turned already: the file itself says how, and its EXIF data no longer counts.

    Read without Pillow's plugin, which would be there for everybody in this process.
    """
    import pillow_heif  # 30 MB, so only where there is such a photo

    photo = pillow_heif.open_heif(data)  # nothing is decoded yet
    tiles = photo.info.get("tiling") or {}
    tile = tiles.get("tile_width", 0) * tiles.get("tile_height", 0)
    # libheif gives up where what is decoded is larger than what was announced.
    if max(photo.size[0] * photo.size[1], tile) * BYTES_PER_PIXEL["HEIC"] > MOST_MEMORY:
        raise _too_large(name, *photo.size)
    image: Image.Image = photo.to_pillow()
    image.info.clear()
    return image


def _open(data: bytes, kind: str) -> ImageFile.ImageFile:
    if kind == "Jpeg":
        return _Jpeg(io.BytesIO(data))
    plugin = import_module(f"PIL.{kind}ImagePlugin")
    image: ImageFile.ImageFile = getattr(plugin, f"{kind}ImageFile")(io.BytesIO(data))
    return image


def _kind(data: bytes, name: str) -> str:
    for signature, kind in _SIGNATURES.items():
        if re.match(signature, data[:16], re.DOTALL):
            return kind
    if data and name.lower().endswith(".tga"):
        return "Tga"  # the one format without a signature
    raise PictureError(f"{name} {_what_it_is(data)}")


def _what_it_is(data: bytes) -> str:
    if not data:
        return "is empty; copy or download it again, or choose another picture."
    if b"<svg" in data[:4096].lower():
        return "is an SVG drawing, not a photo; save it as PNG or JPEG first."
    formats = "JPEG, PNG, HEIC, WebP, GIF, BMP or TIFF"
    return f"is not a picture that can be read; choose a {formats} file."


class _Jpeg(JpegImageFile):
    def getexif(self) -> Image.Exif:
        """None: Pillow looks only for the resolution here, and warns of broken EXIF data."""
        return Image.Exif()

    def reduce_to(self, at_least: int | None) -> None:
        """Has libjpeg decode at 1/2, 1/4 or 1/8: what is needed, and what fits the memory."""
        width, height = self.size
        by = next((s for s in (8, 4, 2) if at_least and min(width, height) >= s * at_least), 1)
        while by < 8 and width * height * _bytes_per_pixel(self) > MOST_MEMORY * by**2:
            by *= 2
        self.draft(None, (width // by or 1, height // by or 1))

    def coefficients(self, data: bytes) -> int:
        """Bytes that libjpeg holds at full size whatever is reduced: where scans are several."""
        assert self.fp is not None  # noqa: S101 - open until loaded
        scan = data.rfind(b"\xff\xda", 0, self.fp.tell())
        if data[scan + 4] == self.layers and "progressive" not in self.info:
            return 0
        most = max(h for _, h, _, _ in self.layer) * max(v for _, _, v, _ in self.layer)
        return 2 * self.width * self.height * sum(h * v for _, h, v, _ in self.layer) // most


def _bytes_per_pixel(image: ImageFile.ImageFile) -> int:
    plain = image.mode in ("1", "L", "P", "RGB", "RGBA", "CMYK")
    return BYTES_PER_PIXEL.get(image.format or "", 9 if plain else 14)


def _tile(image: ImageFile.ImageFile) -> int:
    """Bytes of one tile of a TIFF, which may be far larger than the picture."""
    tags = getattr(image, "tag_v2", {})
    return 8 * int(tags.get(322, 0)) * int(tags.get(323, 0))


def _eight_bits(image: Image.Image) -> Image.Image:
    """16-bit, 32-bit and float grey as 8-bit grey, scaled by the range that such values use."""
    clear = image.info.get("transparency")
    seen = Image.fromarray(np.asarray(image) != clear).convert("L") if clear is not None else None
    if image.mode.startswith("I;16"):
        image, low, high = image.convert("I"), 0.0, 65535.0
    else:
        low, high = _used_range(image)
    scale = 255 / ((high - low) or 1)
    grey = image.point(lambda value: value * scale + (0.5 - low * scale)).convert("L")
    if seen is not None:
        del grey.info["transparency"]
        grey.putalpha(seen)
    return grey


def _used_range(image: Image.Image) -> tuple[float, float]:
    low, high = cast("tuple[float, float]", image.getextrema())
    for usual in (1.0, 255.0, 65535.0) if image.mode == "F" else (255.0, 65535.0):
        if low >= 0 and high <= usual:
            return 0.0, usual
    return low, high


def _too_large(name: str, width: int = 0, height: int = 0) -> PictureError:
    has = f"is {width:,} x {height:,} pixels, more" if width else "has more pixels"
    return PictureError(f"{name} {has} than can be opened safely; make it smaller and try again.")
