"""What the game's panel does: photos one by one, the clock, the result. No widgets, no torch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from traitlets import Any as AnyTrait
from traitlets import Enum, Unicode

from coursekit.core.errors import CourseError
from coursekit.core.wording import plural
from coursekit.experiments.challenge import Game
from coursekit.experiments.contest import Contest, in_words
from coursekit.experiments.outcome import Outcome
from coursekit.panels.working import PanelModel
from coursekit.scores.entry import Entry
from coursekit.store.tables import new_id

MOST_KEYS = 9
WAITING = "Getting the photos ready, and asking the model about them"
SEEN = "You have seen these photos before, so this game says less; the board will say so, too."
Encode = Callable[[Sequence[Path]], list[bytes]]


class NoModel(CourseError):
    """There is nobody to play against."""

    def __init__(self) -> None:
        super().__init__("No model is trained yet. Train a model first, then play against it.")


class ChallengeModel(PanelModel):
    """A game that is shown.

    Args:
        encode: Makes pictures of files.
        put: Puts an entry on the board, and gives its standing, which says itself in words.
        clock: See `Game`.

    Attributes:
        stage: Where the game is; `empty` while there is no model.
        awaited: What is done to a model that comes by itself, a sentence; "" where none comes.
        shown: What the page may know now; no truth before the end.
        picture: The number of the photo that is seen now and its JPEG bytes; None for none.
        outcome: How the last game ended.
        standing: Where it is on the board, a sentence; "" while it is not there.
    """

    stage = Enum(["empty", "ready", "playing", "paused", "over"], "empty")
    awaited = Unicode()
    shown: Any = AnyTrait(None)
    picture: Any = AnyTrait(None)
    outcome: Any = AnyTrait(None)
    standing = Unicode()

    def __init__(
        self,
        encode: Encode,
        put: Callable[[Entry], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._encode, self._put, self._clock = encode, put, clock
        self._contest: Callable[[], Contest] | None = None
        self.game: Game | None = None
        self._pictures: dict[Path, bytes] = {}
        self._id = ""
        self._tell("")

    def use(self, contest: Callable[[], Contest] | None) -> None:
        """Plays against another model from the next game on; None: against none."""
        self._contest = contest
        self._get_ready()

    def wait(self, awaited: str) -> None:
        """Begins no game until a model has come that is on its way; "": there is none any more."""
        self.awaited = awaited
        self._get_ready()

    @property
    def missing(self) -> str:
        """Why no game can begin, a sentence; "" where one can."""
        return self.awaited or ("" if self._contest else str(NoModel()))

    def _get_ready(self) -> None:
        if self.stage in ("empty", "ready"):
            self.stage = "empty" if self.missing else "ready"
            self._tell("")

    def start(self, seed: int | None = None) -> None:
        """Begins a game, unless one goes on; `seed` draws the order of the photos."""
        if self.stage in ("playing", "paused"):
            return
        with self.working(WAITING):
            if self._contest is None or self.awaited:
                raise CourseError(self.missing)
            contest = self._contest()
            pictures = self._encode([photo.file for photo in contest.photos])
            files = (photo.file for photo in contest.photos)
            self._pictures = dict(zip(files, pictures, strict=True))
            self.game, self._id = Game(contest, seed, self._clock), new_id()
            self.outcome, self.standing = None, ""
            self.game.go_on()
            self.stage = "playing"
            labels = in_words(_named(key, it) for key, it in _choices(contest.labels))
            self._tell(f"{self._where()} What does it show? {labels}.")

    def answer(self, label: str, number: int | None = None) -> None:
        """Labels the photo; one that is shown no more, by its `number`, is passed over."""
        game = self.game
        if game is None or number not in (None, game.number):
            return
        if not self._did(lambda: game.answer(label)):
            return
        if game.over:
            self.outcome = game.outcome()
            self.stage = "over"
        self._tell(self._where() if not game.over else "The game is over.")

    def undo(self) -> None:
        """Takes the last answer back."""
        game = self.game
        if game and self._did(game.undo):
            self._tell(f"The last answer is taken back. {self._where()}")

    def pause(self) -> None:
        """Hides the photo and stops the clock."""
        if self.game and self.stage == "playing":
            self.game.pause()
            self.stage = "paused"
            self._tell("Paused: the photo is hidden and the clock stands.")

    def go_on(self) -> None:
        """Shows the photo again and has the clock run."""
        if self.game and self.stage == "paused":
            self.game.go_on()
            self.stage = "playing"
            self._tell(self._where())

    def put_on_board(self, name: str) -> None:
        """Puts the result on the board, or renames it there."""
        if self.outcome:
            with self.working("Putting it on the board"):
                entry = self.outcome.entry(self._id, name)
                self.standing = f"On the board of {entry.task}. {self._put(entry)}"

    def picture_of(self, file: Path) -> bytes:
        """JPEG bytes of a photo of the last game."""
        return self._pictures[file]

    def tell_again(self) -> None:
        """Publishes how things stand now: a page has just come."""
        self._tell(self.shown["said"])

    def _did(self, change: Callable[[], object]) -> bool:
        """Does something that may be refused in a sentence."""
        self.message = ""
        try:
            change()
        except CourseError as error:
            self.message = str(error)
        return not self.message

    def _where(self) -> str:
        game = self.game
        return f"Photo {game.number} of {len(game.photos)}." if game else ""

    def _tell(self, said: str) -> None:
        """Publishes what the page may know; `said` is read aloud."""
        game = self.game
        labels = game.contest.labels if game else ()
        choices = _choices(labels)
        self.shown = {
            "stage": self.stage,
            "number": game.number if game else 0,
            "of": len(game.photos) if game else 0,
            "choices": [{"key": key, "label": label} for key, label in choices],
            "typed": bool(labels) and not choices[0][0],
            "undo": bool(game and game.undoable),
            "seconds": game.seconds if game else 0.0,
            "note": SEEN if game and game.before and self.stage != "over" else "",
            "lines": self.outcome.sentences() if self.outcome and self.stage == "over" else [],
            "said": said,
        }
        seen = game if self.stage == "playing" else None
        self.picture = (seen.number, self._pictures[seen.photo.file]) if seen else None


def _choices(labels: Sequence[str]) -> list[tuple[str, str]]:
    """Each label with its key: digits are their own, a few are counted, many are typed ("")."""
    if all(len(label) == 1 and label in "0123456789" for label in labels):
        return [(label, label) for label in labels]
    few = len(labels) <= MOST_KEYS
    return [(str(number) if few else "", label) for number, label in enumerate(labels, 1)]


def _named(key: str, label: str) -> str:
    return f"{key} {label}" if key and key != label else label


def agreed(outcome: Outcome) -> str:
    """On how many photos the two say the same."""
    same = outcome.judged - len(outcome.disagreements)
    if same == outcome.judged:
        return "You and the model say the same of every photo."
    return f"You and the model say the same of the other {plural(same, 'photo')}."
