"""The commands that put packages right."""

from __future__ import annotations

import re
import sys

from coursekit.core.version import installed

WHEELS = "https://download.pytorch.org/whl/"


def pip(*arguments: str, python: str = sys.executable) -> str:
    """A command for pip of this very Python, to be copied into a terminal."""
    return " ".join(map(quoted, [python, "-m", "pip", "install", *arguments]))


def quoted(word: str) -> str:
    """A word as both kinds of shell take it."""
    return f'"{word}"' if re.search(r"[\s<>=!&|;()]", word) else word


def torch_again(*names: str) -> str:
    """The command that installs PyTorch's packages again, from where they were from."""
    flavour = installed(names[0]).partition("+")[2]  # `cpu` or `cu128`
    source = ("--index-url", f"{WHEELS}{flavour}") if flavour else ()
    return pip("--force-reinstall", *names, *source)
