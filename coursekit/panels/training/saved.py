"""Runs in their folders: what a panel notes beside them, and which of them is whose. No torch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from coursekit.core import handing, paths
from coursekit.core.errors import CourseError
from coursekit.data.labelled import LabelledFolder
from coursekit.panels.training.choices import Choices
from coursekit.scores import notes
from coursekit.scores.experiment import began as began
from coursekit.scores.folder import HISTORY, STATUS, read_object

NOTE = "panel.json"
FORMAT = 1


class NoHistory(CourseError):
    """A folder that no finished run can be read from."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} holds no training that can be shown. Choose a run's folder, such as one "
            f"in {paths.home() / 'runs'}."
        )


@dataclass(frozen=True)
class Note:
    """What a panel keeps beside a run that it began.

    Attributes:
        visitor: The browser that began it, a random word; "" in a notebook.
        photos: What it trains on.
        choices: How.
        speed: At most so many steps a second; 0: no limit.
    """

    visitor: str
    photos: LabelledFolder
    choices: Choices
    speed: float = 0.0

    def write(self, folder: Path) -> None:
        """Keeps it in the run's folder."""
        photos = asdict(self.photos)
        photos |= {"folder": str(self.photos.folder), "without": sorted(self.photos.without)}
        about: dict[str, Any] = {"format": FORMAT, "visitor": self.visitor, "photos": photos}
        about |= {"choices": asdict(self.choices), "speed": self.speed}
        paths.write_text(folder / NOTE, json.dumps(about, indent=1))

    @classmethod
    def read(cls, path: Path) -> Note | None:
        """What was kept; None where there is nothing that can be read."""
        try:
            about = json.loads((path / NOTE).read_text(encoding="utf-8"))
            photos = about["photos"]
            same = tuple((str(a), str(b)) for a, b in photos.pop("same"))
            folder, without = Path(photos.pop("folder")), frozenset(photos.pop("without"))
            made = LabelledFolder(folder, without=without, same=same, **photos)
            how = Choices(**about["choices"]), float(about["speed"])
            return cls(str(about["visitor"]), made, *how)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None


def folders() -> Iterator[Path]:
    """All runs' folders, the latest first (their names begin with the time)."""
    home = paths.home() / "runs"
    try:
        found = sorted((f for f in home.iterdir() if _is_run(f)), reverse=True)
    except OSError:
        return
    yield from found


def _is_run(path: Path) -> bool:
    """Whether it is no file, and not the bin of deleted runs."""
    return path.is_dir() and not path.name.startswith(".")


def began_by(visitor: str, folder: Path) -> bool:
    """Whether this browser began the run; "" is no browser, so no run is its."""
    note = Note.read(folder)
    known = {note.visitor if note else "", notes.read(folder).visitor}
    return bool(visitor) and visitor in known


def live_run(visitor: str) -> tuple[Path, Note] | None:
    """The latest run that this browser began, if some process trains it now.

    Another browser's run is never given: their words are random and long.
    """
    if not visitor:
        return None
    for folder in folders():
        note = Note.read(folder)
        if note is not None and note.visitor == visitor:
            return (folder, note) if handing.is_at_work(folder) else None
    return None


def state(folder: Path) -> str:
    """How a run stands by its own last word; "" where it said none."""
    return str(read_object(folder, STATUS).get("state", ""))


@dataclass(frozen=True, eq=False)
class Kept:
    """A run's history as its folder has it.

    Attributes:
        folder: The run's.
        state: How it ended, "" where that is not known.
        losses: Of every step.
        rates: Of every step.
        epochs: Rows as in `History.epochs`.
        phases: Rows as in `History.phases`.
        unit: What an epoch is called, see `News`.
    """

    folder: Path
    state: str
    losses: list[float]
    rates: list[float]
    epochs: list[dict[str, Any]]
    phases: list[dict[str, Any]]
    unit: str


def kept(folder: Path) -> Kept:
    """Reads a run's history.

    Raises:
        NoHistory: There is none, or it cannot be read.
    """
    try:
        data = json.loads((folder / HISTORY).read_text(encoding="utf-8"))
        unit = "pass" if any(phase.get("cached") for phase in data["phases"]) else "epoch"
        told = data["losses"], data["rates"], data["epochs"], data["phases"]
        return Kept(folder, state(folder), *told, unit)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoHistory(folder) from error
