"""Curves of several runs, in the page's chart and as pictures."""

from __future__ import annotations

import io

from PIL import Image

from coursekit.panels.chart import Chart
from coursekit.panels.experiments.curves_view import fill
from coursekit.panels.experiments.lines import offered, points, unit_of
from coursekit.panels.experiments.model import ExperimentsModel
from coursekit.panels.experiments.pictures import curves, shown
from coursekit.panels.training.saved import Kept
from coursekit.scores.experiment import Experiment


def all_kept(model: ExperimentsModel) -> list[tuple[Experiment, Kept]]:
    return [(run, kept) for run in model.runs if (kept := model.curves(run))]


def test_losses_scores_and_rates_can_be_drawn(model: ExperimentsModel) -> None:
    names = offered([kept for _, kept in all_kept(model)])
    assert list(names) == ["training loss", "validation loss", "error rate (%)", "learning rate"]
    assert offered([]) == {}


def test_points_are_by_step_or_by_epoch(model: ExperimentsModel) -> None:
    kept = model.curves(model.runs[1])
    assert kept
    steps = points(kept, "train_loss")
    assert [x for x, _ in steps] == list(range(1, len(kept.losses) + 1))
    assert [x for x, _ in points(kept, "train_loss", "epoch")] == [1, 2, 3, 4]
    assert [x for x, _ in points(kept, "valid_loss", "step")] == [6, 12, 18, 24]
    assert [x for x, _ in points(kept, "rate", "epoch")] == [1, 2, 3, 4]
    assert all(0 <= y <= 100 for _, y in points(kept, "error_rate"))
    assert points(kept, "error_rate", "epoch")[-1][1] == 100 * kept.epochs[-1]["error_rate"]


def test_epochs_over_remembered_features_are_passes(model: ExperimentsModel) -> None:
    digits, *clouds = [kept for _, kept in all_kept(model)]
    assert [unit_of(it) for it in ([digits], clouds, [digits, *clouds], [])] == [
        "pass",
        "epoch",
        "epoch or pass",
        "epoch",
    ]


def test_each_run_has_a_look_and_a_letter_of_its_own(model: ExperimentsModel) -> None:
    chart, kept = Chart(), all_kept(model)
    runs = [model.runs[k] for k in (2, 1, 0)]
    chosen = [run.id for run in runs]
    fill(chart, runs, kept, "valid_loss", "epoch")
    by_id = {line["id"]: line for line in chart.lines}
    assert [by_id[id]["look"] for id in chosen] == ["run1", "run2", "run3"]
    assert [by_id[id]["name"] for id in chosen[:2]] == [
        "A: Linear, 4 epochs (seed 3)",
        "B: Linear, 4 epochs (seed 8)",
    ]
    assert by_id[chosen[2]]["name"] == f"C: {runs[2].name}"
    assert len(chart.points(chosen[1])) == 4
    assert "A ends at" in chart.caption
    fill(chart, runs[:1], kept, "train_loss", "step")
    assert [line["smooth"] for line in chart.lines] == [True]
    assert chart.points(chosen[1]) == []


def test_pictures_are_drawn_of_all_that_there_is(model: ExperimentsModel) -> None:
    labelled = [(f"A: {run.name}", kept) for run, kept in all_kept(model)]
    made = curves([*labelled, ("E: none", None)])
    assert list(made) == [
        "training loss by step",
        "validation loss by epoch",
        "error rate by epoch",
        "learning rate by step",
    ]
    for png in made.values():
        assert Image.open(io.BytesIO(png)).format == "PNG"


def test_a_label_is_no_formula_and_has_only_what_the_font_has(model: ExperimentsModel) -> None:
    assert shown("A: $x_1$") == r"A: \$x_1\$"
    assert shown("A: \U0001fae0\n") == "A: ??"
    assert len(shown("A" * 200)) == 60
    assert shown(f"A: {'x' * 60} (seed 8)").endswith("x (seed 8)")
    kept = model.curves(model.runs[0])
    assert curves([("A: $\\frac{1}$ \U0001fae0 <b> %s {x}", kept)])
