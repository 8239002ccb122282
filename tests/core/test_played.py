"""Which photos that are set aside were seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.core import played


def test_what_became_of_photos_is_kept() -> None:
    assert (played.how("a"), played.everything()) == (None, {})
    played.note("a", "begun")
    played.note("b", "shown")
    played.note("a", "played")
    assert played.everything() == {"a": "played", "b": "shown"}


def test_a_home_that_cannot_be_written_is_the_callers_to_tell(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").touch()
    monkeypatch.setenv("COURSEKIT_HOME", str(home / "file" / "no"))
    with pytest.raises(OSError, match="file"):
        played.note("a", "begun")
    assert played.everything() == {}
