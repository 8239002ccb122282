"""A small network, exported as trained ones are: ONNX graph and safetensors weights."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from coursekit.predict import archive

MANIFEST: dict[str, Any] = {
    "kind": "image-classifier",
    "name": "three pets",
    "created": "2026-11-23T12:00:00+00:00",
    "labels": ["Abyssinian", "Bengal", "american_bulldog"],
    "preprocessing": {"size": 64, "method": "crop", "mean": [0.5] * 3, "std": [0.5] * 3},
    "versions": {"coursekit": "0.1.0"},
    "recipe": {"arch": "tiny", "epochs": 1},
    "scores": [
        {
            "metric": "error_rate",
            "value": 0.03,
            "n": 90,
            "data": "validation",
            "used_for_choosing": True,
        }
    ],
    "data": {"train": 360, "valid": 90, "digest": "abc", "source": "PETS"},
    "threshold": 0.7,
    "temperature": 1.0,
    "unsure": {"how": "Cross-fitted on the validation data."},
    "heatmap": True,
}


def to_graph(model: Any, size: int, outputs: list[str]) -> tuple[bytes, bytes]:
    """A torch module as ONNX graph and safetensors weights."""
    import torch

    buffer = io.BytesIO()
    axes = {name: {0: "n"} for name in ["images", *outputs]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that exporter is called deprecated
        torch.onnx.export(
            model.eval(),
            (torch.zeros(1, 3, size, size),),
            buffer,
            input_names=["images"],
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
    return split(buffer.getvalue())


def split(model: bytes, location: str = archive.WEIGHTS) -> tuple[bytes, bytes]:
    """Moves all weights over 1 kB out of an ONNX model."""
    import onnx
    from onnx.external_data_helper import set_external_data
    from onnx.numpy_helper import to_array

    proto = onnx.load_from_string(model)
    large = {i.name: i for i in proto.graph.initializer if len(i.raw_data) > 1024}
    weights = save({name: np.ascontiguousarray(to_array(i)) for name, i in large.items()})
    length = int.from_bytes(weights[:8], "little")
    header = json.loads(weights[8 : 8 + length])
    for name, initializer in large.items():
        begin, end = header[name]["data_offsets"]
        set_external_data(initializer, location, offset=8 + length + begin, length=end - begin)
        initializer.ClearField("raw_data")
    return proto.SerializeToString(), weights


def run_python(code: str, *arguments: object) -> str:
    """What a fresh Python says that runs `code` with warnings as errors."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        env=dict(os.environ),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def network() -> Any:
    """An untrained torch network with the outputs `logits` and `heat`."""
    import torch
    from torch import nn

    class Tiny(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = nn.Sequential(nn.Conv2d(3, 32, 3, stride=8), nn.ReLU())
            self.head = nn.Linear(32, 3)

        def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            features = self.body(images)
            heat = torch.einsum("bchw,kc->bkhw", features, self.head.weight)
            return self.head(features.mean((2, 3))), heat

    torch.manual_seed(1)
    return Tiny().eval()


@pytest.fixture(scope="session")
def parts(network: Any) -> tuple[bytes, bytes]:
    """That network's graph and weights."""
    return to_graph(network, 64, ["logits", "heat"])


@pytest.fixture
def make(tmp_path: Path, parts: tuple[bytes, bytes]) -> Callable[..., Path]:
    """Writes that network as a model file, with changes to the manifest."""

    def write(file: str = "pets.ckit", **changes: Any) -> Path:
        path = tmp_path / file
        archive.write(path, {**MANIFEST, **changes}, *parts)
        return path

    return write
