"""From a recipe back to the learner that it describes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from coursekit.core.errors import CourseError
from coursekit.core.wording import listing
from coursekit.data import catalogue
from coursekit.data.again import labeller_of, splitter_of
from coursekit.data.download import dataset_folder, untar_data
from coursekit.data.items import get_image_files
from coursekit.learn import metrics as scoring
from coursekit.learn import recipe as recipes
from coursekit.learn.history import FORMAT
from coursekit.learn.learner import Learner
from coursekit.learn.metrics import Metric
from coursekit.scores.folder import STATUS, read_object
from coursekit.scores.recipe import WATCHING, list_of, part
from coursekit.vision import augment, transforms
from coursekit.vision.data import ImageDataLoaders
from coursekit.vision.learner import VisionLearner, vision_learner
from coursekit.vision.models import arch_of
from coursekit.vision.table import PARTS, LabelTable, label_table

Recipe = Mapping[str, Any]
METRICS: dict[str, Metric] = {
    it.__name__: it for it in (scoring.accuracy, scoring.error_rate, scoring.top_k_accuracy)
}
TRANSFORMS: dict[str, Callable[..., Any]] = {
    it.__name__: it
    for it in (transforms.Resize, transforms.RandomResizedCrop, augment.Warp, augment.Lighting)
}


MOST_PHOTOS, MOST_PIXELS = 100_000, 4096
"""In a batch, and along a side: more than any machine trains with."""

LARGEST_SEED = 2**63

MISSHAPEN = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What code raises that is given other values than it was written for."""


class CannotRepeat(CourseError):
    """A recipe does not say all that it would take."""

    def __init__(self, why: str) -> None:
        super().__init__(f"This recipe can't be run again: {why}.")


