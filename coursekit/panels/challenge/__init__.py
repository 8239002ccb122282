"""You against the model: photos that neither knows, labelled by both."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from coursekit.core.errors import CourseError
from coursekit.data.labelled import LabelledFolder
from coursekit.experiments.challenge import NotNow
from coursekit.experiments.contest import Contest, aside_of, in_words, of_learner, of_predictor
from coursekit.experiments.outcome import YOU, Outcome
from coursekit.panels.challenge.model import ChallengeModel, NoModel, agreed
from coursekit.panels.challenge.pictures import all_encoded
from coursekit.panels.panel import Panel
from coursekit.predict.predictor import Predictor
from coursekit.scores.adding import put

if TYPE_CHECKING:
    from ipywidgets import VBox

    from coursekit.learn.learner import Learner

    Player = Learner | Predictor | Callable[[], Learner | Predictor | None] | None

CALLS = "challenge.answer(...), challenge.undo(), challenge.pause(), challenge.photo"


class Challenge(Panel):
    """A game: up to 20 validation photos, which no grid has shown, labelled by you and by a model.

    Args:
        learn: The Learner to play against; or a `Predictor`, with `photos`; or a function that
            gives one of them once the game starts; or None: `use` names it later.
        photos: What a `Predictor` is asked about: a folder with a folder of photos for each class,
            or a `LabelledFolder`.
        title: The panel's heading.

    Example:
        >>> from coursekit.panels.challenge import Challenge
        >>> Challenge()
        You against the model
        No model is trained yet. Train a model first, then play against it.
    """

    model: ChallengeModel

    def __init__(
        self,
        learn: Player = None,
        photos: LabelledFolder | Path | str | None = None,
        title: str = "You against the model",
    ) -> None:
        self.title = title
        self.model = ChallengeModel(all_encoded, put)
        self.use(learn, photos)

    def use(self, learn: Player, photos: LabelledFolder | Path | str | None = None) -> None:
        """Plays against this model from the next game on; arguments as for `Challenge`."""
        self._learn, self._photos = learn, chosen(photos)
        self.model.use(None if learn is None else self._contest)

    def start(self) -> None:
        """Begins a game; the clock runs.

        Raises:
            CourseError: There is no model or no game with it, or it is at work with something else.
        """
        self._done(self.model.start)

    @property
    def photo(self) -> Image.Image | None:
        """The photo that is asked now; None while none is."""
        return Image.open(io.BytesIO(self.model.picture[1])) if self.model.picture else None

    def answer(self, label: object) -> str:
        """Says what the photo shows.

        Returns:
            Which photo comes next, or how the game ended, in words.

        Raises:
            CourseError: There is no such label, or no photo is asked now.
        """
        if self.model.game is None:
            raise NotNow("No game was begun. Begin one with challenge.start().")
        self._done(lambda: self.model.answer(str(label)))
        return str(self.outcome or self.model.shown["said"])

    def undo(self) -> None:
        """Takes the last answer back, once, before the next one is given.

        Raises:
            CourseError: That can't be.
        """
        self._done(self.model.undo)

    def pause(self) -> None:
        """Hides the photo and stops the clock."""
        self.model.pause()

    def go_on(self) -> None:
        """Shows the photo again; the clock runs."""
        self.model.go_on()

    @property
    def outcome(self) -> Outcome | None:
        """How the last game ended; None where none has."""
        found: Outcome | None = self.model.outcome
        return found

    def put_on_board(self, name: str = YOU) -> str:
        """Puts the result on the board beside the runs on the same data; again: renames it.

        Returns:
            Where it stands there, in words.

        Raises:
            CourseError: No game has ended, or the board can't be written.
        """
        if self.outcome is None:
            raise NotNow("The game is not over yet.")
        self._done(lambda: self.model.put_on_board(name))
        return self.model.standing

    def show_all(self) -> None:
        """Gives the game up: grids show the photos that were kept for it from now on."""
        aside_of(self._player(), self._photos).note("shown")

    def text(self) -> str:
        model, shown = self.model, self.model.shown
        lines = [self.title, model.message]
        if model.stage == "empty":
            lines.append(model.missing)
        elif model.stage in ("playing", "paused"):
            labels = in_words(it["label"] for it in shown["choices"])
            lines += [shown["said"], shown["note"], f"Labels: {labels}.", f"Now: {CALLS}."]
        elif self.outcome:
            lines += [*self.outcome.sentences(), *map(str, self.disagreements())]
            lines += [agreed(self.outcome), model.standing or "Now: challenge.put_on_board()."]
        else:
            lines.append("Now: challenge.start().")
        return "\n".join(filter(None, lines))

    def disagreements(self) -> list[str]:
        """The photos that the two call differently, a line for each."""
        if self.outcome is None:
            return []
        return [
            f"  {it.photo.name} is {it.photo.label}; you: {it.you}; model: {it.photo.model}"
            for it in self.outcome.disagreements
        ]

    def widgets(self) -> VBox:
        from coursekit.panels.challenge.view import challenge_view

        return challenge_view(self.model, self.title)

    def _player(self) -> Any:
        """The model to play against, made now where a function gives it."""
        player: Any = self._learn
        if callable(player) and not hasattr(player, "predict"):
            player = player()
        if player is None:
            raise NoModel
        return player

    def _contest(self) -> Contest:
        player = self._player()
        if hasattr(player, "get_preds"):
            return of_learner(player)
        if not isinstance(player, Predictor):
            raise CourseError(f"{player!r} is no model that can be played against.")
        if self._photos is None:
            raise CourseError("Say which photos to play on: Challenge(predictor, photos=folder).")
        return of_predictor(player, self._photos)


def chosen(photos: LabelledFolder | Path | str | None) -> LabelledFolder | None:
    """The photos as a choice: of a folder its class folders."""
    if photos is None or isinstance(photos, LabelledFolder):
        return photos
    return LabelledFolder(Path(photos).expanduser().resolve())
