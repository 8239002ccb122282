from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from coursekit.core.errors import CourseError
from coursekit.learn import watch as watching
from coursekit.learn.callbacks import EarlyStoppingCallback, GradientClip
from coursekit.learn.checkpoint import NoCheckpoint
from coursekit.learn.events import Callback, CancelBatchException
from coursekit.learn.learner import Learner
from coursekit.learn.loop import adam
from coursekit.learn.recipe import BegunOtherwise
from coursekit.learn.run import TrainingRun
from coursekit.vision.augment import Normalize, aug_transforms, imagenet_stats
from coursekit.vision.data import ImageDataLoaders
from coursekit.vision.transforms import Resize

Make = Callable[..., Learner]
Photos = Callable[..., ImageDataLoaders]

# what stops these runs is a callback, and it is not among those that they go on with
pytestmark = pytest.mark.filterwarnings(
    r"ignore:.*\(callbacks (StopAt|Dies)\(\), now (none|StopAt\(\))\)"
    ":coursekit.learn.recipe.BegunOtherwise"
)


class StopAt(Callback):
    """Stops a run at a training batch."""

    def __init__(self, epoch: int, batch: int) -> None:
        self.where = (epoch, batch)

    def after_step(self, learn: Any) -> None:
        if (learn.epoch, learn.iter) == self.where:
            learn.run.stopping.set()


