"""From a picture to the numbers that a network takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from coursekit.predict.decode import decode
from coursekit.predict.preprocess import Preprocessing, PreprocessingError

WAYS = [
    Preprocessing(64),
    Preprocessing((32, 48)),
    Preprocessing((48, 32), "squish"),
    Preprocessing(64, "pad"),
    Preprocessing((64, 40), "pad", pad_mode="border"),
    Preprocessing((40, 64), "pad", pad_mode="reflection"),
]


def _striped(width: int, height: int) -> Image.Image:
    """Red on the left third, green in the middle, blue on the right."""
    image = Image.new("RGB", (width, height), "lime")
    image.paste("red", (0, 0, width // 3, height))
    image.paste("blue", (width - width // 3, 0, width, height))
    return image


def test_crop_keeps_the_centre() -> None:
    pixels = Preprocessing(30).pixels(_striped(90, 30))
    assert (pixels == [0, 255, 0]).all()


def test_crop_keeps_the_whole_of_the_shorter_side() -> None:
    tall = _striped(30, 300)
    pixels = Preprocessing((60, 30)).pixels(tall)
    assert pixels[30, 0].tolist() == [255, 0, 0]
    assert pixels[30, -1].tolist() == [0, 0, 255]


def test_squish_shows_everything() -> None:
    pixels = Preprocessing(30, "squish").pixels(_striped(900, 30))
    colours = [pixels[15, at].tolist() for at in (2, 15, 27)]
    assert colours == [[255, 0, 0], [0, 255, 0], [0, 0, 255]]


@pytest.mark.parametrize(
    ("pad_mode", "edge"),
    [("zeros", [0, 0, 0]), ("border", [255, 0, 0]), ("reflection", [255, 0, 0])],
)
def test_pad_shows_everything_with_something_around(pad_mode: Any, edge: list[int]) -> None:
    tall = _striped(30, 90).rotate(0)
    pixels = Preprocessing(90, "pad", pad_mode=pad_mode).pixels(tall)
    assert pixels.shape == (90, 90, 3)
    assert pixels[45, 45].tolist() == [0, 255, 0]
    assert pixels[45, 32].tolist() == [255, 0, 0]
    assert pixels[45, 29].tolist() == edge


def test_reflection_mirrors_at_the_edge() -> None:
    image = Image.fromarray(np.arange(40, dtype=np.uint8).reshape(1, 40).repeat(20, axis=0))
    pixels = Preprocessing((40, 40), "pad", pad_mode="reflection").pixels(image)
    np.testing.assert_array_equal(pixels[:, 7, 0], [7] * 40)
    tall = Preprocessing((40, 60), "pad", pad_mode="reflection").pixels(image.resize((40, 40)))
    np.testing.assert_array_equal(tall[0, 9::-1, 0], tall[0, 11:21, 0])


@pytest.mark.parametrize("way", WAYS, ids=repr)
@settings(max_examples=30, deadline=None)
@given(width=st.integers(1, 700), height=st.integers(1, 700))
def test_every_shape_gives_the_size(way: Preprocessing, width: int, height: int) -> None:
    image = Image.new("RGB", (width, height), (200, 100, 50))
    pixels = way.pixels(image)
    assert pixels.shape == (*way.shape, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.writeable
    if way.pad_mode != "zeros" or way.method != "pad":
        assert (pixels == [200, 100, 50]).all()


@pytest.mark.parametrize("way", WAYS, ids=repr)
def test_the_narrowest_upload_gives_the_size(way: Preprocessing, uploads: Path) -> None:
    image = decode((uploads / "wide_10000x3.png").read_bytes(), "wide", way.at_least)
    assert way.tensor(image).shape == (3, *way.shape)


def test_large_photos_are_averaged_not_sampled() -> None:
    checks = np.indices((900, 900)).sum(axis=0) % 2 * 255
    pixels = Preprocessing(90).pixels(Image.fromarray(checks.astype(np.uint8)))
    assert np.abs(pixels.astype(int) - 127).max() <= 2


def test_resizing_agrees_with_one_long_way_round(pets: Path) -> None:
    with Image.open(pets / "Bengal_10.jpg") as photo:
        photo.load()
        large = photo.resize((2000, 1500))
    quick = Preprocessing(224).pixels(large).astype(float)
    slow = large.crop((250, 0, 1750, 1500)).resize((224, 224), Image.Resampling.BILINEAR)
    assert np.abs(quick - np.asarray(slow, float)).mean() < 1


def test_the_tensor_is_normalised_by_channel() -> None:
    way = Preprocessing(2, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
    tensor = way.tensor(Image.new("RGB", (5, 5), (255, 0, 51)))
    assert tensor.dtype == np.float32
    assert tensor.flags.c_contiguous
    expected = [(1 - 0.485) / 0.229, -0.456 / 0.224, (0.2 - 0.406) / 0.225]
    np.testing.assert_allclose(tensor[:, 1, 0], expected, rtol=1e-5)


def test_a_batch_of_pixels_is_normalised_like_each_of_them(pets: Path) -> None:
    way = Preprocessing(32, mean=(0.1, 0.2, 0.3))
    photos = [decode(path.read_bytes(), path.name) for path in sorted(pets.glob("Bengal_1*"))[:3]]
    batch = way.normalised(np.stack([way.pixels(photo) for photo in photos]))
    np.testing.assert_array_equal(batch, np.stack([way.tensor(photo) for photo in photos]))


def test_a_picture_that_is_not_rgb_is_made_so() -> None:
    assert Preprocessing(8).pixels(Image.new("RGBA", (9, 9), (0, 0, 0, 0))).min() == 255


def test_what_decode_must_keep_is_the_longer_target_side() -> None:
    assert Preprocessing((192, 256)).at_least == 256
    assert Preprocessing(224).at_least == 224


@pytest.mark.parametrize("way", WAYS, ids=repr)
def test_json_brings_it_back(way: Preprocessing) -> None:
    assert Preprocessing.from_json(json.loads(json.dumps(way.to_json()))) == way


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"size": 64, "colour": "red"},
        {"size": "64"},
        {"size": [1, 2, 3]},
        {"size": [64, None]},
        {"size": 0},
        {"size": 1_000_000},
        {"size": 64, "method": "bend"},
        {"size": 64, "method": ["crop"]},
        {"size": 64, "pad_mode": "tiles"},
        {"size": 64, "mean": [0.5]},
        {"size": 64, "mean": "abc"},
        {"size": 64, "mean": None},
        {"size": 64, "std": [1, 1, 0]},
        {"size": 64, "std": [1, 1, float("nan")]},
        {"size": 64, "std": [1, 1, 10**400]},
        {"size": 64, 3: 4},
    ],
)
def test_a_wrong_description_is_refused_in_words(values: dict[str, Any]) -> None:
    with pytest.raises(PreprocessingError, match=r"\.$"):
        Preprocessing.from_json(values)
