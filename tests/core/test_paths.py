from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.core import paths


def test_the_home_is_the_one_that_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert paths.home() == home
    monkeypatch.setenv("COURSEKIT_HOME", "~/course")
    assert paths.home() == Path.home() / "course"
    monkeypatch.delenv("COURSEKIT_HOME")
    assert paths.home().name == "coursekit"


def test_a_folder_of_the_home_is_made(home: Path) -> None:
    assert paths.folder("runs") == home / "runs"
    assert (home / "runs").is_dir()


def test_text_replaces_a_file_whole(tmp_path: Path) -> None:
    file = tmp_path / "note.json"
    paths.write_text(file, "één")
    paths.write_text(file, "twee")
    assert file.read_text(encoding="utf-8") == "twee"
    assert list(tmp_path.iterdir()) == [file]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "note.json"
    file.write_text("old", encoding="utf-8")

    def fail() -> None:
        with paths.replacing(file) as temporary:
            temporary.write_text("half", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert file.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]
