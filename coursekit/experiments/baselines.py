"""What little effort reaches on the same data: a model that is no better has learned nothing."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coursekit.core import fingerprint, version
from coursekit.core.errors import CourseError
from coursekit.core.hardware import processor
from coursekit.learn import features
from coursekit.learn.history import FORMAT
from coursekit.learn.phases import fine_tune
from coursekit.scores import board
from coursekit.scores.adding import put
from coursekit.scores.entry import Entry
from coursekit.store.database import Database, database
from coursekit.vision.data import ImageDataLoaders
from coursekit.vision.learner import vision_learner
from coursekit.vision.loader import ImageLoader
from coursekit.vision.transforms import Resize

SEED = 42
PIXELS = 32
"""A side of the photos that pixels are compared in; more would not make them alike."""

AT_ONCE = 256
"""Photos that are read together."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Report = Callable[[str], object]


@dataclass(frozen=True)
class Parts:
    """Numbers to learn from and to be judged on: `x` (items, ...), `y` (items)."""

    x: Floats
    y: Ints
    valid_x: Floats
    valid_y: Ints


def commonest(dls: ImageDataLoaders) -> tuple[int, int]:
    """Says the class that most training photos have, whatever the photo.

    Returns:
        How many validation photos that gets wrong, of how many.
    """
    counts = Counter(dls.train.dataset.targets)
    best = min(counts, key=lambda target: (-counts[target], target))
    targets = _targets(dls.valid)
    return int((targets != best).sum()), len(targets)


def random_guess(dls: ImageDataLoaders) -> tuple[int, int]:
    """Draws one of the classes for each photo, all with the same chance."""
    dice, targets = random.Random(SEED), _targets(dls.valid)  # noqa: S311 - nothing secret
    wrong = sum(int(dice.randrange(len(dls.vocab)) != target) for target in targets)
    return wrong, len(targets)


def nearest_neighbour(dls: ImageDataLoaders) -> tuple[int, int]:
    """Says what the training photo with the most similar pixels is.

    Source: Cover and Hart, Nearest neighbor pattern classification (1967).
    """
    from sklearn.neighbors import KNeighborsClassifier

    small = dls.new(item_tfms=Resize(PIXELS, "squish"), batch_tfms=[])
    parts = Parts(*_pixels(small.train), *_pixels(small.valid))
    return _wrong(KNeighborsClassifier(1, algorithm="brute"), parts)


def logistic_regression(dls: ImageDataLoaders) -> tuple[int, int]:
    """A straight line through what the pretrained network that comes along says of the photos."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    plain = dls.new(item_tfms=dls.resize, batch_tfms=[])
    learn = vision_learner(plain, seed=SEED)
    (phase,) = fine_tune(learn, 1, depth="head")
    found = features.features_at(learn, features.cut_of(learn, phase))
    if found is None:
        raise CourseError(
            "What a network says of these photos does not fit into memory, so there is no logistic "
            "regression on it. The other baselines are on the board."
        )
    parts = Parts(*(array.cpu().numpy() for part in found for array in (part.x, part.y)))
    return _wrong(
        make_pipeline(StandardScaler(), LogisticRegression(max_iter=500, tol=1e-2)), parts
    )


METHODS: dict[str, Callable[[ImageDataLoaders], tuple[int, int]]] = {
    "the commonest class": commonest,
    "random guess": random_guess,
    "nearest neighbour on pixels": nearest_neighbour,
    "logistic regression on features": logistic_regression,
}


def add_baselines(
    dls: ImageDataLoaders, report: Report = lambda _: None, store: Database | None = None
) -> list[Entry]:
    """Puts what little effort reaches on the board; those that are there already stay.

    Args:
        dls: Their training photos are learned from, their validation photos judge.
        report: Is told what is being done, a sentence.
        store: Where the board is; None: the usual database.

    Returns:
        What was added.

    Raises:
        CourseError: No photo can be read, or nothing can be kept.
    """
    it = store or database()
    ids = {name: _id(dls, name) for name in METHODS}
    with it.reading() as session:
        there = board.known(session, ids.values())
    entries = []
    for name, id in ids.items():
        if id not in there:
            report(f"Trying {name}")
            entries.append(_entry(dls, name, id))
            put(entries[-1], it)
    return entries


def _entry(dls: ImageDataLoaders, name: str, id: str) -> Entry:
    began = time.perf_counter()
    wrong, judged = METHODS[name](dls)
    data = {"kind": "images", "source": dls.source, "digest": dls.digest, "counts": dls.counts}
    return Entry(
        id=id,
        kind="baseline",
        name=name,
        task=dls.task,
        data=dls.digest,
        wrong=wrong,
        judged=judged,
        chosen=False,
        seed=SEED,
        seconds=round(time.perf_counter() - began, 2),
        hardware=processor(),
        version=version.ours(),
        recipe={"format": FORMAT, "kind": "baseline", "method": name, "data": data},
    )


def _id(dls: ImageDataLoaders, name: str) -> str:
    """One for each baseline of the same photos, so that it is on the board once."""
    return fingerprint.of_bytes(b"baseline", dls.digest.encode(), name.encode())[:26]


def _pixels(loader: ImageLoader) -> tuple[Floats, Ints]:
    """All photos of a loader that can be read, as vectors, and their classes."""
    rows = []
    for start in range(0, len(loader.dataset), AT_ONCE):
        found = loader.inputs(range(start, min(start + AT_ONCE, len(loader.dataset))))
        if found is not None:
            rows.append(found.flatten(1).numpy())
    return np.concatenate(rows), _targets(loader)


def _targets(loader: ImageLoader) -> Ints:
    """The classes of the photos that can be read, as far as that is known."""
    dataset = loader.dataset
    known = [target for i, target in enumerate(dataset.targets) if i not in dataset.unreadable]
    return np.array(known)


def _wrong(model: Any, parts: Parts) -> tuple[int, int]:
    """Learns from the one part, and says how many of the other it gets wrong, of how many."""
    predicted = model.fit(parts.x, parts.y).predict(parts.valid_x)
    return int((predicted != parts.valid_y).sum()), len(parts.valid_y)
