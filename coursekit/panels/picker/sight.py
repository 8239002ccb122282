"""What a network will be given of a few photos: their size, and how training varies them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from traitlets import Tuple

from coursekit.core.errors import CourseError
from coursekit.data.listed import Listed
from coursekit.panels.picker.model import Found
from coursekit.panels.working import PanelModel
from coursekit.predict.decode import decode
from coursekit.predict.preprocess import Preprocessing

PHOTOS = 4
VARIATIONS = 8

Pixels = NDArray[np.uint8]
Vary = Callable[[Pixels, int], Sequence[Pixels]]
"""Gives so many variations of pixels (height, width, 3)."""


@dataclass(frozen=True)
class Picture:
    """A picture to show: its label, its file, PNG bytes."""

    label: str
    name: str
    png: bytes


class SightModel(PanelModel):
    """What the network sees.

    Args:
        vary: Varies pixels as training does; the first call imports PyTorch.

    Attributes:
        pictures: A few photos as the network is given them.
        varied: One of them, varied; empty without augmentation.
    """

    pictures = Tuple()
    varied = Tuple()

    def __init__(self, vary: Vary) -> None:
        super().__init__()
        self._vary = vary
        self._listed: Listed | None = None
        self._start = 0

    def use(self, found: Found | None) -> None:
        """Turns to other photos."""
        self._listed, self._start = (found.listed if found else None), 0
        self.pictures = self.varied = ()

    def others(self) -> None:
        """Has the next `look` take other photos."""
        self._start += 1

    def look(self, size: int, augment: bool) -> None:
        """Brings a few photos to `size` pixels, and varies the first of them."""
        if self._listed is None:
            return
        with self.working(f"Bringing photos to {size} x {size} pixels"):
            given = self._given(self._listed, size)
            self.pictures = tuple(Picture(*words, png(pixels)) for words, pixels in given)
            self.varied = ()
        if augment and given and not self.message:
            with self.working("Loading PyTorch, which varies the photos"):
                (label, name), pixels = given[0]
                self.varied = tuple(
                    Picture(label, f"{name}, variation {n}", png(varied))
                    for n, varied in enumerate(self._vary(pixels, VARIATIONS), 1)
                )

    def _given(self, listed: Listed, size: int) -> list[tuple[tuple[str, str], Pixels]]:
        plain = Preprocessing(size, pad_mode="reflection")
        given: list[tuple[tuple[str, str], Pixels]] = []
        for index in self._some(listed):
            if (image := _read(listed.files[index], plain.at_least)) is not None:
                words = listed.labels[index], listed.files[index].name
                given.append((words, plain.pixels(image)))
            if len(given) == PHOTOS:
                break
        return given

    def _some(self, listed: Listed) -> list[int]:
        """Photos all along the list, which lies in order of classes as a rule."""
        hidden = listed.hidden
        numbers = [index for index in range(len(listed.files)) if index not in hidden]
        n = len(numbers)
        step = max(1, n // PHOTOS)
        first = self._start * 7 % step
        places = ((first + i * step + i // PHOTOS) % n for i in range(min(n, 3 * PHOTOS)))
        return [numbers[place] for place in places]


def _read(file: Path, at_least: int) -> Image.Image | None:
    """A photo; None where it cannot be read: the concerns name it."""
    try:
        return decode(file.read_bytes(), file.name, at_least)
    except (CourseError, OSError):
        return None


def png(pixels: Pixels) -> bytes:
    """Pixels (height, width, 3) as a file; exactly, so that every one can be seen."""
    made = io.BytesIO()
    Image.fromarray(pixels).save(made, "PNG", compress_level=1)
    return made.getvalue()
