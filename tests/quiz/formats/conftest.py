"""Files in other formats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from coursekit.quiz.formats import READERS
from coursekit.quiz.formats.losses import Losses
from coursekit.quiz.questionnaire import Questionnaire

Read = Callable[[str], tuple[Questionnaire, list[str]]]


def reader(path: Path) -> Read:
    """Reads a text as a file of this name; gives the questions and what was lost."""

    def read(text: str) -> tuple[Questionnaire, list[str]]:
        path.write_text(text, encoding="utf-8")
        losses = Losses()
        return READERS[path.suffix](path, losses), losses.sentences()

    return read


@pytest.fixture
def from_json(tmp_path: Path) -> Read:
    return reader(tmp_path / "some-quiz.json")


@pytest.fixture
def from_gift(tmp_path: Path) -> Read:
    return reader(tmp_path / "some-quiz.gift")
