"""Runs side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coursekit.scores.compare import LETTERS, results_of, settings_of, titles, verdict
from coursekit.scores.experiment import Experiment, read


@pytest.fixture
def clouds(trained: list[Path]) -> list[Experiment]:
    """Epochs 4 and seed 8; epochs 4; epochs 1."""
    return [it for it in map(read, trained[1:]) if it]


def test_only_the_settings_that_are_different_differ(clouds: list[Experiment]) -> None:
    differing = {row.name: row.cells for row in settings_of(clouds) if row.differs}
    assert differing == {"epochs": ("4", "4", "1"), "seed": ("8", "3", "3")}
    (epochs,) = [row for row in settings_of(clouds) if row.name == "epochs"]
    assert [epochs.unlike_first(place) for place in range(3)] == [False, False, True]


def test_a_setting_that_one_lacks_differs(trained: list[Path]) -> None:
    runs = [it for it in map(read, trained[:2]) if it]
    rows = {row.name: row for row in settings_of(runs)}
    assert rows["size"].cells == ("32", "")
    assert rows["size"].differs


def test_what_came_out_is_a_row_each(clouds: list[Experiment]) -> None:
    names = [row.name for row in results_of(clouds)]
    assert names == ["state", "error rate", "judged on", "validation loss", "time"]


def test_runs_are_called_by_letters(clouds: list[Experiment]) -> None:
    assert [it[:3] for it in titles(clouds)] == ["A: ", "B: ", "C: "]
    assert len(LETTERS) == 6


def judged(folder: Path, rate: float, n: int, **recipe: Any) -> Experiment:
    status = json.loads((folder / "status.json").read_text())
    status |= {"metrics": {"error_rate": rate}, "judged": n}
    (folder / "status.json").write_text(json.dumps(status))
    about = json.loads((folder / "recipe.json").read_text()) | recipe
    (folder / "recipe.json").write_text(json.dumps(about))
    found = read(folder)
    assert found
    return found


def test_intervals_that_overlap_tell_nothing_apart(trained: list[Path]) -> None:
    runs = [judged(it, rate, 90) for it, rate in zip(trained[1:], (0.02, 0.04, 0.06), strict=True)]
    assert verdict(runs).startswith("The error rates of A, B and C can't be told apart")
    assert verdict(runs[:1]) == ""


def test_intervals_apart_name_the_better_run(trained: list[Path]) -> None:
    a, b, c = (judged(it, r, 90) for it, r in zip(trained[1:], (0.9, 0.02, 0.04), strict=True))
    assert verdict([a, b]) == "By their error rates B is better than A."
    assert verdict([a, b, c]) == (
        "By their error rates B is better than A and C is better than A. "
        "The others can't be told apart."
    )


def test_other_photos_cannot_be_compared(trained: list[Path]) -> None:
    a = judged(trained[1], 0.9, 90, data={"source": "pets", "digest": "1"})
    b = judged(trained[2], 0.1, 90, data={"source": "pets", "digest": "2"})
    assert "not all judged on the same photos" in verdict([a, b])