class WherePhotos(CourseError):
    """The photos of a recipe are not where they were."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"The photos of this recipe, {source!r}, were not found. Name their folder with "
            "--photos, or photos= in Python."
        )


@contextmanager
def as_it_says() -> Iterator[None]:
    """A block that makes what a recipe, which may be anybody's, says.

    Raises:
        CannotRepeat: Something in it is missing, or is of another kind than it has to be.
    """
    try:
        yield
    except CourseError:
        raise
    except MISSHAPEN as error:
        raise CannotRepeat("something in it is missing or is not as it should be") from error


def photos_of(folder: Path) -> Path | None:
    """The folder that a run of this machine had its photos from; None where it is gone."""
    photos = read_object(folder, STATUS).get("photos")
    return Path(photos) if photos and Path(photos).is_dir() else None


def find_photos(recipe: Recipe, photos: Path | None = None, folder: Path | None = None) -> Path:
    """The folder of a recipe's photos.

    Nothing is downloaded: a data set of the catalogue must be there, or come along.

    Args:
        recipe: What names them.
        photos: Where somebody says that they are.
        folder: The run's own, which remembers where it had them from.

    Raises:
        WherePhotos: They are not found.
    """
    source = str(part(recipe, "data").get("source", ""))
    if photos is not None:
        if photos.is_dir():
            return photos
        raise WherePhotos(str(photos))
    if folder is not None and (known := photos_of(folder)):
        return known
    id, _, inside = source.partition("/")
    entry = catalogue.entries().get(id)
    if entry and (entry.is_bundled or dataset_folder(entry).is_dir()):
        whole = untar_data(id, progress=False).resolve()
        if (whole / inside).resolve().is_relative_to(whole):  # a recipe may be anybody's
            return whole / inside
    elif source not in ("", ".", "..") and Path(source).name == source and Path(source).is_dir():
        return Path(source)
    raise WherePhotos(source)


def learner_of(recipe: Recipe, photos: Path) -> VisionLearner:
    """A new learner as the recipe describes it, for the photos in a folder.

    Raises:
        CannotRepeat: It names something that can't be made here.
        CourseError: The photos are not there.
    """
    check(recipe)
    learn = _learner(recipe, _loaders(recipe, photos))
    dls: Any = learn.dls
    if dls.preprocessing.to_json() != recipe["data"].get("preprocessing"):
        learn = _learner(recipe, _loaders(recipe, photos, normalized=True))
    for key in ("loss_func", "opt_func"):
        if recipe.get(key) != recipes.named(getattr(learn, key)):
            raise CannotRepeat(f"it had the {key} {recipe.get(key)}")
    return learn


def check(recipe: Recipe) -> None:
    """Makes sure that a recipe can be run again, as far as it says itself.

    Raises:
        CannotRepeat: It can't.
    """
    parts = ("model", "call", "data")
    if recipe.get("format") != FORMAT or not all(part(recipe, name) for name in parts):
        raise CannotRepeat("it is no recipe of a training by this version of coursekit")
    if recipe["data"].get("kind") != "images":
        raise CannotRepeat("its data was made by code that it does not have")
    if recipe.get("fits", 1) > 1:
        raise CannotRepeat(
            "the learner had been trained before, and that is not part of it. Make a new learner "
            "for a training that others are to repeat"
        )
    if type(recipe["seed"]) is not int or abs(recipe["seed"]) >= LARGEST_SEED:
        raise CannotRepeat("its seed is no whole number that PyTorch takes")
    _check_sizes(recipe["data"])
    callbacks = map(str, list_of(recipe, "callbacks"))
    own = [it for it in callbacks if not it.startswith(WATCHING)]
    unknown = [name for name in recipe.get("metrics", []) if name not in METRICS]
    if own or unknown:
        raise CannotRepeat(f"it needs {listing([*own, *unknown])}, which is code of its author's")


def _check_sizes(data: Mapping[str, Any]) -> None:
    """Refuses what would only run out of memory, or never end."""
    if not _is_whole(data["bs"], MOST_PHOTOS):
        raise CannotRepeat(f"its batch size is no whole number from 1 to {MOST_PHOTOS:,}")
    for named in [*data["item_tfms"], *data.get("batch_tfms", [])]:
        size = named.get("size")
        sides = size if isinstance(size, list) else [] if size is None else [size]
        if not all(_is_whole(it, MOST_PIXELS) for it in sides):
            raise CannotRepeat(f"its photos' size is not 1 to {MOST_PIXELS:,} pixels")


def _is_whole(value: Any, most: int) -> bool:
    return type(value) is int and 1 <= value <= most


def _learner(recipe: Recipe, dls: ImageDataLoaders) -> VisionLearner:
    model = recipe["model"]
    arch = arch_of(model["architecture"], model.get("library", "timm"))
    metrics = [METRICS[name] for name in recipe.get("metrics", [])]
    given = {"pretrained": model.get("pretrained", True), "seed": recipe["seed"]}
    learn = vision_learner(dls, arch, metrics=metrics, **given)
    precision = recipe.get("precision", str(torch.float32))
    return _in_precision(learn, precision)


def _in_precision(learn: VisionLearner, precision: str) -> VisionLearner:
    switches = {str(torch.bfloat16): Learner.to_bf16, str(torch.float16): Learner.to_fp16}
    if precision in switches:
        switches[precision](learn)
    return learn


def _loaders(recipe: Recipe, photos: Path, normalized: bool = False) -> ImageDataLoaders:
    data = recipe["data"]
    batch_tfms = [transform_of(it) for it in data.get("batch_tfms", [])]
    if normalized and (said := data.get("preprocessing")):
        batch_tfms.append(augment.Normalize(said["mean"], said["std"]))
    device = recipe.get("device") if recipe.get("device") == "cpu" else None
    item_tfms = transform_of(data["item_tfms"][0])
    return ImageDataLoaders(table_of(data, photos), item_tfms, batch_tfms, data["bs"], 0, device)


def transform_of(named: Mapping[str, Any]) -> Any:
    """A transform of ours by its name and arguments.

    Raises:
        CannotRepeat: It is another's.
    """
    arguments = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in named.items()
        if name != "name"
    }
    if named["name"] not in TRANSFORMS:
        raise CannotRepeat(f"it varied photos with {named['name']}, which is not ours")
    return TRANSFORMS[named["name"]](**arguments)


def table_of(data: Mapping[str, Any], photos: Path) -> LabelTable:
    """The photos of a folder labelled and split as a recipe says.

    Raises:
        CannotRepeat: The recipe does not say how they were split, or photos of it are missing.
        CourseError: There are no photos.
    """
    if isinstance(data["labels"], list):
        return _table_of_rows(data, photos)
    if "split" not in data:
        raise CannotRepeat("it was made by a version that did not keep how photos were split")
    without = set(data.get("without", ()))
    files = get_image_files(photos, folders=data.get("folders"))
    kept = [file for file in files if file.relative_to(photos).as_posix() not in without]
    splitter = splitter_of(data["split"]["splitter"], photos)
    rest = splitter, data["vocab"], data["split"]["test_pct"]
    return label_table(photos, kept, labeller_of(data["labels"], kept), *rest)


def _table_of_rows(data: Mapping[str, Any], photos: Path) -> LabelTable:
    rows, vocab = data["labels"], data["vocab"]
    files = [photos / name for name, _, _ in rows]
    missing = [
        file.name
        for file in files
        if ".." in file.parts or not file.is_relative_to(photos) or not file.is_file()
    ]
    if missing:
        raise CannotRepeat(f"of its photos {listing(missing, most=4)} are not in {photos.name}")
    parts: dict[str, list[int]] = {name: [] for name in PARTS}
    for index, (_, _, which) in enumerate(rows):
        parts[which].append(index)
    return LabelTable(photos, files, [vocab.index(label) for _, label, _ in rows], vocab, parts)
