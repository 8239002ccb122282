"""A photo as the page gets it: upright, its pixels alone, without a name or anything else in it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image

from coursekit.core.processors import processors
from coursekit.predict.decode import decode

SIDE, SMALL = 720, 256  # pixels of the longer side


def encoded(file: Path, side: int = SIDE) -> bytes:
    """The photo as JPEG bytes.

    Raises:
        CourseError: It is no picture.
        OSError: It can't be opened.
    """
    # the name is for an error's sentence only; shown to nobody while a game goes on
    return jpeg(decode(file.read_bytes(), "A photo of the game", side), side)


def all_encoded(files: Iterable[Path]) -> list[bytes]:
    """All of them, in order, so that each can be shown at once."""
    with ThreadPoolExecutor(processors(), thread_name_prefix="game") as pool:
        return list(pool.map(encoded, files))


def smaller(data: bytes) -> bytes:
    """A small copy of what `encoded` gave."""
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        return jpeg(image.copy(), SMALL)


def jpeg(image: Image.Image, side: int) -> bytes:
    """A picture of at most `side` pixels a side, written from its pixels alone."""
    image.thumbnail((side, side), reducing_gap=2.0)
    plain = Image.new("RGB", image.size)
    plain.paste(image)  # a new picture knows nothing of the file that the other came from
    file = io.BytesIO()
    plain.save(file, "JPEG", quality=90)
    return file.getvalue()
