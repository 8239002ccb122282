"""The list of runs: who sees what, what is found, noted, deleted, put on the board."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest
from support_experiments import again
from ulid import ULID

from coursekit.core.handing import at_work
from coursekit.data.labelled import LabelledFolder
from coursekit.panels.experiments.model import AT_ONCE, MOST, ExperimentsModel
from coursekit.panels.training.choices import Choices
from coursekit.panels.training.saved import Note
from coursekit.scores import notes
from coursekit.store.database import database

HOSTILE = "<img src=x onerror=alert(1)>"


def ids(model: ExperimentsModel) -> list[str]:
    return [run.id for run in model.runs]


def names_on_board() -> list[str]:
    from coursekit.scores import board

    with database().reading() as session:
        return [
            row.run.name for task, _ in board.tasks(session) for row in board.top(session, task)
        ]


def test_runs_are_listed_the_latest_first(model: ExperimentsModel, trained: list[Path]) -> None:
    assert ids(model) == [folder.name for folder in trained]
    assert model.busy == model.message == ""
    assert model.unread == 0


def test_a_home_without_runs_has_none(home: Path) -> None:
    model = ExperimentsModel(again)
    assert model.runs is None
    model.load()
    assert model.runs == ()


def test_folders_that_cannot_be_read_are_counted(
    model: ExperimentsModel, trained: list[Path]
) -> None:
    (trained[1] / "recipe.json").write_text("{")
    model.load()
    assert (len(model.runs), model.unread) == (3, 1)


def test_where_pages_are_shared_each_visitor_sees_only_the_own_runs(trained: list[Path]) -> None:
    Note("ada", LabelledFolder(Path("/photos")), Choices()).write(trained[0])
    notes.change(trained[1], visitor="ada")
    notes.change(trained[2], visitor="bob")
    model = ExperimentsModel(again, shared=True)
    model.load()
    assert model.runs == ()
    for visitor, seen in (("ada", trained[:2]), ("bob", trained[2:3]), ("eve", [])):
        model.visitor = visitor
        model.load()
        assert ids(model) == [folder.name for folder in seen]
    model.visitor = "ada"
    model.load()
    model.delete(trained[1].name)
    assert len(model.binned) == 1
    model.visitor = "bob"
    model.load()
    assert model.binned == ()
    model.undo()
    assert "The bin is empty" in model.message
    model.ask_to_empty()
    assert not model.asking
    assert trained[1].name not in ids(model)


def test_a_visitors_copy_is_theirs(trained: list[Path]) -> None:
    notes.change(trained[3], visitor="ada")
    model = ExperimentsModel(again, shared=True)
    model.visitor = "ada"
    model.load()
    train = model.claim_copy(trained[3].name, epochs=2)
    assert train
    train()
    assert len(model.runs) == 2
    model.load()
    assert len(model.runs) == 2
    assert model.runs[0].notes.visitor == "ada"


def test_runs_are_found_by_words_and_by_tag(model: ExperimentsModel, trained: list[Path]) -> None:
    model.note(trained[0].name, text="with BIGGER photos", tags=["Size"])
    model.note(trained[1].name, tags=["seed"])
    for search, tag, found in (
        ("bigger", "", [0]),
        ("linear", "", [1, 2, 3]),
        ("linear seed", "", [1]),
        ("", "size", [0]),
        ("linear", "Size", []),
        ("", "", [0, 1, 2, 3]),
    ):
        model.search, model.tag = search, tag
        assert [run.folder for run in model.found] == [trained[k] for k in found]
    assert model.tags == ["seed", "Size"]


def test_up_to_six_are_chosen_in_the_order_of_the_clicks(
    model: ExperimentsModel, trained: list[Path]
) -> None:
    for number in range(4):
        shutil.copytree(trained[3], trained[3].with_name(f"copy{number}"))
    model.load()
    every = ids(model)
    for id in (every[2], every[0], *every[3:7], every[7]):
        model.choose(id)
    assert model.chosen == (every[2], every[0], *every[3:7])
    assert model.message.startswith(f"At most {MOST} runs are compared")
    model.choose(every[2], False)
    assert model.chosen[0] == every[0]
    model.choose("nothing")
    assert "not there any more" in model.message


def test_a_note_is_kept_at_once_and_can_be_taken_back(
    model: ExperimentsModel, trained: list[Path]
) -> None:
    model.note(trained[0].name, text=HOSTILE)
    model.note(trained[0].name, tags=[HOSTILE])
    assert model.runs[0].notes.text == notes.read(trained[0]).text == HOSTILE
    model.note(trained[0].name, text="")
    assert notes.read(trained[0]).text == ""
    assert notes.read(trained[0]).tags == (HOSTILE,)


def test_a_deleted_run_leaves_list_choice_and_board_and_comes_back(
    model: ExperimentsModel, trained: list[Path]
) -> None:
    id = trained[0].name
    model.put_on_board(id, "mine")
    assert model.said.startswith("mine: error rate")
    assert model.runs[0].on_board
    model.choose(id)
    model.delete(id)
    assert model.message == ""
    assert (id in ids(model), model.chosen, names_on_board()) == (False, (), [])
    assert model.said.startswith("Deleted: mine, begun 20")
    model.undo()
    assert model.said == "mine is back."
    assert model.runs[0].id == id
    assert names_on_board() == ["mine"]
    database().close()


def test_an_undo_reaches_back_to_another_day(model: ExperimentsModel, trained: list[Path]) -> None:
    model.delete(trained[1].name)
    model.delete(trained[0].name)
    later = ExperimentsModel(again)
    later.load()
    later.undo()
    later.undo()
    assert ids(later) == [folder.name for folder in trained]
    later.undo()
    assert "no run to bring back" in later.message


def test_a_run_leaves_the_board_and_stays_in_the_list(
    model: ExperimentsModel, trained: list[Path]
) -> None:
    model.put_on_board(trained[0].name, "")
    model.take_off_board(trained[0].name)
    assert not model.runs[0].on_board
    assert model.said.endswith("is no longer on the board.")
    assert names_on_board() == []
    model.put_on_board(trained[1].name)
    assert "its data has no name" in model.message
    database().close()


def test_a_run_that_is_trained_elsewhere_is_not_deleted(
    model: ExperimentsModel, trained: list[Path]
) -> None:
    with at_work(trained[1]):
        model.delete(trained[1].name)
        assert "is being trained now, so it can't be deleted" in model.message
        assert trained[1].is_dir()
    model.delete(trained[1].name)
    assert not trained[1].exists()


def test_the_bin_is_emptied_after_a_question(
    model: ExperimentsModel, trained: list[Path], home: Path
) -> None:
    model.delete(trained[1].name)
    model.delete(trained[2].name)
    model.ask_to_empty()
    assert model.asking
    assert model.said.startswith("Delete 2 deleted runs (")
    assert model.said.endswith("B) for good? That can't be undone.")
    model.empty(False)
    assert (model.asking, len(model.binned)) == (False, 2)
    model.ask_to_empty()
    model.empty()
    assert model.said.endswith("deleted for good.")
    assert model.binned == ()
    assert list((home / "runs" / ".deleted").iterdir()) == []
    assert len(model.runs) == 2


def test_three_hundred_runs_are_read_in_a_moment(trained: list[Path], home: Path) -> None:
    for number in range(300):
        shutil.copytree(trained[3], home / "runs" / str(ULID.from_timestamp(1.7e9 + number)))
    model, began = ExperimentsModel(again), time.perf_counter()
    model.load()
    seconds = time.perf_counter() - began
    print(f"304 runs read in {seconds:.2f} s")
    assert len(model.runs) == 304
    assert seconds < 5
    assert model.most == AT_ONCE
    model.more()
    assert model.most == 2 * AT_ONCE


@pytest.mark.parametrize(
    "text", ["{", '{"losses": 5}', '{"losses": [], "rates": [], "epochs": []}']
)
def test_a_run_without_curves_has_none(
    model: ExperimentsModel, trained: list[Path], text: str
) -> None:
    (trained[0] / "history.json").write_text(text)
    assert model.curves(model.runs[0]) is None
    kept = model.curves(model.runs[1])
    assert kept
    assert len(kept.losses) == json.loads((trained[1] / "status.json").read_text())["step"]
