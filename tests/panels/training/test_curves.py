from __future__ import annotations

from typing import Any

from coursekit.panels.training.curves import BY_EPOCH, LOSS, PAST, Curves
from coursekit.panels.training.news import News


def row(epoch: int, step: int, valid: float, error: float) -> dict[str, Any]:
    known = {"epoch": epoch, "step": step, "train_loss": 0.5, "valid_loss": valid}
    return known | {"error_rate": error, "lr": 0.1, "seconds": 1.0, "phase": "the head"}


def news(run: int, fresh: bool = True, *rows: dict[str, Any]) -> News:
    points = tuple((step, 1.0 - step / 10, 0.01) for step in range(4))
    return News(run, f"{run} epochs", fresh, points, rows)


def names(curves: Curves, group: str) -> list[str]:
    return [line["name"] for line in curves.chart.lines if line["group"] == group]


def test_steps_and_epochs_become_lines() -> None:
    curves = Curves()
    curves.tell(news(1, True, row(1, 4, 0.3, 0.25)))
    assert curves.chart.points("1.train")[1] == (2.0, 0.9)
    assert curves.chart.points("1.valid") == [(4.0, 0.3)]
    assert curves.chart.points("1.valid by epoch") == [(1.0, 0.3)]
    assert curves.chart.points("1.error_rate") == [(1.0, 25.0)]
    assert names(curves, LOSS) == ["training loss", "validation loss"]
    assert "error rate" in curves.groups()


def test_earlier_runs_stay_behind_faded_and_named_but_not_for_ever() -> None:
    curves = Curves()
    for run in range(1, PAST + 3):
        curves.tell(news(run))
    lines = [line for line in curves.chart.lines if line["group"] == LOSS]
    assert len(lines) == 2 * (PAST + 1)
    assert [line["faded"] for line in lines] == [True] * 2 * PAST + [False] * 2
    assert lines[0]["name"] == "training loss, run 2 (2 epochs)"
    assert curves.chart.points("1.train") == []


def test_a_run_that_is_told_anew_has_each_point_once() -> None:
    curves = Curves()
    curves.tell(news(1, True, row(1, 4, 0.3, 0.25)))
    curves.tell(news(1, True, row(1, 4, 0.3, 0.25)))
    assert len(curves.chart.points("1.train")) == 4
    assert len(curves.chart.points("1.error_rate")) == 1


def test_the_lowest_validation_loss_is_marked_and_said() -> None:
    curves = Curves()
    curves.tell(news(1, True, row(1, 4, 0.3, 0.25), row(2, 8, 0.2, 0.2), row(3, 12, 0.4, 0.2)))
    step, epoch = curves.chart.marks
    assert (step["x"], step["group"], step["text"]) == (8, LOSS, "lowest: epoch 2")
    assert (epoch["x"], epoch["group"]) == (2, BY_EPOCH)
    assert curves.chart.caption == (
        "A chart of the loss by step. After 3 epochs: validation loss 0.400, error rate 20.0 %. "
        "The lowest validation loss was 0.200, in epoch 2."
    )


def test_another_group_has_its_own_axes() -> None:
    curves = Curves()
    curves.tell(news(1, True, row(1, 4, 0.3, 0.25)))
    curves.show("error_rate")
    assert (curves.chart.x_label, curves.chart.y_label) == ("epoch", "error rate")
