"""A reading as data, under names that stay."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from coursekit.machine.readings import Reading
from coursekit.machine.words import summary

FORMAT = 1
"""Rises where a name or a meaning changes; new names may come at any time."""


def as_data(reading: Reading) -> dict[str, Any]:
    """What `coursekit machine --json` prints; docs/machine.md says what each name means."""
    data = asdict(reading)
    del data["clock"]  # means nothing to another process
    for gpu, said in zip(reading.gpus, data["gpus"], strict=True):
        said["memory_free"] = gpu.memory_free
    return {"format": FORMAT, "summary": summary(reading), **data}
