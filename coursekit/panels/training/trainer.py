"""What the monitor asks of the engine: learners, runs, rates, estimates. No widgets."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from coursekit.core.errors import CourseError
from coursekit.data.labelled import SEED, LabelledFolder
from coursekit.panels.training.choices import Choices, photo_code, tune_code
from coursekit.predict import Predictor, load_learner

if TYPE_CHECKING:
    from coursekit.learn.closeup import Closeup, StepCloseup
    from coursekit.learn.learner import Learner
    from coursekit.learn.lr_find import RateFinder
    from coursekit.learn.run import TrainingRun


EXAMPLES = 4


class NoPhotos(CourseError):
    """There is nothing to train on yet."""

    def __init__(self) -> None:
        super().__init__("No photos are chosen yet. Choose some first.")


class Trainer:
    """Trains one Learner; `PhotoTrainer` makes one from photos.

    Args:
        learn: What is trained; None while there is nothing yet.

    Attributes:
        fixed: Whether architecture, size and augmentation are given with the Learner.
        photos: What to train on, where photos are chosen.
    """

    fixed = True
    photos: LabelledFolder | None = None

    def __init__(self, learn: Learner | None) -> None:
        self.learn = learn

    def at_hand(self, choices: Choices) -> bool:
        """Whether a Learner for these choices can be had without a download."""
        del choices
        return True

    def prepare(self, choices: Choices, photos: LabelledFolder | None = None) -> Learner:
        """The Learner for these choices; the first call imports PyTorch."""
        del choices, photos
        if self.learn is None:
            raise NoPhotos
        return self.learn

    def begin(
        self,
        choices: Choices,
        tell: Callable[[Closeup], object],
        paused: bool = False,
        speed: float | None = None,
        photos: LabelledFolder | None = None,
    ) -> TrainingRun:
        """Starts a training in the background.

        Args:
            choices: How to train.
            tell: Gets the steps that are looked at.
            paused: Whether it holds before its first step.
            speed: At most so many steps a second.
            photos: What to train on, where photos are chosen.
        """
        learn = self.prepare(choices, photos)
        rate = self.base_lr(learn, choices)
        options: dict[str, Any] = {"depth": choices.depth} | ({"base_lr": rate} if rate else {})
        options |= {"paused": paused, "speed": speed}
        return learn.start("fine_tune", choices.epochs, cbs=looking(tell), **options)

    def go_on(
        self,
        folder: Path,
        choices: Choices,
        tell: Callable[[Closeup], object],
        speed: float | None = None,
    ) -> TrainingRun:
        """Goes on with a run from its folder; whoever is at work with it writes a checkpoint."""
        return self.prepare(choices).resume_from(folder, cbs=looking(tell), speed=speed)

    def base_lr(self, learn: Learner, choices: Choices) -> float | None:
        """What `fine_tune` takes so that the head trains at `choices.rate`."""
        if choices.rate is None:
            return None
        from coursekit.learn.phases import plan

        head = plan(learn, "fine_tune", choices.epochs, depth=choices.depth, base_lr=1.0)[0]
        return float(f"{choices.rate / head.rates[-1]:.3g}")

    def estimate(self, choices: Choices, given_up: Callable[[], bool] = lambda: False) -> str:
        """How long it will take here, and what to change where that is over five minutes.

        "" where `given_up` said so before that was known.
        """
        from coursekit.learn.estimate import GivenUp

        learn = self.prepare(choices)
        try:
            return repr(learn.estimate(choices.epochs, depth=choices.depth, given_up=given_up))
        except GivenUp:
            return ""

    def find_rate(
        self, choices: Choices, report: Callable[[str, int, int], None] | None = None
    ) -> RateFinder:
        """Tries rates out; nothing about the Learner changes."""
        return self.prepare(choices).lr_find(report=report)

    def keep(self, learn: Learner) -> Predictor | None:
        """What was learned, ready to predict; None where nothing was, or it is no picture model."""
        found = self.exported(learn, "model.ckit")
        return None if found is None else found[0]

    def exported(self, learn: Learner, name: str) -> tuple[Predictor, bytes] | None:
        """The trained model as a predictor and as the content of a file; None as in `keep`."""
        if not learn.history.epochs or getattr(learn.dls, "preprocessing", None) is None:
            return None
        with TemporaryDirectory() as folder:
            path = learn.export(Path(folder) / name)
            return load_learner(path), path.read_bytes()

    def unseen(self, learn: Learner) -> list[Path]:
        """A few photos to try that the model never learned from, of different classes.

        None of those that are kept for a game.
        """
        dataset = getattr(learn.dls.valid, "dataset", None)
        hidden: frozenset[Any] = getattr(learn.dls.valid, "hidden_items", frozenset)()
        by_class: dict[Any, Path] = {}
        for item, target in zip(
            getattr(dataset, "items", ()), getattr(dataset, "targets", ()), strict=False
        ):
            if not hidden or item not in hidden:
                by_class.setdefault(target, item)
        return list(by_class.values())[:EXAMPLES]

    def left_out(self, learn: Learner) -> str:
        """Which photos could not be read and why."""
        from coursekit.vision.data import ImageDataLoaders
        from coursekit.vision.folder import left_out

        return left_out(learn.dls) if isinstance(learn.dls, ImageDataLoaders) else ""

    def code(self, choices: Choices) -> str:
        """The lines that train as the panel does."""
        learn = self.prepare(choices)
        return tune_code(choices, self.base_lr(learn, choices))


def looking(tell: Callable[[Closeup], object]) -> StepCloseup:
    """The callback that looks at a step where that is wanted."""
    from coursekit.learn.closeup import StepCloseup

    return StepCloseup(tell)


def look_at_next(run: TrainingRun) -> None:
    """Has the run's next step looked at, where the run was begun by a panel."""
    from coursekit.learn.closeup import StepCloseup

    for callback in run.cbs:
        if isinstance(callback, StepCloseup):
            callback.wanted = True


