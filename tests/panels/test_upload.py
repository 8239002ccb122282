"""What the classifier's model makes of a picture, and what it keeps of it; without widgets."""

from __future__ import annotations

import gc
import io
import threading
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from support_upload import TwoKinds

from coursekit.core.errors import CourseError
from coursekit.panels.upload.examples import examples_of, packaged
from coursekit.panels.upload.loading import Lazy
from coursekit.panels.upload.model import (
    LIMIT,
    REMEMBERED,
    Answer,
    UploadModel,
    hardly_a_photo,
    jpeg,
)
from coursekit.panels.upload.words import sentence_of
from coursekit.predict import Prediction, decode


@pytest.fixture
def pets_model() -> TwoKinds:
    return TwoKinds()


@pytest.fixture
def model(pets_model: TwoKinds) -> UploadModel:
    return UploadModel(pets_model.predict, seen=pets_model.seen)


def answers_of(model: UploadModel) -> list[Answer]:
    answers: list[Answer] = []
    model.observe(lambda change: change.new and answers.append(change.new), "answer")
    return answers


def test_same_picture_twice_gives_two_answers(model: UploadModel, hopper: bytes) -> None:
    answers = answers_of(model)
    model.receive("hopper.jpg", hopper)
    model.receive("hopper.jpg", hopper)
    assert len(answers) == 2
    assert answers[0].top == [("cat", pytest.approx(0.9)), ("dog", pytest.approx(0.1))]


def test_a_second_picture_replaces_the_first(
    model: UploadModel, pets_model: TwoKinds, uploads: Path
) -> None:
    for name in ("hopper.jpg", "rgba.png", "rgba.png"):
        model.receive(name, (uploads / name).read_bytes())
        assert model.answer.name == name
        assert pets_model.given[-1] == (uploads / name).read_bytes()
        assert model.data == [(uploads / name).read_bytes()]
    assert len(pets_model.given) == 3


@pytest.mark.parametrize("name", ["empty.png", "truncated_image.png", "text_renamed.jpg"])
def test_what_is_no_picture_is_a_sentence_and_no_old_answer_stays(
    model: UploadModel, hopper: bytes, uploads: Path, name: str
) -> None:
    model.receive("hopper.jpg", hopper)
    model.receive(name, (uploads / name).read_bytes())
    assert model.message.startswith(name)
    assert model.answer is None
    model.receive("hopper.jpg", hopper)
    assert (model.message, model.answer.label) == ("", "cat")


def test_what_goes_wrong_in_a_choice_is_still_said_at_its_end(
    model: UploadModel, hopper: bytes, uploads: Path
) -> None:
    empty = (uploads / "empty.png").read_bytes()
    for at, (name, data) in enumerate(
        [("empty.png", empty), ("a.jpg", hopper), ("b.jpg", hopper)], 1
    ):
        model.receive(name, data, (at, 3))
    assert model.message.startswith("empty.png is empty")
    assert model.answer.name == "b.jpg"
    assert model.data == [empty, hopper, hopper]
    model.refuse("film.jpg", LIMIT + 1, (1, 2))
    model.receive("c.jpg", hopper, (2, 2))
    assert model.message.startswith("film.jpg is 50 MB")
    for at in range(1, 11):
        model.receive(f"{at}.png", b"", (at, 10))
    assert model.message.startswith("7 more pictures before these. 8.png is empty")


def test_clear_forgets_the_answers_the_bytes_and_the_error(
    model: UploadModel, hopper: bytes
) -> None:
    model.refuse("holiday.tif", LIMIT + 1)
    assert "50 MB at most" in model.message
    model.clear()
    assert model.undoable is None  # a sentence alone is not worth bringing back
    for name in ("a.jpg", "b.jpg"):
        model.receive(name, hopper)
    model.refuse("holiday.tif", LIMIT + 1)
    model.clear()
    assert state(model) == (None, (), "", [])


def state(model: UploadModel) -> tuple[Answer | None, tuple[Answer, ...], str, list[bytes]]:
    """All that the model has of pictures."""
    return model.answer, model.history, model.message, model.data


