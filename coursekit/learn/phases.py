"""What a fit method is going to do, as data: a list of phases that can be stored and resumed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from coursekit.core.errors import CourseError
from coursekit.learn import schedule as schedules
from coursekit.learn.freezing import batch_norms, spread
from coursekit.learn.loaders import ItemLoader
from coursekit.learn.schedule import Constant, FlatCos, OneCycle, Schedule

if TYPE_CHECKING:
    from coursekit.learn.loop import Loop

Depth = Literal["auto", "head", "last", "all"]
Lr = float | slice | None

HEAD_PASSES = 10
"""On remembered features an epoch takes a hundredth of the time, so each asked for becomes ten."""

LAST_PASSES = 2
"""On remembered activations of the last stage an epoch takes a tenth of the time."""

HEAD_RATE = 5
"""A new linear head alone bears a rate so many times that of a whole network."""


@dataclass(frozen=True)
class Phase:
    """One stretch of training.

    Attributes:
        name: For people: which part trains.
        epochs: Passes over the training items.
        schedule: How rate and momentum move.
        rates: The highest rate for each parameter group.
        frozen: So many groups at the front keep their weights.
        wd: Weight decay.
        keep_best: Whether it ends with the weights of its best epoch (lowest validation loss)
            rather than the last.
        cache: Whether a frozen front may be run once and remembered.
        steady_norms: Whether batch norms before the head keep their running statistics, also where
            their weights train. They came with them, the head was trained on them, and a few
            epochs are too short to find new ones.
    """

    name: str
    epochs: int
    schedule: Schedule
    rates: tuple[float, ...]
    frozen: int
    wd: float
    keep_best: bool = False
    cache: bool = True
    steady_norms: bool = False

    def to_json(self) -> dict[str, Any]:
        """As data."""
        return asdict(self) | {"schedule": schedules.to_json(self.schedule)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Phase:
        """The phase that `to_json` described."""
        own = {"schedule": schedules.from_json(data["schedule"]), "rates": tuple(data["rates"])}
        return cls(**{**data, **own})


def _phase(learn: Loop, epochs: int, schedule: Schedule, lr: Lr, wd: float | None) -> Phase:
    if epochs < 1:
        raise CourseError(f"{epochs} epochs is nothing to train. Ask for 1 or more.")
    rates = spread(learn.lr if lr is None else lr, len(learn.groups))
    wd = learn.wd if wd is None else wd
    return Phase(_part(learn, learn.frozen), epochs, schedule, tuple(rates), learn.frozen, wd)


def _part(learn: Loop, frozen: int) -> str:
    groups = len(learn.groups)
    if not frozen:
        return "the whole model"
    return "the head" if frozen == groups - 1 else f"the last {groups - frozen} of {groups} parts"


def fit(learn: Loop, n_epoch: int, lr: Lr = None, wd: float | None = None) -> list[Phase]:
    """`n_epoch` epochs at one rate."""
    return [_phase(learn, n_epoch, Constant(), lr, wd)]


def fit_one_cycle(
    learn: Loop,
    n_epoch: int,
    lr_max: Lr = None,
    div: float = 25.0,
    div_final: float = 1e5,
    pct_start: float = 0.25,
    wd: float | None = None,
    moms: schedules.Moms = (0.95, 0.85, 0.95),
) -> list[Phase]:
    """`n_epoch` epochs of the one-cycle schedule."""
    cycle = OneCycle(pct_start, div, div_final, moms)
    return [_phase(learn, n_epoch, cycle, lr_max, wd)]


def fit_flat_cos(
    learn: Loop,
    n_epoch: int,
    lr: Lr = None,
    div_final: float = 1e5,
    pct_start: float = 0.75,
    wd: float | None = None,
) -> list[Phase]:
    """`n_epoch` epochs at one rate, then down along a cosine."""
    return [_phase(learn, n_epoch, FlatCos(pct_start, div_final), lr, wd)]


def fine_tune(
    learn: Loop,
    epochs: int,
    base_lr: float = 2e-3,
    freeze_epochs: int = 1,
    lr_mult: float | None = None,
    pct_start: float | None = None,
    div: float | None = None,
    depth: Depth = "auto",
    wd: float | None = None,
) -> list[Phase]:
    """The phases for one depth; see `Learner.fine_tune`. What is None is the depth's own."""
    if depth not in ("auto", "head", "last", "all"):
        raise CourseError(f"There is no depth {depth!r}. Choose auto, head, last or all.")
    if depth == "auto":
        depth = "head" if _suits_head(learn) else "all"
    if epochs < 1 or freeze_epochs < 0:
        raise CourseError("fine_tune takes at least 1 epoch, and freeze_epochs of 0 or more.")
    wd = learn.wd if wd is None else wd
    given = (("pct_start", pct_start), ("div", div))
    cycle: dict[str, Any] = {name: value for name, value in given if value is not None}
    if depth == "all":
        free = OneCycle(**{"pct_start": 0.3, "div": 5.0, **cycle})
        return _all(learn, epochs, base_lr, freeze_epochs, lr_mult or 100, free, wd)
    if depth == "head":
        return [_head(learn, epochs + freeze_epochs, base_lr, OneCycle(**cycle), wd)]
    return [
        _head(learn, 1 + freeze_epochs, base_lr, OneCycle(), wd),
        _last(learn, epochs, base_lr, lr_mult or 2.5, OneCycle(**cycle), wd),
    ]


