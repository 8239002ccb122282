"""One picture at a time, and what a model says it shows. No widgets, no torch."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image
from traitlets import Instance, Int, Tuple, Unicode

from coursekit.core import activity, deeds
from coursekit.core.errors import CourseError, sentence
from coursekit.core.wording import file_size, plural
from coursekit.panels.upload.examples import Example
from coursekit.panels.working import PanelModel
from coursekit.predict import decode
from coursekit.predict.heatmap import overlay

if TYPE_CHECKING:
    from coursekit.predict import Prediction

LIMIT = 50_000_000
"""Bytes of one upload: a message of them, and what travels with it, stays below the server's."""

PREVIEW = 480
THUMBNAIL = 144
SHOWN = 5
REMEMBERED = 12
"""Answers that are kept to be looked at again."""

KEPT = 50_000_000
"""Bytes of uploads that `data` holds; the rest of a larger choice is judged and let go."""

ERRORS_SAID = 3
SHORTEST_SIDE = 8
MOST_ELONGATED = 20

Predict = Callable[[bytes], "Prediction"]
Seen = Callable[[bytes], Image.Image]


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
        prediction: What the model said.
        picture: The picture upright and small, JPEG bytes.
        seen: What the network saw of it, JPEG bytes; b"" where nobody can tell.
        thumb: The picture smaller still, JPEG bytes.
        glow: That under the heatmap in full strength, JPEG bytes; b"" where there is no heatmap.
        doubt: Why the answer means little, a sentence; "" for a photo.
    """

    name: str
    prediction: Prediction
    picture: bytes
    thumb: bytes = b""
    seen: bytes = b""
    glow: bytes = b""
    doubt: str = ""

    @property
    def top(self) -> list[tuple[str, float]]:
        """The most probable labels with their probabilities, most probable first."""
        return [(str(label), float(share)) for label, share in self.prediction.top(SHOWN)]

    @property
    def label(self) -> str:
        """The most probable."""
        return self.top[0][0]


@dataclass(frozen=True, eq=False)
class Cleared:
    """What `clear` took: the traits and the bytes of the same names of an `UploadModel`."""

    answer: Answer | None
    history: tuple[Answer, ...]
    message: str
    data: list[bytes]


class UploadModel(PanelModel):
    """Labels pictures with the model it was given last.

    Attributes:
        answer: Of the picture that came last; None after `clear` and where that one failed.
        history: The answers since the last `clear`, the latest first, at most `REMEMBERED`.
        about: Whose labels these are, a sentence.
        examples: Pictures to try.
        cleared: How often `clear` was called.
        undoable: What `undo` would bring back; None where there is nothing.
        data: The bytes of the pictures that were chosen together last, in order, as they came
            here; at most `KEPT` bytes in all, and none after `clear`.
    """

    answer = Instance(Answer, allow_none=True)
    history: Any = Tuple()
    about = Unicode()
    examples: Any = Tuple()
    cleared = Int()
    undoable = Instance(Cleared, allow_none=True)

    def __init__(
        self,
        predict: Predict,
        about: str = "",
        seen: Seen | None = None,
        examples: Sequence[Example] = (),
    ) -> None:
        super().__init__()
        self.data: list[bytes] = []
        self._missed: list[str] = []
        self._one_at_a_time = threading.RLock()
        self._changing = threading.RLock()  # or a `clear` in between would leave half a picture
        self.use(predict, about, seen, examples)

    def use(
        self,
        predict: Predict,
        about: str,
        seen: Seen | None = None,
        examples: Sequence[Example] = (),
    ) -> None:
        """Has `predict` answer from now on; the picture that is shown is judged anew.

        Args:
            predict: Labels the picture in a file's bytes.
            about: Says whose labels these are.
            seen: What the network sees of that picture; None where nobody can tell.
            examples: Pictures to try; empty: those that are there stay.
        """
        with self._one_at_a_time:  # a picture is judged by one model, whole
            self._predict, self._seen, self.about = predict, seen, about
            with self._changing:
                since, shown, data = self.cleared, self.answer, self.data[-1:]
                self.answer = self.undoable = None  # they were another model's
            if shown:
                self._publish(self._judged(shown.name, data[0]) if data else None, since)
        self.examples = tuple(examples) or self.examples

    def receive(
        self,
        name: str,
        data: bytes,
        place: tuple[int, int] = (1, 1),
        since: int | None = None,
        own: bool = True,
    ) -> Answer | None:
        """Labels a picture; one that cannot be read becomes `message`.

        Args:
            name: Of its file.
            data: The bytes of the file.
            place: Which of how many that were chosen together, from 1 on.
            since: `cleared` when it came: it is passed over where that has changed since.
            own: Whether it is the learner's, no example.
        """
        since = self.cleared if since is None else since
        with self._one_at_a_time:
            with self._changing:
                if since != self.cleared:
                    return None
                self.busy = f"Looking at {which(place)}{name}"
                self._begin(place)
                if sum(map(len, self.data)) + len(data) <= KEPT:
                    self.data.append(data)
            answer = self._judged(name, data)
            self._publish(answer, since)
            self.busy = ""
        if answer and own:
            deeds.note("tried_picture")
        return answer

    def refuse(self, name: str, size: int, place: tuple[int, int] = (1, 1)) -> None:
        """Says that a file is too large; it never came here."""
        with self._one_at_a_time, self._changing:
            self._begin(place)
            self._missed.append(str(PictureTooLarge(name, size)))
            self._publish(None, self.cleared)

    def try_example(self, number: int) -> None:
        """Labels an example as if it were an upload; `number` counts from 0."""
        example = self.examples[number]
        with self.working(f"Opening {example.name}"):
            data = example.path.read_bytes()
        if not self.message:
            self.receive(example.name, data, own=False)

    def prepare(self, load: Callable[[], object]) -> None:
        """Calls `load`, so that the first picture need not wait for the model."""
        with self.working("Loading the model"):
            load()

    def recall(self, number: int) -> None:
        """Shows an answer of the history again; 0 is the latest."""
        if 0 <= number < len(self.history):
            self.message, self.answer = "", self.history[number]

    def clear(self) -> None:
        """Empties all that shows a picture or came from one, the history too; back at once.

        It can be brought back by `undo` until the next picture, another model or another `clear`;
        from then on nothing of it is kept.
        """
        with self._changing:
            self.cleared += 1
            taken = Cleared(self.answer, self.history, self.message, self.data)
            self.data, self._missed = [], []
            self.answer, self.history, self.message = None, (), ""
            self.undoable = taken if taken.history else None

    def undo(self) -> None:
        """Brings back what `clear` took, where that is still there."""
        with self._changing:
            if taken := self.undoable:
                self.undoable, self.data = None, taken.data
                self.history, self.answer, self.message = taken.history, taken.answer, taken.message

    def _begin(self, place: tuple[int, int]) -> None:
        self.answer = self.undoable = None
        if place[0] == 1:
            self.data, self._missed, self.message = [], [], ""

    def _judged(self, name: str, data: bytes) -> Answer | None:
        try:
            return self._judge(name, data)
        except Exception as error:  # noqa: BLE001 - in a worker thread nobody else would see it
            self._missed.append(sentence(error))
            return None

    def _judge(self, name: str, data: bytes) -> Answer:
        activity.record("upload")
        image = decode(data, name, at_least=PREVIEW)
        prediction = self._predict(data)
        doubt = hardly_a_photo(*image.size)
        seen = self._seen(data) if self._seen else None
        glow = None
        if seen is not None and prediction.heatmap is not None:
            glow = overlay(seen, prediction.heatmap, alpha=1)
        shown, thumb = jpeg(image), jpeg(image, THUMBNAIL)
        return Answer(name, prediction, shown, thumb, jpeg(seen), jpeg(glow), doubt)

    def _publish(self, answer: Answer | None, since: int) -> None:
        """Shows an answer and what went wrong, unless `clear` was called since."""
        with self._changing:
            if since != self.cleared:
                return
            self.message = missed(self._missed)
            self.answer = answer
            if answer:
                self.history = (answer, *self.history)[:REMEMBERED]


def missed(errors: Sequence[str]) -> str:
    """The last few of them, and how many came before."""
    more = len(errors) - ERRORS_SAID
    said = [f"{plural(more, 'more picture')} before these."] if more > 0 else []
    return " ".join([*said, *errors[-ERRORS_SAID:]])


def which(place: tuple[int, int]) -> str:
    """`2 of 5: `; "" for one alone."""
    return f"{place[0]} of {place[1]}: " if place[1] > 1 else ""


def jpeg(image: Image.Image | None, side: int = PREVIEW) -> bytes:
    """The picture as a JPEG of at most `side` pixels a side; b"" for none."""
    if image is None:
        return b""
    image.thumbnail((side, side))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=90)
    return file.getvalue()


def hardly_a_photo(width: int, height: int) -> str:
    """Says so where a picture of that many pixels can hardly be a photo; else ""."""
    short, long = sorted((width, height))
    if short < SHORTEST_SIDE:
        what = f"only {width:,} x {height:,} pixels large"
    elif long > MOST_ELONGATED * short:
        what = (
            f"{round(long / short)} times as long as it is {'high' if width > height else 'wide'}"
        )
    else:
        return ""
    return f"This is hardly a photo: it is {what}. So the answer means little."
