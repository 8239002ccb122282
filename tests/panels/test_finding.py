"""Which row of a list somebody means."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from coursekit.core.errors import CourseError
from coursekit.panels.finding import one_of


@dataclass(frozen=True)
class Run:
    id: str
    folder: Path | None = None


RUNS = [Run("01ab"), Run("01cd"), Run("01ce")]


def found(which: Any) -> Run:
    return one_of(which, RUNS[:2], RUNS, lambda run: run.id, "run")


@pytest.mark.parametrize("which", [2, "01cd", "01cd/", Path("runs/01cd"), Run("01cd")])
def test_one_is_named_by_number_id_folder_or_itself(which: Any) -> None:
    assert found(which) is RUNS[1]


def test_a_number_is_of_what_is_shown_and_an_id_of_all() -> None:
    assert found("01ce") is RUNS[2]
    for number in (0, 3, -1):
        with pytest.raises(CourseError, match=rf"There is no run {number}\. There are 2, counted"):
            found(number)


@pytest.mark.parametrize("which", ["x", "", None, True, 1.0, [], Path("/")])
def test_what_is_none_is_a_sentence(which: Any) -> None:
    with pytest.raises(CourseError, match="is no run here"):
        found(which)


def test_what_fits_several_is_said_to() -> None:
    with pytest.raises(CourseError, match="'01c' fits 2 runs"):
        found("01c")
