from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coursekit.core.errors import CourseError
from coursekit.vision import imagenet
from coursekit.vision.imagenet import imagenet_predictor, labels

CATS = {"tabby", "tiger cat", "Egyptian cat"}

ASK = """
import sys
from coursekit.vision.imagenet import imagenet_predictor
predictor = imagenet_predictor()
print(*(label for label, _ in predictor.predict(sys.argv[1]).top(5)), sep="\\n")
print(len(predictor.vocab), "torch" in sys.modules, "timm" in sys.modules)
"""


def test_there_are_a_thousand_names_and_no_two_are_the_same() -> None:
    names = labels()
    assert len(names) == len(set(names)) == 1000
    assert names[0] == "tench"
    assert set(names) > CATS
    assert "crane (lifts and moves heavy objects)" in names  # the other one is a bird


@pytest.mark.slow
def test_a_cat_is_recognised_before_anything_is_trained_and_without_torch(
    pets: Path, home: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(pets / "Bengal_10.jpg")],
        env=os.environ | {"COURSEKIT_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    *names, about = done.stdout.splitlines()
    assert set(names) & CATS
    assert about == "1000 False False"

    dog = imagenet_predictor().predict(pets / "american_bulldog_10.jpg")
    assert "bull" in str(dog.label) or "boxer" in str(dog.label)
    assert dog.heatmap is not None
    assert "set" in imagenet_predictor().card()


def test_why_it_could_not_be_made_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(home / "no-python"))
    with pytest.raises((CourseError, OSError), match="no-python"):
        imagenet_predictor()
    assert not (home / "models" / imagenet.FILE).exists()
