"""A trained classifier that labels pictures, in a process that never imports torch."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from coursekit.core.errors import CourseError
from coursekit.core.wording import file_size
from coursekit.predict import archive, heatmap
from coursekit.predict.card import card
from coursekit.predict.decode import PictureError, as_rgb, decode, orientation, upright
from coursekit.predict.manifest import AGAIN, ArchiveError
from coursekit.predict.prediction import Label, Prediction, probabilities
from coursekit.predict.preprocess import Preprocessing
from coursekit.predict.session import Session

KIND = "image-classifier"
LARGEST_FILE = 512_000_000

Picture = str | os.PathLike[str] | bytes | Image.Image
"""A file's path, a file's bytes, or a picture that is open already."""


def load_learner(path: Path | str) -> Predictor:
    """Opens what `learn.export` wrote; everything in the file is checked, nothing is executed.

    Raises:
        ArchiveError: The file is missing, damaged, a pickle, or made for something else.
    """
    return Predictor(archive.read(path))


class Predictor:
    """Labels pictures with an exported model.

    Attributes:
        manifest: The model's description, as in its file.
        preprocessing: How pictures are brought to the network's size and range.
        vocab: The labels, in the order of `Prediction.probabilities`.
        threshold: A label less probable than this is called unsure.
    """

    def __init__(self, model: archive.Archive) -> None:
        self.manifest: dict[str, Any] = model.manifest
        if self.manifest["kind"] != KIND:
            raise ArchiveError(
                f"{self.manifest['name']} is a model of another kind ({self.manifest['kind']}); "
                "only one that labels pictures can be used here."
            )
        self.preprocessing = Preprocessing.from_json(self.manifest["preprocessing"])
        self.vocab: list[Label] = self.manifest["labels"]
        self.threshold = float(self.manifest["threshold"])
        self._temperature = float(self.manifest["temperature"])
        self._session = Session(model)

    def __repr__(self) -> str:
        return f"Predictor({self.manifest['name']!r}, {len(self.vocab):,} labels)"

    def predict(self, item: Picture) -> Prediction:
        """Labels one picture.

        Raises:
            PictureError: There is no such file, or it is no picture that can be read.
        """
        return self._label([self.preprocessing.tensor(self._open(item))])[0]

    def predict_many(
        self, items: Iterable[Picture], batch: int = 8
    ) -> Iterator[Prediction | CourseError]:
        """Labels pictures one after the other; a few are decoded while others are labelled.

        Args:
            items: May be endless: no more than two batches are held.
            batch: How many go through the network at once.

        Yields:
            For each item, in order, its `Prediction`, or the error that `predict` would raise.
        """
        items = iter(items)
        with ThreadPoolExecutor(self._session.threads) as pool:
            waiting = [pool.submit(self._try_tensor, item) for item in islice(items, batch)]
            while waiting:
                ahead = [pool.submit(self._try_tensor, item) for item in islice(items, batch)]
                yield from self._label_readable([future.result() for future in waiting])
                waiting = ahead

    def seen(self, item: Picture) -> Image.Image:
        """What the network sees of a picture: upright, cut or squeezed to the network's size."""
        return Image.fromarray(self.preprocessing.pixels(self._open(item)))

    def card(self) -> str:
        """What this model is, in Markdown: labels, data, recipe, score, how `unsure` is decided."""
        return card(self.manifest)

    def _open(self, item: Picture) -> Image.Image:
        if isinstance(item, Image.Image):
            return _opened(item)
        if isinstance(item, bytes | bytearray | memoryview):
            return decode(bytes(item), "The picture", self.preprocessing.at_least)
        path = Path(item)
        return decode(_content(path), path.name, self.preprocessing.at_least)

    def _try_tensor(self, item: Picture) -> NDArray[np.float32] | CourseError:
        try:
            return self.preprocessing.tensor(self._open(item))
        except CourseError as error:
            return error

    def _label_readable(
        self, tensors: list[NDArray[np.float32] | CourseError]
    ) -> Iterator[Prediction | CourseError]:
        readable = [tensor for tensor in tensors if not isinstance(tensor, CourseError)]
        labelled = iter(self._label(readable) if readable else [])
        for tensor in tensors:
            yield tensor if isinstance(tensor, CourseError) else next(labelled)

    def _label(self, tensors: list[NDArray[np.float32]]) -> list[Prediction]:
        logits, heat = self._session.run(np.stack(tensors))
        if logits.shape != (len(tensors), len(self.vocab)) or not np.isfinite(logits).all():
            raise ArchiveError(
                f"The network of {self.manifest['name']} gave no usable answer: its numbers are "
                f"not finite, or not one for each of {len(self.vocab):,} labels. {AGAIN}"
            )
        maps = [None] * len(tensors) if heat is None else list(heat)
        return [self._prediction(*pair) for pair in zip(logits, maps, strict=True)]

    def _prediction(
        self, logits: NDArray[np.float32], heat: NDArray[np.float32] | None
    ) -> Prediction:
        probs = probabilities(logits, self._temperature)
        index = int(probs.argmax())
        reason = self.manifest["heatmap"]
        return Prediction(
            label=self.vocab[index],
            index=index,
            probabilities=probs,
            unsure=bool(probs[index] < self.threshold),
            heatmap=None if heat is None else heatmap.normalised(heat[index]),
            heatmap_reason="" if heat is not None else str(reason or "The model gives none."),
            vocab=self.vocab,
        )


def _opened(image: Image.Image) -> Image.Image:
    try:
        image.load()
        return upright(as_rgb(image), orientation(image))
    except (OSError, ValueError, SyntaxError) as error:
        raise PictureError(
            "The picture is damaged, or its file was closed before it was read; open it again."
        ) from error


def _content(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise PictureError(f"{path} is a folder; name the pictures in it, as {path / '*.jpg'}.")
        if not path.is_file():
            raise PictureError(f"There is no file {path}; check its name and its folder.")
        if (size := path.stat().st_size) > LARGEST_FILE:
            raise PictureError(
                f"{path.name} is {file_size(size)}; pictures of {file_size(LARGEST_FILE)} at most "
                "are read, so save it as JPEG first."
            )
        return path.read_bytes()
    except OSError as error:
        raise PictureError(
            f"{path} cannot be read ({error.strerror}); check who may read it."
        ) from error
