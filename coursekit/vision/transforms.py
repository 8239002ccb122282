"""From a photo to pixels of one size, and what varies them in training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Protocol, cast

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from coursekit.core.errors import CourseError
from coursekit.predict.decode import as_rgb, decode, orientation, upright
from coursekit.predict.preprocess import Method, PadMode, Preprocessing
from coursekit.vision.augment import Normalize as Normalize
from coursekit.vision.augment import Warp
from coursekit.vision.augment import aug_transforms as aug_transforms
from coursekit.vision.augment import imagenet_stats as imagenet_stats

Pixels = NDArray[np.uint8]
Draw = tuple[float, ...]


class ResizeMethod(StrEnum):
    """What to do with a photo whose shape is not the one wanted."""

    Crop = "crop"
    Squish = "squish"
    Pad = "pad"


class ItemTransform(Protocol):
    """What brings each photo to one size, before photos become a batch."""

    @property
    def is_random(self) -> bool:
        """Whether the same photo may give other pixels next time."""

    @property
    def plain(self) -> Resize:
        """The same without chance, for validation and prediction."""

    def draws(self, n: int) -> Sequence[Draw]:
        """The random numbers for `n` photos, from torch's global generator."""

    def at_least(self, draw: Draw) -> int:
        """The shorter side in pixels that decoding must keep."""

    def pixels(self, image: Image.Image, draw: Draw) -> Pixels:
        """An RGB picture as uint8 of shape (height, width, 3)."""


@dataclass(frozen=True)
class Resize:
    """Brings photos to one size, in training as in prediction: the centre where it must cut.

    fast.ai crops at random in training; here that is `RandomResizedCrop`, so that a frozen body's
    features of a photo stay the same and can be remembered.

    Attributes:
        size: Pixels, (height, width); one number for a square.
        method: `crop` cuts off what sticks out, `squish` ignores the photo's shape, `pad` shows all
            of it with something around.
        pad_mode: What `pad` puts around: `zeros` black, `border` the outermost pixels again,
            `reflection` the photo mirrored.

    Raises:
        PreprocessingError: No such size, method or pad_mode.
    """

    size: int | tuple[int, int]
    method: str = ResizeMethod.Crop
    pad_mode: str = "reflection"
    is_random: ClassVar[bool] = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "method", str(self.method))
        _ = self.preprocessing  # raises where an argument makes no sense

    @cached_property
    def preprocessing(self) -> Preprocessing:
        """The same as prediction does it; mean and std are the loader's business."""
        method, pad_mode = cast(Method, self.method), cast(PadMode, self.pad_mode)
        return Preprocessing(self.size, method, pad_mode=pad_mode)

    @property
    def plain(self) -> Resize:
        """Itself: no chance is involved."""
        return self

    @property
    def key(self) -> str:
        """A text that changes whenever the pixels of a photo could."""
        return f"{self.preprocessing.shape} {self.method} {self.pad_mode}"

    def draws(self, n: int) -> Sequence[Draw]:
        """Nothing, `n` times."""
        return [()] * n

    def at_least(self, _draw: Draw) -> int:
        """The shorter side in pixels that decoding must keep."""
        return self.preprocessing.at_least

    def pixels(self, image: Image.Image, _draw: Draw = ()) -> Pixels:
        """An RGB picture as uint8 of shape (height, width, 3)."""
        return self.preprocessing.pixels(image)


