from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from coursekit.core.errors import CourseError
from coursekit.vision.augment import Normalize, aug_transforms, imagenet_stats
from coursekit.vision.items import ImageItems, LeftOut
from coursekit.vision.loader import ImageLoader
from coursekit.vision.transforms import RandomResizedCrop, Resize

quiet = pytest.mark.filterwarnings("ignore::coursekit.vision.items.LeftOut")


def _items(folder: Path, transform: object = None) -> ImageItems:
    files = sorted(folder.iterdir())
    return ImageItems(files, range(len(files)), transform or Resize(48))  # type: ignore[arg-type]


def _targets(loader: ImageLoader) -> list[int]:
    return [target for _, y in loader for target in y.tolist()]


def test_a_batch_is_what_prediction_would_compute(few: Path) -> None:
    items = _items(few)
    loader = ImageLoader(items, bs=4, batch_tfms=Normalize.from_stats(*imagenet_stats))
    x, y = next(iter(loader))
    mean, std = (np.array(values, dtype=np.float32) for values in imagenet_stats)
    expected = (items[3][0] / np.float32(255) - mean) / std
    assert np.allclose(x[3].permute(1, 2, 0).numpy(), expected, atol=1e-5)
    assert (x.dtype, y.dtype, y.tolist()) == (torch.float32, torch.int64, [0, 1, 2, 3])
    assert x.is_contiguous(memory_format=torch.channels_last)


def test_every_photo_comes_once_a_pass_in_the_order_of_the_seed(few: Path) -> None:
    loader = ImageLoader(_items(few), bs=8, shuffle=True)
    torch.manual_seed(4)
    first, second = _targets(loader), _targets(loader)
    torch.manual_seed(4)
    assert _targets(loader) == first
    assert first != second
    assert sorted(first) == sorted(second) == list(range(30))


def test_validation_draws_nothing_from_the_generator(few: Path) -> None:
    loader = ImageLoader(_items(few), bs=8)
    torch.manual_seed(4)
    expected = torch.rand(1)
    torch.manual_seed(4)
    assert _targets(loader) == list(range(30))
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize(("shuffle", "sizes"), [(True, [14, 15]), (False, [14, 14, 1])])
def test_a_shuffled_last_batch_of_one_joins_the_batch_before(
    few: Path, shuffle: bool, sizes: list[int]
) -> None:
    items = ImageItems(sorted(few.iterdir())[:29], range(29), Resize(48))
    loader = ImageLoader(items, bs=14, shuffle=shuffle)
    assert [len(y) for _, y in loader] == sizes
    assert len(loader) == len(sizes)


def test_a_last_batch_that_is_not_full_can_be_dropped(few: Path) -> None:
    loader = ImageLoader(_items(few), bs=8, drop_last=True)
    assert [len(y) for _, y in loader] == [8, 8, 8]
    assert len(loader) == 3


def test_unreadable_photos_leave_smaller_batches_and_no_empty_one(mixed: Path) -> None:
    items = _items(mixed)
    loader = ImageLoader(items, bs=1)
    with pytest.warns(LeftOut, match="Left out 3 of 33"):
        sizes = [len(y) for _, y in loader]
    assert sizes == [1] * 30
    assert len(list(loader)) == 30  # and no second warning


@quiet
def test_two_worker_processes_give_what_none_gives(mixed: Path) -> None:
    passes = []
    for workers in (0, 2):
        torch.manual_seed(8)
        items = _items(mixed)
        loader = ImageLoader(items, bs=8, shuffle=True, num_workers=workers)
        passes.append(list(loader))
        assert len(items.unreadable) == 3
    for (x, y), (x2, y2) in zip(*passes, strict=True):
        assert torch.equal(y, y2)
        assert torch.equal(x, x2)


@quiet
def test_random_crops_of_two_worker_processes_are_repeatable(mixed: Path) -> None:
    loader = ImageLoader(_items(mixed, RandomResizedCrop(32)), bs=8, shuffle=True, num_workers=2)
    torch.manual_seed(8)
    first = list(loader)
    torch.manual_seed(8)
    again = list(loader)
    assert all(torch.equal(x, x2) for (x, _), (x2, _) in zip(first, again, strict=True))
    assert sum(len(y) for _, y in first) == 30


def test_augmented_batches_are_repeatable_and_vary(few: Path) -> None:
    loader = ImageLoader(_items(few, RandomResizedCrop(32)), bs=30, batch_tfms=aug_transforms())
    torch.manual_seed(6)
    first, second = next(iter(loader))[0], next(iter(loader))[0]
    torch.manual_seed(6)
    assert torch.equal(next(iter(loader))[0], first)
    assert not torch.equal(first, second)
    assert loader.is_random


def test_in_order_nothing_is_random_and_the_size_is_that_of_validation(few: Path) -> None:
    items = ImageItems(sorted(few.iterdir()), range(30), RandomResizedCrop(64), plain=Resize(48))
    loader = ImageLoader(items, bs=8, shuffle=True, batch_tfms=aug_transforms(size=48))
    some = loader.in_order([5, 1, 9], bs=2)
    assert not some.is_random
    assert _targets(some) == [5, 1, 9]
    assert [x.shape for x, _ in some] == [(2, 3, 48, 48), (1, 3, 48, 48)]
    assert torch.equal(next(iter(some))[0], next(iter(some))[0])
    assert _targets(loader.in_order()) == list(range(30))


def test_only_unreadable_photos_give_no_batch_and_no_error_when_picked(mixed: Path) -> None:
    items = _items(mixed)
    broken = [i for i, file in enumerate(items.items) if "_90" in file.name]
    with pytest.warns(LeftOut):
        assert list(ImageLoader(items).in_order(broken)) == []


@quiet
def test_a_set_without_one_readable_photo_is_an_error(mixed: Path) -> None:
    files = sorted(mixed.glob("*_90*.jpg"))
    loader = ImageLoader(ImageItems(files, [0] * 3, Resize(48)), bs=2)
    with pytest.raises(CourseError, match="None of 3 photos can be read"):
        list(loader)
    with pytest.raises(CourseError, match="no photo here that can be read"):
        loader.some(2)


def test_stopping_within_a_pass_leaves_the_loader_usable(few: Path) -> None:
    loader = ImageLoader(_items(few), bs=4, shuffle=True)
    for _ in loader:
        break
    assert len(_targets(loader)) == 30


def test_two_threads_can_read_from_one_loader(few: Path) -> None:
    loader = ImageLoader(_items(few), bs=4)
    seen: list[list[int]] = []
    threads = [threading.Thread(target=lambda: seen.append(_targets(loader))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [list(range(30))] * 2


def test_some_photos_are_taken_all_along_an_ordered_list(few: Path) -> None:
    _, y = ImageLoader(_items(few), bs=4).some(3)
    assert y.tolist() == [0, 10, 20]
    _, y = ImageLoader(_items(few), bs=4).some(100)
    assert sorted(y.tolist()) == list(range(30))


def test_a_batch_size_below_one_is_refused(few: Path) -> None:
    with pytest.raises(CourseError, match="A batch of 0 photos"):
        ImageLoader(_items(few), bs=0)


def test_a_batch_can_be_seen_as_it_was(few: Path) -> None:
    items = _items(few)
    loader = ImageLoader(items, bs=4, batch_tfms=Normalize.from_stats(*imagenet_stats))
    pictures = loader.to_pictures(next(iter(loader))[0])
    assert np.allclose(pictures[2].numpy() * 255, items[2][0], atol=0.01)
