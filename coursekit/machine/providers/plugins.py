"""Providers that other packages bring, by an entry point of the group `coursekit.providers`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from coursekit.core.errors import sentence
from coursekit.machine.providers.provider import Provider
from coursekit.machine.providers.signs import Signs

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "coursekit.providers"


@dataclass(frozen=True)
class Found:
    """What other packages bring.

    Attributes:
        providers: In the order of their entry points' names.
        failed: A sentence for each that can't be used; more come when one fails later.
    """

    providers: tuple[Provider, ...] = ()
    failed: list[str] = field(default_factory=list)


@cache
def found() -> Found:
    """What is installed, looked for once."""
    return find(sys.path)


def find(path: Sequence[str]) -> Found:
    """What is installed in the folders of `path`.

    Nearly always nothing is, and it takes a third of the time to find that out here than to
    ask `importlib.metadata`, which has to be imported first.
    """
    if not any(mentioned(folder) for folder in path):
        return Found()
    metadata = import_module("importlib.metadata")
    entries = {it.name: it for it in _entries(metadata, path)}  # the first of a name counts
    providers, failed = [], []
    for name in sorted(entries):
        try:
            providers.append(loaded(entries[name]))
        except Exception as error:  # noqa: BLE001 - it is somebody else's code
            failed.append(_left_out(f"{name} ({entries[name].value})", error))
    return Found(tuple(providers), failed)


def fits(provider: Provider, signs: Signs) -> bool:
    """Whether a machine is a plug-in's; one that fails at this is named in `found().failed`."""
    try:
        return bool(provider.recognise(signs))
    except Exception as error:  # noqa: BLE001 - it is somebody else's code
        text = _left_out(provider.name, error)
        if text not in found().failed:
            found().failed.append(text)
        return False


def _left_out(name: str, error: Exception) -> str:
    return (
        f"The plug-in {name} can't be used ({sentence(error).rstrip('.')}) and is left out. "
        "Update or uninstall the package that brings it."
    )


def _entries(metadata: object, path: Sequence[str]) -> Iterator[EntryPoint]:
    for it in reversed(list(metadata.distributions(path=list(path)))):  # type: ignore[attr-defined]
        yield from (entry for entry in it.entry_points if entry.group == GROUP)


def loaded(entry: EntryPoint) -> Provider:
    """The provider that an entry point names.

    Raises:
        TypeError: It names something else. What its module raises goes on, too.
    """
    made = entry.load()
    if not isinstance(made, Provider):
        raise TypeError(f"it is a {type(made).__name__}, and no Provider")
    return made


def mentioned(folder: str) -> bool:
    """Whether a package in a folder has an entry point of ours; no Path, to be twice as fast."""
    try:
        names = os.listdir(folder or ".")  # noqa: PTH208
    except OSError:
        return False
    infos = [it for it in names if it.endswith((".dist-info", ".egg-info"))]
    return any(GROUP.encode() in _bytes(f"{folder or '.'}/{it}/entry_points.txt") for it in infos)


def _bytes(file: str) -> bytes:
    try:
        with open(file, "rb") as opened:  # noqa: PTH123
            return opened.read()
    except OSError:
        return b""
