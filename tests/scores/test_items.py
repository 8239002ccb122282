"""Which items a run had, and how those of two runs differ."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from coursekit.core import fingerprint
from coursekit.scores import items
from coursekit.scores.items import FILE, Changes, changes

ROWS = [("3/a.png", "3", "train"), ("3/b.png", "3", "valid"), ("5/c.png", True, "test")]


def recipe(rows: list[Any] = ROWS, **data: Any) -> dict[str, Any]:
    about = {"labels": {"name": "parent_label"}, "digest": fingerprint.of_labels(rows)}
    return {"data": about | data}


def test_what_is_kept_is_there_again(tmp_path: Path) -> None:
    items.write(tmp_path, ROWS)
    found = items.of(recipe(), tmp_path)
    assert found == {name: (label, side) for name, label, side in ROWS}


def test_a_recipe_with_a_table_of_its_own_needs_no_file(tmp_path: Path) -> None:
    rows = [list(row) for row in ROWS]
    assert items.of(recipe(labels=rows), tmp_path) == items.of(recipe(labels=rows), Path("none"))
    assert items.of(recipe(labels=rows), tmp_path)


@pytest.mark.parametrize(
    "content",
    [None, b"", b"no gzip", gzip.compress(b"{"), gzip.compress(b"[]")[:-3], gzip.compress(b"[]"),
     gzip.compress(b'{"format": 1, "rows": [["a"]]}'), gzip.compress(b'{"format": 2, "rows": []}'),
     gzip.compress(json.dumps({"format": 1, "rows": ROWS[:2]}).encode())],
)  # fmt: skip
def test_a_file_that_is_damaged_or_of_other_items_is_none(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    assert items.of(recipe(), tmp_path) is None
    assert items.of({"data": 5}, tmp_path) is None


def test_a_file_with_a_bad_byte_is_none_or_what_it_was(tmp_path: Path) -> None:
    items.write(tmp_path, ROWS)
    whole, found = (tmp_path / FILE).read_bytes(), items.of(recipe(), tmp_path)
    for place in range(len(whole)):
        bad = bytearray(whole)
        bad[place] ^= 0xFF
        (tmp_path / FILE).write_bytes(bad)
        assert items.of(recipe(), tmp_path) in (None, found)  # the head names a time and a system


def test_each_kind_of_change_is_named() -> None:
    before = {"a": ("x", "train"), "b": ("x", "train"), "c": ("y", "valid"), "d": ("y", "train")}
    after = {"a": ("x", "train"), "b": ("y", "valid"), "c": ("y", "train"), "e": ("x", "train")}
    found = changes(before, after)
    assert found == Changes(new=("e",), gone=("d",), relabelled=("b",), moved=("c",))
    assert str(found) == (
        "New: e. Gone: d. With another label: b. In another part of the split: c."
    )
    assert str(changes(before, before)) == str(changes(before, None)) == str(Changes()) == ""


def test_of_many_the_first_few_are_named_in_one_line() -> None:
    after = {f"{k:03}\x1b[2J\n.png": ("x", "train") for k in range(40)}
    assert str(changes({}, after)) == ("New: 000[2J .png, 001[2J .png, 002[2J .png and 37 more.")