def test_undo_brings_back_what_was_cleared_once(
    model: UploadModel, hopper: bytes, uploads: Path
) -> None:
    model.receive("a.jpg", hopper)
    model.receive("empty.png", b"", (1, 2))
    model.receive("b.jpg", (uploads / "rgba.png").read_bytes(), (2, 2))
    before = state(model)
    assert before[1][0] is before[0]
    assert before[2].startswith("empty.png is empty")
    model.clear()
    model.undo()
    assert state(model) == before
    assert model.undoable is None
    model.receive("c.jpg", hopper)
    assert [it.name for it in model.history] == ["c.jpg", "b.jpg", "a.jpg"]
    now = state(model)
    model.undo()
    assert state(model) == now


@pytest.mark.parametrize(
    "then",
    [
        lambda model, data: model.receive("b.jpg", data),
        lambda model, data: model.receive("empty.png", b""),
        lambda model, data: model.refuse("film.jpg", LIMIT + 1),
        lambda model, data: model.clear(),
        lambda model, data: model.use(TwoKinds().predict, "Another."),
    ],
    ids=["picture", "no picture", "too large", "clear", "another model"],
)
def test_what_was_cleared_is_gone_for_good_after_the_next_act(
    model: UploadModel, hopper: bytes, then: Any
) -> None:
    model.receive("a.jpg", hopper)
    model.clear()
    kept = weakref.ref(model.undoable), weakref.ref(model.undoable.answer)
    gc.collect()
    assert None not in [it() for it in kept]
    then(model, hopper)
    gc.collect()
    assert [it() for it in kept] == [None, None]
    model.undo()
    assert "a.jpg" not in [it.name for it in model.history]


def test_what_was_sent_before_clear_is_not_shown_after_it(
    model: UploadModel, pets_model: TwoKinds, hopper: bytes
) -> None:
    looking, go_on = threading.Event(), threading.Event()

    def slow(data: bytes) -> Prediction:
        looking.set()
        go_on.wait(10)
        return pets_model.predict(data)

    model.use(slow, "")
    worker = threading.Thread(target=model.receive, args=("a.jpg", hopper, (1, 2), model.cleared))
    worker.start()
    looking.wait(10)
    before = model.cleared
    model.clear()
    go_on.set()
    worker.join(10)
    assert model.receive("b.jpg", hopper, (2, 2), before) is None
    assert (model.answer, model.history, model.data, model.busy) == (None, (), [], "")
    model.undo()
    assert state(model) == (None, (), "", [])


def test_a_clear_while_another_model_looks_is_not_overtaken(
    model: UploadModel, pets_model: TwoKinds, hopper: bytes
) -> None:
    def slow(data: bytes) -> Prediction:
        model.clear()
        return pets_model.predict(data)

    model.receive("a.jpg", hopper)
    model.use(slow, "")
    assert state(model) == (None, (), "", [])


def test_the_history_is_bounded_and_shows_an_answer_again(
    model: UploadModel, hopper: bytes
) -> None:
    for number in range(20):
        model.receive(f"{number}.jpg", hopper)
    assert [it.name for it in model.history] == [f"{n}.jpg" for n in range(19, 19 - REMEMBERED, -1)]
    model.receive("empty.png", b"")
    model.recall(3)
    assert (model.answer.name, model.message) == ("16.jpg", "")
    model.recall(99)
    assert model.answer.name == "16.jpg"


def test_data_of_a_very_large_choice_is_bounded(
    model: UploadModel, monkeypatch: pytest.MonkeyPatch, hopper: bytes
) -> None:
    monkeypatch.setattr("coursekit.panels.upload.model.KEPT", 3 * len(hopper))
    for at in range(1, 11):
        assert model.receive("a.jpg", hopper, (at, 10))
    assert model.data == [hopper] * 3


