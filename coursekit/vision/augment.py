"""What varies photos in training, batch by batch, and the normalisation of their numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.transforms import v2

from coursekit.core.errors import CourseError

Stats = tuple[Sequence[float], Sequence[float]]

imagenet_stats: Stats = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
"""Mean and standard deviation of ImageNet's photos: red, green, blue, on a scale of 0 to 1."""


class Normalize(v2.Normalize):  # type: ignore[misc]
    """Takes the mean away and divides by the standard deviation, channel by channel.

    Args:
        mean: Red, green, blue, on a scale of 0 to 1.
        std: Likewise.
    """

    @classmethod
    def from_stats(cls, mean: Sequence[float], std: Sequence[float]) -> Normalize:
        """For instance `Normalize.from_stats(*imagenet_stats)`."""
        return cls(mean, std)


class Warp(v2.Transform):  # type: ignore[misc]
    """Flips, turns, zooms and tilts each picture of a batch by its own chance, in one resampling.

    What lies outside of a picture is the picture mirrored.

    Args:
        p: The chance that a picture is turned, zoomed or tilted, for each of the three.
        do_flip: Flips half of the pictures left to right.
        flip_vert: Flips and turns by quarters: each of the eight ways with the same chance.
        max_rotate: Degrees, to either side.
        zoom: The lowest and highest magnification.
        max_warp: How far a picture tilts, as if seen from the side or from above.
        size: Pixels of the result, (height, width); default: as they come.
    """

    def __init__(
        self,
        p: float = 0.75,
        do_flip: bool = True,
        flip_vert: bool = False,
        max_rotate: float = 10.0,
        zoom: tuple[float, float] = (1.0, 1.1),
        max_warp: float = 0.2,
        size: int | tuple[int, int] | None = None,
    ) -> None:
        super().__init__()
        if not 0 <= max_warp < 0.5:
            raise CourseError(f"max_warp is {max_warp:g}; give a number from 0 to below 0.5.")
        self.p, self.do_flip, self.flip_vert = p, do_flip, flip_vert
        self.max_rotate, self.zoom, self.max_warp = max_rotate, zoom, max_warp
        self.size = (size, size) if isinstance(size, int) else size

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """`matrix` (n, 3, 3): where each point of the result, in -1..1, is looked up."""
        n = len(flat_inputs[0])
        height, width = self.size or flat_inputs[0].shape[-2:]
        shape = torch.diag(torch.tensor([width / height, 1.0, 1.0]))
        turns = torch.linalg.inv(shape) @ self._turns(n) @ shape
        return {"matrix": self._flips(n) @ turns @ self._tilts(n)}

    def transform(self, inpt: Tensor, params: dict[str, Any]) -> Tensor:
        """The batch (n, 3, height, width), float, resampled."""
        if self.size and self.size != tuple(inpt.shape[-2:]):
            inpt = F.interpolate(inpt, self.size, mode="bilinear", antialias=True)
        matrix = params["matrix"].to(inpt)
        grid = F.affine_grid(matrix[:, :2], list(inpt.shape), align_corners=False)
        if self.max_warp:  # a tilt divides by the third row, which grows towards one side
            flat = F.affine_grid(matrix[:, [2, 2]], list(inpt.shape), align_corners=False)
            grid = grid / flat
        return F.grid_sample(inpt, grid, padding_mode="reflection", align_corners=False)

    def _flips(self, n: int) -> Tensor:
        """Left to right or not; with `flip_vert` each of the eight ways to lay a square."""
        sides = torch.ones(n, 3)
        sides[:, 0] = _sign(n) if self.do_flip else 1.0
        if not self.flip_vert:
            return torch.diag_embed(sides)
        sides[:, 1] = _sign(n)
        flips = torch.diag_embed(sides)
        return torch.where(_sign(n)[:, None, None] > 0, flips, flips[:, [1, 0, 2]])

    def _turns(self, n: int) -> Tensor:
        """Rotation and magnification."""
        angle = torch.deg2rad(self._some(n, -self.max_rotate, self.max_rotate, 0.0))
        by = 1 / self._some(n, *self.zoom, 1.0)
        matrix = torch.eye(3).repeat(n, 1, 1)
        matrix[:, 0, 0] = matrix[:, 1, 1] = torch.cos(angle) * by
        matrix[:, 0, 1] = torch.sin(angle) * by
        matrix[:, 1, 0] = -matrix[:, 0, 1]
        return matrix

    def _tilts(self, n: int) -> Tensor:
        matrix = torch.eye(3).repeat(n, 1, 1)
        matrix[:, 2, 0] = self._some(n, -self.max_warp, self.max_warp, 0.0)
        matrix[:, 2, 1] = self._some(n, -self.max_warp, self.max_warp, 0.0)
        return matrix

    def _some(self, n: int, low: float, high: float, otherwise: float) -> Tensor:
        """Evenly between `low` and `high` with the chance p, else `otherwise`."""
        drawn = low + torch.rand(n) * (high - low)
        return torch.where(torch.rand(n) < self.p, drawn, otherwise)


