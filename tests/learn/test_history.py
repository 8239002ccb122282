from __future__ import annotations

import csv
import io
import json
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.learn.history import History, thin

FINITE = st.floats(-1e6, 1e6)


def filled(steps: int = 6) -> History:
    history = History()
    for step in range(steps):
        history.add_step(torch.tensor(1.0 / (step + 1)), 0.1 * step)
    history.add_epoch(0, epoch=1, phase="the head", valid_loss=0.25, accuracy=0.5, seconds=0.1)
    return history


@settings(deadline=None, max_examples=40)
@given(st.lists(FINITE, max_size=400), st.integers(4, 60))
def test_thinning_keeps_the_highest_and_lowest_of_every_stretch(
    heights: list[float], most: int
) -> None:
    points = list(enumerate(heights))
    kept = thin(points, most)
    assert len(kept) <= most
    assert kept == sorted(set(kept))
    assert set(kept) <= set(points)
    if len(points) <= most:
        assert kept == points
        return
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    buckets, n = most // 4, len(points)
    for k in range(buckets):
        stretch = heights[k * n // buckets : (k + 1) * n // buckets]
        there = [y for x, y in kept if k * n // buckets <= x < (k + 1) * n // buckets]
        assert (max(there), min(there)) == (max(stretch), min(stretch))


@settings(deadline=None, max_examples=15)
@given(st.integers(2001, 30_000), st.data())
def test_one_peak_among_many_steps_is_never_lost(n: int, data: st.DataObject) -> None:
    place, depth = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, n - 1))
    heights = [math.sin(step / 50) for step in range(n)]
    heights[place], heights[depth] = 5.0, -5.0
    kept = thin(list(enumerate(heights)))
    assert len(kept) <= 2000
    assert (depth, -5.0) in kept
    assert place == depth or (place, 5.0) in kept


@settings(deadline=None, max_examples=20)
@given(st.integers(2001, 5000), st.data())
def test_a_loss_that_is_no_number_hides_no_peak(n: int, data: st.DataObject) -> None:
    heights = [1.0] * n
    place = data.draw(st.integers(0, n - 1))
    for step in data.draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=50)):
        heights[step] = math.nan
    heights[place] = 9.0
    assert (place, 9.0) in thin(list(enumerate(heights)))


def test_json_gives_back_what_it_was_given() -> None:
    history = filled()
    again = History.from_json(history.to_json())
    assert json.loads(history.to_json())["format"] == 1
    assert again.to_json() == history.to_json()
    assert again.since(2) == history.since(2)
    assert len(again) == 6


def test_csv_has_a_row_for_each_epoch() -> None:
    history = filled()
    history.add_epoch(6, epoch=2, phase="the head", valid_loss=None, seconds=0.2)
    rows = list(csv.DictReader(io.StringIO(history.to_csv())))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert float(rows[0]["accuracy"]) == 0.5
    assert (rows[1]["accuracy"], rows[1]["valid_loss"]) == ("", "")
    assert float(rows[0]["train_loss"]) == pytest.approx(sum(1 / k for k in range(1, 7)) / 6)


def test_csv_has_a_row_for_each_step_where_that_is_asked() -> None:
    rows = list(csv.DictReader(io.StringIO(filled(3).to_csv("step"))))
    assert [row["step"] for row in rows] == ["0", "1", "2"]
    assert [float(row["train_loss"]) for row in rows] == pytest.approx([1, 1 / 2, 1 / 3])
    assert [float(row["lr"]) for row in rows] == pytest.approx([0, 0.1, 0.2])


@pytest.mark.parametrize("steps", [0, 1, 6, 3000])
def test_the_losses_can_be_drawn(steps: int) -> None:
    plot = filled(steps).plot_loss()
    assert plot._repr_png_().startswith(b"\x89PNG")
    (axis,) = plot.figure.axes
    assert [line.get_label() for line in axis.lines] == ["train", "valid"][not steps :]
    assert max(len(line.get_xdata()) for line in axis.lines) <= 2000


def test_an_empty_history_can_be_drawn_and_written() -> None:
    history = History()
    assert history.plot_loss()._repr_png_().startswith(b"\x89PNG")
    assert History.from_json(history.to_json()).epochs == []
    assert history.to_csv().strip() == ""
    with pytest.raises(KeyError, match="no epoch has ended"):
        history.last("valid_loss")


def test_reading_the_losses_is_what_fetches_them() -> None:
    history = filled(3)
    assert len(history) == 3
    assert history.losses == pytest.approx([1, 1 / 2, 1 / 3])
    history.add_step(torch.tensor(9.0), 0.5)
    assert history.since(2) == ((2, pytest.approx(1 / 3), 0.2), (3, 9.0, 0.5))


def test_what_came_later_can_be_cut_off() -> None:
    history = filled(4)
    history.phases = [{"name": "a"}, {"name": "b"}]
    history.cut(2, 0, 1)
    assert (len(history), len(history.losses), history.epochs, len(history.phases)) == (2, 2, [], 1)
