"""A training run again from its recipe, and whether the same came out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch

from coursekit.core.errors import CourseError
from coursekit.core.processors import processors
from coursekit.core.wording import listing, percent
from coursekit.experiments.remaking import CannotRepeat, as_it_says, find_photos, learner_of
from coursekit.learn import phases
from coursekit.learn.phases import Phase
from coursekit.learn.progress import ENDED
from coursekit.learn.run import TrainingRun, begin_plan
from coursekit.scores import items
from coursekit.scores.entry import error_rate_of
from coursekit.scores.folder import RECIPE
from coursekit.scores.interval import wilson_of_rate
from coursekit.scores.items import Changes
from coursekit.scores.recipe import Difference, changed, differences

Recipe = Mapping[str, Any]
Plain = (str, int, float, bool, type(None))
PLAN = ("epochs", "depth", "rate", "architecture", "size")
"""Changes after which the method has to plan anew."""

SAME = "The machine, its threads and the versions are the same."

NO_CHANGES = Changes()

Outcome = Literal["exactly", "within", "outside", "other data", "no score"]


class NoSuchRecipe(CourseError):
    """A recipe that is not there."""

    def __init__(self, path: Path) -> None:
        what = f"{RECIPE} in the folder" if path.is_dir() else "file or folder"
        super().__init__(f"There is no {what} {path}. Name a recipe.json, or the folder of a run.")


def read_recipe(path: Path) -> dict[str, Any]:
    """The recipe in a file, or in a run's folder.

    Raises:
        NoSuchRecipe: There is no such file, or the folder is no run's.
        CannotRepeat: It holds none.
    """
    file = path / RECIPE if path.is_dir() else path
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoSuchRecipe(path) from None
    except (OSError, ValueError) as error:
        raise CannotRepeat(f"{file} can't be read as one") from error
    if not isinstance(found, dict):
        raise CannotRepeat(f"{file} holds none")
    return found


def run_again(recipe: Recipe, photos: Path | None = None, **changes: Any) -> TrainingRun:
    """Begins a training as a recipe describes it, in the background.

    On as many threads as the recipe's, where this machine has them: the last digits depend on that.

    Args:
        recipe: Of a run, as its folder keeps it.
        photos: The folder of the photos; None: the catalogue's, or one of that name here.
        changes: What is to be different, see `scores.recipe.changed`.

    Returns:
        The run; `compare` says what came of it.

    Raises:
        CannotRepeat: The recipe does not say all that it takes.
        WherePhotos: The photos are not found.
        NoSuchChange: There is no such setting.
    """
    with as_it_says():
        wanted = changed(recipe, **changes)
        learn = learner_of(wanted, find_photos(wanted, photos))
        call, threads = wanted["call"], int(wanted.get("threads", 0))
        if any(changes.get(name) is not None for name in PLAN):
            plan = phases.plan(learn, call["method"], *_plain(call["args"]), **call["options"])
        else:
            plan = [Phase.from_json(phase) for phase in wanted["phases"]]
    return _on_threads(threads, lambda: begin_plan(learn, plan, call))


def _plain(args: list[Any]) -> list[Any]:
    """Arguments as they were; what JSON could not hold is a text by now.

    Raises:
        CannotRepeat: There is such an argument.
    """
    if odd := [it for it in args if not isinstance(it, Plain) or str(it).startswith("slice(")]:
        raise CannotRepeat(f"{odd[0]} can't be changed along; train from your own code")
    return args


def _on_threads(wanted: int, begin: Callable[[], TrainingRun]) -> TrainingRun:
    """Begins a run that computes on so many threads, where this machine has them.

    Begun in a thread of its own: what PyTorch is told there holds for threads that come later, such
    as the run's, and not for the one that calls this. The run's end takes it back.
    """
    before = torch.get_num_threads()
    if not 0 < wanted <= processors() or wanted == before:
        return begin()

    def begun() -> TrainingRun:
        torch.set_num_threads(wanted)
        return begin()

    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(begun).result()

    def give_back(_: object = None) -> None:
        if run.progress.state in ENDED:
            torch.set_num_threads(before)

    run.observe(give_back, "progress")
    give_back()  # it may have failed at once
    return run


@dataclass(frozen=True)
class Comparison:
    """What came of a recipe this time, beside what came of it before.

    Attributes:
        outcome: `exactly`: every loss is the same; `within` or `outside` of the 95 % interval of
            the first error rate; `other data`; `no score`: one of the two has no error rate.
        before: The first error rate.
        after: This one.
        interval: Of the first one.
        data: What is different about the data, a sentence or some; "" for nothing.
        settings: What else differs: versions, the machine.
    """

    outcome: Outcome
    before: float | None = None
    after: float | None = None
    interval: tuple[float, float] = (0.0, 1.0)
    data: str = ""
    settings: list[Difference] = field(default_factory=list)

    @property
    def reproduced(self) -> bool:
        """Whether the same came out, as far as can be expected."""
        return self.outcome in ("exactly", "within")

    def __str__(self) -> str:
        same = "" if self.outcome not in ("within", "outside") else SAME
        return " ".join(filter(None, [self._said(), self.data, self._different or same]))

    @property
    def changed(self) -> str:
        """What came of it where something was changed on purpose: no verdict."""
        was, now = ("not known" if it is None else percent(it) for it in (self.before, self.after))
        said = f"The error rate was {was} and is {now} now."
        return " ".join(filter(None, [said, self.data, self._different]))

    @property
    def _different(self) -> str:
        """What differs besides the data, a sentence; "" where nothing does."""
        return f"Different are: {listing(self.settings, most=6)}." if self.settings else ""

    def _said(self) -> str:
        if self.before is None or self.after is None:
            return "One of the two was not judged by an error rate, so they can't be compared."
        was, now = percent(self.before), percent(self.after)
        low, high = (percent(it) for it in self.interval)
        if self.outcome == "exactly":
            return f"Reproduced exactly: every loss is the same, and so is the error rate, {now}."
        if self.outcome == "other data":
            return f"The error rate was {was} and is {now} now, on other data."
        where = "within" if self.outcome == "within" else "outside of"
        sign = "Reproduced" if self.outcome == "within" else "Not reproduced"
        return (
            f"{sign}: the error rate was {was} and is {now} now, {where} the 95 % interval "
            f"from {low} to {high}."
        )


def compare_runs(before: Recipe, folder: Path, run: TrainingRun) -> Comparison:
    """What came of a run, beside what came of the one that it repeats.

    Args:
        before: The recipe of the first run, with its `result`.
        folder: Where that lay; the first run's own knows its photos by name.
        run: Has ended.
    """
    after = read_recipe(run.folder)
    was, now = items.of(before, folder), items.of(after, run.folder)
    return compare(before, after, items.changes(was, now))


def compare(before: Recipe, after: Recipe, photos: Changes = NO_CHANGES) -> Comparison:
    """What two recipes with their results have in common.

    Args:
        before: Of the first run, with its `result`.
        after: Of the run that followed it.
        photos: Which of its photos are not the same, as far as that is known.
    """
    was, now = _error_rate(before), _error_rate(after)
    said = _data_change(before.get("data", {}), after.get("data", {}), photos)
    rest = [it for it in differences(before, after) if _counts(it.setting)]
    if was is None or now is None:
        return Comparison("no score", was, now, data=said, settings=rest)
    judged = before["result"]["judged"]
    interval = wilson_of_rate(was, judged)
    return Comparison(_outcome(before, after, interval, said), was, now, interval, said, rest)


def _outcome(before: Recipe, after: Recipe, interval: tuple[float, float], data: str) -> Outcome:
    if data:
        return "other data"
    same = ("losses", "metrics", "judged")
    if all(before["result"].get(key) == after["result"].get(key) for key in same):
        return "exactly"
    now = _error_rate(after)
    return "within" if now is not None and interval[0] <= now <= interval[1] else "outside"


def _error_rate(recipe: Recipe) -> float | None:
    result = recipe.get("result", {})
    return error_rate_of(result.get("metrics", {})) if result.get("judged") else None


def _counts(setting: str) -> bool:
    """Whether a difference in this setting is for people to know: the data's is said apart."""
    return setting not in ("data", "split", "photos (training + validation)")


def _data_change(before: Mapping[str, Any], after: Mapping[str, Any], photos: Changes) -> str:
    """What is different about the data, a sentence or some; "" where nothing is."""
    if before.get("digest") == after.get("digest"):
        return ""
    was, now = before.get("counts", {}), after.get("counts", {})
    parts = {"train": "training", "valid": "validation", "test": "test"}
    counts = [
        f"{now.get(part, 0):,} {word} photos where there were {was.get(part, 0):,}"
        for part, word in parts.items()
        if was.get(part, 0) != now.get(part, 0)
    ]
    what = listing(counts) or "names, labels or their split"
    return f"The photos are not the same: {what}. {photos}".rstrip()
