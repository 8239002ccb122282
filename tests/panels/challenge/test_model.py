"""The game's model and panel without a page."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ipywidgets.widgets.widget as widgets
import pytest
from ipywidgets import Button, Widget
from PIL import Image
from support_challenge import BREEDS, pet_photos

from coursekit import Challenge
from coursekit.core.errors import CourseError
from coursekit.data.aside import Aside
from coursekit.experiments.contest import Contest, Photo, of_learner
from coursekit.learn.learner import Learner
from coursekit.panels.challenge.model import ChallengeModel
from coursekit.panels.challenge.pictures import all_encoded, encoded, smaller
from coursekit.panels.challenge.played import Played
from coursekit.panels.challenge.view import hearing, start_view
from coursekit.predict import load_learner
from coursekit.scores import board
from coursekit.store.database import database
from coursekit.store.errors import CannotWrite
from coursekit.vision.learner import vision_learner


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def contest(labels: tuple[str, ...], n: int = 6) -> Contest:
    photos = tuple(
        Photo(Path(f"/secret/{n}.jpg"), f"{n}.jpg", labels[n % len(labels)], labels[0])
        for n in range(n)
    )
    files = tuple(photo.file for photo in photos)
    return Contest(photos, labels, "things", "cd" * 16, "net", Aside(files))


def model_of(labels: tuple[str, ...] = ("cat", "dog"), **options: Any) -> ChallengeModel:
    """A model whose pictures are the files' names."""
    given: dict[str, Any] = {"put": lambda entry: f"{entry.name} is there."} | options
    made = ChallengeModel(lambda files: [str(file).encode() for file in files], **given)
    made.use(lambda: contest(labels))
    return made


def truth(model: ChallengeModel) -> str:
    assert model.game is not None
    return model.game.photo.label


def play(model: ChallengeModel) -> None:
    while model.stage == "playing":
        model.answer(truth(model))


def test_without_a_model_it_says_what_to_do_first() -> None:
    challenge = Challenge()
    assert challenge.model.stage == "empty"
    assert "Train a model first" in repr(challenge)
    for early in (challenge.start, lambda: Challenge(lambda: None).start(), challenge.show_all):
        with pytest.raises(CourseError, match="Train a model first"):
            early()
    with pytest.raises(CourseError, match=r"Begin one with challenge\.start"):
        challenge.answer("cat")
    with pytest.raises(CourseError, match="not over yet"):
        challenge.put_on_board()


def test_no_game_begins_with_a_model_that_learned_nothing(trained_on_pets: Learner) -> None:
    challenge = Challenge(vision_learner(trained_on_pets.dls))
    with pytest.raises(CourseError, match="learned nothing yet"):
        challenge.start()
    assert challenge.model.stage == "ready"
    assert trained_on_pets.dls.valid.dataset.aside.seen is None
    challenge.use(trained_on_pets)
    challenge.start()
    assert challenge.model.shown["note"] == ""


def test_a_game_waits_for_a_model_that_is_on_its_way() -> None:
    model = model_of()
    start = next(it for it in walk(start_view(model)) if isinstance(it, Button))
    model.wait("It is being made ready.")
    assert (model.stage, model.missing, start.layout.display) == (
        "empty", "It is being made ready.", "none",
    )  # fmt: skip
    model.start()
    assert (model.message, model.stage) == ("It is being made ready.", "empty")
    model.wait("")
    assert (model.stage, model.missing, start.layout.display) == ("ready", "", "")
    model.start()
    model.wait("Another one is being made ready.")
    play(model)
    assert (model.stage, start.description, start.disabled) == ("over", "Play again", True)
    model.wait("")
    assert not start.disabled


