from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image

from coursekit.data import concerns
from coursekit.data.concerns import Concern
from coursekit.data.labelled import LabelledFolder
from coursekit.data.listed import Listed, listed
from coursekit.data.scan import kin, scan
from coursekit.vision.folder import loaders


def touched(root: Path, **classes: int) -> LabelledFolder:
    """Empty files in class folders."""
    for label, n in classes.items():
        (root / label).mkdir(parents=True)
        for number in range(n):
            (root / label / f"{label}{number}.jpg").touch()
    return LabelledFolder(root)


def kinds(found: list[Concern]) -> dict[str, Concern]:
    return {concern.kind: concern for concern in found}


def looked_at(photos: LabelledFolder) -> tuple[Listed, dict[str, Concern]]:
    all_ = listed(photos)
    seen = scan(all_.files, {}, lambda *_: None)
    return all_, kinds(concerns.of_photos(all_, seen, kin(seen)))


def test_even_classes_are_no_concern(tmp_path: Path) -> None:
    assert concerns.of_labels(listed(touched(tmp_path, a=80, b=90))) == []


def test_classes_out_of_balance_are_cut_to_the_smallest(tmp_path: Path) -> None:
    uneven = kinds(concerns.of_labels(listed(touched(tmp_path, cat=200, dog=30))))["uneven"]
    assert "'cat' has 200 photos, 'dog' has 30" in uneven.says
    assert "right in 87 % of cases" in uneven.says
    assert uneven.button == "Use at most 30 of each class"
    assert uneven.better is not None
    assert listed(uneven.better).classes == {"cat": 30, "dog": 30}
    assert concerns.of_labels(listed(uneven.better))[0].kind == "judges"  # 12 of 60 are few


def test_labels_that_differ_in_case_are_put_together_under_the_more_frequent(
    tmp_path: Path,
) -> None:
    photos = touched(tmp_path, Cat=40, cat=60, dog=70)
    case = kinds(concerns.of_labels(listed(photos)))["case"]
    assert "'Cat' and 'cat' differ only in capital letters" in case.says
    assert case.better is not None
    assert case.better.same == (("Cat", "cat"),)
    assert listed(case.better).classes == {"cat": 100, "dog": 70}
    table = loaders(case.better).table
    assert table.vocab == ["cat", "dog"]
    assert table.labelled_by["same"] == {"Cat": "cat"}


def test_where_only_case_tells_two_classes_apart_nothing_can_be_put_together(
    tmp_path: Path,
) -> None:
    case = kinds(concerns.of_labels(listed(touched(tmp_path, Cat=60, cat=60))))["case"]
    assert (case.button, case.better) == ("", None)


def test_a_class_of_one_photo_can_be_left_out(tmp_path: Path) -> None:
    photos = touched(tmp_path, cat=60, dog=60, fox=1)
    single = kinds(concerns.of_labels(listed(photos)))["single"]
    assert "'fox' has one photo" in single.says
    assert single.button == "Leave that class out"
    assert list(listed(single.better).classes) == ["cat", "dog"]


def test_too_few_judges_can_be_more(tmp_path: Path) -> None:
    judges = kinds(concerns.of_labels(listed(touched(tmp_path, cat=30, dog=30))))["judges"]
    assert "Only 12 photos judge the model: each of them is worth 8 %" in judges.says
    better = listed(judges.better)
    assert (better.train, better.valid) == (36, 24)
    assert len(loaders(judges.better).table.parts["valid"]) == 24


def test_a_published_split_with_few_judges_needs_more_photos(tmp_path: Path) -> None:
    for part, n in (("train", 60), ("valid", 3)):
        touched(tmp_path / part, cat=n, dog=n)
    judges = kinds(concerns.of_labels(listed(LabelledFolder(tmp_path))))["judges"]
    assert judges.better is None
    assert judges.says.endswith("Add photos.")


@pytest.fixture
def pairs(pets: Path, tmp_path: Path) -> Path:
    """Twelve cats and twelve dogs in class folders."""
    for breed in ("Bengal", "american_bulldog"):
        (tmp_path / "pairs" / breed).mkdir(parents=True)
        for photo in sorted(pets.glob(f"{breed}_*.jpg"))[:12]:
            shutil.copy(photo, tmp_path / "pairs" / breed)
    return tmp_path / "pairs"


def test_clean_photos_are_no_concern(pairs: Path) -> None:
    assert looked_at(LabelledFolder(pairs))[1] == {}


def test_copies_are_found_by_content_and_by_look_and_one_of_each_stays(pairs: Path) -> None:
    cat, other, *_ = sorted((pairs / "Bengal").iterdir())
    shutil.copy(cat, cat.with_name("zz exact.jpg"))
    Image.open(other).resize((200, 200)).save(other.with_name("zz small.png"))
    photos = LabelledFolder(pairs)
    all_, found = looked_at(photos)
    assert list(found) == ["copies"]
    copies = found["copies"]
    assert copies.says.startswith("2 photos show the same as another: ")
    assert copies.better.without == {"Bengal/zz exact.jpg", "Bengal/zz small.png"}
    assert len(listed(copies.better).files) == len(all_.files) - 2
    assert looked_at(copies.better)[1] == {}
    assert cat.with_name("zz exact.jpg").exists()


def test_copies_across_the_split_spoil_the_score(pairs: Path) -> None:
    for number in range(6):
        cat = sorted((pairs / "Bengal").iterdir())[0]
        shutil.copy(cat, pairs / "Bengal" / f"copy {number}.jpg")
    all_, found = looked_at(LabelledFolder(pairs))
    names = [all_.files[index].name for index in all_.judges]
    assert any(name.startswith("copy") for name in names)
    assert "split between the training and the validation set" in found["copies"].says


def test_the_same_photo_under_two_labels_is_left_out_altogether(pairs: Path) -> None:
    cat = sorted((pairs / "Bengal").iterdir())[0]
    shutil.copy(cat, pairs / "american_bulldog" / "cat.jpg")
    _, found = looked_at(LabelledFolder(pairs))
    assert list(found) == ["contrary"]
    assert "cat.jpg (american_bulldog)" in found["contrary"].says
    assert found["contrary"].better.without == {"american_bulldog/cat.jpg", f"Bengal/{cat.name}"}


def test_files_that_give_no_picture_are_named_and_left_out(pairs: Path, uploads: Path) -> None:
    for name in ("broken.png", "empty.png", "text_renamed.jpg"):
        shutil.copy(uploads / name, pairs / "Bengal")
    shutil.copy(uploads / "empty.png", pairs / "Bengal" / "empty too.png")
    _, found = looked_at(LabelledFolder(pairs))
    assert list(found) == ["unreadable"]  # two empty files are no copies of each other
    assert found["unreadable"].says.startswith("4 photos of 28 cannot be read. broken.png is ")
    assert "And 1 more." in found["unreadable"].says
    assert len(listed(found["unreadable"].better).files) == 24


def test_a_scan_that_is_ended_goes_on_where_it_was(pairs: Path) -> None:
    class Enough(Exception):
        pass

    def stop(done: int, total: int | None, what: str) -> None:
        if done == 24:
            raise Enough

    files = listed(LabelledFolder(pairs)).files
    seen = scan(files[:10], {}, lambda *_: None)
    with pytest.raises(Enough):
        scan(files, seen, stop)
    assert len(seen) == 24


def test_a_file_that_goes_meanwhile_is_a_sentence(pairs: Path) -> None:
    gone = pairs / "Bengal" / "gone.jpg"
    assert scan([gone], {}, lambda *_: None)[gone].reason == (
        "gone.jpg can't be opened (No such file or directory)."
    )
