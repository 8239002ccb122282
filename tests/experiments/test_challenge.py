"""The game: its photos, its clock, what can be taken back, and how it ends."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from coursekit.core.errors import CourseError
from coursekit.data.aside import Aside
from coursekit.experiments.challenge import Game
from coursekit.experiments.contest import Contest, Photo
from coursekit.experiments.outcome import Outcome
from coursekit.scores import board
from coursekit.scores.adding import catch_up, put
from coursekit.scores.entry import read
from coursekit.store.database import database
from coursekit.store.tables import new_id


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def contest(folder: Path, n: int = 20, model_wrong: int = 2) -> Contest:
    """`n` photos, cats and dogs in turn; the model takes the first few cats for dogs."""
    photos = []
    for number in range(n):
        label = ("cat", "dog")[number % 2]
        wrong = label == "cat" and number // 2 < model_wrong
        file = folder / f"{label}_{number}.jpg"
        photos.append(Photo(file, file.name, label, "dog" if wrong else label))
    files = tuple(photo.file for photo in photos)
    return Contest(tuple(photos), ("cat", "dog"), "animals", "ab" * 16, "net", Aside(files))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def game(tmp_path: Path, clock: Clock) -> Game:
    return Game(contest(tmp_path), seed=1, clock=clock)


def play(game: Game, wrong: int = 0) -> Outcome:
    """Answers all that is left, the first `wrong` ones wrong."""
    game.go_on()
    while not game.over:
        others = [label for label in game.contest.labels if label != game.photo.label]
        game.answer(others[0] if len(game.answers) < wrong else game.photo.label)
    return game.outcome()


def test_all_photos_come_once_in_an_order_that_is_drawn(tmp_path: Path) -> None:
    orders = [[it.name for it in Game(contest(tmp_path), seed=n).photos] for n in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0]) == sorted(orders[2])
    assert len(set(orders[0])) == 20


def test_the_clock_runs_from_the_first_photo_to_the_last_without_pauses(
    game: Game, clock: Clock
) -> None:
    clock.now += 50  # nothing is shown yet
    game.go_on()
    clock.now += 3
    game.answer("cat")
    game.pause()
    clock.now += 1000
    with pytest.raises(CourseError, match="The clock stands"):
        game.answer("cat")
    game.go_on()
    game.go_on()
    clock.now += 4
    outcome = play(game)
    clock.now += 99
    assert outcome.seconds == game.seconds == 7
    game.go_on()
    assert not game.running


def test_only_the_last_answer_can_be_taken_back_and_only_once(game: Game) -> None:
    game.go_on()
    with pytest.raises(CourseError, match="Only the last answer"):
        game.undo()
    first = game.photo
    game.answer("cat")
    second = game.photo
    game.answer("dog")
    game.undo()
    assert (game.photo, game.number) == (second, 2)
    with pytest.raises(CourseError, match="Only the last answer"):
        game.undo()
    game.answer("cat")
    assert game.undoable
    assert [it.you for it in game.answers] == ["cat", "cat"]
    assert game.answers[0].photo == first


def test_what_cannot_be_is_a_sentence(game: Game) -> None:
    with pytest.raises(CourseError, match="The clock stands"):
        game.answer("cat")
    game.go_on()
    with pytest.raises(CourseError, match="'bird' is none of the labels: cat or dog"):
        game.answer("bird")
    with pytest.raises(CourseError, match="not over yet"):
        game.outcome()
    play(game)
    for late in (lambda: game.answer("cat"), game.undo):
        with pytest.raises(CourseError, match="The game is over"):
            late()


def test_photos_are_seen_once_a_game_began_and_shown_once_it_ended(game: Game) -> None:
    aside = game.contest.aside
    assert aside.seen is None
    game.go_on()
    assert (aside.seen, len(aside.hidden)) == ("begun", 20)
    play(game)
    assert (aside.seen, len(aside.hidden)) == ("played", 0)


def test_both_results_are_said_with_how_far_they_may_be_off(game: Game, clock: Clock) -> None:
    game.go_on()
    clock.now += 72
    said = play(game, wrong=3).sentences()
    assert said[0] == (
        "You: 3 of 20 photos wrong, an error rate of 15.0 % (5.2 % to 36.0 %), "
        "in 1 min 12 s, 3.6 s a photo."
    )
    assert said[1] == (
        "The model (net): 2 of 20 photos wrong, an error rate of 10.0 % (2.8 % to 30.1 %)."
    )
    assert said[2] == (
        "The model made fewer mistakes, but on 20 photos the two can't be told apart: "
        "it may be luck."
    )
    assert len(said) == 3


@pytest.mark.parametrize(
    ("wrong", "model_wrong", "words"),
    [
        (2, 2, "That is a tie."),
        (0, 10, "You did better, by more than luck explains."),
        (20, 0, "The model did better, by more than luck explains."),
        (1, 2, "You made fewer mistakes, but on 20 photos the two can't be told apart"),
        (0, 5, "You made fewer mistakes, but on 20 photos the two can't be told apart"),
        (0, 6, "You did better, by more than luck explains."),
    ],
)
def test_who_did_better_is_said_only_where_it_is_known(
    tmp_path: Path, wrong: int, model_wrong: int, words: str
) -> None:
    outcome = play(Game(contest(tmp_path, model_wrong=model_wrong)), wrong)
    assert outcome.sentences()[2].startswith(words)


def test_photos_where_the_two_disagree_are_named(tmp_path: Path) -> None:
    outcome = play(Game(contest(tmp_path)))
    assert sorted(it.photo.name for it in outcome.disagreements) == ["cat_0.jpg", "cat_2.jpg"]
    assert {(it.you, it.photo.model) for it in outcome.disagreements} == {("cat", "dog")}


def test_a_second_game_is_said_to_be_one(tmp_path: Path) -> None:
    assert not play(Game(contest(tmp_path))).before
    again = play(Game(contest(tmp_path)))
    assert again.before
    assert any("had seen these photos before" in line for line in again.sentences())
    assert again.entry(new_id()).chosen


def test_it_is_said_where_the_photos_chose_the_model(tmp_path: Path) -> None:
    fair = play(Game(contest(tmp_path)))
    assert not any("advantage" in line for line in fair.sentences())
    outcome = play(Game(replace(contest(tmp_path), chosen=True)))
    assert any(
        line.startswith("The model has an advantage here: these photos also decided something")
        for line in outcome.sentences()
    )
    assert outcome.entry(new_id()).about["model"]["chosen"]


def test_the_result_stands_on_the_board_beside_the_models_on_the_same_data(
    tmp_path: Path, home: Path
) -> None:
    outcome = play(Game(contest(tmp_path)), wrong=1)
    entry = outcome.entry(new_id(), "  Kim\nK. ")
    standing = put(entry)
    assert repr(standing).startswith("Kim K.: error rate 5.0 % (0.9 % to 23.6 %) on 20 validation")
    with database().reading() as session:
        (row,) = board.top(session, "animals")
    run = row.run
    assert (run.kind, run.name, run.data, run.judged, run.chosen) == (
        "person", "Kim K.", "ab" * 16, 20, False,
    )  # fmt: skip
    assert run.recipe["data"]["photos"] == sorted(it.name for it in outcome.contest.photos)
    disagree = run.about["disagree"]
    assert sorted(it["photo"] for it in disagree) == sorted(
        it.photo.name for it in outcome.disagreements
    )
    assert set(disagree[0]) == {"photo", "label", "you", "model"}
    assert run.about["model"] == {
        "name": "net", "wrong": 2, "judged": 20, "error_rate": 0.1, "chosen": False,
    }  # fmt: skip
    assert str(tmp_path) not in json.dumps([run.recipe, run.about])
    assert str(tmp_path) not in "".join(
        file.read_text() for file in (home / "runs" / entry.id).iterdir()
    )


def test_the_board_can_be_made_again_from_the_games_folder(tmp_path: Path, home: Path) -> None:
    entry = play(Game(contest(tmp_path))).entry(new_id())
    put(entry)
    assert read(home / "runs" / entry.id) == entry
    with database().writing() as session:
        board.remove(session, [entry.id])
    assert catch_up() == 1


def test_the_same_game_put_again_is_renamed(tmp_path: Path) -> None:
    outcome, id = play(Game(contest(tmp_path))), new_id()
    put(outcome.entry(id))
    put(outcome.entry(id, "Kim"))
    with database().reading() as session:
        assert [row.run.name for row in board.top(session, "animals")] == ["Kim"]
