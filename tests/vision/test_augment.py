from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor
from torchvision.transforms import v2

from coursekit.core.errors import CourseError
from coursekit.vision.augment import (
    Lighting,
    Normalize,
    Warp,
    aug_transforms,
    batch_transforms,
    imagenet_stats,
    vary,
)
from coursekit.vision.transforms import PILImage, Resize


@pytest.fixture
def batch(pets: Path) -> Tensor:
    """The same photo sixteen times, 0 to 1."""
    pixels = Resize((48, 64)).pixels(PILImage.create(pets / "Bengal_1.jpg"))
    return torch.from_numpy(pixels).permute(2, 0, 1).float().div(255).repeat(16, 1, 1, 1)


def _kinds(batch: Tensor) -> int:
    return len({picture.numpy().tobytes() for picture in batch})


def test_each_picture_of_a_batch_varies_by_its_own_chance(batch: Tensor) -> None:
    varied = batch.clone()
    for transform in aug_transforms():
        varied = vary(varied, transform)
    assert varied.shape == batch.shape
    assert _kinds(batch) == 1
    assert _kinds(varied) == 16
    assert 0 <= varied.min() <= varied.max() <= 1


def test_the_same_seed_varies_in_the_same_way(batch: Tensor) -> None:
    def varied() -> Tensor:
        torch.manual_seed(3)
        return vary(batch.clone(), aug_transforms()[0])

    assert torch.equal(varied(), varied())


def test_nothing_changes_where_every_chance_is_zero(batch: Tensor) -> None:
    still = Warp(p=0, do_flip=False)(batch)
    assert torch.allclose(still, batch, atol=1e-5)
    assert torch.equal(Lighting(p=0)(batch.clone()), batch)


def test_flips_are_flips_and_nothing_else(batch: Tensor) -> None:
    flipped = Warp(p=0)(batch)
    mirrored = [torch.allclose(each, batch[0].flip(-1), atol=1e-5) for each in flipped]
    same = [torch.allclose(each, batch[0], atol=1e-5) for each in flipped]
    assert sum(mirrored) + sum(same) == 16
    assert 0 < sum(mirrored) < 16


def test_a_square_is_laid_in_eight_ways(batch: Tensor) -> None:
    square = batch[:, :, :, :48].repeat(8, 1, 1, 1)
    ways = Warp(p=0, flip_vert=True)(square)
    first = square[0]
    turned = [torch.rot90(side, k, (1, 2)) for side in (first, first.flip(-1)) for k in range(4)]
    found = [[torch.allclose(way, each, atol=1e-4) for each in turned].index(True) for way in ways]
    assert set(found) == set(range(8))


def test_drawn_turns_respect_the_shape_of_the_picture() -> None:
    warp = Warp(p=1, do_flip=False, max_rotate=45, zoom=(1.0, 1.0), max_warp=0)
    matrix = warp.make_params([torch.zeros(8, 3, 50, 100)])["matrix"][:, :2, :2]
    shape = torch.diag(torch.tensor([2.0, 1.0]))
    plain = shape @ matrix @ shape.inverse()
    assert torch.allclose(plain @ plain.mT, torch.eye(2).repeat(8, 1, 1), atol=1e-5)


def test_augmentation_can_end_with_a_smaller_size(batch: Tensor) -> None:
    assert Warp(size=32)(batch).shape == (16, 3, 32, 32)


def test_zoom_magnifies_the_middle() -> None:
    picture = torch.zeros(1, 1, 64, 64)
    picture[..., 24:40, 24:40] = 1
    zoomed = Warp(p=1, do_flip=False, max_rotate=0, zoom=(2.0, 2.0), max_warp=0)(picture)
    assert float(zoomed.sum()) == pytest.approx(4 * 16 * 16, rel=0.05)


def test_strength_beyond_what_can_be_is_refused() -> None:
    with pytest.raises(CourseError, match=r"max_warp is 0\.6"):
        aug_transforms(mult=3)
    with pytest.raises(CourseError, match="max_lighting is 1"):
        Lighting(1.0)


def test_lighting_changes_brightness_and_keeps_the_range(batch: Tensor) -> None:
    lit = Lighting(0.5, p=1)(batch.clone())
    means = lit.mean(dim=(1, 2, 3))
    assert means.std() > 0.02
    assert 0 <= lit.min() <= lit.max() <= 1


def test_torchvisions_transforms_draw_for_each_picture(batch: Tensor) -> None:
    assert _kinds(vary(batch, v2.ColorJitter(brightness=0.5))) == 16


def test_normalisation_is_told_apart_from_variation() -> None:
    tfms = [*aug_transforms(), Normalize.from_stats(*imagenet_stats)]
    varying, normalize = batch_transforms(tfms)
    assert len(varying) == 2
    assert normalize is not None
    assert normalize.mean == [0.485, 0.456, 0.406]
    assert batch_transforms(None) == ([], None)
    assert batch_transforms(v2.Normalize([0.5] * 3, [0.5] * 3))[1] is not None


def test_what_is_no_transform_is_refused_by_name() -> None:
    with pytest.raises(CourseError, match="'flip' is none"):
        batch_transforms(["flip"])
