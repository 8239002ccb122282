from __future__ import annotations

import csv
import io
import json

import pytest
import torch

from coursekit.learn.history import History


def filled(steps: int = 6) -> History:
    history = History()
    for step in range(steps):
        history.add_step(torch.tensor(1.0 / (step + 1)), 0.1 * step)
    history.add_epoch(0, epoch=1, phase="the head", valid_loss=0.25, accuracy=0.5, seconds=0.1)
    return history


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
    assert [row["step"] for row in rows] == ["1", "2", "3"]
    assert [float(row["train_loss"]) for row in rows] == pytest.approx([1, 1 / 2, 1 / 3])
    assert [float(row["lr"]) for row in rows] == pytest.approx([0, 0.1, 0.2])


def test_a_metric_named_like_a_formula_is_text_in_a_spreadsheet() -> None:
    history = filled(1)
    values = {"=cmd()": 0.5, "phase": "@SUM(A1)", "valid_loss": float("-inf")}
    history.add_epoch(1, epoch=2, seconds=0.2, **values)
    _, row = csv.DictReader(io.StringIO(history.to_csv()))
    assert (row["'=cmd()"], row["phase"], row["valid_loss"]) == ("0.5", "'@SUM(A1)", "-inf")
    assert "=cmd()" not in row


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
