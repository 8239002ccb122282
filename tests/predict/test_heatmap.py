"""Showing where a network looked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from coursekit.predict.heatmap import colours, normalised, overlay


def test_a_map_is_brought_to_zero_and_one() -> None:
    heat = normalised(np.array([[-3, 1], [5, 2]], dtype=np.float32))
    np.testing.assert_allclose(heat, [[0, 0.5], [1, 0.625]])
    assert heat.dtype == np.float32


@pytest.mark.parametrize("value", [0.0, 7.0, float("nan")])
def test_a_map_without_differences_is_all_zero(value: float) -> None:
    assert not normalised(np.full((7, 7), value, dtype=np.float32)).any()


def test_the_colours_get_lighter_all_the_way() -> None:
    found = colours(np.linspace(0, 1, 101, dtype=np.float32))
    assert found.shape == (101, 3)
    lightness = found @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(lightness) > 0).all()


def test_only_the_hot_places_change(pets: Path) -> None:
    heat = np.zeros((7, 7), dtype=np.float32)
    heat[0, 0] = 1
    with Image.open(pets / "Bengal_10.jpg") as photo:
        shown = overlay(photo, heat)
        before, after = np.asarray(photo, int), np.asarray(shown, int)
    assert shown.mode == "RGB"
    assert shown.size == (500, 375)
    assert np.abs(after - before)[:20, :20].mean() > 10
    assert np.abs(after - before)[200:, 250:].max() <= 1
    np.testing.assert_array_equal(np.asarray(overlay(photo_of(before), heat, alpha=0)), before)


def photo_of(pixels: np.ndarray) -> Image.Image:
    return Image.fromarray(pixels.astype(np.uint8))


def test_one_value_colours_the_whole_picture() -> None:
    shown = overlay(Image.new("RGB", (20, 10)), np.ones((1, 1), dtype=np.float32), alpha=1)
    expected = np.rint(colours(np.float32([1.0])))[0].astype(int).tolist()
    assert np.asarray(shown).reshape(-1, 3).tolist() == [expected] * 200
