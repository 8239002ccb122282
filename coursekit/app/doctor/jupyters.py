"""The Jupyters that may start here: this Python's own, and the one that a terminal finds first."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coursekit.app.doctor.outside import ask

SECONDS = 15
COMMANDS = ("jupyter-lab", "jupyter-notebook", "jupyter")


@dataclass(frozen=True)
class Jupyter:
    """One Python's Jupyter, as `jupyter_facts` describes it.

    Attributes:
        own: Whether it is this Python's.
        facts: Its versions, extensions and kernels; "error" alone where it could not say.
    """

    own: bool
    facts: dict[str, Any]

    @property
    def python(self) -> str:
        """The program that runs it."""
        return str(self.facts["python"])

    @property
    def prefix(self) -> str:
        """The folder of its environment."""
        return str(self.facts["prefix"])

    @property
    def front_ends(self) -> dict[str, str]:
        """What shows notebooks, with versions."""
        known: dict[str, str] = self.facts["versions"]
        return {name: number for name, number in known.items() if number}


def own() -> Jupyter:
    """This Python's; it has no front end where neither JupyterLab nor Notebook is installed."""
    answer = ask("jupyter_facts", SECONDS)
    error = {"error": "it did not answer" if answer.late else answer.words}
    return Jupyter(True, answer.value or error)


def other(prefix: str) -> Jupyter | None:
    """The one that `jupyter lab` in a terminal starts, where it is not that of `prefix`."""
    for command in COMMANDS:
        found = shutil.which(command)
        if found and (python := interpreter(Path(found))):
            facts = {} if belongs(python, prefix) else _facts(python)
            known = "prefix" in facts and not same_folder(facts["prefix"], prefix)
            return Jupyter(False, facts) if known else None
    return None


def _facts(python: str) -> dict[str, Any]:
    try:
        return ask("jupyter_facts", SECONDS, python).value
    except OSError:
        return {}


def interpreter(command: Path) -> str:
    """The Python that runs a command: of its first line, else the one beside it; "" for none."""
    folder = command.resolve().parent
    beside = [folder / "python3", folder / "python", folder.parent / "python.exe"]
    candidates = [*_named_in(command), *map(str, beside)]
    return next((it for it in candidates if os.access(it, os.X_OK) and Path(it).is_file()), "")


def _named_in(command: Path) -> Iterator[str]:
    """The Pythons that the first two lines name: the second one where the path is long."""
    try:
        with command.open("rb") as file:
            lines = [file.readline(1000).decode("utf-8", "replace").strip() for _ in range(2)]
    except OSError:
        return
    if lines[0].startswith("#!"):
        yield lines[0][2:].strip()
        yield lines[1].removeprefix("'''exec'").partition("$0")[0].strip(" \"'")


def belongs(python: str, prefix: str) -> bool:
    """Whether a program is the Python of an environment; a link to it may lie elsewhere."""
    folder = Path(shutil.which(python) or python).parent
    return any(same_folder(str(it), prefix) for it in (folder, folder.parent))


def same_folder(one: str, other: str) -> bool:
    """Whether two paths are one folder."""
    return os.path.realpath(one) == os.path.realpath(other)
