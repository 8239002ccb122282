"""Cached features: a frozen body runs once for each item, and the rest trains on what it said.

A frozen front of the model gives the same output for the same item every time, unless augmentation
changes the item. So it runs once, in inference mode, and the epochs go over its outputs.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from coursekit.core import fingerprint
from coursekit.core.errors import CourseError
from coursekit.core.processors import processors
from coursekit.learn.feature_store import FeatureStore
from coursekit.learn.freezing import freeze_front, frozen_children
from coursekit.learn.loaders import ItemLoader, TensorLoader, to_device
from coursekit.learn.runner import Runner, runner

if TYPE_CHECKING:
    from coursekit.learn.loop import Loop
    from coursekit.learn.phases import Phase

MEMORY = 2 * 1024**3
"""Bytes of features kept in memory for one cut; larger sets train without the cache."""

BATCH = 8
"""Items a batch: few enough that activations stay in the processor's cache."""

FILES = 256
"""Files whose content is looked at between two reports."""


@dataclass(frozen=True, eq=False)
class Features:
    """What a body said of the items that could be read: `x` (items, ...), `y` (items).

    `items` has their indices in the data.
    """

    x: Tensor
    y: Tensor
    items: tuple[int, ...]


@dataclass(frozen=True)
class Cut:
    """A front of `children` children, and a digest of its weights and of what goes into it."""

    children: int
    digest: str


Rows = list[tuple[int, Tensor]]
Memory = dict[Cut, tuple[Features, Features]]


def cacheable(learn: Loop) -> bool:
    """Whether the same item always enters the model as the same numbers, and the model has a front.

    That takes an `ItemLoader` on both sides that is not random, and a Sequential.
    """
    loaders = (learn.dls.train, learn.dls.valid)
    steady = all(isinstance(it, ItemLoader) and not it.is_random for it in loaders)
    return steady and isinstance(learn.model, nn.Sequential)


def prepare(learn: Loop, plan: list[Phase]) -> None:
    """Runs the shortest front that a plan needs first: longer ones go on from its outputs."""
    cuts = {cut_of(learn, phase) for phase in plan}
    if len(cuts) > 1 and 0 not in cuts:
        features_at(learn, min(cuts))


def part_to_train(learn: Loop, phase: Phase) -> tuple[nn.Module, Any, Any, dict[str, Any]]:
    """The part of the model that a phase trains, its training and validation loader, and how."""
    cut = cut_of(learn, phase)
    how: dict[str, Any] = {"cached": False}
    if cut:
        found = features_at(learn, cut)
        if found is not None:
            train, valid = found
            bs = getattr(learn.dls.train, "bs", 64)
            loaders = (
                TensorLoader(train.x, train.y, bs, shuffle=True, items=train.items),
                TensorLoader(valid.x, valid.y, 256),
            )
            return learn.model[cut:], *loaders, {"cached": True, "items": len(train.x)}  # type: ignore[index]
        how["why"] = "the remembered outputs would not fit into memory"
    elif phase.cache and phase.frozen and getattr(learn.dls.train, "is_random", False):
        how["why"] = "random augmentation makes every pass different"
    return learn.model, learn.dls.train, learn.dls.valid, how


def cut_of(learn: Loop, phase: Phase) -> int:
    """How many children at the front of the model a phase can have run once; 0 if none."""
    if not phase.cache or not cacheable(learn):
        return 0
    freeze_front(learn.groups, phase.frozen)
    return frozen_children(learn.model)


def features_at(learn: Loop, children: int) -> tuple[Features, Features] | None:
    """Features of the training and the validation items after so many children of the model.

    They are taken from memory, from the cache on disk, or computed; None if there are too many.
    """
    found = known(learn, children)
    if found is None:
        cut = Cut(children, _digest(learn, children))
        found = _go_on(learn, cut) or _compute(learn, cut)
        if found:
            learn.remembered[cut] = found
    return found


def known(learn: Loop, children: int) -> tuple[Features, Features] | None:
    """Features that are in memory; those of other data or changed weights are forgotten."""
    if learn.remembered_of is not learn.dls:
        learn.remembered.clear()
        learn.remembered_of = learn.dls
    for cut in list(learn.remembered):
        if cut.digest != _digest(learn, cut.children):
            del learn.remembered[cut]
    return next((f for cut, f in learn.remembered.items() if cut.children == children), None)


def seconds_per_item(learn: Loop, children: int) -> float:
    """How long reading an item and running the model's front takes, from a few items."""
    job = _Job(learn, Cut(children, _digest(learn, children)))
    train: Any = learn.dls.train
    few = range(min(len(train.dataset), 4 * BATCH))
    job.rows(train, few[:BATCH])  # the first batch pays for the translation to ONNX
    began = time.perf_counter()
    count = 0
    for rows in job.in_threads(train, few):
        count += len(rows)
        learn.report("estimating", count, len(few))
    return (time.perf_counter() - began) / max(count, 1)


