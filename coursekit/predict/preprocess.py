"""From a picture to the numbers that a network takes, the same in training and prediction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from coursekit.core.errors import CourseError
from coursekit.predict.decode import as_rgb

Method = Literal["crop", "squish", "pad"]
PadMode = Literal["zeros", "border", "reflection"]
Three = tuple[float, float, float]

_PADS = {"border": "edge", "reflection": "reflect"}
MOST_PIXELS_ACROSS = 4096


class PreprocessingError(CourseError):
    """A size, method or normalisation that cannot be."""


@dataclass(frozen=True)
class Preprocessing:
    """How a picture is brought to the size and range that a network was trained with.

    Interpolation is bilinear and antialiased: each new pixel is an average over all that it covers.

    Attributes:
        size: Pixels, (height, width); one number for a square.
        method: `crop` scales until the picture covers the size and keeps its centre, `squish`
            ignores its shape, `pad` shows all of it with something around.
        mean: What is taken from red, green and blue, on a scale of 0 to 1.
        std: What they are then divided by.
        pad_mode: What `pad` puts around, in fast.ai's words: `zeros` black, `border` the outermost
            pixels again, `reflection` the picture mirrored.
    """

    size: int | tuple[int, int]
    method: Method = "crop"
    mean: Three = (0.5, 0.5, 0.5)
    std: Three = (0.5, 0.5, 0.5)
    pad_mode: PadMode = "zeros"

    def __post_init__(self) -> None:
        if not all(isinstance(n, int) and 1 <= n <= MOST_PIXELS_ACROSS for n in self.shape):
            raise PreprocessingError(
                f"The size {self.size!r} cannot be used; "
                f"give whole numbers from 1 to {MOST_PIXELS_ACROSS:,}, as 224 or (192, 256)."
            )
        _one_of("method", self.method, get_args(Method))
        _one_of("pad_mode", self.pad_mode, get_args(PadMode))
        object.__setattr__(self, "mean", _three(self.mean))
        object.__setattr__(self, "std", _three(self.std))
        if not all(self.std):
            raise PreprocessingError("A standard deviation of 0 cannot be divided by; give 1.")

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        if isinstance(self.size, tuple | list) and len(self.size) == 2:
            return self.size[0], self.size[1]
        return self.size, self.size

    @property
    def at_least(self) -> int:
        """The shorter side in pixels that `decode` must keep, so that nothing is enlarged again."""
        return max(self.shape)

    def pixels(self, image: Image.Image) -> NDArray[np.uint8]:
        """The picture at the right size: uint8 of shape (height, width, 3), RGB."""
        image = as_rgb(image)
        if self.method == "pad":
            return self._padded(image)
        height, width = self.shape
        box = self._centre(image) if self.method == "crop" else None
        resized = image.resize((width, height), Image.Resampling.BILINEAR, box, reducing_gap=2.0)
        return np.array(resized)  # a copy: torch takes no memory that cannot be written

    def normalised(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Pixels (..., height, width, 3) as float32 (..., 3, height, width), less mean, by std."""
        return normalised(pixels, self.mean, self.std)

    def tensor(self, image: Image.Image) -> NDArray[np.float32]:
        """The picture as a network takes it: float32 of shape (3, height, width), normalised."""
        return self.normalised(self.pixels(image))

    def to_json(self) -> dict[str, Any]:
        """Plain values that `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Preprocessing:
        """What `to_json` gave, also after a journey through JSON.

        Raises:
            PreprocessingError: Something is missing, unknown or of the wrong type.
        """
        try:
            size = values["size"]
            return cls(**{**values, "size": tuple(size) if isinstance(size, list) else size})
        except (TypeError, KeyError, ValueError) as error:
            raise PreprocessingError(
                "This is no description of preprocessing; it needs size, method, mean and std."
            ) from error

    def _centre(self, image: Image.Image) -> tuple[float, float, float, float]:
        """The largest box in the picture's centre that has the target's shape."""
        height, width = self.shape
        scale = min(image.width / width, image.height / height)
        across, down = min(width * scale, image.width), min(height * scale, image.height)
        left, top = (image.width - across) / 2, (image.height - down) / 2
        return left, top, left + across, top + down

    def _padded(self, image: Image.Image) -> NDArray[np.uint8]:
        height, width = self.shape
        scale = min(width / image.width, height / image.height)
        across = min(width, max(1, round(image.width * scale)))
        down = min(height, max(1, round(image.height * scale)))
        resized = image.resize((across, down), Image.Resampling.BILINEAR, reducing_gap=2.0)
        left, top = (width - across) // 2, (height - down) // 2
        around = ((top, height - down - top), (left, width - across - left), (0, 0))
        if self.pad_mode == "zeros":
            return np.pad(np.asarray(resized), around)
        mode: Any = _PADS[self.pad_mode]
        return np.pad(np.asarray(resized), around, mode)


def _one_of(what: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise PreprocessingError(
            f"{value!r} is no {what}; there are {', '.join(choices[:-1])} and {choices[-1]}."
        )


def _three(values: Any) -> Three:
    try:
        red, green, blue = (float(value) for value in values)
        if all(map(math.isfinite, (red, green, blue))):
            return red, green, blue
    except (TypeError, ValueError, OverflowError):
        pass
    raise PreprocessingError(f"{values!r} should be three numbers, for red, green and blue.")


def normalised(
    pixels: NDArray[np.uint8], mean: Sequence[float], std: Sequence[float]
) -> NDArray[np.float32]:
    """Pixels (..., height, width, 3) as float32 (..., 3, height, width), less mean, by std."""
    scale = 1 / (255 * np.array(std))
    shift = np.array(mean) / np.array(std)
    out = np.ascontiguousarray(np.moveaxis(pixels, -1, -3), dtype=np.float32)
    out *= scale.astype(np.float32)[:, None, None]
    out -= shift.astype(np.float32)[:, None, None]
    return out
