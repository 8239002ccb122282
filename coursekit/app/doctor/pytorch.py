"""PyTorch: whether it can be imported, computes, and reaches the GPU that is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from coursekit.app.doctor.finding import Finding, broken, fine
from coursekit.app.doctor.graphics import on_the_gpu
from coursekit.app.doctor.installing import pip, torch_again
from coursekit.app.doctor.outside import Answer, ask
from coursekit.app.doctor.packages import needs, unmet
from coursekit.app.doctor.shadows import away, hiding

SECONDS = 60
VISUAL_C = (
    "Install Microsoft's Visual C++ Redistributable for 64 bits from Microsoft's pages, restart, "
    "and try again."
)


def findings() -> Iterator[Finding]:
    """What is said of torch, the GPU and torchvision."""
    torch = ask("torch_facts", SECONDS)
    if "version" not in torch.value:
        yield cannot_import("torch", torch)
        return
    yield from of_torch(torch.value)
    vision = ask("torchvision_facts", SECONDS)
    if "version" not in vision.value:
        yield cannot_import("torchvision", vision)
    else:
        yield of_torchvision(vision.value)


def of_torch(facts: dict[str, Any]) -> Iterator[Finding]:
    """What is said of a torch that can be imported."""
    if facts["device"] == "cpu" and not facts["computed"]:
        yield broken(
            f"PyTorch {facts['version']} was imported, but does not compute "
            f"({facts.get('why') or 'the result is wrong'}).",
            torch_again("torch", "torchvision"),
        )
        return
    yield from on_the_gpu(facts)


def of_torchvision(facts: dict[str, Any]) -> Finding:
    """What is said of a torchvision that can be imported."""
    if not facts["computed"]:
        return broken(
            f"torchvision {facts['version']} was imported, but computes something wrong.",
            torch_again("torch", "torchvision"),
        )
    return fine(f"torchvision {facts['version']} fits it.")


def cannot_import(name: str, answer: Answer) -> Finding:
    """Why a package can't be imported, and what to do."""
    if file := hiding(name):
        return broken(
            f"{name} can't be imported: Python takes {file} for it, and not the installed package.",
            away(file),
        )
    if answer.late:
        return broken(
            f"Importing {name} takes more than {SECONDS} s.",
            "Try again: the first time after an installation it is slow. If it stays so, the disk "
            "is slow or the memory is full.",
        )
    said = str(answer.value.get("error", ""))
    if answer.value.get("missing"):
        return _missing(name, str(answer.value["missing"]))
    if not said:
        where = f" while it was at {answer.place}" if answer.place else ""
        how = (
            f"crashes Python ({answer.crash})" if answer.crash else f"ended Python: {answer.words}"
        )
        return broken(f"Importing {name} {how}{where}.", torch_again("torch", "torchvision"))
    return _raised(name, said, str(answer.value.get("place", "")))


def _missing(name: str, module: str) -> Finding:
    if module == name:
        return broken(f"{name} is not installed.", pip("torch", "torchvision"))
    return broken(f"{name} can't be imported: it needs {module}, which is missing.", pip(module))


def _raised(name: str, said: str, place: str) -> Finding:
    """The finding for an import that raised an exception."""
    if re.search(r"WinError (126|127|1114)", said):
        return broken(f"{name} can't be imported: a part of Windows is missing ({said}).", VISUAL_C)
    if name == "torchvision" and (words := _does_not_fit(said)):
        return broken(words, torch_again("torch", "torchvision"))
    where = f", in {place}" if place else ""
    return broken(f"{name} can't be imported: {said}{where}.", torch_again("torch", "torchvision"))


def _does_not_fit(said: str) -> str:
    """That torchvision was made for another torch, or "" where that is not the reason."""
    from importlib.metadata import version

    builds = [version(it) for it in ("torch", "torchvision")]
    flavours = {it.partition("+")[2] for it in builds}
    wanted = [it for it in needs("torchvision") if it.name == "torch" and unmet(it)]
    if not wanted and len(flavours) < 2 and not re.search("nms|undefined symbol|_C", said):
        return ""
    why = f"it needs torch{wanted[0].specifier}" if wanted else said
    return f"torchvision {builds[1]} does not fit torch {builds[0]} ({why})."
