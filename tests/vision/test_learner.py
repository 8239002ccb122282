from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from coursekit.data.items import get_image_files
from coursekit.learn.freezing import NORMS
from coursekit.learn.metrics import error_rate
from coursekit.predict.predictor import load_learner
from coursekit.vision.augment import aug_transforms
from coursekit.vision.data import ImageDataLoaders
from coursekit.vision.learner import VisionLearner, cnn_learner, vision_learner
from coursekit.vision.transforms import Normalize, Resize, imagenet_stats

TINY = "test_resnet"  # half a million parameters; its mean and deviation are 0.5
BREED = r"^(.+)_\d+\.jpg$"


def breeds(folder: Path, size: int = 64, **options: Any) -> ImageDataLoaders:
    files = get_image_files(folder)
    return ImageDataLoaders.from_name_re(
        folder, files, BREED, seed=42, item_tfms=Resize(size), device="cpu", **options
    )


def learner(folder: Path, **options: Any) -> VisionLearner:
    return vision_learner(
        breeds(folder, bs=8, **options), TINY, metrics=error_rate, pretrained=False, seed=1
    )


def test_a_pretrained_body_is_frozen_and_only_the_head_trains(few: Path) -> None:
    learn = vision_learner(breeds(few))
    training = {name.split(".")[0] for name, p in learn.model.named_parameters() if p.requires_grad}
    assert training == {"head"}
    assert learn.architecture == "tf_efficientnet_lite0"


def test_a_body_without_pretraining_trains_as_a_whole(few: Path) -> None:
    assert all(p.requires_grad for p in learner(few).model.parameters())


def test_photos_are_normalised_as_the_architecture_wants_it(few: Path) -> None:
    learn = vision_learner(breeds(few), "test_vit", pretrained=False)
    assert learn.dls.preprocessing.mean == (0.5, 0.5, 0.5)
    resnet = vision_learner(breeds(few), "resnet18", pretrained=False)
    assert (resnet.dls.preprocessing.mean, resnet.dls.preprocessing.std) == imagenet_stats
    x, _ = next(iter(resnet.dls.valid))
    back = x * torch.tensor(imagenet_stats[1])[:, None, None]
    back += torch.tensor(imagenet_stats[0])[:, None, None]
    assert back.min() + 1e-5 >= 0
    assert back.max() <= 1 + 1e-5


def test_a_second_architecture_leaves_the_first_one_its_normalisation(few: Path) -> None:
    dls = breeds(few)
    first = vision_learner(dls, "test_vit", pretrained=False)
    second = vision_learner(dls, "resnet18", pretrained=False)
    assert first.dls.preprocessing.mean == (0.5, 0.5, 0.5)
    assert (second.dls.preprocessing.mean, second.dls.preprocessing.std) == imagenet_stats
    assert second.dls.train.dataset is dls.train.dataset


def test_a_normalisation_of_ones_own_stays(few: Path) -> None:
    own = ((0.1, 0.2, 0.3), (0.9, 0.8, 0.7))
    learn = vision_learner(breeds(few, batch_tfms=Normalize(*own)), TINY, pretrained=False)
    assert (learn.dls.preprocessing.mean, learn.dls.preprocessing.std) == own


HEAD, LAST = ("the head", True), ("the last stage and the head", True)
WHOLE = [("the head", True), ("the whole model", False)]


@pytest.mark.parametrize(
    ("depth", "expected"),
    [("head", [HEAD]), ("auto", WHOLE), ("last", [HEAD, LAST]), ("all", WHOLE)],
)
def test_the_history_says_what_each_depth_ran(  # auto: nothing in a new network is worth keeping
    few: Path, depth: Any, expected: list[Any]
) -> None:
    learn = learner(few)
    learn.fine_tune(1, depth=depth)
    phases, epochs = learn.history.phases, learn.history.epochs
    assert [(row["name"], row["cached"]) for row in phases] == expected
    assert [row["phase"] for row in epochs] == [
        row["name"] for row in phases for _ in range(row["epochs"])
    ]
    assert [row["epoch"] for row in epochs] == list(range(1, len(epochs) + 1))


