from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from coursekit.core.errors import CourseError
from coursekit.data.items import get_image_files
from coursekit.learn.interpret import ClassificationInterpretation
from coursekit.learn.learner import Learner
from coursekit.vision.augment import aug_transforms
from coursekit.vision.data import ImageDataLoaders
from coursekit.vision.items import ImageItems
from coursekit.vision.loader import ImageLoader
from coursekit.vision.show import RIGHT, WRONG, show_pictures, show_results, show_top_losses
from coursekit.vision.transforms import PILImage, Resize


@pytest.fixture
def dls(few: Path) -> ImageDataLoaders:
    return ImageDataLoaders.from_name_re(
        few, get_image_files(few), r"(.+)_\d+.jpg$", seed=42, item_tfms=Resize(48), device="cpu"
    )


def _titles(plot: object) -> list[str]:
    return [axes.get_title() for axes in plot.figure.axes if axes.images]  # type: ignore[attr-defined]


def test_a_batch_is_shown_with_its_labels(dls: ImageDataLoaders) -> None:
    plot = dls.show_batch()
    assert len(_titles(plot)) == 9
    assert set(_titles(plot)) <= {"Abyssinian", "Bengal", "american_bulldog"}
    with Image.open(io.BytesIO(plot._repr_png_())) as picture:
        assert min(picture.size) > 400


def test_validation_photos_are_shown_as_they_are(dls: ImageDataLoaders) -> None:
    plot = dls.valid.show_batch(max_n=3)
    shown = plot.figure.axes[0].images[0].get_array()
    pixels, target = dls.valid.dataset[0]
    assert np.allclose(np.asarray(shown) * 255, pixels, atol=0.01)
    assert _titles(plot)[0] == dls.vocab[target]
    assert len(set(_titles(plot))) > 1


def test_one_photo_varied_again_and_again(dls: ImageDataLoaders) -> None:
    varied = dls.new(batch_tfms=aug_transforms())
    plot = varied.train.show_batch(max_n=6, nrows=2, unique=True)
    assert len(set(_titles(plot))) == 1
    pictures = [np.asarray(axes.images[0].get_array()) for axes in plot.figure.axes]
    assert len({picture.tobytes() for picture in pictures}) == 6


@pytest.mark.parametrize(
    ("n", "asked", "grid"),
    [(9, {}, 9), (5, {}, 6), (4, {"nrows": 1}, 4), (4, {"ncols": 1}, 4), (1, {}, 1)],
)
def test_the_grid_holds_the_pictures(n: int, asked: dict[str, int], grid: int) -> None:
    plot = show_pictures([np.zeros((8, 8, 3))] * n, ["black"] * n, **asked)
    assert len(plot.figure.axes) == grid
    assert len(_titles(plot)) == n


def test_long_names_are_broken_into_lines() -> None:
    name = "soft_coated_wheaten_terrier_or_another_very_long_name"
    title = _titles(show_pictures([np.zeros((8, 8, 3))], [name]))[0]
    assert title.replace("\n", "") == name
    assert max(map(len, title.split("\n"))) <= 28


def test_nothing_to_show_is_a_sentence() -> None:
    with pytest.raises(CourseError, match="no pictures to show"):
        show_pictures([], [])


class AlwaysFirst(nn.Module):
    """Gives every photo the first label."""

    def __init__(self) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.tensor([2.0, 0.0, 0.0]))

    def forward(self, x: Tensor) -> Tensor:
        return self.logits.expand(len(x), 3)


def test_results_say_right_and_wrong_in_words_and_colour(dls: ImageDataLoaders) -> None:
    plot = show_results(Learner(dls, AlwaysFirst()), max_n=6)
    axes = [each for each in plot.figure.axes if each.images]
    assert len(axes) == 6
    for place in axes:
        actual, said = place.get_title().split("\n")
        right = actual == "Abyssinian"
        assert said == ("right (78.7 %)" if right else "wrong: Abyssinian (78.7 %)")
        assert place.title.get_color() == (RIGHT if right else WRONG)
    assert len({place.title.get_color() for place in axes}) == 2