def _suits_head(learn: Loop) -> bool:
    """Whether, without a GPU, the head alone should train: on a body that is worth keeping."""
    several = len(learn.groups) > 1 and isinstance(learn.dls.train, ItemLoader)
    return learn.dls.device.type == "cpu" and several and learn.pretrained


def _all(
    learn: Loop,
    epochs: int,
    base_lr: float,
    freeze_epochs: int,
    lr_mult: float,
    cycle: OneCycle,
    wd: float,
) -> list[Phase]:
    """fast.ai's fine_tune: the head alone, then everything at lower rates."""
    n = len(learn.groups)
    first = Phase(
        "the head", freeze_epochs, OneCycle(0.99), tuple(spread(slice(base_lr), n)), n - 1, wd
    )
    low = slice(base_lr / 2 / lr_mult, base_lr / 2)
    rates = tuple(spread(low, n))
    steady = _has_statistics(learn)
    rest = Phase("the whole model", epochs, cycle, rates, 0, wd, steady_norms=steady)
    return [first, rest] if freeze_epochs and n > 1 else [rest]


def _head(learn: Loop, epochs: int, base_lr: float, cycle: OneCycle, wd: float) -> Phase:
    """The head alone; longer and faster where the body's outputs are remembered."""
    n = len(learn.groups)
    cached = learn.can_cache
    rate = base_lr * HEAD_RATE if cached else base_lr
    epochs = epochs * HEAD_PASSES if cached else epochs
    return Phase("the head", epochs, cycle, (rate,) * n, max(n - 1, 0), wd)


def _last(
    learn: Loop, epochs: int, base_lr: float, lr_mult: float, cycle: OneCycle, wd: float
) -> Phase:
    """The last stage and the head, from remembered activations; ends with the best epoch."""
    n = len(learn.groups)
    if n < 3:
        raise CourseError(
            "This architecture has no last stage that can be trained alone. "
            "Choose depth='head' or depth='all'."
        )
    top = base_lr / 4
    rates = tuple(spread(slice(top / lr_mult, top), n))
    name = "the last stage and the head"
    epochs = epochs * LAST_PASSES if learn.can_cache else epochs
    steady = _has_statistics(learn)
    return Phase(name, epochs, cycle, rates, n - 2, wd, keep_best=True, steady_norms=steady)


def _has_statistics(learn: Loop) -> bool:
    """Whether the norms before the head have met data: those of a new network are all 0."""
    norms: list[Any] = batch_norms(learn.model, learn.groups[:-1])
    return any(bool(norm.running_mean.any()) for norm in norms)


METHODS: dict[str, Callable[..., list[Phase]]] = {
    "fit": fit,
    "fit_one_cycle": fit_one_cycle,
    "fit_flat_cos": fit_flat_cos,
    "fine_tune": fine_tune,
}


def plan(learn: Loop, method: str, *args: Any, **kwargs: Any) -> list[Phase]:
    """What `learn.method(*args, **kwargs)` would do.

    Raises:
        CourseError: There is no such fit method, or its arguments make no sense.
    """
    if method not in METHODS:
        raise CourseError(f"There is no fit method {method!r}. Choose {', '.join(METHODS)}.")
    return METHODS[method](learn, *args, **kwargs)
