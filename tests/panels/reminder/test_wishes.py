"""What somebody set about the reminder, and files that say nothing of use."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.panels.reminder.wishes import FILE, Wishes, keep, kept


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSEKIT_HOME", str(tmp_path))
    return tmp_path


def test_what_was_set_is_there_the_next_time() -> None:
    assert kept() == Wishes(None, 15)
    keep(Wishes(False, 40))
    assert kept() == Wishes(False, 40)


@pytest.mark.parametrize(
    "said", ["", "[]", "{}", '{"on": 1, "minutes": 5}', '{"on": true, "minutes": 0}', "\0"]
)
def test_a_damaged_file_counts_as_none(home: Path, said: str) -> None:
    (home / "state").mkdir()
    (home / "state" / FILE).write_text(said)
    assert kept() == Wishes()


def test_a_home_that_cannot_be_written_stops_nobody(home: Path) -> None:
    (home / "state").touch()  # no folder can be made here
    keep(Wishes(True, 5))
    assert kept() == Wishes()
