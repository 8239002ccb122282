"""Looking something up without a browser."""

from __future__ import annotations

import pytest

from coursekit import LookUp
from coursekit.core.errors import CourseError


def test_a_word_and_a_name_are_found() -> None:
    panel = LookUp()
    assert panel.look_up("validation set").startswith("validation set:")
    assert "validation" in panel.model.shown
    assert "fine_tune" in panel.look_up("coursekit.learn.learner.Learner.fine_tune")
    assert "<code" in panel.model.shown


def test_what_nothing_is_called_is_a_sentence_and_the_last_stays() -> None:
    panel = LookUp()
    panel.look_up("epoch")
    with pytest.raises(CourseError, match="xyzzy"):
        panel.look_up("xyzzy")
    assert "epoch:" in repr(panel)
    assert "xyzzy" in repr(panel)
    panel.model.look_up("  ")
    assert "xyzzy" in panel.model.message


def test_what_is_typed_reaches_the_page_as_text() -> None:
    panel = LookUp()
    panel.model.look_up("<img src=x onerror=alert(1)>")
    assert "<img" not in panel.model.shown


def test_the_field_offers_the_glossarys_words() -> None:
    assert "learning rate" in LookUp().model.words
