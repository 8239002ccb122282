"""Files that Python takes for a package although they are something else."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.machinery import PathFinder
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

MODULES = {
    "torch": "torch",
    "torchvision": "torchvision",
    "timm": "timm",
    "numpy": "numpy",
    "PIL": "pillow",
    "onnxruntime": "onnxruntime",
    "onnx": "onnx",
    "safetensors": "safetensors",
    "sklearn": "scikit-learn",
    "matplotlib": "matplotlib",
    "ipywidgets": "ipywidgets",
    "anywidget": "anywidget",
    "traitlets": "traitlets",
    "IPython": "ipython",
    "ipykernel": "ipykernel",
    "jupyter_client": "jupyter_client",
    "sqlalchemy": "sqlalchemy",
    "requests": "requests",
}
"""What is imported, and the package that brings it."""

HARMLESS = {"test", "this", "turtle", "antigravity"}
"""Modules of Python that no package imports."""


def hiding(module: str, path: Sequence[str] | None = None) -> Path | None:
    """The file that Python takes for `module`, where it is not the installed package's.

    Args:
        module: One of `MODULES`.
        path: Where to look, in this order; None for where this Python looks.
    """
    with suppress(PackageNotFoundError, KeyError):
        package = distribution(MODULES[module])
        spec = PathFinder.find_spec(module, list(sys.path if path is None else path))
        if spec is None or not spec.origin or _is_editable(package):
            return None
        file, home = Path(spec.origin), Path(str(package.locate_file("")))
        # some installers put links into the folder, and some folders are links
        own = file.is_relative_to(home) or file.resolve().is_relative_to(home.resolve())
        return None if own else file
    return None


def _is_editable(package: Distribution) -> bool:
    with suppress(ValueError, AttributeError):
        note = json.loads(package.read_text("direct_url.json") or "{}")
        return bool(note.get("dir_info", {}).get("editable"))
    return False


def named_like_pythons_own(folder: Path) -> Iterator[Path]:
    """Python files in `folder` that hide a module of Python itself, such as `random.py`."""
    with suppress(OSError):
        for file in sorted(folder.glob("*.py")):
            if file.stem in sys.stdlib_module_names - HARMLESS - set(sys.builtin_module_names):
                yield file


def hiders(folder: Path) -> list[Path]:
    """Files in `folder` that notebooks in it take for modules of Python or for packages."""
    packages = (hiding(module, [str(folder)]) for module in MODULES)
    return [*named_like_pythons_own(folder), *filter(None, packages)]


def away(file: Path) -> str:
    """How a file that hides a package gets out of the way."""
    named = file.parent if file.name == "__init__.py" else file
    return f"Rename {named}, or take its folder out of PYTHONPATH, then start Jupyter anew."
