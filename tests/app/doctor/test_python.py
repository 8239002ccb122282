from __future__ import annotations

import sys
from pathlib import Path

import pytest

from coursekit.app.doctor import python


def test_the_python_of_the_tests_is_fine_or_outside_an_environment() -> None:
    version, width, environment = python.findings()
    assert version.state == width.state == "fine"
    assert "64 bits" in width.says
    assert environment.state != "broken"


def test_an_old_python_is_broken_and_a_trial_version_worth_knowing() -> None:
    old = python.of_version((3, 10))
    assert (old.state, old.says) == (
        "broken",
        "This is Python 3.10; coursekit needs 3.11 or newer.",
    )
    assert python.of_version((3, 99), "alpha").state == "worth knowing"
    assert python.of_version((3, 99)).state == "fine"


def test_thirty_two_bits_are_too_few() -> None:
    assert python.of_width(32).state == "broken"
    assert "64-bit" in python.of_width(32).remedy


def test_environments_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    monkeypatch.setattr(sys, "prefix", "/srv/venv")
    assert python.environment() == "a virtual environment, /srv/venv"
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    assert python.of_environment(python.environment()).state == "worth knowing"
    (tmp_path / "conda-meta").mkdir()
    assert python.environment().startswith("a conda environment")
    (tmp_path / "conda-meta").rmdir()
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release-colab")
    assert python.of_environment(python.environment()).state == "fine"
