"""Experiments as CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from coursekit.scores import notes
from coursekit.scores.experiment import read
from coursekit.scores.spreadsheet import as_csv


def test_a_row_has_results_settings_and_notes(trained: list[Path]) -> None:
    notes.change(trained[0], text="two\nlines, and “more”", tags=["a", "b"])
    runs = [it for it in map(read, trained) if it]
    first, *rest = csv.DictReader(io.StringIO(as_csv(runs)))
    assert len(rest) == 3
    assert first["note"] == "two\nlines, and “more”"
    assert first["tags"] == "a, b"
    assert first["setting epochs"] == "1"
    assert first["setting seed"] == "5"
    assert 0 <= float(first["error rate from"]) <= float(first["error rate"]) <= 1
    assert float(first["validation loss"]) > 0
    assert rest[0]["setting size"] == ""


def test_hostile_notes_are_cells_and_nothing_else(trained: list[Path]) -> None:
    notes.change(trained[0], text="=cmd|'/c calc'!A0", tags=["@x", '"quoted"'])
    found = read(trained[0])
    assert found
    (row,) = csv.DictReader(io.StringIO(as_csv([found])))
    assert row["note"] == "'=cmd|'/c calc'!A0"
    assert row["tags"] == '\'@x, "quoted"'


def test_no_run_is_an_empty_table() -> None:
    assert list(csv.DictReader(io.StringIO(as_csv([])))) == []