def walk(widget: Widget) -> Iterator[Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def test_a_game_goes_from_photo_to_photo_to_the_end() -> None:
    model = model_of()
    assert (model.stage, model.shown["stage"], model.picture) == ("ready", "ready", None)
    model.start()
    assert (model.stage, model.shown["number"], model.shown["of"]) == ("playing", 1, 6)
    assert model.shown["said"] == "Photo 1 of 6. What does it show? 1 cat or 2 dog."
    pictures = [model.picture]
    while model.stage == "playing":
        model.answer(truth(model))
        pictures.append(model.picture)
    assert [number for number, _ in pictures[:-1]] == [1, 2, 3, 4, 5, 6]
    assert len({data for _, data in pictures[:-1]}) == 6
    assert (model.stage, model.picture) == ("over", None)
    assert model.shown["lines"] == model.outcome.sentences()
    assert model.outcome.wrong == 0


def test_what_the_page_knows_before_the_end_has_no_truth_in_it() -> None:
    model, states = model_of(), []
    model.observe(lambda change: states.append(json.dumps(change["new"])), "shown")
    model.start()
    before = len(states)
    for _ in range(5):
        model.answer("cat")
    assert len(states) == before + 5
    for state in states:
        known = json.loads(state)
        assert set(known) == {
            "stage", "number", "of", "choices", "typed", "undo", "seconds", "note", "lines", "said",
        }  # fmt: skip
        assert known["lines"] == []
        assert "secret" not in state
        assert ".jpg" not in state
        assert "net" not in state


def test_an_answer_to_a_photo_that_is_shown_no_more_is_passed_over() -> None:
    model = model_of()
    model.start()
    model.answer("cat", number=1)
    model.answer("dog", number=1)
    assert model.shown["number"] == 2
    assert len(model.game.answers) == 1


def test_a_pause_hides_the_photo_and_stops_the_clock() -> None:
    clock = Clock()
    model = model_of(clock=clock)
    model.start()
    clock.now += 5
    model.pause()
    assert (model.stage, model.picture, model.shown["seconds"]) == ("paused", None, 5)
    clock.now += 100
    model.answer("cat")
    assert model.message.startswith("The clock stands")
    model.go_on()
    assert (model.stage, model.shown["seconds"]) == ("playing", 5)
    assert model.picture is not None
    clock.now += 1
    play(model)
    assert model.outcome.seconds == 6


def test_an_answer_is_taken_back_once() -> None:
    model = model_of()
    model.start()
    first = model.picture
    model.answer("cat")
    assert model.shown["undo"]
    model.undo()
    assert (model.picture, model.shown["undo"]) == (first, False)
    assert model.shown["said"] == "The last answer is taken back. Photo 1 of 6."
    model.undo()
    assert model.message.startswith("Only the last answer")
    model.answer("dog")
    assert (model.message, model.shown["number"]) == ("", 2)


@pytest.mark.parametrize(
    ("labels", "keys", "typed"),
    [
        (("cat", "dog"), ["1", "2"], False),
        (tuple("0123456789"), list("0123456789"), False),
        (tuple("378"), list("378"), False),
        (tuple("abcdefghi"), list("123456789"), False),
        (tuple(f"breed {n}" for n in range(37)), [""] * 37, True),
    ],
)
def test_keys_are_digits_and_many_labels_are_typed(
    labels: tuple[str, ...], keys: list[str], typed: bool
) -> None:
    model = model_of(labels)
    model.start()
    assert [it["key"] for it in model.shown["choices"]] == keys
    assert model.shown["typed"] == typed


def test_a_second_game_says_that_the_photos_are_known() -> None:
    model = model_of()
    model.start()
    assert model.shown["note"] == ""
    play(model)
    model.start()
    assert (model.stage, model.outcome, model.standing) == ("playing", None, "")
    assert "You have seen these photos before" in model.shown["note"]
    play(model)
    assert model.outcome.before


def test_another_model_waits_until_the_next_game() -> None:
    model = model_of()
    model.start()
    model.use(lambda: contest(("sun", "moon")))
    model.answer("cat")
    assert model.message == ""
    play(model)
    model.start()
    assert model.shown["choices"][0]["label"] == "sun"


def test_the_result_goes_on_the_board_under_a_name_and_can_be_renamed() -> None:
    entries: list[Any] = []
    model = model_of(put=lambda entry: entries.append(entry) or f"{entry.name} is first.")
    model.start()
    model.put_on_board("Kim")
    assert entries == []
    play(model)
    assert (entries, model.standing) == ([], "")
    model.put_on_board("Kim")
    assert model.standing == "On the board of things. Kim is first."
    model.put_on_board("")
    assert [it.name for it in entries] == ["Kim", "You"]
    assert entries[0].id == entries[1].id


def test_a_board_that_cannot_be_written_is_a_sentence() -> None:
    def put(entry: object) -> None:
        raise CannotWrite("the disk is full")

    model = model_of(put=put)
    model.start()
    play(model)
    model.put_on_board("Kim")
    assert "the disk is full" in model.message
    assert model.standing == ""


def test_messages_from_a_page_that_make_no_sense_do_nothing() -> None:
    model = model_of()
    heard = hearing(model)
    for junk in (("answer", 0, 1), ("undo", None, 1), ("turn", None, 1), ("no such", 1, 1)):
        heard(*junk)
    assert model.stage == "ready"
    model.start()
    for value, number in ((-1, 1), (2, 1), ("cat", 1), (None, 1), (0, None), (0, 7), (0, "1")):
        heard("answer", value, number)
    assert model.game.answers == []
    heard("answer", 1, 1)
    assert [it.you for it in model.game.answers] == ["dog"]
    heard("turn", None, 2)
    assert model.stage == "paused"
    heard("turn", None, 2)
    assert model.stage == "playing"


def test_a_picture_has_its_pixels_and_nothing_else(uploads: Path) -> None:
    turned = uploads / "phone_orientation6.jpg"
    with Image.open(turned) as stored:
        width, height = stored.size
        assert stored.getexif()[0x0112] == 6
    data = encoded(turned)
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.mode, dict(image.getexif())) == ("JPEG", "RGB", {})
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert image.size == (height, width)
    with Image.open(io.BytesIO(smaller(data))) as small:
        assert max(small.size) <= 256


