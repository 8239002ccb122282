"""What an import costs, and what it must not bring."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import coursekit

PACKAGE = Path(coursekit.__file__).parent
LIGHT = ("core", "data", "machine", "predict", "quiz", "scores", "store")


def output_of(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_coursekit_is_quick_and_brings_neither_torch_nor_numpy() -> None:
    code = (
        "import sys, time; began = time.perf_counter(); import coursekit;"
        "print(time.perf_counter() - began, 'torch' in sys.modules, 'numpy' in sys.modules)"
    )
    runs = [output_of(code).split() for _ in range(3)]
    assert min(float(seconds) for seconds, _, _ in runs) < 0.5  # torch alone takes longer
    assert {(torch, numpy) for _, torch, numpy in runs} == {("False", "False")}


def light_modules() -> list[str]:
    files = [file for part in LIGHT for file in (PACKAGE / part).rglob("*.py")]
    files = [file for file in files if "migrations" not in file.parts]
    files += PACKAGE.glob("panels/*/model.py")
    names = (file.relative_to(PACKAGE.parent).with_suffix("").parts for file in files)
    return sorted(".".join(part for part in name if part != "__init__") for name in names)


def test_what_needs_no_training_needs_no_torch() -> None:
    code = (
        "import importlib, sys\n"
        f"for name in {light_modules()!r}: importlib.import_module(name)\n"
        "heavy = {'torch', 'torchvision', 'timm', 'onnx', 'ipywidgets', 'pynvml'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert len(light_modules()) > 15
    assert output_of(code) == "[]"


@pytest.mark.parametrize("name", coursekit.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(coursekit, name).__doc__
