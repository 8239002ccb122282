from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from coursekit.core.errors import CourseError
from coursekit.learn.callbacks import SaveModelCallback
from coursekit.learn.events import Callback, CancelFitException
from coursekit.learn.export import NotExportable
from coursekit.learn.learner import Learner
from coursekit.learn.metrics import error_rate
from coursekit.predict.predictor import load_learner
from coursekit.vision.data import ImageDataLoaders
from coursekit.vision.learner import vision_learner

Photos = Callable[..., ImageDataLoaders]
Make = Callable[..., Learner]

PREDICT = """
import json, sys
sys.modules["torch"] = None
from coursekit.predict.predictor import load_learner
model = load_learner(sys.argv[1])
for label, index, probs in model.predict_many(sys.argv[2:]):
    print(json.dumps([label, int(index), [float(p) for p in probs]]))
"""


@pytest.fixture
def trained(photos: Photos, small_vision: Make) -> Learner:
    learn = small_vision(photos(), metrics=error_rate)
    learn.fine_tune(2, depth="last")
    return learn


def manifest_of(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as file:
        found: dict[str, Any] = json.loads(file.read("manifest.json"))
    return found


def test_it_predicts_the_same_where_torch_can_not_be_imported(
    trained: Learner, tmp_path: Path
) -> None:
    path = trained.export(tmp_path / "pets.ckit")
    files = trained.dls.valid.dataset.items[:5]
    done = subprocess.run(
        [sys.executable, "-c", PREDICT, path, *files], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    temperature = manifest_of(path)["temperature"]
    for line, file in zip(done.stdout.splitlines(), files, strict=True):
        label, index, probs = json.loads(line)
        own_label, own_index, own = trained.predict(file)
        assert (label, index) == (own_label, int(own_index))
        heated = (own.log() / temperature).softmax(0)
        assert probs == pytest.approx(heated.tolist(), abs=1e-2)


def test_the_manifest_says_what_the_design_asks_for(trained: Learner, tmp_path: Path) -> None:
    found = manifest_of(trained.export(tmp_path / "pets.ckit"))
    assert (found["format"], found["kind"], found["name"]) == (1, "image-classifier", "pets")
    assert found["labels"] == ["Abyssinian", "Bengal", "american_bulldog"]
    assert found["preprocessing"]["size"] in (32, [32, 32])
    assert found["data"]["train"] == 48
    assert found["data"]["valid"] == 12
    assert found["data"]["digest"] == trained.dls.digest
    assert {"python", "torch"} <= set(found["versions"])
    loss, error = found["scores"]
    assert (loss["metric"], error["metric"]) == ("loss", "error_rate")
    assert (error["n"], error["data"], error["used_for_choosing"]) == (12, "validation", True)
    assert error["value"] == pytest.approx(trained.validate()[1])
    assert set(found["checksums"]) == {"model.onnx", "weights.safetensors"}
    assert 0 < found["threshold"] < 1
    assert found["unsure"]["how"]
    assert found["heatmap"] is True or "can" in found["heatmap"]


def test_the_recipe_is_that_of_the_last_training_and_names_no_file(
    trained: Learner, tmp_path: Path
) -> None:
    trained.lr_find(num_it=20)
    path = trained.export(tmp_path / "pets.ckit")
    recipe = manifest_of(path)["recipe"]
    assert [phase["name"] for phase in recipe["phases"]] == [
        "the head",
        "the last stage and the head",
    ]
    assert recipe["seed"] == 3
    with zipfile.ZipFile(path) as file:
        content = b"".join(file.read(name) for name in file.namelist())
    names = [item.name.encode() for item in trained.dls.train.dataset.items]
    assert not any(name in content for name in names)
    assert str(trained.dls.path).encode() not in content


def test_labels_from_a_lambda_are_exported(
    sixty_photos: Path, small_vision: Make, tmp_path: Path
) -> None:
    files = sorted(sixty_photos.iterdir())
    dls = ImageDataLoaders.from_name_func(
        sixty_photos, files, lambda name: name[0].isupper(), seed=42, device="cpu"
    )
    torch.manual_seed(0)
    body = nn.Sequential(nn.Conv2d(3, 4, 3, 4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    learn = Learner(dls, nn.Sequential(body, nn.Linear(4, 2)), seed=1)
    learn.fit(1)
    predictor = load_learner(learn.export(tmp_path / "cats.ckit"))
    assert list(predictor.vocab) == [False, True]
    label, index, probs = predictor.predict(files[0])
    assert label in (False, True)
    assert probs[int(index)] == max(probs)


def test_a_learner_that_can_not_make_an_input_is_refused_in_words(
    classifier: Make, tmp_path: Path
) -> None:
    with pytest.raises(CourseError, match=r"can't be exported.*learn\.save"):
        classifier().export(tmp_path / "points.ckit")
    assert list(tmp_path.iterdir()) == []


class Traced(nn.Linear):
    """Gives the exporter something else than everyone else."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits = super().forward(x)
        return logits.flip(1) if torch.jit.is_tracing() else logits


def test_a_file_that_predicts_something_else_takes_no_place(photos: Photos, tmp_path: Path) -> None:
    path = tmp_path / "pets.ckit"
    path.write_bytes(b"an earlier one")
    body = nn.Sequential(nn.Conv2d(3, 4, 3, 4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    learn = Learner(photos(), nn.Sequential(body, Traced(4, 3)), seed=1)
    learn.fit(2, 0.05)
    with pytest.raises(CourseError, match="predicts something else"):
        learn.export(path)
    assert path.read_bytes() == b"an earlier one"


def test_a_folder_that_is_not_there_is_said_in_words(trained: Learner, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"can.* be written"):
        trained.export(tmp_path / "nowhere" / "pets.ckit")


def test_exporting_leaves_the_learner_as_it_was(
    trained: Learner, tmp_path: Path, weights: Callable[[Learner], str]
) -> None:
    kept, history = weights(trained), trained.history.to_json()
    trained.export(tmp_path / "pets.ckit")
    assert weights(trained) == kept
    assert trained.history.to_json() == history
    trained.fit(1)


def test_a_model_in_bfloat16_is_exported_too(
    photos: Photos, small_vision: Make, tmp_path: Path
) -> None:
    learn = small_vision(photos()).to_bf16()
    learn.fit(1)
    assert load_learner(learn.export(tmp_path / "half.ckit")).vocab == learn.dls.vocab


@pytest.mark.slow
def test_the_default_architecture_is_exported_with_heatmaps(photos: Photos, tmp_path: Path) -> None:
    learn = vision_learner(photos(), metrics=error_rate, seed=1)
    learn.fine_tune(1)
    predictor = load_learner(learn.export(tmp_path / "pets.ckit"))
    prediction = predictor.predict(learn.dls.valid.dataset.items[0])
    assert prediction.heatmap is not None
    assert prediction.heatmap.ndim == 2


def test_arguments_of_callbacks_are_not_passed_on(
    photos: Photos, small_vision: Make, tmp_path: Path
) -> None:
    learn = small_vision(photos(), cbs=SaveModelCallback(fname="a-secret-place"))
    learn.fit(1)
    path = learn.export(tmp_path / "small.ckit")
    assert manifest_of(path)["recipe"]["callbacks"] == ["SaveModelCallback"]
    assert b"a-secret-place" not in path.read_bytes()


@pytest.mark.parametrize("name", ["export.pkl", "model.pth"])
def test_a_name_like_a_pickles_is_refused(
    photos: Photos, small_vision: Make, tmp_path: Path, name: str
) -> None:
    with pytest.raises(NotExportable, match=r"no pickle.*Call it (export|model)\.ckit"):
        small_vision(photos()).export(tmp_path / name)


def test_the_card_says_where_training_was_stopped_and_what_was_kept(
    photos: Photos, small_vision: Make, tmp_path: Path
) -> None:
    learn = small_vision(photos(), metrics=error_rate)
    learn.fit(1)

    class Stops(Callback):
        def after_train(self, learn: Any) -> None:
            if learn.epoch == 3:
                raise CancelFitException

    learn.fine_tune(1, depth="head", cbs=Stops())
    card = load_learner(learn.export(tmp_path / "small.ckit")).card()
    assert "20 passes over remembered features for the head" in card
    assert "ended after 3 of these 20" in card
    assert "after 1 fit before" in card
    assert learn.kept_epoch in (1, 2, 3)
