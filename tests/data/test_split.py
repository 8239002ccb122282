from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from coursekit.core.errors import CourseError
from coursekit.data.items import get_image_files
from coursekit.data.split import (
    EmptySplit,
    EndSplitter,
    FileSplitter,
    FuncSplitter,
    GrandparentSplitter,
    IndexSplitter,
    MaskSplitter,
    NoSuchShare,
    NotAsManyItems,
    RandomSplitter,
    Splitter,
    TrainTestSplitter,
    hold_out,
    three_way,
)

FILES = [Path(f"/data/set/{part}/{n}.jpg") for part in ("cat", "dog") for n in range(50)]


EXPECTED = [3, 6, 13, 19]  # of pet_0 to pet_19 with seed 42


def chosen(items: list[Path], splitter: Splitter) -> set[str]:
    return {items[i].name for i in splitter(items)[1]}


def test_a_random_split_is_exact_disjoint_and_in_order() -> None:
    train, valid = RandomSplitter(0.25, seed=42)(FILES)
    assert len(valid) == 25
    assert sorted(train + valid) == list(range(100))
    assert train == sorted(train)
    assert valid == sorted(valid)
    assert all(type(index) is int for index in train + valid)


def test_the_order_of_the_list_does_not_matter(pets: Path) -> None:
    files = get_image_files(pets)
    mixed = random.Random(0).sample(files, len(files))
    splitter = RandomSplitter(seed=42)
    assert chosen(files, splitter) == chosen(mixed, splitter)
    assert len(chosen(files, splitter)) == 90


def test_the_folder_where_the_set_lies_does_not_matter() -> None:
    moved = [Path("somewhere/else", *path.parts[3:]) for path in FILES]
    assert RandomSplitter(seed=1)(moved) == RandomSplitter(seed=1)(FILES)


def test_the_split_is_the_one_of_every_other_machine_and_process() -> None:
    # Written down once: if this changes, every published score changes its meaning.
    names = [Path("images") / f"pet_{n}.jpg" for n in range(20)]
    assert RandomSplitter(seed=42)(names)[1] == EXPECTED
    code = (
        "from pathlib import Path; from coursekit.data.split import RandomSplitter\n"
        "print(RandomSplitter(seed=42)([Path(f'C/pet_{n}.jpg') for n in range(20)])[1])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(EXPECTED)


def test_another_seed_is_another_split_and_none_is_a_new_one_each_time() -> None:
    one, two = RandomSplitter(seed=1), RandomSplitter(seed=2)
    assert one(FILES) == one(FILES) != two(FILES)
    unseeded = RandomSplitter()
    assert unseeded(FILES) != unseeded(FILES)
    assert len(unseeded(FILES)[1]) == 20


def test_a_new_file_moves_few_others() -> None:
    before = chosen(FILES[:50], RandomSplitter(seed=3))
    after = chosen([*FILES[:50], Path("/data/set/cat/new.jpg")], RandomSplitter(seed=3))
    assert len(before & after) >= len(before) - 1


def test_items_that_are_no_paths_are_split_by_their_text() -> None:
    rows = [(n, f"row {n}") for n in range(10)]
    assert RandomSplitter(seed=5)(rows) == RandomSplitter(seed=5)([str(row) for row in rows])
    assert RandomSplitter(0.5, seed=5)(["same"] * 4)[1] == [0, 1]
    assert RandomSplitter(seed=5)([]) == ([], [])
    assert len(RandomSplitter(seed=5)([Path("/a/b"), Path("c"), *FILES])[1]) == 20


@pytest.mark.parametrize("share", [-0.1, 1.5, 20])
def test_a_share_that_is_none_is_refused_at_once(share: float) -> None:
    with pytest.raises(NoSuchShare, match=r"0\.2 for a fifth"):
        RandomSplitter(share)
    with pytest.raises(NoSuchShare):
        EndSplitter(share)
    with pytest.raises(NoSuchShare):
        hold_out(FILES, share)


def test_a_stratified_split_keeps_the_proportions() -> None:
    labels = ["rare"] * 10 + ["common"] * 90
    _, valid = TrainTestSplitter(0.2, random_state=42, stratify=labels)(FILES)
    assert [labels[i] for i in valid] == ["rare"] * 2 + ["common"] * 18
    assert TrainTestSplitter(0.2, 42)(FILES) == RandomSplitter(0.2, 42)(FILES)
    with pytest.raises(NotAsManyItems, match="stratify has 3 values for 100 items"):
        TrainTestSplitter(stratify=[1, 2, 3])(FILES)


def test_grandparents_decide(shared: Path) -> None:
    files = get_image_files(shared / "mnist_tiny", folders=["train", "valid"])
    train, valid = GrandparentSplitter()(files)
    assert len(train) + len(valid) == len(files)
    assert {files[i].parent.parent.name for i in valid} == {"valid"}
    both = GrandparentSplitter(train_name=("train", "valid"), valid_name="valid")(files)
    assert len(both[0]) == len(files)
    with pytest.raises(EmptySplit, match="for validation: none lies two folders below 'val'"):
        GrandparentSplitter(valid_name="val")(files)


def test_indices_masks_functions_and_ends_decide() -> None:
    items = ["a", "b", "c", "d", "e"]
    assert IndexSplitter([3, -5])(items) == ([1, 2, 4], [0, 3])
    assert MaskSplitter([False, True, False, False, True])(items) == ([0, 2, 3], [1, 4])
    assert FuncSplitter(lambda item: item > "c")(items) == ([0, 1, 2], [3, 4])
    assert EndSplitter(0.4)(items) == ([0, 1, 2], [3, 4])
    assert EndSplitter(0.4, valid_last=False)(items) == ([2, 3, 4], [0, 1])
    with pytest.raises(CourseError, match="There is no item 5"):
        IndexSplitter([5])(items)
    with pytest.raises(NotAsManyItems, match="mask has 1 values for 5 items"):
        MaskSplitter([True])(items)


def test_a_file_of_names_decides(tmp_path: Path) -> None:
    listed = tmp_path / "valid.txt"
    listed.write_text("1.jpg\n3.jpg\n", encoding="utf-8")
    items = [PurePosixPath(f"images/{n}.jpg") for n in range(5)]
    assert FileSplitter(listed)(items) == ([0, 2, 4], [1, 3])
    with pytest.raises(EmptySplit, match="names none of them"):
        FileSplitter(listed)(["x.jpg"])
    with pytest.raises(CourseError, match="cannot be read"):
        FileSplitter(tmp_path / "nothing.txt")(items)


def test_the_test_set_is_the_same_whatever_the_seed() -> None:
    sets = [three_way(FILES, RandomSplitter(seed=seed), test_pct=0.1) for seed in (1, 2)]
    assert sets[0][2] == sets[1][2] == hold_out(FILES, 0.1)[1]
    assert sets[0][1] != sets[1][1]
    for train, valid, test in sets:
        assert sorted(train + valid + test) == list(range(100))
        assert (len(test), len(valid)) == (10, 18)


def test_without_a_share_there_is_no_test_set() -> None:
    splitter = RandomSplitter(seed=1)
    assert three_way(FILES, splitter) == (*splitter(FILES), [])
