"""`Experiments` in code, without a browser."""

from __future__ import annotations

import csv
import io
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ipywidgets import Widget
from support_experiments import again

from coursekit import CourseError, Experiments
from coursekit.panels.experiments import run_again
from coursekit.panels.panel import close_all
from coursekit.scores import notes
from coursekit.store.database import database


@pytest.fixture
def experiments(trained: list[Path]) -> Experiments:
    return Experiments(again)


def test_a_home_without_runs_says_so(home: Path) -> None:
    text = repr(Experiments(again))
    assert text == "Experiments: no training of yours is kept here yet."


def test_the_text_lists_runs_by_number_and_says_what_to_call(experiments: Experiments) -> None:
    first, one, *_, last = repr(experiments).splitlines()
    assert first == "Experiments: 4 runs"
    assert one.startswith("  1. tf_efficientnet_lite0, 1 epoch, head, 32 pixels (20")
    assert "finished, error rate" in one
    assert last.startswith("Now: experiments.compare(1, 2)")


def test_runs_are_named_in_many_ways(experiments: Experiments, trained: list[Path]) -> None:
    experiment = experiments.runs[1]
    for which in (2, trained[1], trained[1].name, experiment, trained[1].name[:24]):
        experiments.compare(which)
        assert experiments.model.chosen == (trained[1].name,)
    for wrong, words in ((9, "There is no run 9"), (0, "no run 0"), ("x", "is no run here")):
        with pytest.raises(CourseError, match=words):
            experiments.compare(wrong)
    with pytest.raises(CourseError, match="fits 4 runs"):
        experiments.compare("01")


def test_a_comparison_says_what_differs_and_what_can_be_told(experiments: Experiments) -> None:
    lines = repr(experiments.compare(2, 4)).splitlines()
    assert lines[0].startswith("A: Linear, 4 epochs")
    assert lines[2:5] == ["What differs:", "  epochs: 4 | 1", "  seed: 8 | 3"]
    assert any(line.startswith("  error rate: ") for line in lines)
    assert repr(experiments.compare(1, 1)).startswith("A: tf_efficientnet")
    assert len(experiments.model.chosen) == 1


def test_notes_and_tags_are_kept(experiments: Experiments, trained: list[Path]) -> None:
    experiments.note(1, "well")
    assert "\n     well\n" in repr(experiments)
    experiments.tag(1, "a", "b")
    experiments.tag(1, "A", "c")
    experiments.untag(1, "B")
    assert notes.read(trained[0]).tags == ("a", "c")
    assert "[a, c]" in repr(experiments)
    experiments.note(1, "")
    assert notes.read(trained[0]).text == ""


def test_a_copy_is_trained_and_stands_first(experiments: Experiments) -> None:
    experiments.duplicate(4, epochs=3)
    experiments.wait()
    assert experiments.runs[0].notes.origin == "copied from Linear, 1 epoch: epochs 1, now 3"
    with pytest.raises(CourseError, match="has epochs 3 already"):
        experiments.duplicate(1, epochs=3)
    with pytest.raises(CourseError, match="The bin is empty"):
        experiments.undo()
    experiments.wait()  # what was refused is not said again


def test_a_copy_that_failed_is_told_by_wait(trained: list[Path]) -> None:
    def failing(*_: Any, **__: Any) -> Any:
        raise CourseError("The photos are gone. Bring them back.")

    experiments = Experiments(failing)
    experiments.duplicate(4, epochs=3)
    with pytest.raises(CourseError, match="The photos are gone"):
        experiments.wait()


def test_delete_undo_and_the_bin(experiments: Experiments, trained: list[Path]) -> None:
    assert experiments.add(1, "mine").startswith("mine: error rate")
    experiments.delete(1)
    assert len(experiments.runs) == 3
    experiments.undo()
    assert experiments.runs[0].name == "mine"
    with pytest.raises(CourseError, match="The bin is empty"):
        experiments.undo()
    experiments.delete(2)
    assert experiments.empty_bin().endswith("deleted for good.")
    assert not trained[1].exists()
    database().close()


def test_all_runs_are_written_as_csv(experiments: Experiments, tmp_path: Path) -> None:
    text = experiments.csv(tmp_path / "all.csv")
    assert len(list(csv.DictReader(io.StringIO(text)))) == 4
    written = (tmp_path / "all.csv").read_bytes().decode("utf-8-sig")
    assert written == text


def test_a_report_has_its_pictures_beside_it_or_in_a_zip(
    experiments: Experiments, tmp_path: Path
) -> None:
    with pytest.raises(CourseError, match="No run is chosen"):
        experiments.report(tmp_path / "none.md")
    path = experiments.report(tmp_path / "My report", 2, 4)
    assert path == tmp_path / "My report.md"
    text = path.read_text()
    for picture in tmp_path.glob("*.png"):
        assert f"]({picture.name})" in text
    assert len(list(tmp_path.glob("my-report-*.png"))) == 4
    with zipfile.ZipFile(experiments.report(tmp_path / "all.zip")) as archive:
        assert archive.testzip() is None
        assert "all.md" in archive.namelist()
        assert len(archive.namelist()) == 5