def test_each_depth_changes_what_it_says_and_nothing_else(few: Path) -> None:
    changed = {}
    for depth in ("head", "last", "all"):
        learn = learner(few)
        before = {name: t.clone() for name, t in learn.model.state_dict().items()}
        learn.fine_tune(1, depth=depth)
        after = learn.model.state_dict()
        changed[depth] = {
            name.split(".")[0] for name in before if not torch.equal(before[name], after[name])
        }
    assert changed["head"] == {"head"}
    assert {"head"} <= changed["last"] <= {"last", "head"}  # the best epoch may have come before
    assert changed["all"] == {"trunk", "last", "head"}


def test_random_augmentation_switches_the_cache_off_and_the_history_says_so(few: Path) -> None:
    learn = learner(few, batch_tfms=aug_transforms())
    learn.fine_tune(1, depth="head")
    (phase,) = learn.history.phases
    assert phase["cached"] is False
    assert "augmentation" in phase["why"]


def test_frozen_norms_keep_their_running_statistics(few: Path) -> None:
    learn = learner(few)
    norms = [m for m in learn.model[:2].modules() if isinstance(m, NORMS)]  # type: ignore[index]
    before = [norm.running_mean.clone() for norm in norms]  # type: ignore[operator, union-attr]
    learn.fine_tune(1, depth="head")
    assert norms
    for norm, mean in zip(norms, before, strict=True):
        assert torch.equal(norm.running_mean, mean)  # type: ignore[arg-type]


def test_labels_that_are_true_or_false_are_predicted_as_such(few: Path, tmp_path: Path) -> None:
    files = get_image_files(few)
    dls = ImageDataLoaders.from_name_func(
        few, files, lambda name: name[0].isupper(), seed=42, item_tfms=Resize(96), device="cpu"
    )
    learn = vision_learner(dls, metrics=error_rate, seed=42)
    learn.fine_tune(1)
    assert learn.predict(few / "Bengal_1.jpg")[0] is True
    dog = next(file for file in files if file.name.startswith("american_bulldog"))
    label, index, probs = learn.predict(dog)
    assert (label, int(index)) == (False, 0)
    assert float(probs.sum()) == pytest.approx(1, abs=1e-5)
    predictor = load_learner(learn.export(tmp_path / "cat.ckit"))
    assert predictor.predict(few / "Bengal_1.jpg").label is True
    assert predictor.predict(dog).label is False


def test_an_export_points_where_the_body_gives_maps_and_says_why_where_not(
    few: Path, tmp_path: Path
) -> None:
    photo = few / "Bengal_1.jpg"
    with_maps = learner(few)
    with_maps.fine_tune(1)
    prediction = load_learner(with_maps.export(tmp_path / "maps.ckit")).predict(photo)
    assert prediction.heatmap is not None
    assert prediction.heatmap.shape == (2, 2)
    vectors = vision_learner(breeds(few, 160), "test_vit", pretrained=False)
    module, outputs, why = vectors.exportable()
    assert (module, outputs) == (vectors.model, ["logits"])
    assert "can't point" in str(why)


def test_the_first_editions_name_is_the_same_function() -> None:
    assert cnn_learner is vision_learner


def test_a_module_of_ones_own_can_be_the_head(few: Path) -> None:
    learn = learner(few)
    learn.model.head = nn.Sequential(nn.Linear(learn.body.width, 3))
    own = VisionLearner(learn.dls, learn.model, metrics=error_rate)
    own.fit_one_cycle(1, 1e-3)
    assert 0 <= own.history.last("error_rate") <= 1


@pytest.mark.slow
def test_three_breeds_are_told_apart_with_few_mistakes(pets: Path) -> None:
    learn = vision_learner(breeds(pets, 224), metrics=error_rate, seed=42)
    learn.fine_tune(1)
    scores = learn.validate()
    assert (scores.n, scores.used_for_choosing) == (90, False)
    assert scores[1] <= 0.05, scores
    assert scores[1] == pytest.approx(learn.history.last("error_rate"))
