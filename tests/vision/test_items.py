from __future__ import annotations

import pickle
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from coursekit.core.errors import CourseError
from coursekit.vision import items as items_module
from coursekit.vision.items import ImageItems, LeftOut
from coursekit.vision.transforms import RandomResizedCrop, Resize


def _items(folder: Path, transform: object = None) -> ImageItems:
    files = sorted(folder.iterdir())
    return ImageItems(files, range(len(files)), transform or Resize(48))  # type: ignore[arg-type]


def test_photos_come_in_the_order_that_was_asked_for(few: Path) -> None:
    items = _items(few)
    found = items.__getitems__([7, 2, 5])
    assert [target for _, target in found] == [7, 2, 5]
    assert [pixels.shape for pixels, _ in found] == [(48, 48, 3)] * 3
    assert np.array_equal(found[1][0], items[2][0])


def test_what_cannot_be_read_is_left_out_with_its_reason(mixed: Path) -> None:
    items = _items(mixed)
    found = items.__getitems__(range(len(items)))
    assert (len(items), len(found)) == (33, 30)
    reasons = {items.items[index].name: why for index, why in items.unreadable.items()}
    assert set(reasons) == {"Bengal_900.jpg", "Bengal_901.jpg", "Bengal_902.jpg"}
    assert all(name in why for name, why in reasons.items())
    with pytest.raises(CourseError, match="Bengal_902"):
        items[items.items.index(mixed / "Bengal_902.jpg")]


def test_a_file_that_has_gone_is_left_out_too(few: Path) -> None:
    items = _items(few)
    items.items[3].unlink()
    assert len(items.__getitems__([2, 3])) == 1
    assert "can't be opened" in items.unreadable[3]


def test_pixels_are_kept_where_nothing_is_random(few: Path) -> None:
    items = _items(few)
    first, _ = items[0]
    items.items[0].unlink()
    assert items[0][0] is first


def test_random_crops_are_not_kept(few: Path) -> None:
    items = _items(few, RandomResizedCrop(48))
    assert items.is_random
    assert not np.array_equal(items[0][0], items[0][0])


def test_pixels_are_kept_only_while_there_is_room(
    few: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = items_module._Kept._used
    monkeypatch.setattr(items_module, "ROOM", used + 2 * 48 * 48 * 3)
    items = _items(few)
    assert len(items.__getitems__(range(10))) == 10
    assert len(items._kept.pixels) == 2
    del items
    assert items_module._Kept._used <= used


def test_the_same_seed_gives_the_same_crops_whatever_cannot_be_read(mixed: Path) -> None:
    def crops() -> list[np.ndarray]:
        torch.manual_seed(5)
        return [pixels for pixels, _ in items.__getitems__(range(len(items)))]

    items = _items(mixed, RandomResizedCrop(32))
    first = crops()  # finds the unreadable ones
    assert all(map(np.array_equal, first, crops()))


def test_a_digest_tells_content_and_size_apart(few: Path) -> None:
    items = _items(few)
    assert items.digest(0) == _items(few).digest(0)
    assert items.digest(0) != items.digest(1)
    assert items.digest(0) != _items(few, Resize(64)).digest(0)
    assert items.digest(0) == _items(few, RandomResizedCrop(48)).digest(0)


def test_a_digest_of_what_cannot_be_read_is_refused(mixed: Path) -> None:
    items = _items(mixed)
    broken = [i for i, file in enumerate(items.items) if "_90" in file.name]
    items.__getitems__(broken)
    for index in broken:
        with pytest.raises(CourseError):
            items.digest(index)


def test_without_chance_the_same_photos_have_the_validation_size(few: Path) -> None:
    items = ImageItems(sorted(few.iterdir()), range(30), Resize(96), plain=Resize(48))
    assert items[0][0].shape == (96, 96, 3)
    assert items.plain[0][0].shape == (48, 48, 3)
    assert items.plain.plain is items.plain
    assert items.digest(0) == items.plain.digest(0)


def test_what_is_unreadable_is_known_to_the_plain_view_as_well(mixed: Path) -> None:
    items = _items(mixed, RandomResizedCrop(48))
    items.check()
    assert len(items.unreadable) == 3
    assert items.plain.unreadable is items.unreadable


def test_each_unreadable_photo_is_told_once_and_in_the_main_thread(mixed: Path) -> None:
    items = _items(mixed)
    items.check()
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        worker = threading.Thread(target=items.say_left_out)
        worker.start()
        worker.join()
    assert not heard
    with pytest.warns(LeftOut, match="Left out 3 of 33 photos that can't be read"):
        items.say_left_out()
    items.say_left_out()  # a second warning would fail the test


def test_a_copy_for_another_process_leaves_the_pixels_behind(few: Path) -> None:
    items = _items(few, Resize(224))
    items.check()
    copy = pickle.dumps(items)
    assert len(copy) < 10_000
    assert np.array_equal(pickle.loads(copy)[0][0], items[0][0])
