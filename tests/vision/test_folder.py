from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coursekit.data.labelled import LabelledFolder
from coursekit.vision.folder import learner, left_out, loaders
from coursekit.vision.items import LeftOut


def test_a_published_split_is_kept(shared: Path) -> None:
    dls = loaders(LabelledFolder(shared / "mnist_tiny"), size=32)
    assert {split for _, _, split in dls.labels_table()} == {"train", "valid"}
    assert all(item.startswith(split) for item, _, split in dls.labels_table())


def test_a_test_folder_without_a_validation_folder_is_left_alone(
    shared: Path, tmp_path: Path
) -> None:
    for part, published in (("train", "train"), ("test", "valid")):
        for label in "37":
            for file in sorted((shared / "mnist_tiny" / published / label).iterdir())[:10]:
                (tmp_path / part / label).mkdir(parents=True, exist_ok=True)
                shutil.copy(file, tmp_path / part / label)
    dls = loaders(LabelledFolder(tmp_path), size=32)
    assert len(dls.labels_table()) == 20
    assert all(item.startswith("train/") for item, _, _ in dls.labels_table())
    assert {split for _, _, split in dls.labels_table()} == {"train", "valid"}


def test_names_can_be_the_labels_and_what_can_not_be_read_is_named(
    pets: Path, tmp_path: Path
) -> None:
    for breed in ("Bengal", "american_bulldog"):
        for photo in sorted(pets.glob(f"{breed}_*.jpg"))[:6]:
            shutil.copy(photo, tmp_path)
    dls = loaders(LabelledFolder(tmp_path, "^(.+)_"), size=32)
    assert (dls.vocab, left_out(dls)) == (["Bengal", "american_bulldog"], "")
    for number in range(4):
        (tmp_path / f"Bengal_9{number}.jpg").touch()
    dls = loaders(LabelledFolder(tmp_path, "^(.+)_"), size=32)
    with pytest.warns(LeftOut):
        list(dls.train), list(dls.valid)
    words = left_out(dls)
    assert words.startswith("4 photos were left out. Bengal_9")
    assert words.endswith("And 1 more.")


def test_the_learner_has_a_metric_and_a_frozen_body(shared: Path) -> None:
    learn = learner(loaders(LabelledFolder(shared / "mnist_tiny"), size=32))
    assert learn.metric_names == ["error_rate"]
    assert learn.frozen == 2
