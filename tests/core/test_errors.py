from __future__ import annotations

from coursekit.core.errors import CourseError, sentence


def test_our_own_errors_are_said_as_they_are_on_one_line() -> None:
    assert sentence(CourseError("No room.\n  Delete something.")) == "No room. Delete something."


def test_foreign_errors_get_their_type() -> None:
    assert sentence(KeyError("a")) == "KeyError: 'a'"
    assert sentence(ValueError()) == "ValueError was raised, without a message."
    assert "smaller batch size" in sentence(MemoryError())