@dataclass(frozen=True)
class RandomResizedCrop:
    """Another part of the photo each time, brought to one size; in validation the centre.

    Attributes:
        size: Pixels, (height, width); one number for a square.
        min_scale: The least part of the photo's area that is taken, up to 1.
        ratio: The lowest and highest width of the part, relative to its height.

    Source: Szegedy et al., Going Deeper with Convolutions (2015), section 6.
    """

    size: int | tuple[int, int]
    min_scale: float = 0.35
    ratio: tuple[float, float] = (3 / 4, 4 / 3)
    is_random: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not 0 < self.min_scale <= 1:
            raise CourseError(f"min_scale is {self.min_scale}; give a part above 0, up to 1.")
        _ = self.plain

    @cached_property
    def plain(self) -> Resize:
        """The centre at the same size."""
        return Resize(self.size)

    def draws(self, n: int) -> Sequence[Draw]:
        """For each photo: part of the area, width by height, where across, where down."""
        drawn = torch.rand(n, 4, dtype=torch.float64)
        low, high = (math.log(ratio) for ratio in self.ratio)
        drawn[:, 0] = self.min_scale + drawn[:, 0] * (1 - self.min_scale)
        drawn[:, 1] = torch.exp(low + drawn[:, 1] * (high - low))
        return [tuple(row) for row in drawn.tolist()]

    def at_least(self, draw: Draw) -> int:
        """The shorter side in pixels that decoding must keep for the part that was drawn."""
        area, ratio = draw[:2]
        return math.ceil(self.plain.at_least(()) / math.sqrt(area * min(ratio, 1 / ratio)))

    def pixels(self, image: Image.Image, draw: Draw) -> Pixels:
        """The part that was drawn, as uint8 of shape (height, width, 3)."""
        area, ratio, across, down = draw
        part = area * image.width * image.height
        width = min(math.sqrt(part * ratio), image.width)
        height = min(math.sqrt(part / ratio), image.height)
        left, top = across * (image.width - width), down * (image.height - height)
        box = (left, top, min(left + width, image.width), min(top + height, image.height))
        size = self.plain.preprocessing.shape[::-1]
        resized = image.resize(size, Image.Resampling.BILINEAR, box, reducing_gap=2.0)
        return np.array(resized)


def item_transform(given: ItemTransform | Sequence[ItemTransform] | None) -> ItemTransform:
    """What `item_tfms` means: one of the two above, alone or in a list; `Resize(224)` by default.

    Raises:
        CourseError: It is something else.
    """
    listed = list(given) if isinstance(given, list | tuple) else [given or Resize(224)]
    if len(listed) == 1 and isinstance(listed[0], Resize | RandomResizedCrop):
        return listed[0]
    raise CourseError(
        "item_tfms takes one Resize or RandomResizedCrop, which bring photos to one size. "
        "Put everything else into batch_tfms."
    )


def size_after(batch_tfms: Sequence[Any], item: ItemTransform) -> Resize:
    """How photos are resized for validation and prediction, given both kinds of transforms."""
    sizes = [each.size for each in batch_tfms if isinstance(each, Warp) and each.size]
    return replace(item.plain, size=sizes[-1]) if sizes else item.plain


class PILImage(Image.Image):
    """A photo, upright and RGB."""

    @classmethod
    def create(cls, source: Path | str | bytes | Image.Image) -> PILImage:
        """Opens a photo: a path, the bytes of a file, or a picture that Pillow opened.

        Raises:
            CourseError: It cannot be read.
        """
        image = upright_rgb(source).copy()  # of Pillow's own class, loaded
        image.__class__ = cls
        return cast(PILImage, image)

    def to_thumb(self, h: int, w: int | None = None) -> Image.Image:
        """A small copy of the same shape, at most `h` pixels high and `w` (default: `h`) wide."""
        small = self.copy()
        small.thumbnail((w or h, h))
        return small


def upright_rgb(
    source: Path | str | bytes | Image.Image, at_least: int | None = None
) -> Image.Image:
    """A photo as `decode` gives it, from a path, the bytes of a file or Pillow's picture.

    Raises:
        CourseError: It cannot be read.
    """
    if isinstance(source, Image.Image):
        return upright(as_rgb(source), orientation(source))
    if isinstance(source, bytes):
        return decode(source, "The picture", at_least)
    path = Path(source)
    try:
        return decode(path.read_bytes(), path.name, at_least)
    except OSError as error:
        raise CourseError(f"{path} can't be opened ({error.strerror}).") from None
