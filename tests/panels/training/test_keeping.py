"""What can be kept of a training: the code, files."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable

import pytest
from ipywidgets import Widget
from support_runs import PATIENCE

from coursekit import TrainingMonitor
from coursekit.learn.learner import Learner
from coursekit.panels.training.keeping import as_html, code_view, list_runs
from coursekit.panels.training.model import MonitorModel
from coursekit.panels.training.news import Teller
from coursekit.panels.training.trainer import PhotoTrainer, look_at_next
from coursekit.scores import notes

Make = Callable[..., Learner]


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def texts(view: Widget) -> tuple[str, str]:
    hint, code = view.children
    return hint.text, code.value


def test_the_code_follows_the_choices(small_learner: Make) -> None:
    model = TrainingMonitor(small_learner()).model
    view = code_view(model)
    wait_until(lambda: "fine_tune(1, depth" in texts(view)[1])
    model.choose(epochs=4)
    wait_until(lambda: "fine_tune(4, depth" in texts(view)[1])


def test_without_photos_there_is_no_code_yet() -> None:
    hint, code = texts(code_view(MonitorModel(PhotoTrainer(), look_at_next)))
    assert hint.startswith("Once photos are chosen")
    assert code == ""


def test_code_is_shown_as_text() -> None:
    assert "Path(&#x27;&lt;b&gt;&#x27;)" in as_html("Path('<b>')")


@pytest.mark.parametrize("how", ["start", "cell"])
def test_the_history_counts_steps_from_one(small_learner: Make, how: str) -> None:
    learn = small_learner()
    monitor = TrainingMonitor(learn)
    if how == "cell":
        learn.fit(1)
    else:
        monitor.start()
        monitor.wait()
    saved: dict[str, bytes] = {}
    monitor.model.save_history(saved.__setitem__, "csv")
    rows = list(csv.DictReader(io.StringIO(saved["history.csv"].decode())))
    assert [row["step"] for row in rows][:2] == ["1", "2"]
    assert rows[7]["valid_loss"]
    assert not rows[6]["valid_loss"]


def test_a_metric_named_like_a_formula_is_text_in_a_spreadsheet() -> None:
    teller = Teller()
    teller.points, teller.epochs = [(0, 0.5, 0.1)], [{"step": 1, "phase": "-x", "=cmd()": -0.5}]
    assert teller.csv().splitlines() == ["step,train_loss,lr,phase,'=cmd()", "1,0.5,0.1,'-x,-0.5"]


def test_earlier_runs_are_all_of_them_and_on_a_shared_page_the_visitors(
    small_learner: Make,
) -> None:
    runs = [small_learner().start("fit", 1) for _ in range(2)]
    for run in runs:
        run.wait()
    notes.change(runs[0].folder, visitor="ada")
    folders = [folder for _, folder in list_runs("eve", shared=False)]
    assert folders == [runs[1].folder, runs[0].folder]
    shown = {it: [folder for _, folder in list_runs(it, shared=True)] for it in ("ada", "eve", "")}
    assert shown == {"ada": [runs[0].folder], "eve": [], "": []}
