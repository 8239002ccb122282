"""What the workbench and the command line ask of the engine, in one place. No widgets."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from coursekit.core import wording
from coursekit.core.errors import CourseError
from coursekit.data.items import RegexLabeller, get_image_files, parent_label, using_attr
from coursekit.panels.picker.model import Choice, Found, Sample
from coursekit.predict import decode, load_learner

if TYPE_CHECKING:
    from coursekit.learn.learner import Learner
    from coursekit.learn.run import TrainingRun
    from coursekit.predict import Predictor
    from coursekit.vision.data import ImageDataLoaders

SAMPLES = 6
SHOWN = 3
THUMBNAIL = 96


class NothingToLearn(CourseError):
    """Photos that all have the same label."""


def labeller(choice: Choice) -> Callable[[Path], Any]:
    """What gives a photo's path its label under the choice's rule."""
    return using_attr(RegexLabeller(choice.label), "name") if choice.label else parent_label


def has_split(choice: Choice) -> bool:
    """Whether the folder brings a split: `train` and `valid`, with class folders in both."""
    folder = choice.folder
    return not choice.label and (folder / "train").is_dir() and (folder / "valid").is_dir()


def photos(choice: Choice) -> list[Path]:
    """The photo files of a choice."""
    return get_image_files(choice.folder, folders=["train", "valid"] if has_split(choice) else None)


def look(choice: Choice) -> Found:
    """The photos of a choice by class, and one sample of each of the first classes.

    Raises:
        CourseError: There are no photos, or they are all of one class.
    """
    label, name = labeller(choice), choice.folder.name
    files = photos(choice)
    by_class: dict[str, Path] = {}
    counts: Counter[str] = Counter()
    for file in files:
        kind = str(label(file))
        counts[kind] += 1
        by_class.setdefault(kind, file)
    if len(counts) < 2:
        raise NothingToLearn(
            f"All {len(files):,} photos in {name} would have one label, {next(iter(counts))!r}. "
            "Choose another rule for labels, or a folder that holds a folder for each class."
        )
    samples = (thumbnail(by_class[kind], kind) for kind in sorted(counts)[:SAMPLES])
    return Found(choice, dict(sorted(counts.items())), tuple(filter(None, samples)))


def thumbnail(file: Path, label: str) -> Sample | None:
    """A small copy of a photo; None where it cannot be read: training will say so by name."""
    try:
        image = decode(file.read_bytes(), file.name, at_least=THUMBNAIL)
    except (CourseError, OSError):
        return None
    image.thumbnail((2 * THUMBNAIL, 2 * THUMBNAIL))
    jpeg = io.BytesIO()
    image.save(jpeg, "JPEG", quality=80)
    return Sample(label, jpeg.getvalue())


def digits() -> Path:
    """The folder of the bundled handwritten digits."""
    from coursekit.data.catalogue import URLs
    from coursekit.data.download import untar_data

    return untar_data(URLs.DIGITS, progress=False)


@cache
def general() -> Predictor:
    """The predictor that knows ImageNet's 1,000 labels."""
    from coursekit.vision.imagenet import imagenet_predictor

    return imagenet_predictor()


def loaders(
    choice: Choice, size: int = 224, valid_pct: float = 0.2, seed: int = 42
) -> ImageDataLoaders:
    """The photos of a choice, split and ready to train on as squares of `size` pixels.

    A split that the folder was published with is kept; else `valid_pct` and `seed` draw one.
    """
    from coursekit.vision.data import ImageDataLoaders
    from coursekit.vision.transforms import Resize

    resize, label = Resize(size), labeller(choice)
    if has_split(choice):
        return ImageDataLoaders.from_folder(choice.folder, item_tfms=resize)
    return ImageDataLoaders.from_path_func(
        choice.folder, photos(choice), label, valid_pct, seed, resize
    )


def learner(dls: ImageDataLoaders, arch: str | None = None, seed: int = 42) -> Learner:
    """A pretrained network for these photos; `arch` None for the one that comes along."""
    from coursekit.learn.metrics import error_rate
    from coursekit.vision.learner import vision_learner

    named: dict[str, Any] = {"arch": arch} if arch else {}
    return vision_learner(dls, metrics=error_rate, seed=seed, **named)


def left_out(dls: ImageDataLoaders) -> str:
    """Which photos could not be read and why, or "" where all could."""
    reasons = [skipped.reason for skipped in dls.skipped]
    if not reasons:
        return ""
    count = wording.plural(len(reasons), "photo was", "photos were")
    more = f" And {len(reasons) - SHOWN:,} more." if len(reasons) > SHOWN else ""
    return f"{count} left out. {' '.join(reasons[:SHOWN])}{more}"


class Engine:
    """Trains one learner after another for a panel."""

    learn: Learner | None = None
    dls: ImageDataLoaders | None = None

    def begin(self, found: Found, epochs: int) -> TrainingRun:
        """Loads the photos and starts training on them; the first call imports PyTorch."""
        self.dls = loaders(found.choice)
        self.learn = learner(self.dls)
        return self.learn.start("fine_tune", epochs)

    def keep(self) -> Predictor | None:
        """What was learned, ready to predict; None where no epoch has ended."""
        if self.learn is None or not self.learn.history.epochs:
            return None
        with TemporaryDirectory() as folder:
            return load_learner(self.learn.export(Path(folder) / "workbench.ckit"))

    def left_out(self) -> str:
        """Which of the photos could not be read and why."""
        return left_out(self.dls) if self.dls else ""
