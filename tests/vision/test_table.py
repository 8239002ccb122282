from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coursekit.core.errors import CourseError
from coursekit.data.items import parent_label
from coursekit.data.split import EndSplitter, IndexSplitter, RandomSplitter
from coursekit.vision.table import LabelTable, label_table

NAMES = [f"{kind}_{number}.jpg" for kind in ("cat", "dog") for number in range(10)]


def _table(label: object, valid_pct: float = 0.2, **more: object) -> LabelTable:
    files = [Path("pets") / name for name in NAMES]
    return label_table("pets", files, label, RandomSplitter(valid_pct, 42), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("label", "vocab"),
    [
        (lambda file: file.name[:3], ["cat", "dog"]),
        (lambda file: file.name[0] == "c", [False, True]),
        (lambda file: np.int64(file.stem[-1]) % 3, [0, 1, 2]),
        (lambda file: np.str_(file.name[:3]), ["cat", "dog"]),
        (lambda file: np.bool_(file.name[0] == "c"), [False, True]),
    ],
)
def test_labels_keep_their_own_type(label: object, vocab: list[object]) -> None:
    table = _table(label)
    assert table.vocab == vocab
    assert [type(each) for each in table.vocab] == [type(each) for each in vocab]
    assert {type(each) for each in table.vocab} <= {str, bool, int}


def test_a_label_of_the_validation_photos_alone_is_in_the_vocab() -> None:
    files = [Path(name) for name in NAMES]
    table = label_table(".", files, lambda file: file.name[:3], IndexSplitter(range(10)))
    assert table.vocab == ["cat", "dog"]
    assert {label for _, label, part in table.rows() if part == "train"} == {"dog"}


def test_a_failing_label_function_is_told_with_the_file() -> None:
    def label(file: Path) -> str:
        return {"cat_0.jpg": "a"}[file.name]

    with pytest.raises(CourseError, match=r"cat_1\.jpg.*KeyError"):
        _table(label)


def test_labels_that_cannot_be_classes_are_refused_in_words() -> None:
    with pytest.raises(CourseError, match=r"label of cat_0\.jpg is 0\.5"):
        _table(lambda _: 0.5)
    with pytest.raises(CourseError, match=r"label of cat_0\.jpg is None"):
        _table(lambda _: None)
    with pytest.raises(CourseError, match=r"one kind.*'a'.*5"):
        _table(lambda file: "a" if "cat" in file.name else 5)


def test_one_class_no_photos_and_nothing_to_validate_are_sentences() -> None:
    with pytest.raises(CourseError, match="20 photos, and no label but 'pets'"):
        _table(parent_label)
    with pytest.raises(CourseError, match="no photos to learn from in here"):
        label_table("here", [], parent_label, RandomSplitter())
    with pytest.raises(CourseError, match="left to validate on"):
        _table(lambda file: file.name[:3], valid_pct=0.0)
    with pytest.raises(CourseError, match="left to train on"):
        _table(lambda file: file.name[:3], valid_pct=1.0)


def test_a_vocab_of_ones_own_keeps_its_order_and_must_be_complete() -> None:
    table = _table(lambda file: file.name[:3], vocab=["dog", "cat"])
    assert (table.vocab, table.targets[0]) == (["dog", "cat"], 1)
    with pytest.raises(CourseError, match=r"dog_0\.jpg has the label 'dog', which the vocab lacks"):
        _table(lambda file: file.name[:3], vocab=["cat", "cow"])


def test_the_digest_is_of_the_rows_in_whatever_order() -> None:
    def table(files: list[Path]) -> LabelTable:
        return label_table("pets", files, lambda file: file.name[:3], RandomSplitter(0.2, 1))

    files = [Path("pets") / name for name in NAMES]
    assert table(files).digest == table(files[::-1]).digest
    assert table(files).digest != _table(lambda file: file.name[:3]).digest  # another split
    numbered = [Path("pets") / name for name in NAMES]
    by_bool = label_table("pets", numbered, lambda f: f.name < "d", RandomSplitter(0.2, 1))
    assert by_bool.digest != table(files).digest


def test_rows_name_files_relative_to_the_folder() -> None:
    table = label_table(
        "pets", [Path("pets/a/1.jpg"), Path("pets/b/2.jpg")], parent_label, EndSplitter(0.5)
    )
    assert table.rows() == [("a/1.jpg", "a", "train"), ("b/2.jpg", "b", "valid")]


def test_the_source_is_the_catalogues_id_or_the_folders_name(home: Path, tmp_path: Path) -> None:
    inside = home / "datasets" / "oxford-iiit-pet" / "images"
    inside.mkdir(parents=True)

    def source(path: Path) -> str:
        return LabelTable(path, [], [], [], {}).source

    assert source(inside).endswith("/images")
    assert not source(inside).startswith("/")
    assert source(home / "datasets" / "my-own") == "my-own"
    assert source(tmp_path / "bears") == "bears"


def test_two_folders_of_one_name_are_two_boards_and_a_known_data_set_is_one(home: Path) -> None:
    def task(path: Path, names: list[str]) -> str:
        parts = {"train": [0], "valid": [1], "test": []}
        return LabelTable(path, [path / it for it in names], [0, 1], ["a", "b"], parts).task

    mine, other = task(Path("photos"), ["1.jpg", "2.jpg"]), task(Path("photos"), ["3.jpg", "4.jpg"])
    assert mine.startswith("photos (")
    assert other.startswith("photos (")
    assert mine != other
    assert task(home / "datasets" / "digits" / "train", ["1.jpg", "2.jpg"]) == "digits/train"
