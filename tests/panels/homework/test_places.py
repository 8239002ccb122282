"""What the homework's panels know of each other, with a real training."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from coursekit import Homework
from coursekit.core.errors import CourseError
from coursekit.panels.homework.places import KEPT, TRAINED
from coursekit.store.database import database


@pytest.fixture
def course(few_digits: Path) -> Iterator[Homework]:
    """A course whose workbench has the photos of three digits."""
    homework = Homework(1, root=few_digits.parent)
    workbench = homework.places.workbench
    workbench.picker.choose(few_digits)
    workbench.monitor.choose(size=64)
    yield homework
    homework.close()
    database().close()


def train(course: Homework) -> None:
    monitor = course.places.workbench.monitor
    monitor.start()
    monitor.wait()
    assert monitor.model.state == "finished"


Seen = dict[str, tuple[str, str]]


def seen(course: Homework) -> Seen:
    """How the game stood in each state of the training that follows."""
    found: Seen = {}

    def note(_: object) -> None:
        game = course.places.challenge.model
        found[course.places.workbench.monitor.model.state] = game.stage, game.missing

    course.places.workbench.monitor.model.observe(note, "state")
    return found


def before_keeping(states: Seen) -> set[tuple[str, str]]:
    """How the game stood until the model was made ready; a quick training skips some states."""
    return {it for state, it in states.items() if state not in ("keeping", "finished")}


def test_the_game_says_what_is_done_to_the_model_and_opens_by_itself(course: Homework) -> None:
    game = course.open("challenge")
    assert "Train a model first" in repr(game)
    states = seen(course)
    train(course)
    assert ("empty", TRAINED) in before_keeping(states)
    assert states["keeping"] == ("empty", KEPT)
    assert states["finished"] == ("ready", "")
    game.start()
    assert game.model.shown["of"] == 8


def test_a_game_that_is_opened_while_the_model_is_made_ready_waits_for_it(course: Homework) -> None:
    monitor, said = course.places.workbench.monitor.model, []

    def open_it(_: object) -> None:
        if monitor.state == "keeping":
            said.append(repr(course.open("challenge")))
            with pytest.raises(CourseError, match="still being made ready"):
                course.places.challenge.start()

    monitor.observe(open_it, "state")
    train(course)
    assert said == [f"You against the model\n{KEPT}"]
    assert course.places.challenge.model.stage == "ready"


def test_the_next_model_takes_the_place_of_the_last_once_it_is_ready(course: Homework) -> None:
    train(course)
    first = course.places.workbench.monitor.model.run
    game = course.open("challenge")
    states = seen(course)
    train(course)
    assert before_keeping(states) == {("ready", "")}
    assert states["keeping"] == ("empty", KEPT)
    assert states["finished"] == ("ready", "")
    assert game._player() is not first.learn
