from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance

from coursekit.data.alike import groups, joined, same, sketch
from coursekit.data.catalogue import URLs
from coursekit.data.download import untar_data


def saved(image: Image.Image, quality: int) -> Image.Image:
    jpeg = io.BytesIO()
    image.save(jpeg, "JPEG", quality=quality)
    return Image.open(jpeg)


@pytest.mark.parametrize(
    "change",
    [
        lambda it: saved(it, 30),
        lambda it: it.resize((it.width // 2, it.height // 2)),
        lambda it: ImageEnhance.Brightness(it).enhance(1.1),
    ],
    ids=["saved again", "half as large", "lighter"],
)
def test_a_copy_that_was_changed_a_little_is_found(
    pets: Path, change: Callable[[Image.Image], Image.Image]
) -> None:
    photos = [Image.open(file).convert("RGB") for file in sorted(pets.iterdir())[5:200:20]]
    sketches = [sketch(each) for each in [*photos, *map(change, photos)]]
    assert groups(sketches) == [[i, i + len(photos)] for i in range(len(photos))]


def test_a_mirrored_photo_is_no_copy(pets: Path) -> None:
    photo = Image.open(pets / "Bengal_16.jpg").convert("RGB")
    mirrored = photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert groups([sketch(photo), sketch(mirrored)]) == []


def test_handwritten_digits_that_look_alike_are_no_copies() -> None:
    ones = sorted((untar_data(URLs.DIGITS, progress=False) / "train" / "1").iterdir())
    assert groups([sketch(Image.open(file)) for file in ones]) == []


def test_empty_pictures_are_not_taken_for_copies_and_what_is_missing_is_passed_over() -> None:
    white, black = (Image.new("RGB", (50, 50), colour) for colour in ("white", "black"))
    assert groups([sketch(white), None, sketch(black), None]) == []


def test_groups_that_share_a_member_are_one() -> None:
    assert same(["a", "", "b", "a", "", "a"]) == [[0, 3, 5]]
    assert joined(6, [[0, 3]], [[3, 5], [1, 2]]) == [[0, 3, 5], [1, 2]]


def test_ten_thousand_copies_of_one_photo_are_one_group(pets: Path) -> None:
    one = sketch(Image.open(pets / "Bengal_16.jpg"))
    assert [len(group) for group in groups([one] * 10_000)] == [10_000]
