"""The classifier's panel: in words, in code, and what its widgets keep and send."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from ipywidgets import Widget
from support_upload import TwoKinds, prediction

from coursekit.core.errors import CourseError
from coursekit.panels.upload import ImageClassifier
from coursekit.panels.upload.model import Answer
from coursekit.panels.upload.picture import Picture
from coursekit.panels.upload.plain import PlainUpload
from coursekit.panels.upload.thumbs import Thumb, Thumbs
from coursekit.panels.upload.view import table_of
from coursekit.panels.upload.words import answer_lines, sentence_of


def test_unsure_is_said_in_words() -> None:
    sure, unsure = (Answer("a.jpg", prediction(it, cat=0.5), b"") for it in (False, True))
    assert sentence_of(sure) == "a.jpg: cat (50.0 %)."
    assert sentence_of(unsure) == "a.jpg: unsure. The likeliest is cat (50.0 %)."
    assert sentence_of(None) == table_of(None) == ""


def test_an_answer_is_lines_of_bars_where_there_are_no_widgets() -> None:
    assert answer_lines(Answer("a.jpg", prediction(), b"")) == [
        "a.jpg: cat (90.0 %).",
        "  cat   90.0 %  ██████████████████",
        "  dog   10.0 %  ██",
    ]


def test_labels_are_no_markup() -> None:
    said = prediction()
    said.vocab[0] = "<script>"
    assert "<script>" not in table_of(Answer("<b>'.jpg", said, b"x"))


def test_a_classifier_works_without_widgets(uploads: Path, hopper: bytes) -> None:
    predictor = TwoKinds()
    classifier = ImageClassifier(predictor)
    assert "the model pets: cat or dog" in classifier.text()
    for picture in (uploads / "hopper.jpg", str(uploads / "hopper.jpg"), hopper):
        assert classifier.classify(picture).label == "cat"
        assert classifier.data == [hopper]
    assert predictor.given == [hopper] * 3
    assert "The picture: cat (90.0 %)." in classifier.text()
    assert 'classify("photo.jpg")' in repr(classifier)
    classifier.clear()
    assert classifier.data == []
    assert "cat (90.0 %)" not in classifier.text()
    classifier.undo()
    assert classifier.data == [hopper]
    assert "cat (90.0 %)" in classifier.text()


def test_what_cannot_be_classified_is_an_error_that_the_panel_says_too(uploads: Path) -> None:
    classifier = ImageClassifier(TwoKinds())
    with pytest.raises(CourseError, match=r"text_renamed\.jpg is not a picture"):
        classifier.classify(uploads / "text_renamed.jpg")
    assert "is not a picture" in classifier.text()
    with pytest.raises(CourseError, match="no such file"):
        classifier.classify(uploads / "gone.jpg")
    with pytest.raises(CourseError, match="missing"):
        ImageClassifier("missing.ckit").classify(uploads / "hopper.jpg")


def test_another_model_takes_over(uploads: Path) -> None:
    classifier = ImageClassifier(TwoKinds())
    classifier.use(TwoKinds(unsure=True), "Answers come from nobody.", [uploads / "rgba.png"])
    assert classifier.classify(uploads / "hopper.jpg").unsure
    assert [it.name for it in classifier.model.examples] == ["rgba.png"]
    assert "Answers come from nobody." in classifier.text()


def test_the_state_that_a_notebook_saves_holds_nothing_of_a_picture(
    hopper: bytes, uploads: Path
) -> None:
    classifier = ImageClassifier(TwoKinds())
    assert classifier.view
    classifier.classify(uploads / "phone_orientation6.jpg")
    classifier.classify(hopper)
    answer = classifier.model.answer
    state = json.dumps(Widget.get_manager_state())
    for data in (hopper, answer.picture, answer.seen, answer.glow, answer.thumb):
        assert b64encode(data).decode()[:60] not in state
    assert max(map(len, state.split('"'))) < 12_000  # the longest is code and style
    classifier.close()


def test_a_picture_and_thumbs_are_sent_again_to_a_page_that_is_new() -> None:
    sent: list[Any] = []
    picture = Picture("Strength")
    picture.send = lambda content, buffers: sent.append((content, buffers))
    picture.show(b"a", "a cat", b"glow")
    picture._hear(None, "ready", [])
    picture._hear(None, {"hostile": 1}, [])
    assert sent == [({"words": "a cat"}, [b"a", b"glow"])] * 2
    chosen: list[int] = []
    thumbs = Thumbs("Earlier", chosen.append)
    thumbs.send = lambda content, buffers=None: sent.append((content, buffers))
    thumbs.show([Thumb("cat", "a cat", b"a")])
    thumbs._hear(None, "ready", [])
    assert sent[-1] == sent[-2]
    assert sent[-1][1] == [b"a"]
    for said in (0, 1, -1, "0", None, [], {}):
        thumbs._hear(None, said, [])
    assert chosen == [0]


def test_the_plain_button_has_data_as_in_the_book_and_lets_go_of_its_value(
    hopper: bytes,
) -> None:
    received: list[Any] = []
    plain = PlainUpload(lambda *it: received.append(it))
    for _ in range(2):
        files = [
            {"name": name, "type": "", "size": 9, "content": memoryview(hopper), "last_modified": 0}
            for name in ("a.jpg", "b.jpg")
        ]
        plain.set_state({"value": files})
        assert plain.value == ()
        assert plain.data[0] == hopper
    assert [(name, place) for name, _, place in received] == [
        ("a.jpg", (1, 2)),
        ("b.jpg", (2, 2)),
    ] * 2
    plain.clear()
    assert plain.data == []


def test_a_plain_classifier_answers(hopper: bytes) -> None:
    classifier = ImageClassifier(TwoKinds(), plain=True)
    (button,) = [it for it in classifier.view.children[1].children if isinstance(it, PlainUpload)]
    answered = threading.Event()
    classifier.model.observe(lambda change: change.new and answered.set(), "answer")
    button._receive("a.jpg", hopper, (1, 1))
    assert answered.wait(10)
    assert classifier.data == [hopper]
    classifier.close()
