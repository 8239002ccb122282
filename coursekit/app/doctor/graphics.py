"""PyTorch against the GPU and its driver, as they were found by computing on it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from coursekit.app.doctor.finding import Finding, broken, fine, in_two, worth_knowing
from coursekit.app.doctor.installing import quoted
from coursekit.machine.accelerator import HIDING, hidden

CHOOSE = (
    "On the start page of pytorch.org choose your system, Pip and another CUDA version, and run "
    f"the command that it shows with {quoted(sys.executable)} -m pip in the place of pip and with "
    "--force-reinstall behind install. Until then train on the CPU: set the environment variable "
    'CUDA_VISIBLE_DEVICES to "".'
)
Facts = Mapping[str, Any]


def on_the_gpu(facts: Facts) -> Iterator[Finding]:
    """What is said of a PyTorch that can be imported; `facts` are those of `torch_facts`."""
    if facts["device"] == "cpu":
        yield _on_the_cpu(facts)
    elif facts["computed"]:
        yield fine(f"PyTorch {facts['version']} computes on {_gpu(facts)}{_driver(facts)}.")
    else:
        yield _cannot_compute(facts)
    for trouble in facts["trouble"]:
        yield worth_knowing(trouble)


def _gpu(facts: Facts) -> str:
    return str(next(iter(facts["gpus"]), f"a GPU ({facts['device']})"))


def _driver(facts: Facts) -> str:
    """The driver's version and CUDA's, of the driver and of PyTorch, where there are any."""
    if not (facts["driver"] and facts["cuda"]):
        return ""
    newest = f" for CUDA up to {facts['driver_cuda']}" if facts["driver_cuda"] else ""
    return f" (driver {facts['driver']}{newest}; PyTorch is built for CUDA {facts['cuda']})"


def _cannot_compute(facts: Facts) -> Finding:
    """The finding for a GPU that PyTorch sees, but that does not do what it is told."""
    why = str(facts.get("why") or "the result is wrong")
    if "no kernel image" in why:
        capability = "".join(map(str, facts["capability"]))
        return broken(
            f"PyTorch {facts['version']} has no code for {_gpu(facts)} (it is sm_{capability}; "
            f"there is code for {', '.join(facts['archs'])}).",
            CHOOSE,
        )
    return broken(
        f"PyTorch {facts['version']} sees {_gpu(facts)}, but can't compute on it ({why}).",
        "End other programs that use the GPU, then restart the machine. If that does not help, "
        "install the GPU's driver again.",
    )


def _on_the_cpu(facts: Facts) -> Finding:
    """The finding for a PyTorch that uses no GPU: because there is none, or although there is."""
    if not facts["gpus"]:
        none = "" if facts["trouble"] else "; no GPU was found, and the course needs none"
        return fine(f"PyTorch {facts['version']} computes on the CPU{none}.")
    says, remedy = in_two(facts["why_not"])
    said = " ".join([f"{facts['gpus'][0]} is not used.", says, *facts["warnings"][:1]])
    meant = (facts["cuda"] or facts["hip"]) and not any(map(hidden, HIDING))
    return broken(said, remedy) if meant else worth_knowing(said, remedy)
