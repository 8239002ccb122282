from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import timm
import torch
from safetensors.torch import save
from support_hub import hub
from support_server import ArchiveServer
from torch import nn
from torchvision.models import mobilenet_v3_small

from coursekit.core.errors import CourseError
from coursekit.vision.models import DEFAULT, body_of
from coursekit.vision.weights import (
    INSTEAD,
    NoWeights,
    load_torchvision_weights,
    pretrained_timm,
)

TINY = "test_resnet"  # half a million parameters
TINY_FILE = "/timm/test_resnet.r160_in1k/resolve/main/model.safetensors"

Serve = Callable[[bytes], None]


def seeded(seed: int, build: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(seed)
    return build()


def pth(model: nn.Module) -> bytes:
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    return file.getvalue()


def same(one: nn.Module, other: nn.Module) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


@pytest.fixture
def small() -> nn.Module:
    return seeded(1, mobilenet_v3_small)


@pytest.fixture
def serve(archive_server: ArchiveServer, home: Path) -> Serve:
    """Puts what mobilenet_v3_small's weights shall be on a server, and into the catalogue."""

    def serve(content: bytes, digest_of: bytes | None = None) -> None:
        url = archive_server.put("small.pth", content)
        digest = hashlib.sha256(digest_of or content).hexdigest()
        entry = f'[weights.mobilenet_v3_small]\nurl = "{url}"\nsha256 = "{digest}"\n'
        (home / "catalogue.toml").write_text(entry, encoding="utf-8")

    return serve


def test_the_default_weights_are_installed() -> None:
    model: Any = pretrained_timm(DEFAULT)
    assert sum(parameter.numel() for parameter in model.parameters()) == 4_652_008
    assert model.conv_stem.weight.std() > 0.1


def test_torchvisions_weights_are_downloaded_once(
    archive_server: ArchiveServer, serve: Serve, small: nn.Module
) -> None:
    serve(pth(small))
    for _ in range(2):
        model = seeded(2, mobilenet_v3_small)
        load_torchvision_weights(model, mobilenet_v3_small)
        assert same(model, small)
    assert len(archive_server.asked) == 1


def test_a_body_gets_them(serve: Serve, small: nn.Module) -> None:
    serve(pth(small))
    body = body_of(mobilenet_v3_small, pretrained=True)
    assert same(nn.Sequential(*body.trunk, *body.last), small.features)  # type: ignore[arg-type, misc]


def test_weights_that_arrive_damaged_are_said_to_be(serve: Any, small: nn.Module) -> None:
    content = pth(small)
    serve(content[:5000] + b"!" + content[5001:], digest_of=content)
    with pytest.raises(CourseError, match=r"^small.pth arrived damaged twice"):
        load_torchvision_weights(small, mobilenet_v3_small)


@pytest.mark.parametrize("content", [b"no weights at all", pth(nn.Linear(3, 2))], ids=len)
def test_a_file_that_is_something_else_is_thrown_away(
    serve: Serve, small: nn.Module, home: Path, content: bytes
) -> None:
    serve(content)
    with pytest.raises(NoWeights, match="damaged or of another model") as caught:
        load_torchvision_weights(small, mobilenet_v3_small)
    assert str(caught.value).endswith(INSTEAD)
    assert not (home / "models" / "pretrained" / "small.pth").exists()


def test_a_pickle_among_weights_is_not_executed(
    serve: Serve, small: nn.Module, tmp_path: Path
) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "executed"),)

    file = io.BytesIO()
    torch.save({"features.0.0.weight": Hostile()}, file)
    serve(file.getvalue())
    with pytest.raises(CourseError):
        load_torchvision_weights(small, mobilenet_v3_small)
    assert not (tmp_path / "executed").exists()


def test_without_a_network_torchvisions_name_what_works(
    small: nn.Module, home: Path, closed_port: int
) -> None:
    url = f"http://127.0.0.1:{closed_port}/small.pth"
    entry = f'[weights.mobilenet_v3_small]\nurl = "{url}"\nsha256 = "{"0" * 64}"\n'
    (home / "catalogue.toml").write_text(entry, encoding="utf-8")
    with pytest.raises(CourseError, match=r"small.pth was not downloaded") as caught:
        load_torchvision_weights(small, mobilenet_v3_small)
    assert repr(DEFAULT) in str(caught.value)


def elsewhere(code: str, folder: Path, endpoint: str) -> subprocess.CompletedProcess[str]:
    """Runs code in a process that knows only one hub: huggingface_hub reads that on import."""
    settings = {"HF_ENDPOINT": endpoint, "HF_HOME": str(folder), "HF_HUB_DISABLE_XET": "1"}
    unwanted = ("HF_TOKEN", "HF_HUB_OFFLINE", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy")
    environment = {key: value for key, value in os.environ.items() if key not in unwanted}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment | settings,
        capture_output=True,
        text=True,
        timeout=240,
    )


FROM_HUB = f"""
import sys, torch
from coursekit.core.errors import CourseError
from coursekit.vision.models import body_of
try:
    body = body_of({TINY!r}, pretrained=True)
except CourseError as error:
    sys.exit(str(error))
print(float(torch.nn.Sequential(body.trunk, body.last).eval()(torch.ones(1, 3, 64, 64)).sum()))
"""


@pytest.mark.slow
def test_timms_weights_come_from_the_hub_and_stay(tmp_path: Path, closed_port: int) -> None:
    model = seeded(3, lambda: timm.create_model(TINY)).eval()
    with torch.no_grad():
        expected = float(model.forward_features(torch.ones(1, 3, 64, 64)).sum())  # type: ignore[operator]
    with hub({TINY_FILE: save(model.state_dict())}) as (address, asked):
        done = elsewhere(FROM_HUB, tmp_path, address)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) == pytest.approx(expected, rel=1e-4)
    assert f"GET {TINY_FILE}" in asked

    began = time.monotonic()
    again = elsewhere(FROM_HUB, tmp_path, f"http://127.0.0.1:{closed_port}")
    assert again.stdout == done.stdout, again.stderr
    assert time.monotonic() - began < 30  # most of it importing


@pytest.mark.slow
def test_without_a_network_timms_name_what_works(tmp_path: Path, closed_port: int) -> None:
    began = time.monotonic()
    done = elsewhere(FROM_HUB, tmp_path, f"http://127.0.0.1:{closed_port}")
    assert time.monotonic() - began < 30
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"The pretrained weights of {TINY} can't be had: 127.0.0.1 does not")
    assert last.endswith(INSTEAD)


def test_a_network_that_nobody_has_trained_is_said_to_be() -> None:
    with pytest.raises(NoWeights, match="nobody has published any"):
        pretrained_timm("efficientnet_b8")