def _sign(n: int) -> Tensor:
    """1 or -1, each with the same chance."""
    return torch.randint(2, (n,)) * 2.0 - 1


class Lighting(v2.Transform):  # type: ignore[misc]
    """Makes each picture of a batch lighter or darker and changes its contrast, by its own chance.

    Args:
        max_lighting: How much at most, from 0 to below 1.
        p: The chance for each of the two.
    """

    def __init__(self, max_lighting: float = 0.2, p: float = 0.75) -> None:
        super().__init__()
        if not 0 <= max_lighting < 1:
            raise CourseError(f"max_lighting is {max_lighting:g}; give a number from 0 to below 1.")
        self.max_lighting, self.p = max_lighting, p

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """`brightness` and `contrast` (n,): factors, 1 where nothing changes."""
        n = len(flat_inputs[0])
        return {"brightness": self._factors(n), "contrast": self._factors(n)}

    def transform(self, inpt: Tensor, params: dict[str, Any]) -> Tensor:
        """The batch (n, 3, height, width), float from 0 to 1, changed in place."""
        shape = (-1, 1, 1, 1)
        contrast = params["contrast"].to(inpt).reshape(shape)
        brightness = params["brightness"].to(inpt).reshape(shape)
        mean = inpt.mean(dim=(1, 2, 3), keepdim=True)
        return (
            inpt.mul_(contrast * brightness).add_(mean * (1 - contrast) * brightness).clamp_(0, 1)
        )

    def _factors(self, n: int) -> Tensor:
        """As much below 1 as above, on a logarithmic scale."""
        most = -math.log(1 - self.max_lighting)
        drawn = torch.exp((torch.rand(n) * 2 - 1) * most)
        return torch.where(torch.rand(n) < self.p, drawn, 1.0)


def aug_transforms(
    mult: float = 1.0,
    do_flip: bool = True,
    flip_vert: bool = False,
    max_rotate: float = 10.0,
    min_zoom: float = 1.0,
    max_zoom: float = 1.1,
    max_lighting: float = 0.2,
    max_warp: float = 0.2,
    p_affine: float = 0.75,
    p_lighting: float = 0.75,
    size: int | tuple[int, int] | None = None,
) -> list[nn.Module]:
    """Random variations that suit photos of most things, for `batch_tfms`; in training only.

    Args:
        mult: Makes turning, lighting and tilting so many times stronger.
        do_flip: Flips left to right.
        flip_vert: Flips and turns by quarters too, for photos that have no up and down.
        max_rotate: Degrees, to either side.
        min_zoom: The lowest magnification.
        max_zoom: The highest.
        max_lighting: How much brightness and contrast change, from 0 to below 1.
        max_warp: How far a picture tilts, as if seen from the side.
        p_affine: The chance of turning, of zooming and of tilting.
        p_lighting: The chance of another brightness, and of another contrast.
        size: Pixels of the result, where items are larger; photos to validate get it at once.
    """
    zoom = (min_zoom, max_zoom)
    warp = Warp(p_affine, do_flip, flip_vert, max_rotate * mult, zoom, max_warp * mult, size)
    lighting = [Lighting(max_lighting * mult, p_lighting)] if max_lighting else []
    return [warp, *lighting]


def batch_transforms(given: Any) -> tuple[list[nn.Module], v2.Normalize | None]:
    """What `batch_tfms` means: the random variations, and the normalisation if there is one.

    Raises:
        CourseError: Something in it is no transform.
    """
    listed = given if isinstance(given, list | tuple) else [] if given is None else [given]
    if wrong := [each for each in listed if not callable(each)]:
        raise CourseError(f"batch_tfms takes transforms, and {wrong[0]!r} is none.")
    normalize = [each for each in listed if isinstance(each, v2.Normalize)]
    return [each for each in listed if each not in normalize], (normalize or [None])[-1]


def vary(batch: Tensor, transform: nn.Module) -> Tensor:
    """`batch` with each picture transformed by its own chance.

    Transforms of torchvision draw once for all that they are given, so they get the pictures one
    by one.
    """
    if isinstance(transform, Warp | Lighting):
        return cast(Tensor, transform(batch))
    return torch.stack([transform(picture) for picture in batch])
