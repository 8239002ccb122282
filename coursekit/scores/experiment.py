"""A run as an experiment: what was tried, what came of it, what was noted; from its folder."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit.core.wording import duration, percent
from coursekit.scores import entry, notes
from coursekit.scores.folder import RECIPE, STATUS, read_object
from coursekit.scores.interval import wilson_of_rate
from coursekit.scores.notes import Notes
from coursekit.scores.recipe import settings, title

FORMAT = 1
ENDED = ("finished", "stopped", "failed")


@dataclass(frozen=True)
class Experiment:
    """One run among others.

    Attributes:
        folder: The run's.
        name: What the board calls it, else what it did, in words.
        began: `2026-11-02 14:05`.
        state: How it ended, or that it is going on, a word or two.
        recipe: What is needed to run it again.
        settings: The same as people read it.
        metrics: The scores of the epoch whose weights were kept, by name.
        valid_loss: Of that epoch; None where no epoch ended.
        judged: On how many items the scores are taken; 0 where that is not known.
        chosen: Whether these items decided anything about the model, which flatters it.
        seconds: How long it trained.
        photos: The folder of its items; "" where its data names none.
        notes: What somebody said of it.
        on_board: Whether it is on the board.
    """

    folder: Path
    name: str
    began: str
    state: str
    recipe: Mapping[str, Any]
    settings: Mapping[str, str]
    metrics: Mapping[str, float]
    valid_loss: float | None
    judged: int
    chosen: bool
    seconds: float
    photos: str
    notes: Notes
    on_board: bool

    @property
    def id(self) -> str:
        """The name of its folder."""
        return self.folder.name

    @property
    def error_rate(self) -> float | None:
        """The share of the judged items that it got wrong; None where that was not judged."""
        rate = entry.error_rate_of(self.metrics)
        return rate if rate is not None and 0 <= rate <= 1 else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the true error rate lies, with 95 % confidence."""
        if self.error_rate is None or not self.judged:
            return None
        return wilson_of_rate(self.error_rate, self.judged)

    @property
    def results(self) -> dict[str, str]:
        """What came of it, in words, a line for each."""
        found = {"state": self.state, "error rate": error_words(self)}
        if self.judged:
            flattered = ", which also chose the weights" if self.chosen else ""
            found["judged on"] = f"{self.judged:,} items{flattered}"
        if self.valid_loss is not None:
            found["validation loss"] = number(self.valid_loss)
        others = {k: v for k, v in self.metrics.items() if k not in ("error_rate", "accuracy")}
        found |= {name.replace("_", " "): number(value) for name, value in others.items()}
        found["time"] = duration(self.seconds) if self.seconds else ""
        return {name: words for name, words in found.items() if words}


def read(folder: Path, at_work: Callable[[Path], bool] = lambda _: False) -> Experiment | None:
    """The experiment in a run's folder.

    Args:
        folder: The run's.
        at_work: Whether some process trains it now.

    Returns:
        None where the folder holds no training that can be read: it is damaged, of another version
        of coursekit, or has a baseline's or a person's score.
    """
    recipe, status = read_object(folder, RECIPE), read_object(folder, STATUS)
    row = entry.read(folder)
    ours = recipe.get("format") == FORMAT and "phases" in recipe
    if not (ours and isinstance(recipe.get("data"), Mapping)) or (row and row.kind != "model"):
        return None
    try:
        return Experiment(
            folder=folder,
            name=row.name if row else title(recipe) or "a training",
            began=began(folder),
            state=_state(folder, str(status.get("state", "")), at_work),
            recipe={name: it for name, it in recipe.items() if name != "result"},
            settings=settings(recipe),
            metrics={str(k): float(v) for k, v in (status.get("metrics") or {}).items()},
            valid_loss=_number(status.get("valid_loss")),
            judged=int(status.get("judged") or 0),
            chosen=bool(status.get("used_for_choosing")),
            seconds=float(status.get("seconds") or 0),
            photos=str(status.get("photos") or ""),
            notes=notes.read(folder),
            on_board=row is not None,
        )
    except (ValueError, TypeError, AttributeError, KeyError, IndexError):
        return None


def _state(folder: Path, said: str, at_work: Callable[[Path], bool]) -> str:
    """What a run says of itself, unless nobody is at work with it any more."""
    if said in ENDED:
        return said
    if at_work(folder):
        return said or "preparing"
    return "broken off"


def began(folder: Path, exactly: bool = False) -> str:
    """When a run began, from its folder's name: `2026-11-02 14:05`; the name where it says none.

    Args:
        folder: The run's.
        exactly: To the second.
    """
    from ulid import ULID

    try:
        at = ULID.from_str(folder.name).datetime.astimezone()
        return at.strftime("%Y-%m-%d %H:%M:%S" if exactly else "%Y-%m-%d %H:%M")
    except ValueError:
        return folder.name


def error_words(it: Experiment) -> str:
    """`4.4 % (1.7 % to 10.9 %)`; "" where there is none."""
    if it.error_rate is None:
        return ""
    between = it.interval
    around = f" ({percent(between[0])} to {percent(between[1])})" if between else ""
    return f"{percent(it.error_rate)}{around}"


def number(value: float) -> str:
    """A loss or a score, to three digits after the point."""
    return f"{value:.3f}" if math.isfinite(value) else "no number"


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
