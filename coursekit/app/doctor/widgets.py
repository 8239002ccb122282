"""The packages of widgets in Python against their other halves in JupyterLab and Notebook."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

from coursekit.app.doctor import jupyters, kernelspecs
from coursekit.app.doctor.finding import Finding, broken, fine, worth_knowing
from coursekit.app.doctor.installing import pip, quoted
from coursekit.app.doctor.jupyters import Jupyter
from coursekit.app.doctor.packages import needs, unmet
from coursekit.core.version import installed

MANAGER = "@jupyter-widgets/jupyterlab-manager"
EXTENSIONS = {MANAGER: "jupyterlab_widgets", "anywidget": "anywidget"}
"""What JupyterLab and Notebook 7 need to draw the panels, and the package that brings it."""

MANAGER_MAJOR = 5
"""Of the extension that goes with ipywidgets 8."""

TESTED = {"jupyterlab": 4, "notebook": 7}
"""The oldest versions that the panels are tested with."""

NAMES = {"jupyterlab": "JupyterLab", "notebook": "Notebook"}


def findings() -> Iterator[Finding]:
    """What is said of widgets, front ends and kernels."""
    yield from halves()
    yield from of_ipykernel()
    own = jupyters.own()
    if "error" in own.facts:
        says = f"Jupyter can't say what it sees: {own.facts['error']}."
        yield broken(says, pip("--force-reinstall", "jupyter_client", "jupyter_core"))
        return
    other = jupyters.other(own.prefix)
    if own.front_ends:
        yield from of_jupyter(own)
        if other:
            yield elsewhere(other)
    elif other:
        yield from of_jupyter(other)
    else:
        yield worth_knowing(
            "Neither JupyterLab nor Notebook was found; `coursekit app` works without them.",
            pip("jupyterlab"),
        )


def halves() -> Iterator[Finding]:
    """Whether what ipywidgets and anywidget need of the browser's side fits them."""
    names = ("ipywidgets", "anywidget")
    try:
        wrong = [(it, words) for name in names for it in needs(name) if (words := unmet(it))]
    except PackageNotFoundError:
        return  # said by the check of the packages
    if wrong:
        what = ", ".join(words for _, words in wrong)
        yield broken(
            f"ipywidgets {installed('ipywidgets')} does not fit its other half: {what}.",
            pip(*(f"{it.name}{it.specifier}" for it, _ in wrong)),
        )
    else:
        known = " and ".join(f"{name} {installed(name)}" for name in names)
        yield fine(f"{known} have the packages that they need.")


def of_ipykernel() -> Iterator[Finding]:
    """What is known of this version of ipykernel."""
    number = installed("ipykernel")
    if number.startswith("7.0."):
        yield broken(
            f"ipykernel {number} loses what a training in the background says (ipywidgets issue "
            "4001).",
            pip("ipykernel>=7.1"),
        )
    elif number:
        yield fine(f"ipykernel {number}. {clicks(number)}")


def clicks(number: str) -> str:
    """When a click on a panel is heard while a cell runs, as tried with real kernels."""
    if (7, 1) <= tuple(int(it) for it in number.split(".")[:2]) < (7, 4):
        return "A click on a panel is heard while a cell runs."
    return (
        "A click on a panel is heard when the running cell has ended; trainings run in the "
        "background, so Pause and Stop work."
    )


def of_jupyter(jupyter: Jupyter) -> Iterator[Finding]:
    """What is said of one Jupyter: its front ends, their extensions, its kernels."""
    yield of_front_ends(jupyter)
    known, off = jupyter.facts["extensions"], jupyter.facts["disabled"]
    if known is not None:
        wrong = [it for name in EXTENSIONS if (it := of_extension(name, jupyter, known, off))]
        yield from wrong
        if not wrong:
            versions = " and ".join(f"{name} {known[name][0]}" for name in EXTENSIONS)
            yield fine(f"Its extensions {versions} are there and switched on.")
    yield from kernelspecs.findings_of(jupyter)


def of_front_ends(jupyter: Jupyter) -> Finding:
    """Whether the panels are tested with what shows notebooks."""
    known = jupyter.front_ends
    named = " and ".join(f"{NAMES[name]} {number}" for name, number in known.items())
    where = f"{named or 'A Jupyter without JupyterLab and Notebook'} ({jupyter.prefix})"
    old = [it for it, number in known.items() if int(number.partition(".")[0]) < TESTED[it]]
    if old or not known:
        wanted = " and ".join(f"{NAMES[name]} {number}" for name, number in TESTED.items())
        return worth_knowing(
            f"{where}; the panels are tested with {wanted}.",
            pip("--upgrade", *(old or ["jupyterlab"]), python=jupyter.python),
        )
    return fine(f"{where}.")


def of_extension(
    name: str, jupyter: Jupyter, known: dict[str, Any], off: list[str]
) -> Finding | None:
    """What is wrong with an extension, or None."""
    again = pip("--force-reinstall", "--no-deps", EXTENSIONS[name], python=jupyter.python)
    if name not in known:
        return broken(
            f"JupyterLab and Notebook of {jupyter.prefix} show no panels: their extension {name} "
            "is missing.",
            again,
        )
    number, folder = known[name]
    if not fits(name, number):
        mine = installed("ipywidgets" if name == MANAGER else name)
        return broken(
            f"The extension {name} {number} in {folder} does not fit "
            f"{'ipywidgets' if name == MANAGER else name} {mine}, so panels are not drawn.",
            again if Path(folder).is_relative_to(jupyter.prefix) else f"Delete {folder}.",
        )
    if any(it.partition(":")[0] == name for it in off):
        return broken(f"The extension {name} is switched off.", switch_on(name, jupyter))
    return None


def fits(name: str, number: str) -> bool:
    """Whether an extension's version goes with the package in this Python."""
    parts = number.split(".")
    if name == MANAGER:
        return parts[0] == str(MANAGER_MAJOR)
    mine = installed(name).split(".")
    return parts[: 2 if mine[0] == "0" else 1] == mine[: 2 if mine[0] == "0" else 1]


def switch_on(name: str, jupyter: Jupyter) -> str:
    """What switches an extension on: the file that switches it off, where that was found."""
    for file in map(Path, jupyter.facts["configs"]):
        if name in str(json.loads(file.read_text(encoding="utf-8")).get("disabledExtensions")):
            return f'Delete what names it from "disabledExtensions" in {file}.'
    return f"{quoted(jupyter.python)} -m jupyter labextension enable {name}"


def elsewhere(other: Jupyter) -> Finding:
    """That a terminal starts another Jupyter than this environment's."""
    return worth_knowing(
        f"`jupyter lab` in a terminal starts the Jupyter of {other.prefix}, not this one.",
        f"Start this one: {quoted(sys.executable)} -m jupyter lab",
    )