def test_a_picture_with_words_in_its_file_keeps_them_to_itself(tmp_path: Path) -> None:
    file = tmp_path / "Bengal_1.jpg"
    exif = Image.Exif()
    exif[0x010E] = "a Bengal cat"
    Image.new("RGB", (900, 300), "red").save(file, exif=exif, comment=b"Bengal", icc_profile=b"B")
    assert b"Bengal" in file.read_bytes()
    assert b"Bengal" not in encoded(file)


def test_twenty_photos_are_played_against_a_trained_model(
    trained_on_pets: Learner, pets: Path
) -> None:
    challenge = Challenge()
    challenge.use(trained_on_pets)
    assert repr(challenge) == "You against the model\nNow: challenge.start()."
    challenge.start()
    names = {photo.label: photo.name for photo in of_learner(trained_on_pets).photos}
    for number in range(1, 21):
        assert f"Photo {number} of 20." in repr(challenge)
        assert max(challenge.photo.size) > 100
        assert not any(name in repr(challenge) for name in names.values())
        said = challenge.answer("Bengal")
    assert said == str(challenge.outcome)
    assert challenge.photo is None
    assert challenge.outcome.wrong == sum(
        it.photo.label != "Bengal" for it in challenge.outcome.answers
    )
    assert "is american_bulldog; you: Bengal; model:" in repr(challenge)
    standing = challenge.put_on_board("Kim")
    assert re.match(r"On the board of images \(\w{6}\)\. Kim: error rate", standing)
    with database().reading() as session:
        ((task, _),) = board.tasks(session)
        (row,) = board.top(session, task)
    assert row.run.data == trained_on_pets.dls.digest
    with pytest.raises(CourseError, match="The game is over"):
        challenge.answer("Bengal")


def test_an_exported_model_plays_too(trained_on_pets: Learner, pets: Path, tmp_path: Path) -> None:
    predictor = load_learner(trained_on_pets.export(tmp_path / "pets.ckit"))
    with pytest.raises(CourseError, match="Say which photos"):
        Challenge(predictor).start()
    challenge = Challenge(predictor, pet_photos(pets))
    challenge.start()
    assert challenge.model.shown["of"] == 20
    assert [it["label"] for it in challenge.model.shown["choices"]] == list(BREEDS)
    with pytest.raises(CourseError, match="is no model"):
        Challenge(lambda: "a model").start()


def test_giving_the_game_up_shows_the_photos(trained_on_pets: Learner) -> None:
    aside = trained_on_pets.dls.valid.dataset.aside
    assert len(aside.hidden) == 20
    Challenge(lambda: trained_on_pets).show_all()
    assert aside.hidden == set()


def test_all_widgets_are_freed_and_their_state_has_no_photo(trained_on_pets: Learner) -> None:
    before = set(widgets._instances)
    challenge = Challenge(trained_on_pets)
    view = challenge.view
    challenge.start()
    played = next(it for it in widgets._instances.values() if isinstance(it, Played))
    assert played._last == challenge.model.picture
    states = str([it.get_state() for it in widgets._instances.values()])
    for photo in challenge.model.game.photos:
        assert photo.name not in states
    assert "\\xff\\xd8\\xff" not in states
    for _ in range(20):
        challenge.answer("Bengal")
    assert played.shown["lines"] == challenge.outcome.sentences()
    assert view is challenge.view
    challenge.close()
    assert set(widgets._instances) == before


def test_photos_are_encoded_in_order(pets: Path) -> None:
    files = sorted(pets.iterdir())[:8]
    assert all_encoded(files) == [encoded(file) for file in files]
