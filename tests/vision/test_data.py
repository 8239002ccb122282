from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from coursekit.core.errors import CourseError
from coursekit.data.items import get_image_files
from coursekit.predict.preprocess import Preprocessing
from coursekit.vision.augment import Normalize, aug_transforms, imagenet_stats
from coursekit.vision.data import ImageDataLoaders, Skipped
from coursekit.vision.items import LeftOut
from coursekit.vision.transforms import RandomResizedCrop, Resize

BREEDS = ["Abyssinian", "Bengal", "american_bulldog"]


def is_cat(x: str) -> bool:
    return x[0].isupper()


def _breeds(folder: Path, **options: object) -> ImageDataLoaders:
    options = {"seed": 42, "item_tfms": Resize(48), "bs": 8, "device": "cpu", **options}
    return ImageDataLoaders.from_name_re(
        folder,
        get_image_files(folder),
        r"(.+)_\d+.jpg$",
        **options,  # type: ignore[arg-type]
    )


def test_chapter_one_tells_cats_from_dogs_by_the_files_names(few: Path) -> None:
    dls = ImageDataLoaders.from_name_func(
        few,
        get_image_files(few),
        valid_pct=0.2,
        seed=42,
        label_func=is_cat,
        item_tfms=Resize(224),
    )
    assert (dls.vocab, dls.c) == ([False, True], 2)
    assert (len(dls.train.dataset), len(dls.valid.dataset), dls.test) == (24, 6, None)
    x, y = dls.one_batch()
    assert (x.shape, y.shape) == ((24, 3, 224, 224), (24,))


def test_the_size_is_224_where_nothing_is_said(few: Path) -> None:
    dls = ImageDataLoaders.from_name_func(few, get_image_files(few), is_cat)
    assert dls.preprocessing == Preprocessing(224, pad_mode="reflection")


def test_class_folders_within_train_and_valid(sorted_photos: Path) -> None:
    dls = ImageDataLoaders.from_folder(sorted_photos, item_tfms=Resize(48))
    assert dls.vocab == BREEDS
    assert (len(dls.train.dataset), len(dls.valid.dataset)) == (24, 6)
    assert all(name.startswith(part) for name, _, part in dls.labels_table())


def test_class_folders_with_a_random_split(sorted_photos: Path) -> None:
    dls = ImageDataLoaders.from_folder(sorted_photos / "train", valid_pct=0.25, seed=1)
    assert dls.vocab == BREEDS
    assert (len(dls.train.dataset), len(dls.valid.dataset)) == (18, 6)


def test_a_missing_train_folder_is_said_with_what_to_do(few: Path, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"no folder train or valid. Give valid_pct=0\.2"):
        ImageDataLoaders.from_folder(few)
    with pytest.raises(CourseError, match="nowhere is not there"):
        ImageDataLoaders.from_folder(tmp_path / "nowhere")


def test_the_whole_path_goes_to_a_path_function(sorted_photos: Path) -> None:
    files = get_image_files(sorted_photos)
    dls = ImageDataLoaders.from_path_func(
        sorted_photos, files, lambda path: path.parent.name, seed=1
    )
    assert dls.vocab == BREEDS


def test_lists_of_names_and_labels(few: Path) -> None:
    names = [file.name for file in get_image_files(few)]
    dls = ImageDataLoaders.from_lists(few, names, [len(name) for name in names], seed=1)
    assert set(dls.vocab) == {len(name) for name in names}
    assert all(len(name) == label for name, label, _ in dls.labels_table())
    with pytest.raises(CourseError, match="2 values for 30 items"):
        ImageDataLoaders.from_lists(few, names, [1, 2])


def test_a_share_can_be_kept_away_for_a_last_test(few: Path) -> None:
    dls = _breeds(few, test_pct=0.2)
    assert dls.test is not None
    parts = [len(loader.dataset) for loader in (dls.train, dls.valid, dls.test)]
    assert parts == [20, 4, 6]
    assert len({name for name, _, _ in dls.labels_table()}) == 30


def test_training_is_shuffled_and_validation_is_in_order(few: Path) -> None:
    dls = _breeds(few)
    assert dls.train.shuffle
    assert not dls.valid.shuffle
    assert [y.tolist() for _, y in dls.valid] == [dls.valid.dataset.targets]