def test_the_preview_is_upright_and_small(uploads: Path) -> None:
    photo = (uploads / "phone_orientation6.jpg").read_bytes()
    picture = decode(jpeg(decode(photo, "phone")), "preview")
    whole = decode(photo, "phone")
    assert max(picture.size) <= 480
    assert (picture.width < picture.height) == (whole.width < whole.height)


def test_the_heatmap_glows_over_what_the_network_sees(model: UploadModel, hopper: bytes) -> None:
    model.receive("hopper.jpg", hopper)
    seen, glow = (
        np.asarray(Image.open(io.BytesIO(it)), dtype=float)
        for it in (model.answer.seen, model.answer.glow)
    )
    assert seen.shape == glow.shape == (64, 64, 3)
    difference = np.abs(seen - glow).mean(axis=-1)
    assert difference[np.eye(64, dtype=bool)].mean() > 30
    assert difference[50:, :10].mean() < 10


def test_without_a_heatmap_its_reason_is_there(hopper: bytes) -> None:
    predictor = TwoKinds(heat=False)
    model = UploadModel(predictor.predict, seen=predictor.seen)
    model.receive("hopper.jpg", hopper)
    assert model.answer.glow == b""
    assert "last convolution" in model.answer.prediction.heatmap_reason


def test_an_error_of_the_model_is_shown(model: UploadModel, hopper: bytes) -> None:
    def fail(data: bytes) -> Any:
        raise CourseError("The model is gone. Train it again.")

    model.use(fail, "")
    model.receive("hopper.jpg", hopper)
    assert (model.message, model.busy) == ("The model is gone. Train it again.", "")


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ((7, 13), "only 7 x 13 pixels"),
        ((1, 1), "only 1 x 1 pixels"),
        ((10_000, 100), "100 times as long as it is high"),
        ((100, 2_100), "21 times as long as it is wide"),
        ((8, 8), ""),
        ((2_000, 100), ""),
        ((28, 28), ""),
    ],
)
def test_what_is_hardly_a_photo_is_said(size: tuple[int, int], said: str) -> None:
    doubt = hardly_a_photo(*size)
    assert said in doubt
    assert bool(said) == bool(doubt)


@pytest.mark.parametrize("name", ["one_pixel.png", "7x13.png", "wide_10000x3.png"])
def test_what_is_hardly_a_photo_is_judged_all_the_same(
    model: UploadModel, uploads: Path, name: str
) -> None:
    model.receive(name, (uploads / name).read_bytes())
    assert sentence_of(model.answer).startswith(f"{name}: cat (90.0 %). This is hardly a photo")


def test_packaged_examples_are_three_that_can_be_read() -> None:
    examples = packaged()
    assert len(examples) == 3
    for example in examples:
        assert min(decode(example.path.read_bytes(), example.name).size) > 400


def test_an_example_is_judged_like_an_upload(model: UploadModel, uploads: Path) -> None:
    model.use(TwoKinds().predict, "", examples=examples_of([uploads / "hopper.jpg"]))
    model.try_example(0)
    assert model.answer.name == "hopper.jpg"
    model.use(TwoKinds().predict, "", examples=examples_of([uploads / "gone.jpg"]))
    model.try_example(0)
    assert "No such file" in model.message


def test_a_model_is_loaded_once_and_when_needed() -> None:
    loaded: list[int] = []
    lazy = Lazy(lambda: loaded.append(1) or TwoKinds())
    assert loaded == []
    threads = [threading.Thread(target=lazy.ready) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loaded == [1]


def test_the_picture_that_is_shown_is_judged_anew_by_another_model(hopper: bytes) -> None:
    first, second = TwoKinds(), TwoKinds(cat=0.6)
    model = UploadModel(first.predict, "The first.")
    model.receive("hopper.jpg", hopper)
    model.use(second.predict, "The second.")
    assert second.given == [hopper]
    assert model.answer is not None
    assert model.answer.name == "hopper.jpg"
    assert float(model.answer.prediction.probabilities[0]) == pytest.approx(0.6)
    model.clear()
    model.use(first.predict, "The first.")
    assert (model.answer, len(first.given)) == (None, 1)
