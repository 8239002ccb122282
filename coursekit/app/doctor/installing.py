"""The commands that put packages right."""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, version

WHEELS = "https://download.pytorch.org/whl/"


def pip(*arguments: str, python: str = sys.executable) -> str:
    """A command for pip of this very Python, to be copied into a terminal."""
    return " ".join(map(quoted, [python, "-m", "pip", "install", *arguments]))


def quoted(word: str) -> str:
    """A word as both kinds of shell take it."""
    return f'"{word}"' if re.search(r"[\s<>=!&|;()]", word) else word


def torch_again(*names: str) -> str:
    """The command that installs PyTorch's packages again, from where they were from."""
    flavour = _flavour(names[0])
    source = ("--index-url", f"{WHEELS}{flavour}") if flavour else ()
    return pip("--force-reinstall", *names, *source)


def _flavour(name: str) -> str:
    """What a version says of its build, `cpu` or `cu128`; "" where it says nothing."""
    try:
        return version(name).partition("+")[2]
    except PackageNotFoundError:
        return ""
