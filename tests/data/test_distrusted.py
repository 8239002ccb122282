"""Patterns that come with somebody's recipe."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from coursekit.data import distrusted
from coursekit.data.again import labeller_of
from coursekit.data.distrusted import PatternFailed, tried
from coursekit.data.items import (
    NoGroupInPattern,
    NoLabelInName,
    RegexLabeller,
    label_recipe,
    labels,
    path_text,
    replacing,
    using_attr,
)

LONG = "a" * 60 + "_1.jpg"
FILES = [Path("pets/great_pyrenees_173.jpg"), Path("pets/Bengal_1.jpg"), Path("ä\udce4/深_2.jpg")]
PATTERNS = [r"(.+)_\d+.jpg$", r"^(..)", r"(?i)([a-zä深\udce4]+)", r"(.*/?)[^/]*_", r"(?P<it>.)(.)"]


@pytest.mark.parametrize("match", [False, True])
@pytest.mark.parametrize("attr", [None, "name"])
@pytest.mark.parametrize("pat", PATTERNS)
def test_a_recipes_pattern_gives_the_labels_that_ones_own_gives(
    pat: str, attr: str | None, match: bool
) -> None:
    rule = RegexLabeller(pat, match)
    own = replacing(using_attr(rule, attr) if attr else rule, (("Bengal", "cat"),))
    named = label_recipe(own)
    assert named
    again = labeller_of(named, FILES)
    assert labels(FILES, again) == labels(FILES, own)
    assert label_recipe(again) == named


@pytest.mark.parametrize("pat", ["(a|a)*b", "(a|aa)+$", "^(([a-z])+.)+[A-Z]([a-z])+$"])
def test_a_pattern_that_would_never_end_is_given_up(
    pat: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distrusted, "SECONDS", 0.7)
    began = time.monotonic()
    with pytest.raises(PatternFailed, match=r"took longer than 0\.7 seconds on them, so it was"):
        labeller_of({"name": "RegexLabeller", "pat": pat, "match": False}, [Path(LONG)])
    assert time.monotonic() - began < 5


def test_the_time_is_for_all_names_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distrusted, "SECONDS", 1.5)
    slow = ["a" * 22 + str(it) for it in range(100_000)]  # each takes a moment
    with pytest.raises(PatternFailed):
        tried("(a|a)*b", False, slow)


def test_a_pattern_that_takes_long_to_compile_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distrusted, "SECONDS", 0.7)
    with pytest.raises(PatternFailed, match="took longer") as error:
        tried(r"(?i)(x)" + r"[\0-\U0010fff0]" * 200, False, ["x"])
    assert len(str(error.value)) < 300


@pytest.mark.parametrize("pat", ["(" * 5000 + ")" * 5000])
def test_a_pattern_that_python_cannot_take_is_a_sentence(pat: str) -> None:
    with pytest.raises(PatternFailed, match="can't be tried"):
        tried(pat, False, ["x"])


@pytest.mark.parametrize(("pat", "says"), [("(", "not well formed"), ("a", "it has no group")])
def test_what_gives_no_label_is_told_as_it_is_of_ones_own(pat: str, says: str) -> None:
    with pytest.raises(NoGroupInPattern, match=says):
        tried(pat, False, ["a"])


def test_a_name_that_it_does_not_fit_is_told(tmp_path: Path) -> None:
    found = tried(r"(.+)_\d+.jpg$", False, ["a_1.jpg", "b.jpg"])
    assert found("a_1.jpg") == "a"
    with pytest.raises(NoLabelInName):
        found("b.jpg")


def test_100_000_names_are_quickly_labelled() -> None:
    names = [f"great_pyrenees_{it}.jpg" for it in range(100_000)]
    began = time.monotonic()
    found = tried(r"(.+)_\d+.jpg$", False, names)
    took = time.monotonic() - began
    print(f"{took:.2f} s")
    assert set(map(found, map(path_text, names))) == {"great_pyrenees"}
    assert took < distrusted.SECONDS / 3