def stopped(learn: Learner, *call: Any, **options: Any) -> TrainingRun:
    run = learn.start(*call, **options)
    assert run.wait(30).state == "stopped", run.traceback
    return run


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork")
def test_killed_at_twenty_random_moments_it_goes_on_with_the_same_losses(tmp_path: Path) -> None:
    script = Path(__file__).with_name("killed.py")
    done = subprocess.run(
        [sys.executable, script, tmp_path, "20"], capture_output=True, text=True, timeout=240
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert len(found["times"]) == 20
    for time in found["times"]:
        assert time["state"] == "finished"
        assert time["losses"] == found["whole"]
    assert len({time["from"] for time in found["times"]}) > 5


def test_another_learner_goes_on_with_the_same_losses_and_weights(
    classifier: Make, weights: Callable[[Learner], str]
) -> None:
    run = stopped(classifier(cbs=StopAt(1, 3)), "fit_one_cycle", 3)
    other, whole = classifier(seed=99), classifier()
    other.resume_from(run.folder).wait(30)
    whole.fit_one_cycle(3)
    assert other.history.losses == whole.history.losses
    assert weights(other) == weights(whole)
    keep = ("epoch", "valid_loss", "train_loss", "step", "lr", "phase")
    rows = [[{k: row[k] for k in keep} for row in one.history.epochs] for one in (other, whole)]
    assert rows[0] == rows[1]


def test_the_best_weights_so_far_go_on_too(classifier: Make) -> None:
    run = stopped(classifier(cbs=StopAt(2, 1)), "fit", 5)
    best = min(row["valid_loss"] for row in run.history.epochs)
    assert run.learn.validate()[0] == pytest.approx(best)
    other = classifier(cbs=StopAt(2, 2))
    stopped_again = other.resume_from(run.folder)
    assert stopped_again.wait(30).state == "stopped"
    assert other.validate()[0] == pytest.approx(best)


@pytest.mark.parametrize("depth", ["last", "all"])
def test_a_run_killed_between_two_phases_goes_on(
    photos: Photos,
    small_vision: Callable[..., Learner],
    depth: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = small_vision(photos())
    whole.fine_tune(2, depth=depth)
    save = watching.checkpoint.save
    first = sum(phase.epochs for phase in whole.plan[:1])

    class Dies(Callback):
        """Ends all writing at the second phase's start, as a kill would."""

        def before_epoch(self, learn: Any) -> None:
            if learn.epoch == first:
                monkeypatch.setattr(watching.checkpoint, "save", lambda *rest: None)
                learn.run.stopping.set()

    run = stopped(small_vision(photos(), cbs=Dies()), "fine_tune", 2, depth=depth)
    monkeypatch.setattr(watching.checkpoint, "save", save)  # undo() would take the home away too
    other = small_vision(photos(), cbs=StopAt(first, 0))
    assert other.resume_from(run.folder).wait(30).state == "stopped"
    other.cbs = []
    assert other.run
    other.run.resume()
    assert other.run.wait(30).state == "finished"
    assert other.history.losses == whole.history.losses


def test_cached_features_are_taken_up_again(
    photos: Photos, small_vision: Callable[..., Learner]
) -> None:
    run = stopped(small_vision(photos(), cbs=StopAt(7, 1)), "fine_tune", 1, depth="head")
    other, whole = small_vision(photos()), small_vision(photos())
    other.resume_from(run.folder).wait(30)
    whole.fine_tune(1, depth="head")
    assert other.history.losses == whole.history.losses
    assert other.history.phases == whole.history.phases


def test_without_a_checkpoint_it_is_said_what_to_do(classifier: Make, tmp_path: Path) -> None:
    with pytest.raises(NoCheckpoint, match=r"can't go on from .*no recipe.*Start it anew"):
        classifier().resume_from(tmp_path)
    run = stopped(classifier(cbs=StopAt(0, 1)), "fit", 1)
    (run.folder / "last.safetensors").unlink()
    with pytest.raises(NoCheckpoint, match="no checkpoint yet"):
        classifier().resume_from(run.folder)


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda data: b"",
    "cut in half": lambda data: data[: len(data) // 2],
    "another file": lambda data: b"not what it was" * 50,
}


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize(
    "name", ["last.safetensors", "best.safetensors", "history.json", "recipe.json"]
)
def test_a_damaged_run_folder_is_refused_in_words(classifier: Make, how: str, name: str) -> None:
    run = stopped(classifier(cbs=StopAt(2, 1)), "fit", 3)
    file = run.folder / name
    file.write_bytes(DAMAGE[how](file.read_bytes()))
    learn = classifier()
    with pytest.raises(NoCheckpoint, match="can't go on"):
        learn.resume_from(run.folder)
    learn.fit(1)


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": 2}', "null"])
def test_a_recipe_that_is_none_is_refused_in_words(classifier: Make, text: str) -> None:
    run = stopped(classifier(cbs=StopAt(0, 1)), "fit", 1)
    (run.folder / "recipe.json").write_text(text)
    with pytest.raises(NoCheckpoint):
        classifier().resume_from(run.folder)


def test_another_model_is_refused_and_keeps_its_weights(
    classifier: Make, weights: Callable[[Learner], str]
) -> None:
    run = stopped(classifier(cbs=StopAt(0, 1)), "fit", 1)
    other = classifier(model=nn.Sequential(nn.Linear(4, 3)))
    kept = weights(other)
    with pytest.raises(NoCheckpoint, match="another model"):
        other.resume_from(run.folder)
    assert weights(other) == kept


def test_other_data_is_refused(photos: Photos, small_vision: Callable[..., Learner]) -> None:
    run = stopped(small_vision(photos(), cbs=StopAt(0, 1)), "fit", 1)
    with pytest.raises(NoCheckpoint, match="other data"):
        small_vision(photos(seed=43)).resume_from(run.folder)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"bs": 8}, "its batches had another size"),
        ({"item_tfms": Resize(32, "squish")}, "resized or cut in another way"),
        ({"batch_tfms": aug_transforms()}, "varied in another way"),
        ({"batch_tfms": Normalize.from_stats(*imagenet_stats)}, "became numbers in another way"),
    ],
)
def test_other_transforms_and_batches_are_refused(
    photos: Photos, small_vision: Callable[..., Learner], other: dict[str, Any], why: str
) -> None:
    run = stopped(small_vision(photos(), cbs=StopAt(0, 1)), "fit", 1)
    with pytest.raises(NoCheckpoint, match=why):
        small_vision(photos(**other)).resume_from(run.folder)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"loss_func": nn.CrossEntropyLoss(label_smoothing=0.1)}, "another loss"),
        ({"opt_func": torch.optim.SGD}, "another optimiser"),
        ({"opt_func": partial(adam, amsgrad=True)}, "another optimiser"),
    ],
)
def test_another_loss_or_optimiser_is_refused(
    classifier: Make, other: dict[str, Any], why: str
) -> None:
    run = stopped(classifier(cbs=StopAt(0, 1)), "fit", 1)
    with pytest.raises(NoCheckpoint, match=why):
        classifier(**other).resume_from(run.folder)
    with pytest.raises(NoCheckpoint, match="another precision"):
        classifier().to_bf16().resume_from(run.folder)


def test_another_number_of_batches_is_refused(classifier: Make, loaders: Any) -> None:
    run = stopped(classifier(cbs=StopAt(0, 1)), "fit", 1)
    train, valid = loaders(drop_last=True)
    with pytest.raises(NoCheckpoint, match="another number of batches"):
        classifier(dls=(train, valid)).resume_from(run.folder)


def test_a_run_in_one_process_is_compared_too(classifier: Make) -> None:
    run = stopped(classifier(cbs=StopAt(0, 1)), "fit", 1)
    run.learn.loss_func = nn.NLLLoss()
    with pytest.raises(NoCheckpoint, match="another loss"):
        run.resume()


