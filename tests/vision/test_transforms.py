from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from coursekit.core.errors import CourseError
from coursekit.predict.decode import decode
from coursekit.predict.preprocess import Preprocessing
from coursekit.vision.augment import aug_transforms
from coursekit.vision.transforms import (
    PILImage,
    RandomResizedCrop,
    Resize,
    ResizeMethod,
    item_transform,
    size_after,
)


@pytest.fixture
def photo(pets: Path) -> Image.Image:
    return decode((pets / "Bengal_1.jpg").read_bytes(), "Bengal_1.jpg")


@pytest.mark.parametrize("method", ResizeMethod)
def test_training_gets_the_pixels_that_prediction_gets(
    photo: Image.Image, method: ResizeMethod
) -> None:
    predicted = Preprocessing((96, 128), str(method), pad_mode="reflection").pixels(photo)  # type: ignore[arg-type]
    assert np.array_equal(Resize((96, 128), method).pixels(photo), predicted)


def test_pad_with_zeros_puts_black_around(photo: Image.Image) -> None:
    pixels = Resize(128, ResizeMethod.Pad, pad_mode="zeros").pixels(photo)
    border = pixels[0] if photo.width > photo.height else pixels[:, 0]
    assert border.max() == 0
    assert pixels[64, 64].max() > 0


def test_a_resize_that_makes_no_sense_is_refused_when_it_is_made() -> None:
    with pytest.raises(CourseError, match="'stretch' is no method"):
        Resize(128, "stretch")
    with pytest.raises(CourseError, match="0 cannot be used"):
        RandomResizedCrop(0)
    with pytest.raises(CourseError, match="min_scale is 0"):
        RandomResizedCrop(128, min_scale=0)


def test_a_change_of_method_changes_the_key() -> None:
    assert Resize(128).key != Resize(128, "squish").key
    assert Resize(128).key == Resize((128, 128)).key


def test_random_crops_differ_and_the_same_seed_repeats_them(photo: Image.Image) -> None:
    crop = RandomResizedCrop(64, min_scale=0.3)
    torch.manual_seed(1)
    first = [crop.pixels(photo, draw) for draw in crop.draws(4)]
    torch.manual_seed(1)
    again = [crop.pixels(photo, draw) for draw in crop.draws(4)]
    assert all(map(np.array_equal, first, again))
    assert not np.array_equal(first[0], first[1])
    assert {pixels.shape for pixels in first} == {(64, 64, 3)}


def test_a_random_crop_takes_at_least_the_part_that_was_asked_for() -> None:
    draws = RandomResizedCrop(64, min_scale=0.5).draws(200)
    assert min(area for area, *_ in draws) >= 0.5
    assert max(ratio for _, ratio, *_ in draws) <= 4 / 3


def test_a_random_crop_works_on_a_picture_of_a_few_pixels() -> None:
    crop = RandomResizedCrop(32, min_scale=0.1)
    for size in ((1, 1), (10_000, 3), (7, 13)):
        image = Image.new("RGB", size)
        for draw in crop.draws(20):
            assert crop.pixels(image, draw).shape == (32, 32, 3)


def test_decoding_keeps_enough_for_a_small_random_crop() -> None:
    crop = RandomResizedCrop(100, min_scale=0.25)
    assert crop.at_least((1.0, 1.0, 0.0, 0.0)) == 100
    assert crop.at_least((0.25, 1.0, 0.0, 0.0)) == 200


def test_item_tfms_are_one_transform_that_gives_a_size() -> None:
    assert item_transform(None) == Resize(224)
    assert item_transform([Resize(64)]) == Resize(64)
    for wrong in (aug_transforms(), [Resize(64), Resize(32)], "Resize"):
        with pytest.raises(CourseError, match="item_tfms takes one Resize"):
            item_transform(wrong)  # type: ignore[arg-type]


def test_validation_gets_the_size_that_augmentation_ends_with() -> None:
    smaller = size_after(aug_transforms(size=224), Resize(460, "squish"))
    assert smaller.key == Resize(224, "squish").key
    assert size_after(aug_transforms(), RandomResizedCrop(128)) == Resize(128)


def test_a_photo_opens_upright_from_path_bytes_and_pillow(uploads: Path) -> None:
    path = uploads / "phone_orientation6.jpg"
    by_path, by_bytes = PILImage.create(path), PILImage.create(path.read_bytes())
    with Image.open(io.BytesIO(path.read_bytes())) as opened:
        lying = opened.size
        by_pillow = PILImage.create(opened)
    assert by_path.size == by_bytes.size == by_pillow.size == lying[::-1]
    assert (by_path.mode, type(by_path)) == ("RGB", PILImage)
    assert np.array_equal(np.array(by_path), np.array(by_pillow))


def test_a_thumbnail_keeps_the_shape(pets: Path) -> None:
    photo = PILImage.create(pets / "Bengal_1.jpg")
    thumb = photo.to_thumb(128, 128)
    assert max(thumb.size) == 128
    assert thumb.width / thumb.height == pytest.approx(photo.width / photo.height, rel=0.02)


def test_a_missing_photo_is_named(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"bear\.jpg can't be opened"):
        PILImage.create(tmp_path / "bear.jpg")
