"""Notebooks are kept without results, and a lesson's cells are small."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted((ROOT / "lessons").glob("*.ipynb"))
NOTEBOOKS = [*LESSONS, *sorted((ROOT / "coursekit").rglob("*.ipynb"))]


def code_cells(notebook: Path) -> list[dict[str, Any]]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda file: file.name)
def test_no_results_are_stored(notebook: Path) -> None:
    assert code_cells(notebook)
    for cell in code_cells(notebook):
        assert (cell["outputs"], cell["execution_count"]) == ([], None)


@pytest.mark.parametrize("notebook", LESSONS, ids=lambda file: file.name)
def test_a_lessons_cells_have_three_lines_at_most(notebook: Path) -> None:
    for cell in code_cells(notebook):
        assert len("".join(cell["source"]).splitlines()) <= 3, cell["source"]
