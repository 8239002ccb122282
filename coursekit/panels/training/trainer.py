"""What the monitor asks of the engine: learners, runs, rates, estimates. No widgets."""

from __future__ import annotations

from collections.abc import Callable
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
    """

    fixed = True

    def __init__(self, learn: Learner | None) -> None:
        self.learn = learn

    def prepare(self, choices: Choices) -> Learner:
        """The Learner for these choices; the first call imports PyTorch."""
        del choices
        if self.learn is None:
            raise NoPhotos
        return self.learn

    def begin(
        self,
        choices: Choices,
        tell: Callable[[Closeup], object],
        paused: bool = False,
        speed: float | None = None,
    ) -> TrainingRun:
        """Starts a training in the background.

        Args:
            choices: How to train.
            tell: Gets the steps that are looked at.
            paused: Whether it holds before its first step.
            speed: At most so many steps a second.
        """
        learn = self.prepare(choices)
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

    def keep(self) -> Predictor | None:
        """What was learned, ready to predict; None where nothing was, or it is no picture model."""
        found = self.exported("model.ckit")
        return None if found is None else found[0]

    def exported(self, name: str) -> tuple[Predictor, bytes] | None:
        """The trained model as a predictor and as the content of a file; None as in `keep`."""
        if self.learn is None or not self.learn.history.epochs:
            return None
        if getattr(self.learn.dls, "preprocessing", None) is None:
            return None
        with TemporaryDirectory() as folder:
            path = self.learn.export(Path(folder) / name)
            return load_learner(path), path.read_bytes()

    def unseen(self) -> list[Path]:
        """A few photos to try that the model never learned from, of different classes."""
        dataset = getattr(self.learn.dls.valid, "dataset", None) if self.learn else None
        by_class: dict[Any, Path] = {}
        for item, target in zip(
            getattr(dataset, "items", ()), getattr(dataset, "targets", ()), strict=False
        ):
            by_class.setdefault(target, item)
        return list(by_class.values())[:EXAMPLES]

    def left_out(self) -> str:
        """Which photos could not be read and why."""
        from coursekit.vision.data import ImageDataLoaders
        from coursekit.vision.folder import left_out

        dls = self.learn.dls if self.learn else None
        return left_out(dls) if isinstance(dls, ImageDataLoaders) else ""

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

    Attributes:
        photos: What to train on.
    """

    fixed = False

    def __init__(self, photos: LabelledFolder | None = None) -> None:
        super().__init__(None)
        self.photos = photos
        self._made: tuple[Any, ...] = ()
        self._data: tuple[Any, ...] = ()
        self._dls: Any = None

    def prepare(self, choices: Choices) -> Learner:
        """A Learner for these choices, the same one until it has trained."""
        if self.photos is None:
            raise NoPhotos
        wanted = (self.photos, choices.size, choices.augment, choices.arch)
        if self.learn is None or self._made != wanted or self.learn.fits:
            from coursekit.vision.folder import learner, loaders

            if self._data != wanted[:3]:
                self._dls = loaders(self.photos, choices.size, augment=choices.augment)
                self._data = wanted[:3]
            self.learn, self._made = learner(self._dls, choices.arch or None, SEED), wanted
        return self.learn

    def code(self, choices: Choices) -> str:
        if self.photos is None:
            raise NoPhotos
        rate = self.base_lr(self._unused(choices), choices) if choices.rate else None
        return photo_code(self.photos, choices, rate)

    def _unused(self, choices: Choices) -> Learner:
        """A Learner that tells how rates are spread: the trained one will do."""
        same = self.photos, choices.size, choices.augment, choices.arch
        return self.learn if self.learn and self._made == same else self.prepare(choices)
