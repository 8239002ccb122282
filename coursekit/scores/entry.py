"""A row of the board, as its run's folder keeps it in `entry.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from coursekit.core import paths
from coursekit.core.columns import printable
from coursekit.core.errors import CourseError
from coursekit.scores.folder import ENTRY, RECIPE, STATUS, read_object
from coursekit.scores.interval import wilson
from coursekit.scores.recipe import title

Kind = Literal["model", "baseline", "person"]
FORMAT = 1
LONGEST = 120
"""Characters of a name."""


class NotForTheBoard(CourseError):
    """A run that has no score to compare."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(f"The run {folder.name} can't go on the board: {why}.")


@dataclass(frozen=True)
class Entry:
    """What the board knows of a training, a baseline or a person.

    Attributes:
        id: The name of its folder in `runs`.
        kind: What took the task.
        name: What it is called.
        task: What it was about: only entries of one task are compared.
        data: Digest of the photos, their labels and their split.
        wrong: How many of the `judged` items were got wrong.
        chosen: Whether these items decided anything about the model, which flatters it.
        seed: What made it repeatable.
        seconds: How long it took.
        hardware: On what.
        version: Of coursekit.
        recipe: What is needed to run it again.
        about: What else is shown.
        at: When it ended.
    """

    id: str
    kind: Kind
    name: str
    task: str
    data: str
    wrong: int
    judged: int
    chosen: bool
    seed: int | None
    seconds: float
    hardware: str
    version: str
    recipe: Mapping[str, Any]
    about: Mapping[str, Any] = field(default_factory=dict)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def error_rate(self) -> float:
        """The share of the judged items that were got wrong."""
        return self.wrong / self.judged

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true error rate lies, with 95 % confidence."""
        return wilson(self.wrong, self.judged)


def of_run(folder: Path, name: str = "") -> Entry:
    """The entry of a training that has ended, from its folder.

    Args:
        folder: The run's.
        name: What to call it; "": what it did, in words.

    Raises:
        NotForTheBoard: It goes on still, or it was judged by no error rate, or on data without a
            name.
    """
    if not folder.is_dir():
        raise NotForTheBoard(folder, "there is no such folder")
    recipe = _json(folder, RECIPE)
    if not (folder / STATUS).exists():
        raise NotForTheBoard(folder, "it has not ended; wait for it with run.wait()")
    status = _json(folder, STATUS)
    if status.get("state") not in ("finished", "stopped"):
        state = status.get("state", "not ended")
        raise NotForTheBoard(folder, f"it is {state}; run.wait() waits for its end")
    data, judged = recipe.get("data", {}), int(status.get("judged") or 0)
    if not data.get("source"):
        raise NotForTheBoard(folder, "its data has no name, so nothing can be compared with it")
    rate = error_rate_of(status.get("metrics") or {})
    if rate is None or not judged:
        raise NotForTheBoard(
            folder, "it was not judged by its error rate; make the learner with metrics=error_rate"
        )
    return Entry(
        id=folder.name,
        kind="model",
        name=shortened(name) or title(recipe),
        task=str(data.get("task") or data["source"]),
        data=str(data["digest"]),
        wrong=round(rate * judged),
        judged=judged,
        chosen=bool(status.get("used_for_choosing")),
        seed=recipe.get("seed"),
        seconds=float(status.get("seconds") or 0),
        hardware=str(recipe.get("hardware", "")),
        version=str(recipe.get("versions", {}).get("coursekit-companion", "")),
        recipe=recipe,
        at=datetime.fromisoformat(status["updated"]),
    )


def error_rate_of(metrics: Mapping[str, float]) -> float | None:
    """The error rate among a run's scores by name; None where none of them says it."""
    if "error_rate" in metrics:
        return metrics["error_rate"]
    return 1 - metrics["accuracy"] if "accuracy" in metrics else None


def shortened(name: str) -> str:
    """A name on one line, without signs that can't be seen, as long as there is room for."""
    return printable(name)[:LONGEST]


def write(entry: Entry) -> Path:
    """Keeps an entry in its run's folder, which is made where there is none.

    Raises:
        OSError: The home can't be written.
    """
    folder = paths.folder("runs") / entry.id
    folder.mkdir(exist_ok=True)
    if not (folder / RECIPE).exists():
        paths.write_text(folder / RECIPE, json.dumps(entry.recipe, indent=1))
    about = {key: value for key, value in vars(entry).items() if key != "recipe"}
    about |= {"format": FORMAT, "at": entry.at.isoformat()}
    paths.write_text(folder / ENTRY, json.dumps(about, indent=1))
    return folder


def read(folder: Path) -> Entry | None:
    """The entry of a run's folder; None where there is none that can be read."""
    try:
        found = read_object(folder, ENTRY)
        if found.pop("format") != FORMAT:
            return None
        made = Entry(
            **{**found, "id": folder.name, "at": datetime.fromisoformat(found["at"])},
            recipe=_json(folder, RECIPE),
        )
        return made if _sound(made) else None
    except (ValueError, KeyError, TypeError, NotForTheBoard):
        return None


def _sound(it: Entry) -> bool:
    """Whether the board can hold it: one damaged file must not keep the others from it."""
    texts = {"id": 26, "kind": 10, "name": LONGEST, "task": 200, "data": 32, "version": 40}
    texts |= {"hardware": 200}
    counts = type(it.wrong) is int and type(it.judged) is int and 0 <= it.wrong <= it.judged > 0
    return (
        counts
        and isinstance(it.chosen, bool)
        and isinstance(it.about, Mapping)
        and isinstance(it.seed, int | None)
        and isinstance(it.seconds, int | float)
        and it.at.tzinfo is not None
        and all(
            isinstance(getattr(it, name), str) and len(getattr(it, name)) <= most
            for name, most in texts.items()
        )
    )


def kept() -> Iterator[Path]:
    """The folders of all runs that are on the board, the latest first."""
    try:
        found = sorted((paths.home() / "runs").iterdir(), reverse=True)
    except OSError:
        return
    for folder in found:
        if not folder.name.startswith(".") and (folder / ENTRY).is_file():
            yield folder


def _json(folder: Path, name: str) -> dict[str, Any]:
    """A file of a run's folder.

    Raises:
        NotForTheBoard: It can't be read.
    """
    found = read_object(folder, name)
    if not found:
        raise NotForTheBoard(folder, f"its {name} is missing or damaged")
    return found
