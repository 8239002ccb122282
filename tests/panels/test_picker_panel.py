"""The picker as people hold it in a cell or a script: by its methods, shown as text."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support_server import ArchiveServer

from coursekit import CourseError, DatasetPicker
from coursekit.data.labelled import LabelledFolder
from coursekit.panels.picker.model import PickerModel
from coursekit.panels.training.choices import Choices
from coursekit.panels.training.trainer import PhotoTrainer
from coursekit.vision.folder import loaders


@pytest.fixture
def picker(tmp_path: Path) -> DatasetPicker:
    return DatasetPicker(tmp_path)


def classes(root: Path, photo: Path, **counts: int) -> Path:
    """The same photo many times under class folders."""
    for label, n in counts.items():
        (root / label).mkdir(parents=True)
        for number in range(n):
            shutil.copy(photo, root / label / f"{number}.jpg")
    return root


def test_it_says_what_to_do_first(picker: DatasetPicker) -> None:
    assert "picker.choose_digits()" in repr(picker)
    with pytest.raises(CourseError, match="No photos are chosen yet"):
        picker.dls()


def test_digits_are_chosen_and_become_batches(picker: DatasetPicker) -> None:
    picker.choose_digits()
    assert "5,000 photos of 10 classes in digits" in repr(picker)
    dls = picker.dls(size=32, augment=True)
    assert dls.vocab == list("0123456789")
    assert len(dls.train.batch_tfms) == 2
    assert tuple(dls.one_batch()[0].shape[1:]) == (3, 32, 32)


def test_the_split_is_the_one_that_training_has(picker: DatasetPicker, pets: Path) -> None:
    picker.choose(pets, label="^(.+)_")
    listed = picker.found.listed
    table = loaders(picker.found.photos).table
    assert sorted(table.parts["valid"]) == sorted(listed.judges)
    assert [table.vocab[target] for target in table.targets] == listed.labels
    assert table.digest == listed.digest


def test_training_keeps_the_same_photos_for_a_game(picker: DatasetPicker, pets: Path) -> None:
    picker.choose(pets, label="^(.+)_")
    learn = PhotoTrainer().prepare(Choices(size=64), picker.found.photos)
    aside = learn.dls.valid.dataset.aside
    assert aside.files == picker.found.listed.aside.files
    kept = aside.hidden
    assert len(kept) == 20
    items = learn.dls.valid.dataset
    pairs = sorted(zip(items.items, items.targets, strict=True), key=lambda it: it[0] not in kept)
    items.items, items.targets = map(list, zip(*pairs, strict=True))  # those that are kept first
    examples = PhotoTrainer().unseen(learn)
    assert len(examples) == 3
    assert kept.isdisjoint(examples)


def test_copies_are_left_out_and_taken_back(picker: DatasetPicker, pets: Path) -> None:
    picker.choose(pets, label="^(.+)_")
    picker.check()
    assert 'picker.fix("copies"): Leave out the copies.' in repr(picker)
    picker.fix("copies")
    assert sum(picker.found.classes.values()) == 447
    assert "3 photos are left out." in repr(picker)
    assert len(picker.dls(size=64).table.items) == 447
    picker.undo()
    assert sum(picker.found.classes.values()) == 450
    assert picker.model.steps == ()


def test_two_things_are_done_and_taken_back_one_by_one(
    picker: DatasetPicker, uploads: Path, tmp_path: Path
) -> None:
    root = classes(tmp_path / "x", uploads / "hopper.jpg", Cat=20, cat=30, dog=60, fox=1)
    picker.choose(root)
    kinds = {concern.kind for concern in picker.concerns}
    assert {"case", "single"} <= kinds
    picker.fix("case")
    picker.fix("single")
    assert picker.found.classes == {"cat": 50, "dog": 60}
    assert "'Cat' counts as 'cat'." in str(picker.found)
    picker.undo()
    assert picker.found.classes == {"cat": 50, "dog": 60, "fox": 1}
    picker.undo()
    assert picker.found.classes == {"Cat": 20, "cat": 30, "dog": 60, "fox": 1}


def test_a_bad_choice_raises_its_sentence(picker: DatasetPicker, pets: Path) -> None:
    with pytest.raises(CourseError, match="would have one label"):
        picker.choose(pets)
    assert "would have one label" in repr(picker)
    with pytest.raises(CourseError, match="is not there"):
        picker.choose(pets / "gone")


def test_a_data_set_is_downloaded_and_chosen(
    picker: DatasetPicker, served_pets: ArchiveServer
) -> None:
    picker.get("pets")
    assert picker.found.classes == {"Abyssinian": 12, "Bengal": 12, "american_bulldog": 12}
    with pytest.raises(CourseError, match="Did you mean PETS"):
        picker.get("petz")


def test_what_was_chosen_is_remembered(
    picker: DatasetPicker, uploads: Path, tmp_path: Path
) -> None:
    root = classes(tmp_path / "x", uploads / "hopper.jpg", a=2, b=2)
    picker.choose(root, label=r"^(\d)")
    again = DatasetPicker(tmp_path)
    assert again.recent() == [LabelledFolder(root, r"^(\d)")]


def test_a_zip_file_is_added(picker: DatasetPicker, uploads: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "pets.zip", "w") as file:
        for label in ("cat", "dog"):
            file.write(uploads / "hopper.jpg", f"pets/{label}/1.jpg")
    picker.add(tmp_path / "pets.zip")
    assert picker.found.classes == {"cat": 1, "dog": 1}
    with pytest.raises(CourseError, match="can't be opened"):
        picker.add(tmp_path / "gone.zip")


@pytest.mark.parametrize(
    "label", ['it\'s "so"', "🐱 café", "<img src=x onerror=alert(1)>", "x" * 250, "$x$ & <b>"]
)
def test_labels_may_be_anything(
    picker: DatasetPicker, uploads: Path, tmp_path: Path, label: str
) -> None:
    picker.choose(classes(tmp_path / "x", uploads / "hopper.jpg", **{label: 2, "b": 2}))
    assert label in picker.found.classes
    assert label in str(picker.found)


def test_another_choice_sets_the_rule_for_labels(
    picker: DatasetPicker, uploads: Path, tmp_path: Path
) -> None:
    root = classes(tmp_path / "x", uploads / "hopper.jpg", a=2, b=2)
    picker.choose(root, label=r"^(\d)")
    picker.choose_digits()
    assert picker.model.label is None


def test_a_folder_that_goes_while_it_is_used_is_a_sentence(
    picker: DatasetPicker, uploads: Path, tmp_path: Path
) -> None:
    root = classes(tmp_path / "x", uploads / "hopper.jpg", a=40, b=40)
    picker.choose(root)
    shutil.rmtree(root)
    picker.model.judge_with(0.5)
    assert "is not there" in picker.model.message
    assert picker.found is None


def test_sizes_are_kept_within_what_networks_take() -> None:
    model = PickerModel(lambda photos: None, Path)
    with pytest.raises(Exception, match="32"):
        model.size = 32


def test_choosing_needs_no_torch(tmp_path: Path) -> None:
    code = (
        "import sys; from coursekit import DatasetPicker; p = DatasetPicker(); p.choose_digits();"
        "repr(p); p.view; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)


def test_the_widgets_are_made_once_and_can_be_closed(picker: DatasetPicker) -> None:
    assert picker.view is picker.view
    picker.close()
    picker.choose_digits()
    assert picker.found is not None


def test_what_went_wrong_one_way_is_no_more_said_another_way(
    picker: DatasetPicker, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CourseError):
        picker.choose(tmp_path / "empty")
    (ways,) = (it for it in inside(picker.view) if getattr(it, "label", "") == "Take photos from")
    ways.value = "The catalogue"
    assert picker.model.message == ""


def inside(widget: Any) -> Iterator[Any]:
    """A widget and all that it holds."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from inside(child)
