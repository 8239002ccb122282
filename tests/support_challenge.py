"""A model to play against, trained on photos of three breeds in a few seconds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coursekit.data.labelled import LabelledFolder

if TYPE_CHECKING:
    from coursekit.learn.learner import Learner

BREEDS = ("Abyssinian", "Bengal", "american_bulldog")


def pet_photos(folder: Path) -> LabelledFolder:
    return LabelledFolder(folder, "^(.+)_")


@pytest.fixture(scope="session")
def trained_on_pets(pets: Path, tmp_path_factory: pytest.TempPathFactory) -> Learner:
    from coursekit.vision.folder import learner, loaders

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSEKIT_HOME", str(tmp_path_factory.mktemp("trained")))
        learn = learner(loaders(pet_photos(pets), 64))
        learn.fine_tune(1)
    return learn
