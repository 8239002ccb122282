"""Which items a run learned from and was judged on, by name; and how those of two runs differ.

A recipe has a digest of them, and their names only where no function of ours gives the labels. So a
run's folder keeps them in `items.json.gz`, about 5 bytes an item where names are alike.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit.core import fingerprint, paths
from coursekit.core.columns import printable
from coursekit.core.wording import listing
from coursekit.scores.recipe import part

FILE, FORMAT = "items.json.gz", 1
NAMED = 4
"""So many of each kind of change are named, the last place for how many more there are."""

Items = Mapping[str, tuple[Any, str]]
"""The label and the part of the split (train, valid or test) of each item, by its name."""


def write(folder: Path, rows: Iterable[tuple[str, object, str]]) -> None:
    """Keeps (name, label, part of the split) of each item in a run's folder.

    Raises:
        OSError: It can't be written.
    """
    text = json.dumps({"format": FORMAT, "rows": list(rows)}, separators=(",", ":"))
    with paths.replacing(folder / FILE) as temporary:
        temporary.write_bytes(gzip.compress(text.encode(), compresslevel=1, mtime=0))


def of(recipe: Mapping[str, Any], folder: Path) -> Items | None:
    """The items of a run; None where neither recipe nor folder has those of the recipe's digest."""
    data = part(recipe, "data")
    try:
        rows = data["labels"] if isinstance(data.get("labels"), list) else _kept(folder)
        found = [(str(name), label, str(side)) for name, label, side in rows]
        if fingerprint.of_labels(found) != data.get("digest"):
            return None
        return {name: (label, side) for name, label, side in found}
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError):
        return None


def _kept(folder: Path) -> list[Any]:
    found = json.loads(gzip.decompress((folder / FILE).read_bytes()))
    return list(found["rows"]) if found["format"] == FORMAT else []


@dataclass(frozen=True)
class Changes:
    """What is not the same in two runs' items: names, each in order.

    Attributes:
        new: Only the later run has them.
        gone: Only the earlier one.
        relabelled: They have another label.
        moved: They have the same label, in another part of the split.
    """

    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    relabelled: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()

    def __str__(self) -> str:
        kinds = {
            "New": self.new,
            "Gone": self.gone,
            "With another label": self.relabelled,
            "In another part of the split": self.moved,
        }
        return " ".join(
            f"{what}: {listing(map(printable, names), most=NAMED)}."
            for what, names in kinds.items()
            if names
        )


def changes(before: Items | None, after: Items | None) -> Changes:
    """How the items of a later run differ from those of an earlier one; none if not both known."""
    if before is None or after is None:
        return Changes()
    both = sorted(before.keys() & after.keys())
    return Changes(
        new=tuple(sorted(after.keys() - before.keys())),
        gone=tuple(sorted(before.keys() - after.keys())),
        relabelled=tuple(it for it in both if before[it][0] != after[it][0]),
        moved=tuple(it for it in both if before[it] != after[it] and before[it][0] == after[it][0]),
    )