def test_what_is_there_already_is_written_over_only_where_that_is_said(
    experiments: Experiments, tmp_path: Path
) -> None:
    table, report = tmp_path / "new" / "all.csv", tmp_path / "new" / "er" / "x.md"
    experiments.csv(table)
    experiments.report(report, 2, 4)
    picture = next(report.parent.glob("*.png"))
    for file in (table, report, picture):
        file.write_text("mine")
    for write in (lambda: experiments.csv(table), lambda: experiments.report(report)):
        with pytest.raises(CourseError, match=r"is there already.* with replace=True"):
            write()
        assert (table.read_text(), picture.read_text()) == ("mine", "mine")
    report.unlink()
    with pytest.raises(CourseError, match=r"x-.*\.png is there already"):
        experiments.report(report)
    assert not report.exists()
    experiments.report(report, replace=True)
    experiments.csv(table, replace=True)
    assert picture.read_bytes()[1:4] == b"PNG"
    assert table.read_text(encoding="utf-8-sig").startswith("run,name")


def test_a_place_that_cannot_be_written_is_a_sentence(
    experiments: Experiments, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    for write in (experiments.csv, lambda path: experiments.report(path, 1)):
        with pytest.raises(CourseError, match=r"x\.md can't be written \(.*\)\. Choose another"):
            write(tmp_path / "file" / "x.md")


def test_only_a_page_that_others_can_open_hides_what_it_did_not_train(
    trained: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSEKIT_ROOT", "/")
    notes.change(trained[1], visitor="ada")
    assert len(Experiments(again).runs) == 4
    monkeypatch.setenv("COURSEKIT_SHARED", "1")
    page = Experiments(again)
    assert page.runs == []
    page.model.visitor = "ada"
    page.worker.wait()
    assert [run.folder for run in page.model.runs] == [trained[1]]


def widgets(view: Widget) -> Iterator[Any]:
    yield view
    for inner in getattr(view, "children", ()):
        yield from widgets(inner)


def test_the_widgets_follow_the_model(experiments: Experiments) -> None:
    view = experiments.view
    experiments.worker.wait()
    there = list(widgets(view))
    (table,) = [it for it in there if type(it).__name__ == "RunsTable"]
    assert len(table.rows) == 4
    table._hear(table, {"choose": table.rows[1]["id"], "yes": True}, [])
    table._hear(table, {"choose": table.rows[3]["id"], "yes": True}, [])
    experiments.worker.wait()
    assert [row["letter"] for row in table.rows] == ["", "A", "", "B"]
    there = list(widgets(view))
    (chart,) = [it for it in there if type(it).__name__ == "Chart"]
    assert len(chart.lines) == 2
    assert any("ck-compared" in getattr(it, "value", "") for it in there if hasattr(it, "value")
               and isinstance(it.value, str))  # fmt: skip
    experiments.close()


def test_a_field_that_is_filled_in_is_no_note_and_a_typed_one_is(
    experiments: Experiments, trained: list[Path]
) -> None:
    from coursekit.panels.experiments.one_view import notes_view

    experiments.note(1, "first")
    experiments.compare(1, 2)
    view = notes_view(experiments.model, experiments.worker)
    which, _, _, note, tags, *_ = view.children
    assert note.value == "first"
    which.value = trained[1].name
    assert note.value == ""
    experiments.worker.wait()
    assert notes.read(trained[0]).text == "first"
    note.value = "second"
    tags.value = "a, b"
    experiments.worker.wait()
    assert notes.read(trained[1]) == notes.Notes("second", ("a", "b"))
    assert notes.read(trained[0]).text == "first"
    close_all(view)


def test_the_page_is_not_blocked_while_runs_are_read(
    trained: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads, go = threading.Event(), threading.Event()
    from coursekit.panels.experiments import model as module

    read = module.read

    def slow(*given: Any) -> Any:
        reads.set()
        go.wait(30)
        return read(*given)

    monkeypatch.setattr(module, "read", slow)
    experiments = Experiments(again)
    assert reads.wait(30)
    view = experiments.view  # while the worker reads
    assert experiments.model.busy == "Reading the runs"
    assert view.children
    assert repr(experiments).startswith("Experiments: the runs are being read.")
    go.set()
    experiments.worker.wait()
    assert len(experiments.model.runs) == 4
    experiments.close()


def test_photos_that_a_page_may_not_read_are_not_trained_on(
    trained: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COURSEKIT_ROOT", str(tmp_path))
    with pytest.raises(CourseError, match="outside the folder that these pages may read"):
        run_again({}, trained[0], epochs=2)


def test_a_copy_of_a_training_on_photos_is_trained_by_its_recipe(trained: list[Path]) -> None:
    experiments = Experiments()
    experiments.duplicate(1, size=48)
    experiments.wait()
    made, original = experiments.runs[:2]
    assert made.state == "finished"
    assert made.notes.origin == f"copied from {original.name}: size 32, now 48"
    rows = [row.name for row in settings_that_differ([original, made])]
    assert rows == ["size"]


def settings_that_differ(runs: list[Any]) -> list[Any]:
    from coursekit.scores.compare import settings_of

    return [row for row in settings_of(runs) if row.differs]
