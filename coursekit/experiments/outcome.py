"""How a game ended: both errors, how far they may be off, and where the two disagree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coursekit.core import version
from coursekit.core.wording import duration, percent, plural
from coursekit.experiments.contest import Contest, Photo
from coursekit.scores.entry import Entry, shortened
from coursekit.scores.interval import differ, wilson

YOU = "You"
ADVANTAGE = (
    "The model has an advantage here: these photos also decided something about it, such as which "
    "epoch's weights to keep, so its result looks a little better than it is."
)
FORMAT = 1


@dataclass(frozen=True)
class Answer:
    """A photo, and what the learner says it is."""

    photo: Photo
    you: str

    @property
    def disagree(self) -> bool:
        """Whether learner and model say different things."""
        return self.you != self.photo.model

    def to_json(self) -> dict[str, str]:
        """For the board."""
        photo = self.photo
        return {"photo": photo.name, "label": photo.label, "you": self.you, "model": photo.model}


@dataclass(frozen=True)
class Outcome:
    """What learner and model reached on the same photos.

    Attributes:
        contest: What was asked.
        answers: One for each photo.
        seconds: How long the learner looked, without pauses.
        before: Whether the learner had seen the photos before.
    """

    contest: Contest
    answers: tuple[Answer, ...]
    seconds: float
    before: bool

    @property
    def judged(self) -> int:
        """How many photos were played."""
        return len(self.answers)

    @property
    def wrong(self) -> int:
        """How many the learner got wrong."""
        return sum(it.you != it.photo.label for it in self.answers)

    @property
    def model_wrong(self) -> int:
        """How many of the same photos the model got wrong."""
        return sum(it.photo.model != it.photo.label for it in self.answers)

    @property
    def disagreements(self) -> list[Answer]:
        """The photos that the two call differently."""
        return [it for it in self.answers if it.disagree]

    def sentences(self) -> list[str]:
        """Both results, whether they can be told apart, and what else is to be known."""
        each = duration(self.seconds / self.judged)
        took = f"{duration(self.seconds)}, {each} a photo"
        said = [
            f"{YOU}: {self._reached(self.wrong)}, in {took}.",
            f"The model ({self.contest.model}): {self._reached(self.model_wrong)}.",
            self._verdict(),
        ]
        if self.before:
            said.append("You had seen these photos before, so this says less of you.")
        if self.contest.chosen:
            said.append(ADVANTAGE)
        return [*said, self.contest.note] if self.contest.note else said

    def __str__(self) -> str:
        return "\n".join(self.sentences())

    def entry(self, id: str, name: str = YOU) -> Entry:
        """The learner's entry for the board, with the model's result on the same photos.

        Args:
            id: The entry's; the same one again replaces it.
            name: What the board calls the learner's result.
        """
        contest = self.contest
        photos = sorted(it.photo.name for it in self.answers)
        data = {"source": contest.source, "digest": contest.digest, "photos": photos}
        return Entry(
            id=id,
            kind="person",
            name=shortened(name) or YOU,
            task=contest.task or contest.source,
            data=contest.digest,
            wrong=self.wrong,
            judged=self.judged,
            chosen=self.before,
            seed=None,
            seconds=round(self.seconds, 2),
            hardware="",
            version=version.ours(),
            recipe={"format": FORMAT, "kind": "challenge", "data": data},
            about=self._about(),
        )

    def _about(self) -> Mapping[str, Any]:
        model = {
            "name": self.contest.model,
            "wrong": self.model_wrong,
            "judged": self.judged,
            "error_rate": self.model_wrong / self.judged,
            "chosen": self.contest.chosen,
        }
        disagree = [it.to_json() for it in self.disagreements]
        return {"disagree": disagree, "model": model, "note": self.contest.note}

    def _reached(self, wrong: int) -> str:
        low, high = wilson(wrong, self.judged)
        return (
            f"{wrong} of {plural(self.judged, 'photo')} wrong, an error rate of "
            f"{percent(wrong / self.judged)} ({percent(low)} to {percent(high)})"
        )

    def _verdict(self) -> str:
        right = [
            (it.you == it.photo.label, it.photo.model == it.photo.label) for it in self.answers
        ]
        mine, models = right.count((True, False)), right.count((False, True))
        if self.wrong == self.model_wrong:
            return "That is a tie."
        ahead = YOU if self.wrong < self.model_wrong else "The model"
        if not differ(mine, models):
            fewer = f"{ahead} made fewer mistakes"
            of = plural(self.judged, "photo")
            return f"{fewer}, but on {of} the two can't be told apart: it may be luck."
        return f"{ahead} did better, by more than luck explains."
