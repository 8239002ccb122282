"""Models and pictures, when they are needed. No widgets, no torch."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.core.errors import CourseError
from coursekit.core.wording import listing

if TYPE_CHECKING:
    from PIL import Image

    from coursekit.predict import Prediction, Predictor

GENERAL = "Answers come from a model that knows the 1,000 general labels of ImageNet."


class Lazy:
    """A predictor that is loaded when it is first needed, once, from whatever thread.

    Args:
        load: Gives it; called again where it failed.
    """

    def __init__(self, load: Callable[[], Predictor]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._predictor: Predictor | None = None

    def ready(self) -> Predictor:
        """The predictor itself."""
        with self._lock:
            if self._predictor is None:
                self._predictor = self._load()
            return self._predictor

    def predict(self, data: bytes) -> Prediction:
        """Its label for the picture in `data`."""
        return self.ready().predict(data)

    def seen(self, data: bytes) -> Image.Image:
        """What its network sees of that picture."""
        return self.ready().seen(data)


@cache
def general() -> Predictor:
    """The predictor that knows ImageNet's 1,000 labels, one for all panels."""
    from coursekit.vision.imagenet import imagenet_predictor

    return imagenet_predictor()


def predictor_of(model: Path | str | Predictor | None) -> tuple[Lazy, str]:
    """How to load a model, and whose answers those are, a sentence."""
    if model is None:
        return Lazy(general), GENERAL
    if isinstance(model, str | Path):
        from coursekit.predict import load_learner

        return Lazy(lambda: load_learner(model)), f"Answers come from the model {Path(model).name}."
    return Lazy(lambda: model), about_predictor(model)


def about_predictor(predictor: Predictor) -> str:
    """`Answers come from the model pets: cat or dog.`, say."""
    words = listing(predictor.vocab, joint="or")
    return f"Answers come from the model {predictor.manifest['name']}: {words}."


def content(path: Path) -> bytes:
    """A file's bytes.

    Raises:
        CourseError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        why = (error.strerror or "cannot be read").lower()
        raise CourseError(
            f"{path} gives no picture ({why}). Check its name and its folder."
        ) from error
