"""Memory: of the machine, or what its container may have of it."""

from __future__ import annotations

from collections.abc import Iterator

from coursekit.app.doctor.finding import Finding, broken, fine, worth_knowing
from coursekit.core.wording import file_size

LITTLE, TOO_LITTLE = 2e9, 8e8
"""Bytes: a notebook with PyTorch takes 0.7 GB, and a training about as much again."""


def findings() -> Iterator[Finding]:
    """What is said of the memory."""
    from coursekit.machine.host import HostReader

    host = HostReader().read()
    yield of_memory(host.memory_total, host.memory_used, host.limited)


def of_memory(total: int, used: int, limited: bool) -> Finding:
    """Whether there is enough of it; `limited` by a container."""
    free = max(0, total - used)
    whose = "that this container may have" if limited else "of this machine"
    says = f"{file_size(free)} of the {file_size(total)} of memory {whose} are free."
    if free < TOO_LITTLE:
        what = "give the container more" if total < LITTLE and limited else "use a larger machine"
        return broken(says, f"End other programs and notebooks' kernels, or {what}.")
    if free < LITTLE:
        return worth_knowing(says, "End kernels that you don't use before you train.")
    return fine(says)
