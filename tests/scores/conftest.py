"""Entries for the board, and folders of runs as training leaves them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support_experiments import few_digits, once_trained, trained  # noqa: F401

from coursekit.scores.entry import Entry
from coursekit.store.tables import new_id

RECIPE = {
    "format": 1,
    "data": {
        "kind": "images",
        "source": "pets",
        "digest": "3fa2" * 8,
        "counts": {"train": 360, "valid": 90, "test": 0},
        "item_tfms": [{"name": "Resize", "size": 128, "method": "crop"}],
        "batch_tfms": [],
        "bs": 64,
    },
    "model": {"architecture": "tf_efficientnet_lite0", "pretrained": True},
    "call": {"method": "fine_tune", "args": [2], "options": {"depth": "head"}},
    "seed": 42,
    "versions": {"coursekit-companion": "0.1.0", "torch": "2.9.0"},
    "threads": 2,
    "device": "cpu",
    "hardware": "A processor, 2 cores",
}


@pytest.fixture
def recipe() -> dict[str, Any]:
    return json.loads(json.dumps(RECIPE))


@pytest.fixture
def entry() -> Callable[..., Entry]:
    """Makes an entry; takes `Entry`'s arguments."""

    def make(**changes: Any) -> Entry:
        about: dict[str, Any] = {"id": new_id(), "kind": "model", "name": "one epoch"}
        about |= {"task": "pets", "data": "3fa2" * 8, "wrong": 4, "judged": 90, "chosen": False}
        about |= {"seed": 42, "seconds": 9.5, "hardware": "A processor, 2 cores"}
        about |= {"version": "0.1.0", "recipe": RECIPE}
        return Entry(**{**about, **changes})

    return make


@pytest.fixture
def run_folder(home: Path, recipe: dict[str, Any]) -> Callable[..., Path]:
    """Makes the folder of a run that ended; takes what its status says."""

    def make(**status: Any) -> Path:
        folder = home / "runs" / new_id()
        folder.mkdir(parents=True)
        said = {"format": 1, "updated": "2026-11-02T14:05:00+00:00", "state": "finished"}
        said |= {"metrics": {"error_rate": 4 / 90}, "judged": 90, "seconds": 9.5}
        (folder / "recipe.json").write_text(json.dumps(recipe))
        (folder / "status.json").write_text(json.dumps(said | status))
        return folder

    return make
