"""What the workbench's panels ask of the engine, in one place. No widgets."""

from __future__ import annotations

import io
from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from coursekit.core.errors import CourseError
from coursekit.data.labelled import LabelledFolder
from coursekit.panels.picker.model import Found, Sample
from coursekit.predict import decode, load_learner

if TYPE_CHECKING:
    from coursekit.learn.learner import Learner
    from coursekit.learn.run import TrainingRun
    from coursekit.predict import Predictor
    from coursekit.vision.data import ImageDataLoaders

SAMPLES = 6
THUMBNAIL = 96


class NothingToLearn(CourseError):
    """Photos that all have the same label."""


def look(photos: LabelledFolder) -> Found:
    """The photos of a folder by class, and one sample of each of the first classes.

    Raises:
        CourseError: There are no photos, or they are all of one class.
    """
    label, name = photos.labeller, photos.folder.name
    files = photos.files()
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
    return Found(photos, dict(sorted(counts.items())), tuple(filter(None, samples)))


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


class Engine:
    """Trains one learner after another for a panel."""

    learn: Learner | None = None
    dls: ImageDataLoaders | None = None

    def begin(self, found: Found, epochs: int) -> TrainingRun:
        """Loads the photos and starts training on them; the first call imports PyTorch."""
        from coursekit.vision.folder import learner, loaders

        self.dls = loaders(found.photos)
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
        from coursekit.vision.folder import left_out

        return left_out(self.dls) if self.dls else ""
