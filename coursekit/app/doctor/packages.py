"""Whether the packages that coursekit needs are there, new enough, and the ones that are used."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distributions, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

from coursekit.app.doctor.finding import Finding, broken, fine, worth_knowing
from coursekit.app.doctor.installing import pip
from coursekit.app.doctor.shadows import (
    MODULES,
    away,
    hiders,
    hiding,
    named_like_pythons_own,
)
from coursekit.core.version import PACKAGE
from coursekit.core.wording import listing
from coursekit.machine import providers

if TYPE_CHECKING:
    from packaging.requirements import Requirement

MOST = 5
"""Packages that are named one by one."""


def findings() -> Iterator[Finding]:
    """What is said of the packages."""
    yield from requirements()
    yield from copies()
    yield from hidden()
    yield from hidden_pythons_own(Path.cwd(), os.environ.get("PYTHONPATH", ""))
    yield from plug_ins()


def requirements(package: str = PACKAGE) -> Iterator[Finding]:
    """Whether what `package` needs is there."""
    try:
        needed = needs(package)
    except PackageNotFoundError:
        yield worth_knowing(
            f"{package} is used without being installed, so what it needs is not known here.",
            f"In its folder: {pip('-e', '.')}",
        )
        return
    wrong = [(it, words) for it in needed if (words := unmet(it))]
    if not wrong:
        yield fine(f"The {len(needed)} packages that coursekit needs are there.")
        return
    what = listing((words for _, words in wrong), most=8)
    names = (f"{it.name}{it.specifier}" for it, _ in wrong)
    yield broken(f"Packages are missing or don't fit: {what}.", pip(*names))


def needs(package: str) -> list[Requirement]:
    """What `package` says that it needs here, without extras.

    Raises:
        PackageNotFoundError: It is not installed.
    """
    from packaging.requirements import Requirement

    known = [Requirement(it) for it in requires(package) or []]
    return [it for it in known if it.marker is None or it.marker.evaluate({"extra": ""})]


def unmet(need: Requirement) -> str:
    """What is wrong with an installed package, or "" where it is what is needed."""
    try:
        there = version(need.name)
    except PackageNotFoundError:
        return f"{need.name} is missing"
    if not there:  # an installation that broke off
        return f"{need.name} is there in part"
    if not need.specifier.contains(there, prereleases=True):
        return f"{need.name} is {there}, not {need.specifier}"
    return ""


def copies() -> Iterator[Finding]:
    """Packages that are installed twice, of which only the first is used."""
    places: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
    for package in distributions():
        name = (package.metadata["Name"] or "").lower().replace("_", "-")
        folder = os.path.realpath(str(package.locate_file("")))
        places[name][package.version, folder] = None
    twice = {name: list(it) for name, it in places.items() if name and len(it) > 1}
    for name in sorted(twice)[:MOST]:
        (used, first), (unused, other) = twice[name][:2]
        yield worth_knowing(
            f"{name} is there twice: {used} in {first} is used, and {unused} in {other} is not.",
            f"If {name} makes trouble, uninstall it until it is gone, and install it again.",
        )


def hidden() -> Iterator[Finding]:
    """Installed packages that something else is taken for."""
    for module in MODULES:
        if file := hiding(module):
            yield broken(
                f"Python takes {file} for {module}, and not the installed package.", away(file)
            )


def hidden_pythons_own(here: Path, pythonpath: str) -> Iterator[Finding]:
    """Modules that a file in this folder, or on PYTHONPATH, is taken for."""
    for folder in filter(None, pythonpath.split(os.pathsep)):
        for file in named_like_pythons_own(Path(folder)):
            yield broken(f"Python takes {file} for its own module {file.stem}.", away(file))
    if own := hiders(here):
        names = listing((it.name for it in own), most=MOST)
        yield worth_knowing(
            f"For notebooks that lie in this folder, {names} can hide modules of the same name.",
            f"Rename {names}, or keep notebooks in another folder.",
        )


def plug_ins() -> Iterator[Finding]:
    """Plug-ins for providers of machines that can't be used."""
    providers.recognise()  # some fail only at this
    for sentence in providers.skipped():
        says, _, remedy = sentence.rpartition(". ")
        yield worth_knowing(f"{says}.", remedy)