def test_skipped_files_are_named_and_said_once(mixed: Path) -> None:
    dls = _breeds(mixed, valid_pct=0.5)
    assert dls.skipped == []
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        seen = sum(len(y) for _ in range(2) for loader in (dls.train, dls.valid) for _, y in loader)
    assert seen == 60
    assert {type(skipped) for skipped in dls.skipped} == {Skipped}
    assert {skipped.name for skipped in dls.skipped} == {f"Bengal_90{i}.jpg" for i in range(3)}
    assert all(skipped.reason for skipped in dls.skipped)
    told = [str(warning.message) for warning in heard if warning.category is LeftOut]
    assert sum(int(text.split()[2]) for text in told) == 3
    assert all("see dls.skipped" in text for text in told)


def test_the_learner_sets_the_normalisation_unless_the_user_did(few: Path) -> None:
    dls = _breeds(few)
    dls.normalize((0.1, 0.2, 0.3), (1.0, 1.0, 1.0))
    assert not dls.normalized  # so that a second learner can set its own
    assert dls.preprocessing.mean == (0.1, 0.2, 0.3)
    own = _breeds(few, batch_tfms=[*aug_transforms(), Normalize.from_stats(*imagenet_stats)])
    assert own.normalized
    assert own.preprocessing.std == imagenet_stats[1]
    assert own.valid.stats == own.train.stats
    assert not own.valid.is_random


def test_one_photo_enters_the_network_as_in_validation(few: Path) -> None:
    dls = _breeds(few, item_tfms=Resize((48, 64), "squish"))
    dls.normalize(*imagenet_stats)
    first = dls.valid.dataset.items[0]
    for item in (first, first.read_bytes()):
        batch = next(iter(dls.valid))[0][:1]
        assert torch.allclose(dls.input_of(item), batch, atol=1e-5)


def test_augmented_photos_end_at_the_size_of_validation(few: Path) -> None:
    dls = _breeds(few, item_tfms=Resize(96), batch_tfms=aug_transforms(size=48))
    assert dls.train.is_random
    assert dls.one_batch()[0].shape[-2:] == next(iter(dls.valid))[0].shape[-2:] == (48, 48)
    assert dls.preprocessing.shape == (48, 48)


def test_random_crops_are_for_training_only(few: Path) -> None:
    dls = _breeds(few, item_tfms=RandomResizedCrop(48, min_scale=0.3))
    assert dls.train.is_random
    assert not dls.valid.is_random
    plain = _breeds(few)
    assert torch.equal(next(iter(dls.valid))[0], next(iter(plain.valid))[0])


def test_other_transforms_keep_the_split(few: Path) -> None:
    dls = _breeds(few, seed=None)
    larger = dls.new(item_tfms=Resize(64), batch_tfms=aug_transforms())
    assert larger.digest == dls.digest
    assert larger.train.is_random
    assert larger.new(item_tfms=Resize(32)).train.is_random
    assert larger.train.bs == dls.train.bs == 8


def test_batches_go_to_the_device_that_is_named(few: Path) -> None:
    dls = _breeds(few, device="meta")
    assert {loader.device.type for loader in (dls.train, dls.valid)} == {"meta"}
    assert dls.to("cpu") is dls
    assert dls.one_batch()[0].device.type == "cpu"


def test_workers_are_honoured_and_none_is_the_default(mixed: Path) -> None:
    assert _breeds(mixed).train.num_workers == 0
    dls = _breeds(mixed, num_workers=2, valid_pct=0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LeftOut)
        assert sum(len(y) for loader in (dls.train, dls.valid) for _, y in loader) == 30
    assert len(dls.skipped) == 3


def test_the_recipe_says_how_to_make_the_same_batches(few: Path) -> None:
    dls = _breeds(few, batch_tfms=aug_transforms(max_rotate=5))
    recipe = dls.recipe()
    assert recipe["labels"]["pat"] == r"(.+)_\d+.jpg$"
    assert recipe["counts"] == {"train": 24, "valid": 6, "test": 0}
    assert recipe["item_tfms"] == [
        {"name": "Resize", "size": 48, "method": "crop", "pad_mode": "reflection"}
    ]
    assert recipe["batch_tfms"][0]["max_rotate"] == 5
    assert recipe["digest"] == dls.digest
    unnamed = ImageDataLoaders.from_name_func(few, get_image_files(few), lambda n: n < "C")
    assert unnamed.recipe()["labels"] == unnamed.labels_table()


def test_handwritten_characters_of_28_pixels(shared: Path) -> None:
    dls = ImageDataLoaders.from_folder(shared / "mnist_tiny", item_tfms=Resize(28))
    assert dls.vocab == ["3", "7"]
    x, _ = dls.one_batch()
    assert x.shape == (64, 3, 28, 28)
    assert np.isclose(float(x.min()), -1)
