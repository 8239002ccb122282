from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from coursekit.core.errors import CourseError
from coursekit.panels.upload.chooser import Chooser
from coursekit.panels.upload.model import LIMIT, Answer, UploadModel, preview
from coursekit.panels.upload.view import picture_and_bars, sentence_of
from coursekit.predict import decode


@dataclass
class Said:
    """What a classifier of two classes gives back."""

    unsure: bool = False

    def top(self, k: int) -> list[tuple[str, float]]:
        return [("cat", 0.9), ("dog", 0.1)][:k]


@pytest.fixture
def hopper(uploads: Path) -> bytes:
    return (uploads / "hopper.jpg").read_bytes()


@pytest.fixture
def model() -> UploadModel:
    return UploadModel(lambda data: Said())


def answers_of(model: UploadModel) -> list[Answer]:
    answers: list[Answer] = []
    model.observe(lambda change: change.new and answers.append(change.new), "answer")
    return answers


def test_same_picture_twice_gives_two_answers(model: UploadModel, hopper: bytes) -> None:
    answers = answers_of(model)
    model.receive("hopper.jpg", hopper)
    model.receive("hopper.jpg", hopper)
    assert len(answers) == 2
    assert answers[0].top == (("cat", 0.9), ("dog", 0.1))


def test_a_second_picture_replaces_the_first(model: UploadModel, uploads: Path) -> None:
    given: list[bytes] = []
    model.use(lambda data: given.append(data) or Said(), "")
    for name in ("hopper.jpg", "rgba.png", "rgba.png"):
        model.receive(name, (uploads / name).read_bytes())
        assert model.answer.name == name
        assert given[-1] == (uploads / name).read_bytes()
    assert len(given) == 3


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


def test_clear_forgets_the_answer_and_the_error(model: UploadModel, hopper: bytes) -> None:
    model.receive("hopper.jpg", hopper)
    model.refuse("holiday.tif", LIMIT + 1)
    assert "50 MB at most" in model.message
    assert model.answer is None
    model.clear()
    assert model.message == ""


def test_the_preview_is_upright_and_small(uploads: Path) -> None:
    photo = (uploads / "phone_orientation6.jpg").read_bytes()
    picture = decode(preview(decode(photo, "phone")), "preview")
    whole = decode(photo, "phone")
    assert max(picture.size) <= 480
    assert (picture.width < picture.height) == (whole.width < whole.height)


def test_an_error_of_the_model_is_shown(model: UploadModel, hopper: bytes) -> None:
    def fail(data: bytes) -> Any:
        raise CourseError("The model is gone. Train it again.")

    model.use(fail, "")
    model.receive("hopper.jpg", hopper)
    assert model.message == "The model is gone. Train it again."


def test_unsure_is_said_in_words() -> None:
    sure, unsure = (Answer("a.jpg", (("cat", 0.5),), unsure, b"") for unsure in (False, True))
    assert sentence_of(sure) == "a.jpg: cat (50.0 %)."
    assert sentence_of(unsure) == "a.jpg: unsure. The likeliest is cat (50.0 %)."
    assert sentence_of(None) == picture_and_bars(None) == ""


def test_names_and_labels_are_no_markup() -> None:
    html = picture_and_bars(Answer("<b>'.jpg", (("<script>", 1.0),), False, b"x"))
    assert "<script>" not in html
    assert "<b>" not in html


def test_a_picture_in_pieces_is_put_together() -> None:
    received: list[tuple[str, bytes]] = []
    coming: list[str] = []
    chooser = Chooser(
        "Picture", 100, lambda *it: received.append(it), lambda *it: None, coming.append
    )
    for at, piece in ((0, b"abcd"), (4, b"ef")):
        chooser._hear(None, {"name": "a.jpg", "size": 6, "at": at}, [memoryview(piece)])
    chooser._hear(None, {"name": "b.jpg", "size": 0, "at": 0}, [memoryview(b"")])
    assert received == [("a.jpg", b"abcdef"), ("b.jpg", b"")]
    assert coming == ["a.jpg"]


def test_a_file_over_the_limit_is_refused_by_name() -> None:
    refused: list[tuple[str, int]] = []
    chooser = Chooser("Picture", 100, lambda *it: None, lambda *it: refused.append(it))
    chooser._hear(None, {"name": "a.tif", "size": 101}, [])
    assert refused == [("a.tif", 101)]
