"""The Learner: what people call; the training loop that it stands on is in `loop`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from coursekit.core.errors import CourseError
from coursekit.learn import phases, preds
from coursekit.learn.callbacks import ProgressBar
from coursekit.learn.loaders import ItemLoader
from coursekit.learn.loop import Batch, Loop, as_callbacks
from coursekit.learn.metrics import Scores
from coursekit.learn.phases import Depth, Lr

if TYPE_CHECKING:
    from coursekit.learn.estimate import Estimate
    from coursekit.learn.lr_find import RateFinder
    from coursekit.learn.run import TrainingRun


class Learner(Loop):
    """Trains `model` on `dls` so that `loss_func` falls, and judges it on data it did not train on.

    Args:
        dls: `DataLoaders`, or any pair (train, valid) of iterables of batches `(x, ..., y)` that
            have a length.
        model: Any module; it is called with a batch without its last element.
        loss_func: `loss_func(predictions, targets)`, averaged over the batch; default: what `dls`
            says in its `loss_func`.
        opt_func: Makes an optimiser from PyTorch parameter groups.
        lr: The highest rate where a fit method is given none.
        metrics: One or more functions of (predictions, targets), taken over all validation items.
        cbs: Callbacks for every fit.
        splitter: `splitter(model)` gives the parameter groups, first layers first.
        wd: Weight decay; biases and norms are spared.
        seed: Makes shuffling, dropout and augmentation repeatable; drawn where it is None.

    Raises:
        CourseError: There is neither a `loss_func` nor data that brings one.
    """

    def fit(self, n_epoch: int, lr: Lr = None, wd: float | None = None, cbs: Any = None) -> None:
        """Trains `n_epoch` epochs at one rate; `slice(low, high)` gives first layers the lower."""
        self._train("fit", n_epoch, lr, wd, cbs=cbs)

    def fit_one_cycle(self, n_epoch: int, lr_max: Lr = None, cbs: Any = None, **cycle: Any) -> None:
        """Trains `n_epoch` epochs while the rate climbs and falls (Smith and Topin, 2018).

        `cycle` may have `div`, `div_final`, `pct_start`, `wd` and `moms`, as in fast.ai.
        """
        self._train("fit_one_cycle", n_epoch, lr_max, cbs=cbs, **cycle)

    def fit_flat_cos(self, n_epoch: int, lr: Lr = None, cbs: Any = None, **cycle: Any) -> None:
        """Trains `n_epoch` epochs at one rate that falls along a cosine in the last quarter."""
        self._train("fit_flat_cos", n_epoch, lr, cbs=cbs, **cycle)

    def fine_tune(
        self,
        epochs: int,
        base_lr: float = 2e-3,
        freeze_epochs: int = 1,
        depth: Depth = "auto",
        cbs: Any = None,
        **cycle: Any,
    ) -> None:
        """Adapts a pretrained model to this data.

        Unlike fast.ai's, the body's batch norms keep the running statistics that they came with,
        frozen or not, so the body that the head was trained on stays the same when it trains, too.

        Args:
            epochs: Epochs, after `freeze_epochs` of the head alone.
            base_lr: The rate of the head in a whole network.
            freeze_epochs: Epochs of the head alone that come first.
            depth: `head` trains the head only, ten passes for each epoch on features that the
                frozen body computed once; `last` goes on with the last stage, two passes for each
                epoch, and keeps the best; `all` is fast.ai's fine_tune; `auto`: head where a
                pretrained network meets photos on a CPU, else all. Where random augmentation makes
                every pass different nothing can be computed once: an epoch is one pass then, over
                the whole network.
            cbs: Callbacks for this fit.
            cycle: `pct_start`, `div`, `wd` as in fast.ai, for the last phase; `lr_mult` too, unless
                only the head trains.
        """
        rest = {"freeze_epochs": freeze_epochs, "depth": depth, **cycle}
        self._train("fine_tune", epochs, base_lr, cbs=cbs, **rest)

    def start(
        self,
        method: str,
        *args: Any,
        paused: bool = False,
        speed: float | None = None,
        **kwargs: Any,
    ) -> TrainingRun:
        """Begins `learn.method(*args, **kwargs)` in the background and comes back at once.

        Args:
            method: `fine_tune`, `fit_one_cycle` or another fit method.
            args: What it takes.
            paused: Whether it holds before its first step, as after `run.pause()`.
            speed: At most so many steps a second, to look on; see `run.go_at`.
            kwargs: What the method takes.

        Returns:
            The run: `run.progress` says where it stands; `run.pause()`, `run.step()` (one batch),
            `run.resume()`, `run.stop()` and `run.wait()` do what they say. `run.folder` holds its
            recipe, history and checkpoints; `resume_from` goes on from there in another process.

        Raises:
            CourseError: A run is going on already, or there is no such fit method.
        """
        from coursekit.learn.run import begin

        return begin(self, method, *args, paused=paused, speed=speed, **kwargs)

    def resume_from(
        self, folder: Path | str, cbs: Any = None, speed: float | None = None
    ) -> TrainingRun:
        """Goes on in the background from the checkpoint in a run's folder, as if nothing had been.

        Where another process trains this run, it is asked to write a checkpoint and to end first.
        Warns (`BegunOtherwise`) where callbacks, versions or the machine are others than the run
        began with, so that the losses may come out otherwise.

        Args:
            folder: The run's.
            cbs: The callbacks that `start` was given.
            speed: At most so many steps a second.

        Raises:
            CourseError: The other process does not end; there is no checkpoint; or this Learner has
                another model, other data, transforms or batch sizes, another loss, optimiser or
                precision.
        """
        from coursekit.learn.run import resume_from

        return resume_from(self, Path(folder), cbs, speed)

    def lr_find(self, **options: Any) -> RateFinder:
        """Tries out rates from tiny to huge and suggests some; the weights come back bit for bit.

        See `lr_find.find` for the options.
        """
        from coursekit.learn.lr_find import find

        return find(self, **options)

    def estimate(self, epochs: int = 1, method: str = "fine_tune", **options: Any) -> Estimate:
        """How long `learn.method(epochs, **options)` will take here, from a few timed batches.

        `given_up=` may name a function that ends the estimate early, see `estimate.estimate`.
        """
        from coursekit.learn.estimate import estimate

        return estimate(self, epochs, method, **options)

    def freeze_to(self, n: int) -> None:
        """The first `n` parameter groups keep their weights; a negative `n` counts from the end.

        Raises:
            CourseError: A fit is going on.
        """
        self.check_free()
        self.set_frozen(n)

    def freeze(self) -> None:
        """Only the last parameter group, the head, trains; see `freeze_to`."""
        self.freeze_to(-1)

    def unfreeze(self) -> None:
        """Everything trains; see `freeze_to`."""
        self.freeze_to(0)

    @property
    def untrained(self) -> bool:
        """Whether the model is known to have learned nothing yet; of your own it is not known."""
        return False

    def validate(self) -> Scores:
        """The loss and the metrics on the validation data."""
        return self._scores("validation", self.dls.valid, self.chosen_on_validation)

    def final_test(self) -> Scores:
        """The loss and the metrics on the items that were kept away until now; ask once.

        Raises:
            CourseError: The data was split without a test set.
        """
        if self.dls.test is None:
            raise CourseError("No test set was kept away. Make the data with test_pct=0.1 or so.")
        self.tests_asked += 1
        asked = f"Asked {self.tests_asked} times: what you changed in between was chosen on it."
        note = "The model had never met these." if self.tests_asked == 1 else asked
        return self._scores("test", self.dls.test, self.tests_asked > 1, note)

    def get_preds(self, ds_idx: int = 1, dl: Iterable[Batch] | None = None) -> tuple[Any, Tensor]:
        """Activated predictions (probabilities for a classifier) and targets.

        Photos come in the data's order; any other loader's items in the order that it gives.

        Args:
            ds_idx: 0 for the training data, 1 for the validation data.
            dl: Any other loader in their place.
        """
        loader: Any = (self.dls.train, self.dls.valid)[ds_idx] if dl is None else dl
        ordered = loader.in_order() if ds_idx == 0 and isinstance(loader, ItemLoader) else loader
        return preds.get_preds(self, ordered)

    def predict(self, item: Any) -> tuple[Any, Tensor, Tensor]:
        """(label, index, probabilities) of one item; of a regression the value three times."""
        return preds.predict(self, item)

    def save(self, name: str) -> Path:
        """Keeps the weights as `models/NAME.safetensors` in the home folder.

        Raises:
            CourseError: A run in the background is changing them.
        """
        from coursekit.learn.checkpoint import save_weights

        self.check_still()
        return save_weights(self.model, name)

    def load(self, name: str) -> Learner:
        """Takes back the weights that `save` kept.

        Raises:
            CourseError: There are none of that name, or they are of another model.
        """
        from coursekit.learn.checkpoint import load_weights

        self.check_free()
        load_weights(self.model, name)
        return self

    def export(self, path: Path | str = "export.ckit") -> Path:
        """Writes everything that predicting needs as one `.ckit` file, which holds no code.

        Raises:
            CourseError: This data does not say how an item becomes the model's input, or the path
                ends like a pickle's.
        """
        from coursekit.learn.export import export

        return export(self, Path(path))

    def to_bf16(self) -> Learner:
        """Computes in bfloat16 where that is safe; the weights stay in float32.

        Raises:
            CourseError: A fit is going on.
        """
        return self._mixed(torch.bfloat16)

    def to_fp16(self) -> Learner:
        """Computes in float16 where that is safe, with a scaled loss; for a GPU.

        Raises:
            CourseError: There is no GPU, or a fit is going on.
        """
        if self.dls.device.type == "cpu":
            raise CourseError("Half precision needs a GPU. On a CPU stay with float32.")
        return self._mixed(torch.float16, torch.amp.GradScaler(self.dls.device.type))

    def _mixed(self, dtype: torch.dtype, scaler: torch.amp.GradScaler | None = None) -> Learner:
        self.check_free()
        self.precision, self.scaler = torch.autocast(self.dls.device.type, dtype), scaler
        return self

    def _scores(self, data: str, loader: Any, chosen: bool, note: str = "") -> Scores:
        with self.alone():
            values, _, targets = preds.judge(self, self.model, loader)
        return Scores(values, data, len(targets), chosen, note)

    def exportable(self) -> tuple[nn.Module, list[str], bool | str]:
        """What an export holds: a module, its outputs, and whether one is a heatmap or why not."""
        return self.model, ["logits"], "This model is no picture classifier that can point."

    def _train(self, method: str, *args: Any, cbs: Any = None, **options: Any) -> None:
        """Follows a fit method's plan here and now, behind a progress bar."""
        plan = phases.plan(self, method, *args, **options)
        bar = ProgressBar()
        try:
            with self.alone():
                self.follow(plan, [*as_callbacks(cbs), *self.onlookers, bar], report=bar.preparing)
        finally:
            bar.close()
        self.note_training()
        self.say_left_out()
