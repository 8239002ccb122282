"""You against the model: the same photos, labelled against the clock. No widgets, no torch."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from coursekit.core import activity
from coursekit.core.errors import CourseError
from coursekit.experiments.contest import Contest, Photo, in_words
from coursekit.experiments.outcome import Answer, Outcome


class NotNow(CourseError):
    """Something that can't be done at this point of the game."""


class Game:
    """One game: a photo at a time, each labelled once.

    Args:
        contest: What is asked.
        seed: Draws the order of the photos; None draws anew.
        clock: Gives seconds that only ever grow.

    Attributes:
        contest: What is asked.
        photos: In the order they are shown.
        before: Whether the photos were seen before, so that the game says less.
        answers: So far.
    """

    def __init__(
        self,
        contest: Contest,
        seed: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.contest, self._clock = contest, clock
        self.photos = list(contest.photos)
        random.Random(seed).shuffle(self.photos)  # noqa: S311 - a game's order is no secret
        self.before = contest.aside.seen is not None
        self.answers: list[Answer] = []
        self._spent = 0.0
        self._since: float | None = None
        self._undoable = False

    @property
    def number(self) -> int:
        """Which photo is asked now, from 1; the last one's when all were."""
        return min(len(self.answers) + 1, len(self.photos))

    @property
    def photo(self) -> Photo:
        """The photo that is asked now."""
        return self.photos[self.number - 1]

    @property
    def over(self) -> bool:
        """Whether all photos have an answer."""
        return len(self.answers) == len(self.photos)

    @property
    def running(self) -> bool:
        """Whether the clock runs."""
        return self._since is not None

    @property
    def seconds(self) -> float:
        """How long the photos were shown so far; pauses don't count."""
        return self._spent + (self._clock() - self._since if self._since is not None else 0.0)

    @property
    def undoable(self) -> bool:
        """Whether the last answer can be taken back."""
        return self._undoable and not self.over

    def go_on(self) -> None:
        """Has the clock run: at the beginning, and after a pause."""
        if not self.over and not self.running:
            self.contest.aside.note("begun")
            self._since = self._clock()

    def pause(self) -> None:
        """Stops the clock; no answer is taken until `go_on`."""
        self._spent, self._since = self.seconds, None

    def answer(self, label: str) -> None:
        """Labels the photo that is asked now; after the last one the game is over.

        Raises:
            NotNow: The clock stands, or the game is over.
            CourseError: There is no such label.
        """
        self._check()
        if label not in self.contest.labels:
            labels = in_words(self.contest.labels)
            raise CourseError(f"{label!r} is none of the labels: {labels}.")
        activity.record("answer")
        self.answers.append(Answer(self.photo, label))
        self._undoable = True
        if self.over:
            self.pause()
            self.contest.aside.note("played")

    def undo(self) -> None:
        """Takes the last answer back, until the next one is given.

        Raises:
            NotNow: There is none, or one was taken back already, or the game is over.
        """
        self._check()
        if not self.undoable:
            raise NotNow("Only the last answer can be taken back, before the next one is given.")
        self.answers.pop()
        self._undoable = False

    def outcome(self) -> Outcome:
        """What the two reached.

        Raises:
            NotNow: Not all photos have an answer.
        """
        if not self.over:
            raise NotNow("The game is not over yet.")
        return Outcome(self.contest, tuple(self.answers), self.seconds, self.before)

    def _check(self) -> None:
        if self.over:
            raise NotNow("The game is over.")
        if not self.running:
            raise NotNow("The clock stands. Go on first.")