class PhotoTrainer(Trainer):
    """Makes a new Learner for each training, so that runs can be compared.

    `photos` that are chosen anew are read anew: their folder may have changed.
    """

    fixed = False

    def __init__(self, photos: LabelledFolder | None = None) -> None:
        super().__init__(None)
        self.photos = photos
        self._made: Wanted | None = None
        self._loaded: tuple[Wanted, Any] | None = None
        self._one_at_a_time = threading.Lock()

    def at_hand(self, choices: Choices) -> bool:
        made = self._made
        return not choices.arch or (made is not None and made.choices.arch == choices.arch)

    def prepare(self, choices: Choices, photos: LabelledFolder | None = None) -> Learner:
        """A Learner for these choices, the same one until it has trained."""
        photos = photos or self.photos
        if photos is None:
            raise NoPhotos
        wanted = Wanted(photos, choices)
        with self._one_at_a_time:
            if self.learn is None or self.learn.fits or not wanted.same_network(self._made):
                from coursekit.vision.folder import learner

                self.learn = learner(self._loaders(wanted), choices.arch or None, SEED)
                self._made = wanted
            return self.learn

    def _loaders(self, wanted: Wanted) -> Any:
        from coursekit.vision.folder import loaders

        if self._loaded is None or not wanted.same_data(self._loaded[0]):
            choices = wanted.choices
            dls = loaders(wanted.photos, choices.size, augment=choices.augment)
            self._loaded = wanted, dls
        return self._loaded[1]

    def code(self, choices: Choices) -> str:
        photos = self.photos
        if photos is None:
            raise NoPhotos
        rate = self.base_lr(self.prepare(choices, photos), choices) if choices.rate else None
        return photo_code(photos, choices, rate)


@dataclass(frozen=True, eq=False)
class Wanted:
    """Photos and choices that a Learner was made for."""

    photos: LabelledFolder
    choices: Choices

    def same_data(self, other: Wanted | None) -> bool:
        """Whether its loaders would do; not where the photos were looked at again meanwhile."""
        if other is None or self.photos is not other.photos:
            return False
        mine, theirs = self.choices, other.choices
        return (mine.size, mine.augment) == (theirs.size, theirs.augment)

    def same_network(self, other: Wanted | None) -> bool:
        """Whether its Learner would do."""
        same = other is not None and self.choices.arch == other.choices.arch
        return same and self.same_data(other)
