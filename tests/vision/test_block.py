from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.core.errors import CourseError
from coursekit.data.items import RegexLabeller, get_image_files, parent_label
from coursekit.data.split import RandomSplitter
from coursekit.vision.augment import aug_transforms
from coursekit.vision.block import CategoryBlock, DataBlock, ImageBlock
from coursekit.vision.transforms import RandomResizedCrop, Resize, ResizeMethod


@pytest.fixture
def bears() -> DataBlock:
    """The data block of the book's second chapter."""
    return DataBlock(
        blocks=(ImageBlock, CategoryBlock),
        get_items=get_image_files,
        splitter=RandomSplitter(valid_pct=0.2, seed=42),
        get_y=parent_label,
        item_tfms=Resize(128),
    )


@pytest.mark.filterwarnings("ignore::coursekit.vision.items.LeftOut")
def test_the_cells_of_chapter_two_run(bears: DataBlock, sorted_photos: Path) -> None:
    path = sorted_photos / "train"
    dls = bears.dataloaders(path)
    assert dls.valid.show_batch(max_n=4, nrows=1).figure.axes[0].images
    for tfms in (Resize(128, ResizeMethod.Squish), Resize(128, ResizeMethod.Pad, pad_mode="zeros")):
        bears = bears.new(item_tfms=tfms)
        assert bears.dataloaders(path).valid.show_batch(max_n=4, nrows=1)
    bears = bears.new(item_tfms=RandomResizedCrop(128, min_scale=0.3))
    assert bears.dataloaders(path).train.show_batch(max_n=4, nrows=1, unique=True)
    bears = bears.new(item_tfms=Resize(128), batch_tfms=aug_transforms(mult=2))
    dls = bears.dataloaders(path)
    assert dls.train.show_batch(max_n=8, nrows=2, unique=True)
    assert dls.train.is_random
    assert not dls.valid.is_random


def test_a_new_block_leaves_the_old_one_as_it_was(bears: DataBlock) -> None:
    larger = bears.new(item_tfms=Resize(224))
    assert (bears.item_tfms, larger.item_tfms) == (Resize(128), Resize(224))
    assert larger.splitter is bears.splitter
    assert larger.new(batch_tfms=aug_transforms()).item_tfms == Resize(224)


def test_the_block_splits_as_the_loaders_do(bears: DataBlock, sorted_photos: Path) -> None:
    path = sorted_photos / "train"
    assert bears.dataloaders(path).digest == bears.dataloaders(str(path), bs=4).digest
    held = bears.dataloaders(path, test_pct=0.25)
    assert held.test is not None
    assert len(held.test.dataset) == 6


def test_a_vocab_can_have_an_order_of_its_own(few: Path) -> None:
    label = RegexLabeller(r"([^/]+)_\d+.jpg$")
    vocab = ["american_bulldog", "Bengal", "Abyssinian"]
    block = DataBlock(blocks=(ImageBlock, CategoryBlock(vocab=vocab)), get_y=label)
    assert block.dataloaders(few).vocab == vocab


def test_other_blocks_are_refused_in_words() -> None:
    with pytest.raises(CourseError, match=r"its blocks are \(ImageBlock, CategoryBlock\)"):
        DataBlock(blocks=(ImageBlock, ImageBlock))


def test_the_summary_tells_each_step(bears: DataBlock, sorted_photos: Path) -> None:
    block = bears.new(batch_tfms=aug_transforms())
    text = repr(block.summary(sorted_photos / "train", bs=16))
    for words in (
        "get_image_files finds 24 photos",
        "20 to train and 4 to validate on",
        "parent_label makes 3 labels, the vocab: Abyssinian, Bengal and american_bulldog",
        "The first to train on is Abyssinian/",
        "label is 'Abyssinian', number 0 of the vocab",
        "Resize(size=128, method='crop', pad_mode='reflection') makes it 128 x 128 pixels",
        "Lighting(max_lighting=0.2, p=0.75) varies each photo",
        "x, float32 of shape (16, 3, 128, 128), and y, int64 of shape (16,)",
    ):
        assert words in text
    assert text.count("\n") == 10


def test_the_summary_passes_over_what_cannot_be_read(
    bears: DataBlock, sorted_photos: Path, uploads: Path
) -> None:
    broken = sorted_photos / "train" / "Abyssinian" / "Abyssinian_0.jpg"
    broken.write_bytes((uploads / "text_renamed.jpg").read_bytes())
    text = bears.summary(sorted_photos)
    assert "finds 31 photos" in text
    assert "The first to train on is train/Abyssinian/Abyssinian_1" in text


def test_the_summary_of_a_failing_step_is_its_sentence(bears: DataBlock, few: Path) -> None:
    with pytest.raises(CourseError, match="30 photos, and no label but 'few'"):
        bears.summary(few)
