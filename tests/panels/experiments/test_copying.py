"""A copy with one change, trained for real in the background."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support_experiments import clouds_learner
from support_runs import PATIENCE, Gate

from coursekit.core.errors import CourseError
from coursekit.learn.run import TrainingRun
from coursekit.panels.experiments.copying import Copy
from coursekit.panels.experiments.model import ExperimentsModel
from coursekit.scores import notes


def clouds(model: ExperimentsModel) -> str:
    """The id of a run that trained one epoch on the clouds."""
    return str(model.runs[-1].id)


def test_a_copy_is_in_the_table_and_says_what_it_is_of(model: ExperimentsModel) -> None:
    id, said = clouds(model), []
    model.copier.observe(lambda change: said.append(change.new), "copy")
    train = model.claim_copy(id, epochs="3")
    assert train
    assert model.copier.copy.going
    train()
    made, *others = model.runs
    assert len(others) == 4
    assert made.settings["epochs"] == "3"
    assert made.state == "finished"
    assert made.notes.copied_from == id
    origin = "copied from Linear, 1 epoch: epochs 1, now 3"
    assert made.notes.origin == notes.read(made.folder).origin == origin
    assert model.said == f"Linear, 3 epochs is in the table, {origin}."
    assert model.message == ""
    assert said[0].line == "Preparing a copy of Linear, 1 epoch: epochs 1, now 3."
    assert not said[-1].going
    assert said[-1].line.startswith("Finished after 3 epochs")


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"epochs": "none"}, "can't be used as epochs"), ({"epochs": 1}, "has epochs 1 already"),
     ({"depth": "head"}, "only fine_tune has one"), ({"colour": 1}, "a recipe has epochs")],
)  # fmt: skip
def test_what_cannot_be_copied_is_said_before_anything_is_done(
    model: ExperimentsModel, changes: dict[str, Any], words: str
) -> None:
    assert model.claim_copy(clouds(model), **changes) is None
    assert words in model.message
    assert model.copier.copy == Copy()


def test_a_second_copy_waits_and_stop_keeps_what_was_learned(trained: list[Path]) -> None:
    gate = Gate(2, 0)

    def held(recipe: Mapping[str, Any], folder: Path, **changes: Any) -> TrainingRun:
        return clouds_learner().start("fit_one_cycle", changes["epochs"], cbs=gate)

    model = ExperimentsModel(held)
    model.load()
    id = clouds(model)
    train = model.claim_copy(id, epochs=50)
    assert train
    thread = threading.Thread(target=train)
    thread.start()
    assert gate.reached.wait(PATIENCE)
    assert model.claim_copy(id, epochs=7) is None
    assert "being trained already" in model.message
    going = model.runs[0]
    assert going.state not in ("finished", "broken off")
    model.delete(going.id)
    assert "is being trained now, so it can't be deleted" in model.message
    assert going.folder.is_dir()
    model.copier.stop()
    gate.open.set()
    thread.join(PATIENCE)
    assert model.runs[0].state == "stopped"
    assert model.runs[0].notes.change == "epochs 1, now 50"
    assert not model.copier.copy.going
    assert model.claim_copy(id, epochs=2)


def test_a_stop_while_it_is_prepared_ends_it_at_once(trained: list[Path]) -> None:
    def slow(recipe: Mapping[str, Any], folder: Path, **changes: Any) -> TrainingRun:
        model.copier.stop()
        return clouds_learner().start("fit_one_cycle", 1000, speed=5.0)

    model = ExperimentsModel(slow)
    model.load()
    train = model.claim_copy(clouds(model), epochs=1000)
    assert train
    train()
    assert model.runs[0].state == "stopped"


def test_a_copy_that_cannot_be_made_is_a_sentence_and_the_next_can(trained: list[Path]) -> None:
    def failing(recipe: Mapping[str, Any], folder: Path, **changes: Any) -> TrainingRun:
        raise CourseError("The photos are gone. Bring them back.")

    model = ExperimentsModel(failing)
    model.load()
    train = model.claim_copy(clouds(model), epochs=2)
    assert train
    train()
    assert model.message == "The photos are gone. Bring them back."
    assert model.copier.copy == Copy(error=model.message)
    assert model.claim_copy(clouds(model), epochs=3)
    assert len(model.runs) == 4


def test_a_run_that_fails_is_a_sentence_and_in_the_table(trained: list[Path]) -> None:
    class Breaks(Gate):
        def before_batch(self, learn: Any) -> None:
            raise RuntimeError("odd batch")

    def breaking(recipe: Mapping[str, Any], folder: Path, **changes: Any) -> TrainingRun:
        return clouds_learner().start("fit_one_cycle", 2, cbs=Breaks(0, 0))

    model = ExperimentsModel(breaking)
    model.load()
    train = model.claim_copy(clouds(model), epochs=2)
    assert train
    train()
    assert model.message == "RuntimeError: odd batch"
    assert model.runs[0].state == "failed"


def test_a_copy_of_a_copy_names_its_own_original(model: ExperimentsModel) -> None:
    for epochs in (2, 3):
        train = model.claim_copy(clouds(model) if epochs == 2 else model.runs[0].id, epochs=epochs)
        assert train
        train()
    assert model.runs[0].notes.origin == "copied from Linear, 2 epochs: epochs 2, now 3"
