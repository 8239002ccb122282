"""What PyTorch can train on, and why not on a GPU."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit.machine import loaded
from coursekit.machine.readings import Accelerator, Gpu, Kind

HIDING = {"NVIDIA": "CUDA_VISIBLE_DEVICES", "AMD": "HIP_VISIBLE_DEVICES"}


@dataclass(frozen=True)
class Build:
    """What PyTorch was built for; the versions of CUDA, ROCm and oneAPI, or None."""

    version: str = ""
    cuda: str | None = None
    hip: str | None = None
    xpu: str | None = None


def accelerator(gpus: Sequence[Gpu], cuda: str | None) -> Accelerator:
    """What PyTorch can use; where it is not loaded, what its build would use of these GPUs.

    Args:
        gpus: Those that were found.
        cuda: The newest CUDA that NVIDIA's driver runs, such as "12.4".
    """
    torch = loaded.torch()
    build = _on_disk() if torch is None else _of(torch.version)
    kind = _expected(build, gpus, cuda) if torch is None else _usable(torch)
    why = _why(build, gpus, cuda) if kind == "none" else ""
    return Accelerator(kind, build.version, torch is not None, why)


def _usable(torch: Any) -> Kind:
    """What PyTorch itself says."""
    if torch.cuda.is_available():
        return "ROCm" if torch.version.hip else "CUDA"
    if torch.backends.mps.is_available():
        return "MPS"
    return "XPU" if hasattr(torch, "xpu") and torch.xpu.is_available() else "none"


def _expected(build: Build, gpus: Sequence[Gpu], cuda: str | None) -> Kind:
    makers = {gpu.maker for gpu in gpus if not hidden(gpu.maker)}
    if build.cuda and "NVIDIA" in makers and not _too_new(build, cuda):
        return "CUDA"
    if build.hip and "AMD" in makers:
        return "ROCm"
    if build.version and _apple():
        return "MPS"
    return "XPU" if build.xpu else "none"


def _on_disk() -> Build:
    """The build that an import would load, read from its file `version.py`."""
    try:
        spec = importlib.util.find_spec("torch")
        text = Path(str(spec and spec.origin)).with_name("version.py").read_text(encoding="utf-8")
    except (OSError, ValueError):  # not installed, or kept from being imported
        return Build()
    said = dict(re.findall(r"^(\w+)(?:: .+)? = '(.+)'$", text, re.MULTILINE))
    return Build(said.get("__version__", ""), said.get("cuda"), said.get("hip"), said.get("xpu"))


def _of(version: Any) -> Build:
    return Build(version.__version__, version.cuda, version.hip, getattr(version, "xpu", None))


def _why(build: Build, gpus: Sequence[Gpu], cuda: str | None) -> str:
    makers = {gpu.maker for gpu in gpus}
    if not build.version:
        return "PyTorch is not installed here. Install it: pip install torch torchvision."
    for maker in makers:
        if hidden(maker):
            return (
                f"The environment variable {HIDING[maker]} hides the GPU from PyTorch. Unset it, "
                "then restart the kernel."
            )
    if "NVIDIA" in makers:
        return _why_not_cuda(build, cuda)
    if "AMD" in makers:
        return _why_not_rocm(build)
    if sys.platform == "darwin":
        return "On a Mac PyTorch uses Apple's own processors (M1 and later) with macOS 14 or later."
    return "There is no GPU here that PyTorch could use."


def _why_not_cuda(build: Build, cuda: str | None) -> str:
    if not build.cuda:
        return (
            f"PyTorch {build.version} was built without CUDA, so it cannot use the GPU. Install "
            "the build for CUDA that pytorch.org shows."
        )
    if _too_new(build, cuda):
        return (
            f"PyTorch {build.version} was built for CUDA {build.cuda}, and the driver runs "
            f"{cuda} at most. Update NVIDIA's driver, or install PyTorch for CUDA {cuda}."
        )
    return "PyTorch cannot reach the GPU, although its driver answers. Restart the machine."


def _why_not_rocm(build: Build) -> str:
    if not build.hip:
        return (
            f"PyTorch {build.version} was built without ROCm, which it needs for an AMD GPU. "
            "Install the build for ROCm that pytorch.org shows; it is for Linux."
        )
    return (
        "PyTorch cannot reach the AMD GPU. Your account may have to be in the groups render and "
        "video; ROCm's documentation says which GPUs it can use."
    )


def hidden(maker: str) -> bool:
    """Whether an environment variable keeps the GPUs of a maker from PyTorch."""
    said = os.environ.get(HIDING.get(maker, ""))
    return said is not None and said.strip() in ("", "-1")


def _too_new(build: Build, cuda: str | None) -> bool:
    """Whether the driver is too old; within a major version every build runs on every driver."""
    if not build.cuda or not cuda:
        return False
    return int(build.cuda.split(".")[0]) > int(cuda.split(".")[0])


def _apple() -> bool:
    return sys.platform == "darwin" and platform.machine() == "arm64"
