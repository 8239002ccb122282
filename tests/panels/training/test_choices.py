from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coursekit.data.labelled import LabelledFolder
from coursekit.learn.phases import HEAD_PASSES, LAST_PASSES
from coursekit.panels.ask import ask
from coursekit.panels.picker.look import look
from coursekit.panels.training.choices import Choices, folder_code
from coursekit.panels.training.choices_view import choices_view
from coursekit.panels.training.model import MonitorModel
from coursekit.panels.training.trainer import PhotoTrainer, look_at_next
from coursekit.panels.training.view import PASSES
from coursekit.panels.working import Worker

PHOTOS = LabelledFolder(Path("photos"), r"^(\w+)_", frozenset({"b.jpg", "a.jpg"}), (("A", "a"),))


def test_the_code_of_a_choice_of_photos_gives_it_back() -> None:
    for photos in (
        PHOTOS,
        LabelledFolder(Path("photos")),
        LabelledFolder(Path("p"), valid_pct=0.5),
    ):
        names = {"LabelledFolder": LabelledFolder, "Path": Path, "frozenset": frozenset}
        assert eval(folder_code(photos), names) == photos


def test_what_differs_from_the_usual_names_a_run() -> None:
    assert str(Choices()) == "1 epoch"
    many = Choices(3, "last", 0.012, "resnet18", 128, True)
    assert str(many) == "3 epochs, depth last, rate 0.012, resnet18, 128 px, augmented"


def test_the_panel_says_why_one_epoch_is_twenty_passes() -> None:
    words = {10: "ten", 2: "two"}
    assert (
        f"pass 1 of {2 * HEAD_PASSES}" in PASSES
    )  # one epoch, and the one that the head gets more
    assert f"an epoch becomes {words[HEAD_PASSES]} passes" in PASSES
    assert f"with the last stage, an epoch is {words[LAST_PASSES]} passes" in PASSES
    model = MonitorModel(PhotoTrainer(), look_at_next)
    _, terms = choices_view(model, Worker()).children
    assert ask("pass") in terms.value


@pytest.mark.slow
def test_the_code_shown_trains_to_the_same_score(pets: Path, tmp_path: Path) -> None:
    for photo in [*sorted(pets.glob("Bengal_1*"))[:20], *sorted(pets.glob("american_*"))[:20]]:
        shutil.copy(photo, tmp_path)
    found = look(LabelledFolder(tmp_path, "^([A-Za-z]+)_"))
    model = MonitorModel(PhotoTrainer(), look_at_next)
    model.found = found
    model.choose(epochs=2, size=96, rate=0.004)
    assert model.ask_start()
    model.start()
    assert model.message == ""
    model.show_code()
    names: dict[str, object] = {}
    exec(model.code, names)
    history = names["learn"].history  # type: ignore[attr-defined]
    assert history.losses == [loss for _, loss, _ in model.teller.points]
    assert history.epochs[-1]["error_rate"] == model.teller.epochs[-1]["error_rate"]
    assert max(history.rates) == pytest.approx(0.004, rel=0.01)
