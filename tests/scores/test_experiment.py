"""A run's folder read as an experiment."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coursekit.scores import notes
from coursekit.scores.adding import keep
from coursekit.scores.entry import Entry, of_run
from coursekit.scores.experiment import Experiment, read


def read_well(folder: Path, **options: Any) -> Experiment:
    found = read(folder, **options)
    assert found
    return found


def test_a_real_run_says_what_it_did_and_reached(trained: list[Path]) -> None:
    it = read_well(trained[0])
    assert it.name == "tf_efficientnet_lite0, 1 epoch, head, 32 pixels"
    assert it.state == "finished"
    assert it.began.startswith("20")
    assert it.judged == 30
    assert it.error_rate is not None
    assert it.interval
    assert it.interval[0] <= it.error_rate <= it.interval[1]
    assert it.results["error rate"].endswith(" %)")
    assert it.results["judged on"].startswith("30 items")
    assert it.settings["epochs"] == "1"
    assert it.photos.endswith("digits3")
    assert it.seconds > 0
    assert "result" not in it.recipe
    assert not it.on_board


def test_the_boards_name_and_notes_are_an_experiments(trained: list[Path]) -> None:
    keep(of_run(trained[0], "small photos"))
    notes.change(trained[0], text="well", tags=["size"])
    it = read_well(trained[0])
    assert (it.name, it.on_board, it.notes.tags) == ("small photos", True, ("size",))


def test_a_run_without_an_end_goes_on_or_was_broken_off(trained: list[Path]) -> None:
    file = trained[1] / "status.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"state": "training"}))
    assert read_well(trained[1]).state == "broken off"
    assert read_well(trained[1], at_work=lambda _: True).state == "training"
    file.unlink()
    it = read_well(trained[1], at_work=lambda _: True)
    assert (it.state, it.error_rate, it.interval) == ("preparing", None, None)
    assert it.results == {"state": "preparing"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("recipe.json", ""),
        ("recipe.json", "[]"),
        ("recipe.json", '{"format": 2, "phases": []}'),
        ("recipe.json", '{"format": 1, "phases": [], "data": "x"}'),
        ("status.json", '{"state": "finished", "metrics": 5}'),
        ("status.json", '{"state": "finished", "metrics": {"error_rate": "<b>"}}'),
        ("status.json", '{"state": "finished", "judged": "many"}'),
    ],
)
def test_a_damaged_run_is_none(trained: list[Path], name: str, text: str) -> None:
    (trained[0] / name).write_text(text)
    assert read(trained[0]) is None


def test_a_score_that_is_no_share_is_no_error_rate(trained: list[Path]) -> None:
    said = '{"state": "finished", "metrics": {"error_rate": NaN}, "judged": 9, "valid_loss": NaN}'
    (trained[0] / "status.json").write_text(said)
    it = read_well(trained[0])
    assert (it.error_rate, it.interval) == (None, None)
    assert it.results["validation loss"] == "no number"


def test_baselines_and_people_are_no_experiments(
    home: Path, entry: Callable[..., Entry], trained: list[Path]
) -> None:
    keep(
        entry(id="x", kind="baseline", recipe=json.loads((trained[0] / "recipe.json").read_text()))
    )
    assert read(home / "runs" / "x") is None