def test_the_callbacks_of_the_fit_go_on_when_they_are_given_again(classifier: Make) -> None:
    def callbacks() -> list[Callback]:
        return [EarlyStoppingCallback(patience=2), GradientClip(0.1)]

    run = stopped(classifier(cbs=StopAt(2, 1), lr=3.0), "fit", 30, cbs=callbacks())
    other, whole = classifier(lr=3.0, cbs=StopAt(99, 0)), classifier(lr=3.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert other.resume_from(run.folder, cbs=callbacks()).wait(30).state == "finished"
    whole.fit(30, cbs=callbacks())
    assert other.history.losses == whole.history.losses
    assert 3 < len(whole.history.epochs) < 30


def test_other_callbacks_versions_and_threads_are_said(classifier: Make) -> None:
    clip = GradientClip(0.5)
    run = stopped(classifier(cbs=StopAt(0, 1)), "fit", 1, cbs=clip)
    recipe = json.loads((run.folder / "recipe.json").read_text())
    recipe["versions"]["torch"], recipe["threads"] = "1.0", 64
    (run.folder / "recipe.json").write_text(json.dumps(recipe))
    words = (
        rf"callbacks StopAt\(\) and GradientClip\(max_norm=0.5, norm_type=2.0\), now none; "
        rf"threads 64, now {torch.get_num_threads()}; torch 1.0, now {version('torch')}"
    )
    with pytest.warns(BegunOtherwise, match=words):
        classifier().resume_from(run.folder).wait(30)


@pytest.mark.parametrize("optimiser", [torch.optim.SGD, torch.optim.RMSprop, torch.optim.Adagrad])
def test_other_optimisers_go_on_as_well(classifier: Make, optimiser: Any) -> None:
    run = stopped(classifier(cbs=StopAt(1, 1), opt_func=optimiser), "fit", 2)
    other, whole = classifier(opt_func=optimiser), classifier(opt_func=optimiser)
    other.resume_from(run.folder).wait(30)
    whole.fit(2)
    assert other.history.losses == whole.history.losses


def test_a_refusal_is_an_error_that_people_can_read() -> None:
    assert issubclass(NoCheckpoint, CourseError)


def test_another_splitter_is_refused(classifier: Make) -> None:
    run = stopped(classifier(cbs=StopAt(0, 1)), "fit", 1)
    with pytest.raises(NoCheckpoint, match="grouped in another way"):
        classifier(splitter=lambda model: [list(model.parameters())]).resume_from(run.folder)


def test_a_stop_while_a_resumed_run_prepares_leaves_the_best_weights(
    photos: Photos, small_vision: Callable[..., Learner], home: Path
) -> None:
    run = stopped(small_vision(photos(), cbs=StopAt(5, 0)), "fine_tune", 1, 0.5, depth="head")
    best = run.progress.valid_loss
    assert run.progress.kept
    (home / "cache" / "features.db").unlink()
    other = small_vision(photos(), cbs=StopAt(99, 0))
    again = other.resume_from(run.folder)
    again.stop()
    assert again.progress.state == "stopped"
    assert other.validate()[0] == pytest.approx(best, rel=1e-4)


def test_the_mean_loss_of_a_resumed_epoch_leaves_out_cancelled_batches_too(
    classifier: Make,
) -> None:
    class EverySecond(Callback):
        def after_loss(self, learn: Any) -> None:
            if learn.training and learn.iter % 2:
                raise CancelBatchException

    run = stopped(classifier(cbs=StopAt(1, 2)), "fit", 2, cbs=EverySecond())
    other, whole = classifier(cbs=StopAt(99, 0)), classifier()
    other.resume_from(run.folder, cbs=EverySecond()).wait(30)
    whole.fit(2, cbs=EverySecond())
    assert other.history.epochs[1]["train_loss"] == whole.history.epochs[1]["train_loss"]


RESUMES = """
import time, torch
from torch import nn
from coursekit.learn.learner import Learner

torch.manual_seed(1)
batches = [(torch.randn(8, 4), torch.randn(8, 1))] * 50
model = nn.Sequential(nn.Linear(4, 256), nn.ReLU(), nn.Linear(256, 1))
learn = Learner((batches, batches[:1]), model, nn.MSELoss(), seed=1)
run = learn.start("fit", 20)
while run.progress.step < 100:
    time.sleep(0.001)
run.stop()
run.resume().wait()
"""


@pytest.mark.slow
def test_a_process_that_ends_after_a_resumed_run_ends_in_order() -> None:
    for _ in range(4):
        done = subprocess.run([sys.executable, "-c", RESUMES], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