@torch.no_grad()
def sample(learn: Loop, children: int) -> list[tuple[Tensor, Tensor]]:
    """Three batches of features of the training loader's size, made of a few items."""
    train: Any = learn.dls.train
    few = range(min(BATCH, len(train.dataset)))
    x, y = to_device(next(iter(train.in_order(few, BATCH))), learn.dls.device)
    model: Any = learn.model
    front = model[:children].eval()(x)
    times = -(-train.bs // len(x))
    features = front.repeat(times, *[1] * (front.ndim - 1))[: train.bs]
    return [(features, y.repeat(times)[: train.bs])] * 3


def _digest(learn: Loop, children: int) -> str:
    body = learn.model[:children]  # type: ignore[index]
    weights = (t.detach().cpu().contiguous().numpy().tobytes() for t in body.state_dict().values())
    inputs = repr(getattr(learn.dls, "preprocessing", ""))
    return fingerprint.of_bytes(repr(body).encode(), inputs.encode(), *weights)


@torch.no_grad()
def _go_on(learn: Loop, cut: Cut) -> tuple[Features, Features] | None:
    """From the remembered outputs of a shorter front, where there are any."""
    shorter = [known for known in learn.remembered if known.children < cut.children]
    if not shorter:
        return None
    start = max(shorter, key=lambda known: known.children)
    rest = learn.model[start.children : cut.children].eval()  # type: ignore[index]
    both = learn.remembered[start]
    done, total = 0, sum(len(part.x) for part in both)
    found: list[Features] = []
    for part in both:
        rows: list[Tensor] = []
        for x in torch.split(part.x, BATCH * 4):
            rows.append(rest(x))
            done += len(x)
            learn.report("preparing the last stage", done, total)
        found.append(Features(torch.cat(rows), part.y, part.items))
    return found[0], found[1]


def _compute(learn: Loop, cut: Cut) -> tuple[Features, Features] | None:
    job = _Job(learn, cut)
    train = job.features(learn.dls.train)
    valid = job.features(learn.dls.valid) if train else None
    return (train, valid) if train and valid else None


class _Job:
    """One front run over the training and the validation items."""

    def __init__(self, learn: Loop, cut: Cut) -> None:
        self.learn, self.cut, self.store = learn, cut, FeatureStore()
        self.body = learn.model[: cut.children].eval()  # type: ignore[index]
        self.run: Runner | None = None
        self.making = threading.Lock()
        loaders: Any = (learn.dls.train, learn.dls.valid)
        self.done, self.total = 0, sum(len(loader.dataset) for loader in loaders)

    def features(self, loader: Any) -> Features | None:
        """All of a loader's items that can be read, in order; None if they are too many to keep."""
        keys = self._keys(loader.dataset)
        rows: dict[int, Tensor] = {}
        found = self.store.get(key for key in keys if key)
        for index, key in enumerate(keys):
            if key in found:
                rows[index] = torch.from_numpy(found[key].copy())
        if any(self._too_large(row) for row in rows.values()):
            return None
        self._tell(len(rows))
        missing = [i for i, key in enumerate(keys) if key and i not in rows]
        for index, row in self._fresh(loader, missing, keys):
            rows[index] = row
            if self._too_large(row):
                return None
        if not rows:
            reason = next(iter(loader.dataset.unreadable.values()), "there are none")
            raise CourseError(f"None of {len(keys):,} items can be read. The first: {reason}")
        order, device = sorted(rows), self.learn.dls.device
        targets = torch.tensor([loader.dataset.targets[index] for index in order])
        x = torch.stack([rows[i] for i in order]).to(device)
        if x.ndim == 4:  # always the same layout, or the last digits of what follows would differ
            x = x.contiguous(memory_format=torch.channels_last)
        return Features(x, targets.to(device), tuple(order))

    def _fresh(
        self, loader: Any, missing: list[int], keys: list[str]
    ) -> Iterator[tuple[int, Tensor]]:
        """(index, row) of the missing ones, as they are computed; they go to the store, too."""
        waiting: dict[str, Any] = {}
        for rows in self.in_threads(loader, missing):
            for index, row in rows:
                waiting[keys[index]] = row.numpy()
                yield index, row
            self._tell(len(rows))
            if len(waiting) >= 256:
                self.store.put(waiting)
                waiting = {}
        self.store.put(waiting)

    def in_threads(self, loader: Any, indices: Sequence[int]) -> Iterator[Rows]:
        """The rows of those that can be read, a few at a time and in order.

        On a CPU each of its cores reads and computes a batch of its own: that needs no waiting for
        one another, which sharing each operation between them does.
        """
        chunks = iter([indices[k : k + BATCH] for k in range(0, len(indices), BATCH)])
        threads = processors() if self.learn.dls.device.type == "cpu" else 1
        pool = ThreadPoolExecutor(threads, "coursekit features")
        try:
            ahead = deque(pool.submit(self.rows, loader, c) for c in islice(chunks, 2 * threads))
            while ahead:
                yield ahead.popleft().result()
                ahead.extend(pool.submit(self.rows, loader, c) for c in islice(chunks, 1))
        finally:
            pool.shutdown(cancel_futures=True)

    @torch.no_grad()
    def rows(self, loader: Any, indices: Sequence[int]) -> Rows:
        """(index, row) of those that can be read."""
        inputs = loader.inputs(indices)
        if inputs is None:
            return []
        x = to_device(inputs, self.learn.dls.device)
        with self.making:
            self.run = self.run or runner(self.body, x[:2], self.total)
        kept = [index for index in indices if index not in loader.dataset.unreadable]
        return list(zip(kept, self.run(x).float().cpu(), strict=True))

    def _keys(self, dataset: Any) -> list[str]:
        """A key for each item, from its content and the body; empty where it can't be read."""

        def key(index: int) -> str:
            try:
                return f"{dataset.digest(index)}-{self.cut.digest}"
            except CourseError:
                return ""

        keys: list[str] = []
        with ThreadPoolExecutor(processors()) as pool:
            for start in range(0, len(dataset), FILES):
                keys += pool.map(key, range(len(dataset))[start : start + FILES])
                self.learn.report("", self.done, self.total)  # hears a Stop
        return keys

    def _too_large(self, row: Tensor) -> bool:
        return row.numel() * 4 * self.total > MEMORY

    def _tell(self, more: int) -> None:
        self.done += more
        self.learn.report("preparing", self.done, self.total)
