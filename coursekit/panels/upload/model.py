"""One picture at a time, and what a model says it shows. No widgets, no torch."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from traitlets import Instance, Unicode

from coursekit.core import activity
from coursekit.core.errors import CourseError
from coursekit.core.wording import file_size
from coursekit.panels.working import PanelModel
from coursekit.predict import decode

if TYPE_CHECKING:
    from PIL import Image

    from coursekit.predict import Prediction

LIMIT = 50_000_000
"""Bytes of one upload: a message of them, and what travels with it, stays below the server's."""

PREVIEW = 480
SHOWN = 5

Predict = Callable[[bytes], "Prediction"]


class PictureTooLarge(CourseError):
    """An upload over the limit; sizes in bytes."""

    def __init__(self, name: str, size: int, limit: int = LIMIT) -> None:
        super().__init__(
            f"{name} is {file_size(size)}; this panel takes {file_size(limit)} at most. "
            "Choose a smaller picture, or save it as JPEG first."
        )


@dataclass(frozen=True, eq=False)
class Answer:
    """What a model said of a picture. No two are equal, or the same picture would fire no event.

    Attributes:
        name: Of the file.
        top: The most probable labels with their probabilities, most probable first.
        unsure: Whether the model does not know, by its own measure.
        picture: The picture upright and small, JPEG bytes.
    """

    name: str
    top: tuple[tuple[str, float], ...]
    unsure: bool
    picture: bytes

    @property
    def label(self) -> str:
        """The most probable."""
        return self.top[0][0]


class UploadModel(PanelModel):
    """Labels pictures with the model it was given last.

    Attributes:
        answer: Of the picture that came last; None after `clear` and where that one failed.
        about: Whose labels these are, a sentence.
    """

    answer = Instance(Answer, allow_none=True)
    about = Unicode()

    def __init__(self, predict: Predict, about: str = "") -> None:
        super().__init__()
        self.use(predict, about)

    def use(self, predict: Predict, about: str) -> None:
        """Has `predict` answer from now on; `about` says whose labels it gives."""
        self._predict, self.about = predict, about

    def receive(self, name: str, data: bytes) -> None:
        """Labels the picture in `data`, the bytes of a file called `name`."""
        self.answer = None
        with self.working(f"Looking at {name}"):
            activity.record("upload")
            picture = preview(decode(data, name, at_least=PREVIEW))
            prediction = self._predict(data)
            top = tuple((str(label), float(p)) for label, p in prediction.top(SHOWN))
            self.answer = Answer(name, top, bool(prediction.unsure), picture)

    def refuse(self, name: str, size: int) -> None:
        """Says that a file is too large; it never came here."""
        self.answer, self.message = None, str(PictureTooLarge(name, size))

    def clear(self) -> None:
        """Forgets the picture, the answer and what went wrong."""
        self.answer, self.message = None, ""


def preview(image: Image.Image) -> bytes:
    """The picture as a JPEG of at most `PREVIEW` pixels a side."""
    image.thumbnail((PREVIEW, PREVIEW))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()
