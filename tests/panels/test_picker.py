from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coursekit.data.labelled import LabelledFolder
from coursekit.panels.picker.look import digits, look
from coursekit.panels.picker.model import Found, PickerModel


@pytest.fixture
def picker() -> PickerModel:
    return PickerModel(look, digits)


@pytest.fixture
def classes(pets: Path, tmp_path: Path) -> Path:
    """Three photos of each of two breeds, in a folder for each."""
    for breed in ("Bengal", "american_bulldog"):
        (tmp_path / "breeds" / breed).mkdir(parents=True)
        for photo in sorted(pets.glob(f"{breed}_*.jpg"))[:3]:
            shutil.copy(photo, tmp_path / "breeds" / breed)
    return tmp_path / "breeds"


def test_a_folder_of_class_folders_is_counted(picker: PickerModel, classes: Path) -> None:
    picker.choose(classes)
    assert picker.message == ""
    assert str(picker.found) == (
        "6 photos of 2 classes in breeds: Bengal (3) and american_bulldog (3). "
        "20 % of them, drawn at random, judge the model."
    )


def test_photos_in_one_folder_are_labelled_by_their_names(picker: PickerModel, pets: Path) -> None:
    picker.choose(pets)
    assert "would have one label" in picker.message
    assert picker.found is None
    picker.relabel("^(.+)_")
    assert picker.message == ""
    assert picker.found.classes == {"Abyssinian": 150, "Bengal": 150, "american_bulldog": 150}


@pytest.mark.parametrize("pattern", ["(", "no group", "^([A-Z].+)_"])
def test_an_expression_that_gives_no_labels_is_a_sentence(
    picker: PickerModel, pets: Path, pattern: str
) -> None:
    picker.relabel(pattern)
    picker.choose(pets)
    assert picker.found is None
    assert repr(pattern) in picker.message
    assert "Traceback" not in picker.message


def test_a_folder_without_photos_is_a_sentence(picker: PickerModel, tmp_path: Path) -> None:
    picker.choose(tmp_path)
    assert "No pictures were found" in picker.message
    assert picker.busy == ""


def test_the_next_folder_takes_the_errors_place(
    picker: PickerModel, classes: Path, tmp_path: Path
) -> None:
    picker.choose(tmp_path / "gone")
    assert picker.message
    picker.choose(classes)
    assert picker.message == ""
    picker.choose(tmp_path / "gone")
    assert picker.found is None


def test_the_digits_come_with_labels_whatever_the_rule_is(picker: PickerModel) -> None:
    picker.relabel("^(.+)_")
    picker.choose_digits()
    assert picker.message == ""
    assert list(picker.found.classes) == list("0123456789")


def test_a_published_split_is_kept(shared: Path) -> None:
    found = look(LabelledFolder(shared / "mnist_tiny"))
    assert list(found.classes) == ["3", "7"]  # the unlabelled test folder is no class
    assert "The photos in valid judge the model. The folder test is left alone." in str(found)


def test_what_is_being_done_is_said_while_it_is_done(tmp_path: Path) -> None:
    seen: list[str] = []

    def slow_look(photos: LabelledFolder) -> Found:
        seen.append(model.busy)
        return Found(photos, {"a": 1, "b": 2})

    model = PickerModel(slow_look, digits)
    model.choose(tmp_path / "holidays")
    assert seen == ["Looking at the photos in holidays"]
    assert model.busy == ""
