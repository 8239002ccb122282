"""Runs side by side."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ulid import ULID

from coursekit.core.fingerprint import of_labels
from coursekit.scores.compare import LETTERS, names, results_of, settings_of, titles, verdict
from coursekit.scores.experiment import Experiment, began, read


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


def test_runs_of_one_name_are_told_apart_by_a_setting_else_by_their_time(
    clouds: list[Experiment],
) -> None:
    assert names(clouds) == ["Linear, 4 epochs (seed 8)", "Linear, 4 epochs (seed 3)",
                             "Linear, 1 epoch"]  # fmt: skip
    assert titles(clouds[:2])[1] == "B: Linear, 4 epochs (seed 3)"
    folders = [Path(str(ULID.from_timestamp(at))) for at in (9e8, 9e8 + 7, 9.1e8)]
    first, soon, later = (replace(clouds[0], folder=it, began=began(it)) for it in folders)
    assert names([first, later]) == [f"Linear, 4 epochs ({it.began})" for it in (first, later)]
    assert names([first, soon])[0].endswith(":00)")
    assert names([first, soon])[1].endswith(":07)")
    assert names(clouds[:1]) == ["Linear, 4 epochs"]


def test_photos_that_are_not_the_firsts_are_named(trained: list[Path]) -> None:
    rows = [["3/a.png", "3", "train"], ["5/b.png", "5", "valid"]]
    others = [*rows, ["5/c.png", "5", "valid"]]
    runs = [
        judged(folder, 0.1, 90, data={"source": "d", "digest": of_labels(it), "labels": it})
        for folder, it in zip(trained[1:3], (rows, others), strict=True)
    ]
    assert verdict(runs) == (
        "These runs were not all judged on the same photos, so their error rates can't be "
        "compared. The photos of B are not those of A. New: 5/c.png."
    )
    assert "New" not in verdict(runs[:1])


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
