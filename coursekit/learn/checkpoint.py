"""Weights on disk, and checkpoints from which a fit goes on as if it had never been cut off."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from coursekit.core import fingerprint, paths
from coursekit.core.errors import CourseError
from coursekit.learn import dice
from coursekit.learn.history import History
from coursekit.scores.folder import HISTORY

if TYPE_CHECKING:
    from coursekit.learn.loop import Loop

LAST, BEST = "last.safetensors", "best.safetensors"


class NoCheckpoint(CourseError):
    """A run folder from which nothing can go on."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(f"Training can't go on from {folder.name}: {why}. Start it anew.")


@dataclass(frozen=True, eq=False)
class Position:
    """Where a fit stood, and all that it needs to go on with the same losses.

    Attributes:
        phase: The phase of the plan, from 0.
        epoch: The epoch of the phase, from 0.
        batch: So many batches of it were done.
        rng: The state of PyTorch's random generators by device type.
        optimizer: The optimiser's state by parameter, then by name.
        best: The weights of the phase's best epoch, or nothing.
        about: The counters and losses that go with it.
    """

    phase: int
    epoch: int
    batch: int
    rng: dict[str, Tensor]
    optimizer: dict[int, dict[str, Any]]
    best: dict[str, Tensor]
    about: dict[str, Any]

    def restore(self, learn: Loop) -> None:
        """Gives the optimiser its state and the Learner its best weights so far."""
        state = learn.optimizer.state_dict()
        learn.optimizer.load_state_dict({**state, "state": self.optimizer})
        _lay_out_like_parameters(learn.optimizer)
        self._remember_best(learn)
        if learn.scaler and self.about["scaler"]:
            learn.scaler.load_state_dict(self.about["scaler"])

    def give_best(self, learn: Loop) -> None:
        """Gives the model the weights of the best epoch so far, where there is one."""
        self._remember_best(learn)
        learn.best.put_back(learn)
        learn.best.forget()

    def set_dice(self, device: torch.device) -> None:
        """Puts PyTorch's random generators where they stood."""
        dice.put_back(self.rng, device)

    def _remember_best(self, learn: Loop) -> None:
        learn.best.state, learn.best.loss = self.best, self.about["best_loss"]
        learn.best.now, learn.best.epoch = self.about["now"], self.about.get("best_epoch", 0)


def _lay_out_like_parameters(opt: torch.optim.Optimizer) -> None:
    """Gives what an optimiser keeps of a parameter that parameter's order in memory.

    The file has it in the plain order, and a fused step goes through memory from end to end.
    """
    for parameter, kept in opt.state.items():
        for name, value in kept.items():
            if isinstance(value, Tensor) and value.shape == parameter.shape:
                kept[name] = torch.empty_like(parameter).copy_(value)


def save(learn: Loop, folder: Path, phase: int, epoch: int, batch: int) -> None:
    """Writes history and checkpoint; the last file renamed into place is what makes it count."""
    paths.write_text(folder / HISTORY, learn.history.to_json())
    started = bool(batch + epoch)  # else optimiser and best weights are those of the phase before
    best = learn.best.state if started else {}
    # an older file of weights stays: the checkpoint that needs it may still be the one that counts
    if best or not (folder / BEST).exists():
        _write(folder / BEST, best, {"loss": learn.best.loss})
    tensors = {f"model.{name}": tensor for name, tensor in learn.model.state_dict().items()}
    scalars: dict[str, Any] = {}
    if learn.opt is not None and started:
        for index, state in learn.opt.state_dict()["state"].items():
            for name, value in state.items():
                target = tensors if isinstance(value, Tensor) else scalars
                target[f"opt.{index}.{name}"] = value
    tensors |= {f"rng.{kind}": value for kind, value in dice.state(learn.dls.device).items()}
    done = {"steps": len(learn.history), "epochs": len(learn.history.epochs)}
    about = {
        "phase": phase,
        "epoch": epoch,
        "batch": batch,
        "fits": learn.fits,
        "seed": learn.seed,
        **done,
        "phases": len(learn.history.phases),
        "best_loss": learn.best.loss,
        "best_epoch": learn.best.epoch,
        "has_best": bool(best),
        "now": learn.best.now,
        "scalars": scalars,
        "scaler": learn.scaler.state_dict() if learn.scaler else None,
        "frozen": learn.frozen,
    }
    _write(folder / LAST, tensors, about)


def load(learn: Loop, folder: Path) -> Position:
    """Gives the Learner the weights, counters and history of a checkpoint.

    Raises:
        NoCheckpoint: It is missing, damaged, or of another model.
    """
    tensors, about = _read(folder / LAST, folder)
    model = _under(tensors, "model.")
    _fill(learn.model, model, folder)
    optimizer: dict[int, dict[str, Any]] = {}
    for name, value in {**_under(tensors, "opt."), **about["scalars"]}.items():
        index, _, key = name.removeprefix("opt.").partition(".")
        optimizer.setdefault(int(index), {})[key] = value
    learn.history = _history(folder)
    learn.history.cut(about["steps"], about["epochs"], about["phases"])
    learn.fits, learn.seed = about["fits"], about["seed"]
    best = _read(folder / BEST, folder)[0] if about["has_best"] else {}
    best = {name: tensor.to(learn.dls.device) for name, tensor in best.items()}
    rng = _under(tensors, "rng.")
    where = about["phase"], about["epoch"], about["batch"]
    return Position(*where, rng, optimizer, best, about)


def save_weights(model: nn.Module, name: str) -> Path:
    """Writes `models/NAME.safetensors` in the home folder."""
    path = paths.folder("models") / f"{name}.safetensors"
    _write(path, model.state_dict(), {})
    return path


def load_weights(model: nn.Module, name: str) -> None:
    """Fills `model` with the weights that `save_weights` wrote.

    Raises:
        CourseError: There are none of that name, or they are of another model.
    """
    path = paths.folder("models") / f"{name}.safetensors"
    if not path.is_file():
        raise CourseError(
            f"There are no weights named {name!r}. Keep some with learn.save({name!r})."
        )
    try:
        model.load_state_dict(load_file(path))
    except (RuntimeError, SafetensorError) as error:
        raise CourseError(f"The weights {name!r} are damaged or of another model.") from error


def signature(model: nn.Module) -> str:
    """A digest of the names and shapes of a model's parameters and buffers."""
    rows = ((name, str(tuple(t.shape))) for name, t in model.state_dict().items())
    return fingerprint.of_table(rows)


def _write(path: Path, tensors: Mapping[str, Tensor], about: dict[str, Any]) -> None:
    plain = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    with paths.replacing(path) as temporary:
        save_file(plain, temporary, {"about": json.dumps(about)})


def _read(path: Path, folder: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    if not path.is_file():
        raise NoCheckpoint(folder, "it has no checkpoint yet")
    try:
        with safe_open(path, "pt") as file:
            about = json.loads(file.metadata()["about"])
            return {name: file.get_tensor(name) for name in file.keys()}, about  # noqa: SIM118 - not a dict
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise NoCheckpoint(folder, f"{path.name} is damaged") from error


def _history(folder: Path) -> History:
    try:
        return History.from_json((folder / HISTORY).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoCheckpoint(folder, f"{HISTORY} is missing or damaged") from error


def _under(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}


def _fill(model: nn.Module, state: dict[str, Tensor], folder: Path) -> None:
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise NoCheckpoint(folder, "its checkpoint is of another model") from error
