from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from coursekit.core.errors import CourseError
from coursekit.data.labelled import LabelledFolder, in_names


def folders(root: Path, *names: str) -> Path:
    """A photo's file in a class folder of each."""
    for name in names:
        (root / name / "cat").mkdir(parents=True)
        (root / name / "cat" / "1.jpg").touch()
    return root


@pytest.mark.parametrize(
    ("names", "train", "valid", "test"),
    [
        (("train", "valid"), "train", "valid", None),
        (("train", "val", "test"), "train", "val", "test"),
        (("training", "validation"), "training", "validation", None),
        (("train", "test"), "train", None, "test"),
        (("train", "cats"), None, None, None),
        (("test", "valid"), None, None, None),
        (("cats", "dogs"), None, None, None),
    ],
)
def test_a_published_split_is_seen_by_its_folders_names(
    tmp_path: Path, names: tuple[str, ...], train: str | None, valid: str | None, test: str | None
) -> None:
    photos = LabelledFolder(folders(tmp_path, *names))
    assert (photos.train, photos.valid, photos.test) == (train, valid, test)
    used = {file.parent.parent.name for file in photos.files()}
    assert used == ({train, valid} - {None} if train else set(names))


def test_a_rule_for_names_labels_within_the_published_split(tmp_path: Path) -> None:
    photos = LabelledFolder(folders(tmp_path, "train", "val", "test"), r"^(\d)")
    files = photos.files()
    assert [photos.labeller(file) for file in files] == ["1", "1"]
    assert photos.splitter()(files) == ([0], [1])
    assert "test" not in {file.parent.parent.name for file in files}


def test_a_published_split_holds_at_any_depth(tmp_path: Path) -> None:
    photos = LabelledFolder(folders(tmp_path, "train/a/x", "valid/a", "valid"))
    files = photos.files()
    train, valid = photos.splitter()(files)
    assert [files[index].relative_to(tmp_path).parts[0] for index in train] == ["train"]
    assert [files[index].relative_to(tmp_path).parts[0] for index in valid] == ["valid", "valid"]


def test_it_says_which_photos_judge(tmp_path: Path) -> None:
    root = folders(tmp_path, "train", "test")
    assert LabelledFolder(root).split_in_words(0.25) == (
        "25 % of them, drawn at random, judge the model. The folder test is left alone."
    )
    folders(tmp_path, "val")
    assert LabelledFolder(root).split_in_words() == (
        "The photos in val judge the model. The folder test is left alone."
    )


def test_a_photos_label_is_its_folders_name(tmp_path: Path) -> None:
    photos = LabelledFolder(folders(tmp_path, "one", "two"))
    assert {photos.labeller(file) for file in photos.files()} == {"cat"}


def test_what_is_left_out_is_not_listed_and_the_files_stay(tmp_path: Path) -> None:
    root = folders(tmp_path, "cats", "dogs")
    photos = LabelledFolder(root, without=frozenset({"cats/cat/1.jpg"}))
    assert [photos.name(file) for file in photos.files()] == ["dogs/cat/1.jpg"]
    assert (root / "cats" / "cat" / "1.jpg").exists()
    everything = replace(photos, without=frozenset({"cats/cat/1.jpg", "dogs/cat/1.jpg"}))
    with pytest.raises(CourseError, match=r"All of 2 photos in .* are left out"):
        everything.files()


def test_names_are_relative_also_where_the_folder_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folders(tmp_path, "cats"))
    for folder in (Path(), Path("cats"), tmp_path):
        photos = LabelledFolder(folder)
        (file,) = photos.files()
        assert photos.name(file) == file.relative_to(folder).as_posix()


def test_a_choices_own_share_judges_where_no_other_is_given() -> None:
    photos = LabelledFolder(Path("x"), valid_pct=0.5)
    names = [Path(f"{n}.jpg") for n in range(10)]
    assert len(photos.splitter(seed=1)(names)[1]) == 5
    assert len(photos.splitter(0.2, seed=1)(names)[1]) == 2
    assert photos.split_in_words().startswith("50 %")


@pytest.mark.parametrize(
    ("names", "pattern", "found"),
    [
        ("red_fox_1.jpg red_fox_2.jpg pug_1.jpg pug_2.jpg", r"^(.+)_\d+", "pug red_fox"),
        ("cat.0.jpg cat.1.jpg dog.0.jpg dog.1.jpg", r"^(.+)\.\d+", "cat dog"),
        ("cat-1.jpg cat-2.jpg dog-1.jpg dog-2.jpg", r"^(.+)-\d+", "cat dog"),
        ("cat1.png cat2.png dog1.png dog2.png", r"^(\D+)\d+", "cat dog"),
        ("3_a.png 3_b.png 7_a.png 7_b.png", r"^([^_]+)_", "3 7"),
    ],
)  # fmt: skip
def test_labels_in_names_are_found(names: str, pattern: str, found: str) -> None:
    assert in_names([Path(name) for name in names.split()]) == (pattern, found.split())
    labels = {LabelledFolder(Path("x"), pattern).labeller(Path("x") / it) for it in names.split()}
    assert sorted(labels) == found.split()


def test_spaces_and_brackets_come_before_numbers_too() -> None:
    files = [Path(f"{kind} ({n}).jpg") for kind in ("cat", "dog") for n in (1, 2)]
    assert in_names(files) == (r"^(.+) \(?\d+", ["cat", "dog"])


@pytest.mark.parametrize("names", ["IMG_1.jpg IMG_2.jpg", "a.jpg b.jpg c.jpg", "ab_1.jpg ac_1.jpg"])
def test_names_without_labels_give_none(names: str) -> None:
    assert in_names([Path(name) for name in names.split()]) is None
