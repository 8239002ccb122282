"""A picture of one's own, and what the model says it is."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.core.errors import CourseError
from coursekit.panels.panel import Panel
from coursekit.panels.upload.examples import examples_of, packaged
from coursekit.panels.upload.loading import content, predictor_of
from coursekit.panels.upload.model import UploadModel
from coursekit.panels.upload.words import answer_lines

if TYPE_CHECKING:
    from ipywidgets import VBox

    from coursekit.predict import Prediction, Predictor


class ImageClassifier(Panel):
    """Choose, drop or paste pictures, and see what a model says they are, and where it looked.

    Nothing is loaded before it is shown or given a picture. Pictures stay in memory.

    Args:
        model: A `.ckit` file that `learn.export` wrote, a `Predictor`, or None for the general
            model that knows ImageNet's labels.
        plain: Whether to have ipywidgets' own upload button, which takes smaller files and no drop.
        title: The panel's heading.
    """

    model: UploadModel

    def __init__(
        self,
        model: Path | str | Predictor | None = None,
        plain: bool = False,
        title: str = "Try a picture",
    ) -> None:
        self._plain, self._title = plain, title
        self._lazy, about = predictor_of(model)
        self.model = UploadModel(self._lazy.predict, about, self._lazy.seen, packaged())

    def use(
        self, predictor: Predictor, about: str = "", examples: Iterable[Path | str] = ()
    ) -> None:
        """Has another model answer from now on.

        Args:
            predictor: That model.
            about: Says whose answers these are; "" for its own name and labels.
            examples: Files to try in place of those that are shown; none: those stay.
        """
        self._lazy, words = predictor_of(predictor)
        shown = examples_of(examples)
        self.model.use(self._lazy.predict, about or words, self._lazy.seen, shown)

    def classify(self, picture: Path | str | bytes) -> Prediction:
        """Labels a picture as if it were uploaded; the panel shows it, too.

        Args:
            picture: A file's path, or the bytes of a file.

        Raises:
            CourseError: There is no such file, it is no picture that can be read, or the model
                cannot be loaded.
        """
        given = bytes(picture) if isinstance(picture, bytes | bytearray | memoryview) else None
        name = "The picture" if given is not None else Path(os.fsdecode(picture)).name
        data = content(Path(os.fsdecode(picture))) if given is None else given
        answer = self.model.receive(name, data)
        if answer is None:
            raise CourseError(self.model.message)
        return answer.prediction

    def clear(self) -> None:
        """Forgets the picture, its bytes, the answer, the earlier answers and what went wrong.

        It can be brought back by `undo` until the next picture, another model or another `clear`.
        """
        self.model.clear()

    def undo(self) -> None:
        """Brings back what `clear` took, where that is still there."""
        self.model.undo()

    @property
    def data(self) -> list[bytes]:
        """The bytes of the pictures that were chosen together last, in order.

        As `uploader.data` in fast.ai's book: `data[0]` is the first of the present choice, never of
        one before. Large photos come smaller from the browser. Of a choice over 50 MB it is only
        the first ones; `clear` empties it.
        """
        return list(self.model.data)

    def text(self) -> str:
        lines = [f"{self._title}. {self.model.about}", ""]
        if self.model.message:
            lines += [self.model.message, ""]
        if self.model.answer:
            lines += [*answer_lines(self.model.answer), ""]
        return "\n".join(
            [
                *lines,
                'classify("photo.jpg") labels a picture, use(predictor) takes another model, '
                "clear() forgets the pictures, undo() brings them back.",
            ]
        )

    def widgets(self) -> VBox:
        from ipywidgets import VBox

        from coursekit.panels.frame import style
        from coursekit.panels.upload.view import upload_view

        view = upload_view(self.model, self._title, plain=self._plain, prepare=self._ready)
        return VBox([style(), view])

    def _ready(self) -> None:
        self._lazy.ready()
