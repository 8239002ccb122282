"""From a trained model to one file that predicts without PyTorch: graph, weights, description."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from coursekit.core.errors import CourseError
from coursekit.learn import preds, recipe
from coursekit.learn.calibrate import calibrate
from coursekit.learn.metrics import Scores
from coursekit.learn.runner import onnx_bytes
from coursekit.predict import archive
from coursekit.predict.session import Session

if TYPE_CHECKING:
    from coursekit.learn.learner import Learner

SMALL = 1024
"""Bytes up to which a tensor stays inside the graph."""

PICKLES = (".pkl", ".pickle", ".pth", ".pt")

CLOSE = 1e-2
"""How far a probability may be off between PyTorch and the file that was written."""


class NotExportable(CourseError):
    """This Learner can't become a file that predicts."""


def export(learn: Learner, path: Path) -> Path:
    """See `Learner.export`."""
    preprocessing = getattr(learn.dls, "preprocessing", None)
    vocab = getattr(learn.dls, "vocab", None)
    if preprocessing is None or not vocab:
        raise NotExportable(
            "This data does not say how an item becomes the model's input, so the model can't be "
            "exported. Keep its weights with learn.save('name')."
        )
    if path.suffix in PICKLES:
        raise NotExportable(
            f"What is written is no pickle, so {path.name} would mislead. "
            f"Call it {path.with_suffix('.ckit').name}."
        )
    path = path if path.is_absolute() else Path.cwd() / path
    module, outputs, heatmap = learn.exportable()
    with learn.alone():
        values, logits, targets = preds.judge(learn, learn.model, learn.dls.valid)
        x = learn.batch[0][:8]
        graph, weights = split(onnx_bytes(module.eval(), x[:1], outputs))
        expected = learn.pred[:8].float().softmax(-1).cpu()
    scores = Scores(values, "validation", len(targets), learn.chosen_on_validation)
    manifest = _manifest(learn, path.stem, scores, heatmap)
    found = calibrate(logits.cpu(), targets.cpu())
    manifest |= {"threshold": found.threshold, "temperature": found.temperature}
    manifest |= {"unsure": found.about, "preprocessing": preprocessing.to_json()}
    _check(Session(archive.Archive(manifest, graph, weights)), x.cpu(), expected)
    archive.write(path, manifest, graph, weights)
    return path


def _check(session: Session, x: Tensor, expected: Tensor) -> None:
    """Makes sure that the file will predict what the model does."""
    logits, _ = session.run(x.contiguous().numpy())
    found = torch.from_numpy(logits).softmax(-1)
    if not torch.allclose(found, expected, atol=CLOSE):
        raise NotExportable(
            "The exported file predicts something else than the model, so don't use it. "
            "Keep the weights with learn.save('name') and choose another architecture."
        )


def _manifest(learn: Learner, name: str, scores: Scores, heatmap: bool | str) -> dict[str, Any]:
    dls: Any = learn.dls
    counts = {"train": len(dls.train.dataset), "valid": scores.n}
    return {
        "kind": "image-classifier",
        "name": name,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "labels": list(dls.vocab),
        "versions": recipe.versions(),
        "recipe": _shared_recipe(learn),
        "scores": list(scores.to_json()),
        "data": counts | {"digest": dls.digest, "source": dls.source},
        "heatmap": heatmap,
    }


def _shared_recipe(learn: Learner) -> dict[str, Any]:
    """The recipe without the names of anybody's files: an export is made to be passed on."""
    about = recipe.of(learn, learn.plan) | {"history": learn.history.phases}
    about["ended"] = {
        "epochs": len(learn.history.epochs),
        "kept": learn.kept_epoch,
        "earlier_fits": max(learn.fits - 1, 0),
    }
    about["callbacks"] = [name.partition("(")[0] for name in about["callbacks"]]  # no arguments
    if isinstance(about["data"].get("labels"), list):
        about["data"]["labels"] = "a table; see the digest"
    return about


def split(model: bytes) -> tuple[bytes, bytes]:
    """An ONNX model with weights inside as a graph and the safetensors file that it points to."""
    import onnx
    from onnx.external_data_helper import set_external_data
    from safetensors.numpy import save

    graph = onnx.load_from_string(model)
    large = [t for t in graph.graph.initializer if len(t.raw_data) > SMALL]
    arrays = {t.name: np.ascontiguousarray(onnx.numpy_helper.to_array(t)) for t in large}
    weights = save(arrays)
    header = int.from_bytes(weights[:8], "little")
    places = _places(weights[8 : 8 + header])
    for tensor in large:
        begin, end = places[tensor.name]
        set_external_data(tensor, archive.WEIGHTS, offset=8 + header + begin, length=end - begin)
        tensor.ClearField("raw_data")
    return graph.SerializeToString(), weights


def _places(header: bytes) -> dict[str, tuple[int, int]]:
    entries = json.loads(header)
    return {n: tuple(e["data_offsets"]) for n, e in entries.items() if n != "__metadata__"}
