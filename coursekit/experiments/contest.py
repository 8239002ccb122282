"""What a person and a model are both asked: photos that neither learned from, and the labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from coursekit.core.errors import CourseError
from coursekit.core.wording import listing, plural
from coursekit.data.aside import FEWEST, SHARE, Aside
from coursekit.data.catalogue import source_of, task_of
from coursekit.data.labelled import LabelledFolder
from coursekit.data.listed import listed
from coursekit.predict.predictor import Predictor

if TYPE_CHECKING:
    from coursekit.learn.learner import Learner


class NoContest(CourseError):
    """There is nothing that a person and the model could both be asked."""


class Untrained(NoContest):
    """A model that only guesses: a game with it would use the photos up for nothing."""

    def __init__(self) -> None:
        super().__init__(
            "This model has learned nothing yet, so it would only guess, and you would have seen "
            "the photos for nothing. Train it first."
        )


@dataclass(frozen=True)
class Photo:
    """A photo of the contest.

    Attributes:
        file: Where it lies.
        name: Relative to the folder of the data, with `/` on every system.
        label: The truth.
        model: What the model says.
    """

    file: Path
    name: str
    label: str
    model: str


@dataclass(frozen=True)
class Contest:
    """The photos, the labels to choose from, and the model's answers.

    Attributes:
        photos: In the order they were drawn.
        labels: All labels, in the model's order.
        source: Where the photos are from.
        digest: Of all photos of the data, their labels and their split.
        model: What the model is called.
        aside: The photos as they are kept for the game.
        note: What makes the contest unfair; "" for nothing.
        task: What the board of these photos is called; "" for `source`.
        chosen: Whether these photos decided anything about the model, which flatters it.
    """

    photos: tuple[Photo, ...]
    labels: tuple[str, ...]
    source: str
    digest: str
    model: str
    aside: Aside
    note: str = ""
    task: str = ""
    chosen: bool = False


def of_learner(learn: Learner) -> Contest:
    """The contest with a Learner, on the photos that its data keeps aside.

    Raises:
        CourseError: Its data is no photos, too few of them validate, none can be read, nothing was
            trained yet, or something else is at work with the model.
    """
    dls: Any = learn.dls
    if not hasattr(dls, "labels_table"):
        raise NoContest("This model's items are no photos, so there is nothing to play on.")
    if learn.untrained:
        raise Untrained
    items, table = dls.valid.dataset, dls.table
    aside = enough(items.aside, len(items))
    numbers = {file: number for number, file in enumerate(items.items)}
    loader = dls.valid.in_order([numbers[file] for file in aside.files])
    probabilities, _ = learn.get_preds(dl=loader)
    labels = tuple(map(str, table.vocab))
    said = [labels[index] for index in probabilities.argmax(-1).tolist()]
    photos = [
        Photo(
            file,
            inside(table.name(table.parts["valid"][numbers[file]])),
            labels[items.targets[numbers[file]]],
            answer,
        )
        for file, answer in zip(loader.readable_items(), said, strict=True)
    ]
    model = str(learn.architecture or "the model")
    where = dls.source, dls.digest
    chosen = learn.chosen_on_validation
    return Contest(tuple(photos), labels, *where, model, aside, task=dls.task, chosen=chosen)


def of_predictor(predictor: Predictor, photos: LabelledFolder) -> Contest:
    """The contest with an exported model, on the photos that a choice of photos keeps aside.

    Raises:
        CourseError: There are no photos, too few of them validate, or the model has other labels.
    """
    all_ = listed(photos)
    aside = enough(all_.aside, all_.valid)
    labels = tuple(map(str, predictor.vocab))
    if lacking := sorted(set(all_.labels) - set(labels)):
        raise NoContest(
            f"The model doesn't know {listing(lacking)}. Take photos of what it knows: "
            f"{listing(labels)}."
        )
    truth = dict(zip(all_.files, all_.labels, strict=True))
    asked = zip(aside.files, predictor.predict_many(aside.files), strict=True)
    played = tuple(
        Photo(file, inside(photos.name(file)), truth[file], str(said.label))
        for file, said in asked
        if not isinstance(said, CourseError)
    )
    if not played:
        raise NoContest("None of the photos that are kept for the game can be read.")
    name = str(predictor.manifest["name"])
    same = predictor.manifest["data"].get("digest") == all_.digest
    note = "" if same else learned_from(name)
    chosen = same and any(it["used_for_choosing"] for it in predictor.manifest["scores"])
    where = source_of(photos.folder), all_.digest
    task = task_of(photos.folder, all_.digest)
    return Contest(played, labels, *where, name, aside, note, task, chosen)


def aside_of(player: Learner | Predictor, photos: LabelledFolder | None) -> Aside:
    """The photos that are kept for a game with this model."""
    items = getattr(getattr(getattr(player, "dls", None), "valid", None), "dataset", None)
    kept = getattr(items, "aside", None)
    if isinstance(kept, Aside):
        return kept
    return listed(photos).aside if photos else Aside()


def enough(aside: Aside, valid: int) -> Aside:
    """The photos that are set aside.

    Raises:
        NoContest: There are too few for a game.
    """
    if aside.files:
        return aside
    raise NoContest(
        f"Only {plural(valid, 'photo validates', 'photos validate')}, and a third of them is "
        f"played with: take {FEWEST * SHARE} or more for a game."
    )


def learned_from(name: str) -> str:
    """What is said of a model that was trained on another choice of photos."""
    return (
        f"{name} was trained on other photos, or on another split of these, so it may have "
        "learned from some of them."
    )


def inside(name: str) -> str:
    """A photo's name without the folders of this machine, where it lies outside its data's."""
    path = PurePosixPath(name)
    return path.name if path.is_absolute() or ":" in path.parts[0] else name


def in_words(labels: Iterable[str]) -> str:
    """Labels as they are chosen from, all of them where they are few."""
    return listing(labels, most=12, joint="or")
