"""PyTorch's build against the GPU and its driver."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from coursekit.app.doctor.finding import Finding, broken, fine, worth_knowing
from coursekit.app.doctor.installing import quoted

CHOOSE = (
    "On the start page of pytorch.org choose your system, Pip and {build}, and run the command "
    f"that it shows with {quoted(sys.executable)} -m pip in the place of pip and with "
    "--force-reinstall behind install."
)


@dataclass(frozen=True)
class Driver:
    """NVIDIA's driver and what it shows.

    Attributes:
        version: Such as "550.54.15"; None without one.
        cuda: The newest CUDA that it runs, such as "12.4".
        gpus: The GPUs' names.
        notes: Sentences about what can't be used, and why.
    """

    version: str | None = None
    cuda: str | None = None
    gpus: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def driver_of_here() -> Driver:
    """This machine's."""
    from coursekit.machine.nvidia import Nvidia

    nvidia = Nvidia()
    gpus, notes = nvidia.read()
    return Driver(nvidia.driver, nvidia.cuda, tuple(gpu.name for gpu in gpus), tuple(notes))


def on_the_gpu(
    facts: Mapping[str, Any], driver: Driver, environ: Mapping[str, str] = os.environ
) -> Iterator[Finding]:
    """What is said of a PyTorch that can be imported; `facts` are those of `torch_facts`."""
    if facts["device"] == "cpu":
        yield _on_the_cpu(facts, driver, environ)
    elif facts["computed"]:
        yield fine(f"PyTorch {facts['version']} computes on {_gpu(facts)}{_with(facts, driver)}.")
    else:
        yield _cannot_compute(facts)
    for note in driver.notes:
        yield worth_knowing(note)


def _gpu(facts: Mapping[str, Any]) -> str:
    return str(facts.get("name") or "this Mac's GPU")


def _with(facts: Mapping[str, Any], driver: Driver) -> str:
    if not (driver.version and facts["cuda"]):
        return ""
    return f" ({_versions(facts, driver)})"


def _versions(facts: Mapping[str, Any], driver: Driver) -> str:
    return (
        f"driver {driver.version} runs CUDA {driver.cuda} and older; PyTorch is built for CUDA "
        f"{facts['cuda']}"
    )


def _cannot_compute(facts: Mapping[str, Any]) -> Finding:
    """The finding for a GPU that PyTorch sees, but that does not do what it is told."""
    why = str(facts.get("why") or "the result is wrong")
    if "no kernel image" in why:
        capability = "".join(map(str, facts["capability"]))
        return broken(
            f"PyTorch {facts['version']} has no code for {_gpu(facts)} (it is sm_{capability}; "
            f"there is code for {', '.join(facts['archs'])}).",
            f"{CHOOSE.format(build='another CUDA version')} Until then train on the CPU: set the "
            'environment variable CUDA_VISIBLE_DEVICES to "".',
        )
    return broken(
        f"PyTorch {facts['version']} sees {_gpu(facts)}, but can't compute on it ({why}).",
        "End other programs that use the GPU, then restart the machine. If that does not help, "
        "install NVIDIA's driver again.",
    )


def _on_the_cpu(facts: Mapping[str, Any], driver: Driver, environ: Mapping[str, str]) -> Finding:
    """The finding for a PyTorch that uses no GPU: because there is none, or although there is."""
    name = f"PyTorch {facts['version']}"
    if not driver.gpus:
        none = "" if driver.notes else "; no GPU was found, and the course needs none"
        return fine(f"{name} computes on the CPU{none}.")
    gpu = driver.gpus[0]
    if not facts["cuda"]:
        build = "ROCm, for GPUs of AMD" if facts["hip"] else "CPUs"
        return worth_knowing(
            f"{name} is built for {build}, so that {gpu} lies idle.",
            CHOOSE.format(build=f"CUDA {driver.cuda or ''} or older".replace("  ", " ")),
        )
    if driver.cuda and _major(facts["cuda"]) > _major(driver.cuda):
        return broken(
            f"{name} does not reach {gpu}: {_versions(facts, driver)}.",
            f"Install a newer driver of NVIDIA. Or: {CHOOSE.format(build=f'CUDA {driver.cuda}')}",
        )
    if (chosen := environ.get("CUDA_VISIBLE_DEVICES")) is not None:
        return worth_knowing(
            f"{name} computes on the CPU: the environment variable CUDA_VISIBLE_DEVICES is "
            f'"{chosen}", which hides {gpu}.',
            "Take that variable away if you want to train on the GPU.",
        )
    return broken(
        f"{name} does not reach {gpu} ({(facts['warnings'] or ['it does not say why'])[0]}).",
        "Restart the machine. If that does not help, install NVIDIA's driver again.",
    )


def _major(version: str) -> int:
    return int(version.partition(".")[0])
