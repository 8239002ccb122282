"""What learners want to be called."""

from __future__ import annotations

import pytest

from coursekit.store import answers, naming
from coursekit.store.database import Database
from coursekit.store.naming import NoName, checked


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Ada", "Ada"),
        ("  Ada Lovelace ", "Ada Lovelace"),
        ("Zoe\u0308", "Zoë"),
        ("深度", "深度"),
        ("<b>Ada</b>", "<b>Ada</b>"),
        ("\U0001f469\u200d\U0001f52c", "\U0001f469\u200d\U0001f52c"),
        ("x" * 80, "x" * 80),
    ],
)
def test_a_name_is_what_somebody_likes(given: str, kept: str) -> None:
    assert checked(given) == kept


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("", "a letter at least"),
        (" \t ", "a letter at least"),
        ("x" * 81, "at most 80 characters; this has 81"),
        ("a\nb", "no control characters"),
        ("a\x00b", "no control characters"),
        ("a\x1b[2Jb", "no control characters"),
        ("a\u202eb", "no control characters"),
        ("a\u2028b", "no control characters"),
        ("a\ud800", "no control characters"),
    ],
)
def test_what_is_no_name_is_a_sentence(given: str, says: str) -> None:
    with pytest.raises(NoName, match=says):
        checked(given)


def test_nobody_has_no_name(database: Database) -> None:
    with database.writing() as session:
        assert naming.name_of(session) == ""
        answers.the_learner(session, "Ada")
        assert naming.name_of(session) == "Ada"
