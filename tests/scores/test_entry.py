"""An entry in its run's folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from coursekit.scores.adding import NoRun, add
from coursekit.scores.entry import Entry, NotForTheBoard, kept, of_run, read, write
from coursekit.scores.folder import ENTRY


def test_a_run_that_ended_becomes_an_entry(run_folder: Callable[..., Path]) -> None:
    it = of_run(run_folder(used_for_choosing=True), "  my\nfirst ")
    assert (it.wrong, it.judged, it.chosen) == (4, 90, True)
    assert it.error_rate == pytest.approx(4 / 90)
    assert it.interval == pytest.approx((0.0174, 0.1088), abs=1e-4)
    assert it.name == "my first"
    assert (it.task, it.data, it.seed) == ("pets", "3fa2" * 8, 42)
    assert (it.seconds, it.hardware, it.version) == (9.5, "A processor, 2 cores", "0.1.0")
    assert it.at.isoformat() == "2026-11-02T14:05:00+00:00"


def test_without_a_name_it_says_what_it_did(run_folder: Callable[..., Path]) -> None:
    assert of_run(run_folder()).name == "tf_efficientnet_lite0, 2 epochs, head, 128 pixels"


def test_accuracy_is_an_error_rate_the_other_way_round(run_folder: Callable[..., Path]) -> None:
    assert of_run(run_folder(metrics={"accuracy": 0.9})).wrong == 9


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ({"state": "training"}, "it is training"),
        ({"state": "failed"}, "it is failed"),
        ({"metrics": {"f1": 0.5}}, "make the learner with metrics=error_rate"),
        ({"metrics": {}}, "make the learner with metrics=error_rate"),
        ({"judged": 0}, "make the learner with metrics=error_rate"),
    ],
)
def test_a_run_without_a_score_is_a_sentence(
    run_folder: Callable[..., Path], status: dict[str, object], why: str
) -> None:
    with pytest.raises(NotForTheBoard, match=why):
        of_run(run_folder(**status))


def test_a_folder_that_is_no_run_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotForTheBoard, match="missing or damaged"):
        of_run(tmp_path)
    (tmp_path / "recipe.json").write_text("[]")
    with pytest.raises(NotForTheBoard, match="damaged"):
        of_run(tmp_path)


def test_an_entry_is_written_and_read_again(entry: Callable[..., Entry], home: Path) -> None:
    it = entry(kind="person", about={"disagree": [["cat.jpg", "cat", "dog"]]}, seed=None)
    folder = write(it)
    assert folder == home / "runs" / it.id
    assert read(folder) == it
    assert list(kept()) == [folder]


def test_the_recipe_of_a_run_is_not_written_over(
    run_folder: Callable[..., Path], entry: Callable[..., Entry]
) -> None:
    folder = run_folder()
    before = (folder / "recipe.json").read_text()
    write(entry(id=folder.name, recipe={"format": 1}))
    assert (folder / "recipe.json").read_text() == before


@pytest.mark.parametrize("text", ["", "[]", "null", '{"format": 9}', '{"format": 1, "x": 2}'])
def test_a_damaged_entry_is_none(entry: Callable[..., Entry], text: str) -> None:
    folder = write(entry())
    (folder / ENTRY).write_text(text)
    assert read(folder) is None


def test_an_entry_holds_no_path_and_no_name_of_a_person(entry: Callable[..., Entry]) -> None:
    said = json.loads((write(entry()) / ENTRY).read_text())
    assert set(said) == {
        "format", "id", "kind", "name", "task", "data", "wrong", "judged", "chosen", "seed",
        "seconds", "hardware", "version", "about", "at",
    }  # fmt: skip


def test_a_run_that_goes_on_and_a_folder_that_is_not_there_say_so(
    run_folder: Callable[..., Path], tmp_path: Path
) -> None:
    folder = run_folder()
    (folder / "status.json").unlink()
    with pytest.raises(NotForTheBoard, match=r"wait for it with run.wait\(\)"):
        of_run(folder)
    with pytest.raises(NotForTheBoard, match="there is no such folder"):
        of_run(tmp_path / "nonsense")


@pytest.mark.parametrize("what", [None, 3, SimpleNamespace(run=None)])
def test_what_is_no_run_is_a_sentence(what: object) -> None:
    with pytest.raises(NoRun, match="leaves none"):
        add(what)