@pytest.fixture
def pet_dls(pets: Path) -> ImageDataLoaders:
    """All photos of three breeds: twenty of the ninety for validation are kept for a game."""
    files = get_image_files(pets)
    return ImageDataLoaders.from_name_re(
        pets, files, r"(.+)_\d+.jpg$", seed=42, item_tfms=Resize(16), device="cpu"
    )


def pixels_shown(plot: object) -> set[bytes]:
    """The pictures of a plot, rounded to what a photo's pixels are."""
    grids = [axes.images[0].get_array() for axes in plot.figure.axes if axes.images]  # type: ignore[attr-defined]
    return {(np.asarray(it) * 255).round().astype(np.uint8).tobytes() for it in grids}


def test_photos_that_are_kept_for_a_game_are_in_no_picture_before(
    pet_dls: ImageDataLoaders,
) -> None:
    learn = Learner(pet_dls, AlwaysFirst())
    items = pet_dls.valid.dataset
    kept = {items[items.items.index(file)][0].tobytes() for file in items.aside.files}
    judged = ClassificationInterpretation(learn)
    assert len(kept) == 20
    assert len(judged.preds) == len(judged.top_losses()) == 90
    plots = [show_results(learn, 90), pet_dls.valid.show_batch(90), judged.plot_top_losses(90)]
    for plot in plots:
        assert len(_titles(plot)) == 70
        assert kept.isdisjoint(pixels_shown(plot))
        said = plot.figure.get_supxlabel().replace("\n", " ")
        assert said.startswith("20 validation photos are kept for the game")
        assert "Challenge(learn).show_all()" in said
    items.aside.note("played")
    for plot in [show_results(learn, 90), judged.plot_top_losses(90)]:
        assert kept <= pixels_shown(plot)
        assert plot.figure.get_supxlabel() == ""


def test_training_photos_are_never_kept_back(pet_dls: ImageDataLoaders) -> None:
    assert pet_dls.train.hidden_items() == set()
    assert (
        ClassificationInterpretation(
            Learner(pet_dls, AlwaysFirst()), pet_dls.train
        ).loader.hidden_items()
        == set()
    )


@dataclass
class Row:
    actual: str
    predicted: str
    loss: float
    probability: float
    index: int = 0


def test_top_losses_say_what_was_said_and_what_it_is(pets: Path) -> None:
    photo = PILImage.create(pets / "Bengal_1.jpg").to_thumb(64)
    rows = [Row("Bengal", "Abyssinian", 3.21, 0.96), Row("Bengal", "Bengal", 0.6, 0.55)]
    titles = _titles(show_top_losses([photo, photo], rows))
    assert titles[0] == "says Abyssinian (96.0 %)\nbut is Bengal\nloss 3.21"
    assert titles[1] == "says Bengal (55.0 %)\nis Bengal\nloss 0.60"


@pytest.mark.filterwarnings("ignore::coursekit.vision.items.LeftOut")
def test_top_losses_are_shown_with_the_photos_they_are_of(mixed: Path) -> None:
    files = sorted(mixed.glob("Bengal_*.jpg")) + sorted(mixed.glob("american*.jpg"))
    items = ImageItems(files, [0] * 13 + [1] * 10, Resize(48), ["Bengal", "american_bulldog"])
    loader = ImageLoader(items, bs=8)
    assert len(list(loader)) == 3
    readable = loader.readable_items()
    assert len(readable) == 20
    index = readable.index(files[-1])
    plot = loader.plot_top_losses([Row("american_bulldog", "Bengal", 1.0, 0.6, index)])
    shown = np.asarray(plot.figure.axes[0].images[0].get_array())
    assert np.allclose(shown * 255, items[len(items) - 1][0], atol=0.01)


def test_a_figure_can_be_drawn_in_a_thread(dls: ImageDataLoaders) -> None:
    drawn: list[bytes] = []
    thread = threading.Thread(target=lambda: drawn.append(dls.show_batch(4)._repr_png_()))
    thread.start()
    thread.join()
    assert drawn[0].startswith(b"\x89PNG")
