"""What a reading means, in words before numbers."""

from __future__ import annotations

import sys

from coursekit.core.kernel import kernel
from coursekit.core.wording import file_size, listing, percent, plural
from coursekit.machine.holding import LARGE, Held
from coursekit.machine.reader import AT_WORK
from coursekit.machine.readings import Accelerator, Gpu, Host, Reading

LESSON_1 = 11.0
"""Seconds that `fine_tune(1)` of lesson 1 takes one core; measured on a rented server's."""

BUSY = 0.5
"""Share of the processor from which on whatever comes takes longer."""

RESTING = 60.0
"""Seconds from which on it is said for how long a GPU has been idle."""


def lines(reading: Reading) -> list[str]:
    """All of a reading: what it means, what is wrong, then each part with its numbers."""
    return [*summary(reading), *reading.trouble, *details(reading)]


def summary(reading: Reading) -> list[str]:
    """A sentence for each GPU; without one, what that means for lesson 1."""
    if not reading.gpus:
        return [without_gpu(reading.host, bool(reading.trouble))]
    return [f"{_label(gpu, reading)} {doing(gpu)}, {held(gpu)}." for gpu in reading.gpus]


def details(reading: Reading) -> list[str]:
    """What PyTorch uses, then the numbers of each GPU, driver, processor, memory and disk."""
    return [
        pytorch(reading.accelerator, bool(reading.gpus)),
        *(gpu_numbers(gpu) for gpu in reading.gpus),
        *driver(reading),
        *host_numbers(reading.host),
    ]


def without_gpu(host: Host, trouble: bool) -> str:
    """What it means that there is no GPU, or none that may be used, for lesson 1."""
    what = "No GPU can be used" if trouble else "No GPU here"
    seconds = 10 * round(LESSON_1 / min(1.0, host.cores) / 10)
    busy = ", longer while it is as busy as now" if (host.busy or 0) > BUSY else ""
    return f"{what}: lesson 1 takes about {seconds} seconds on this CPU{busy}."


def doing(gpu: Gpu) -> str:
    """`37 % busy`, `idle`, `idle for 25 minutes`; `ready` where it does not say."""
    if gpu.busy is None:
        return "ready"
    if gpu.busy >= AT_WORK:
        return f"{percent(gpu.busy, 0)} busy"
    if gpu.idle is None or gpu.idle < RESTING:
        return "idle"
    return f"idle for {lasting(gpu.idle)}"


def held(gpu: Gpu) -> str:
    """`11.2 of 16 GB held by this notebook`, or what all programs hold where it holds nothing."""
    if gpu.ours:
        return f"{_of(gpu.ours, gpu.memory_total)} held by {us()}"
    if gpu.memory_used is None and gpu.ours is None:
        return "its memory is not known"
    if gpu.memory_used is None:
        return f"{_of(0, gpu.memory_total)} held by {us()}"
    return f"{_of(gpu.memory_used, gpu.memory_total)} in use"


def gpu_numbers(gpu: Gpu) -> str:
    """`Tesla T4: 12 of 16 GB in use, 4.1 GB free, 37 % busy, 54 °C, 68 of 70 W`."""
    parts = []
    if gpu.memory_used is not None:
        parts.append(f"{_of(gpu.memory_used, gpu.memory_total)} in use")
    if gpu.memory_free is not None:
        parts.append(f"{file_size(gpu.memory_free)} free")
    if gpu.ours is not None:
        parts.append(f"{file_size(gpu.ours)} by {us()}")
    if gpu.busy is not None:
        parts.append(f"{percent(gpu.busy, 0)} busy")
    if gpu.temperature is not None:
        parts.append(f"{gpu.temperature:.0f} °C")
    if gpu.power is not None:
        most = f" of {gpu.power_limit:.0f}" if gpu.power_limit else ""
        parts.append(f"{gpu.power:.0f}{most} W")
    return f"{gpu.name}: {', '.join(parts) or 'says nothing of itself'}"


def driver(reading: Reading) -> list[str]:
    """`Driver: 550.54.15, for CUDA up to 12.4`; nothing without one."""
    if not reading.driver:
        return []
    newest = f", for CUDA up to {reading.cuda}" if reading.cuda else ""
    return [f"Driver: {reading.driver}{newest}"]


def pytorch(accelerator: Accelerator, has_gpu: bool) -> str:
    """What PyTorch uses, or why it uses no GPU where there is one."""
    version = f"PyTorch {accelerator.version}"
    if accelerator.kind != "none":
        return f"{version} {'uses' if accelerator.loaded else 'will use'} {accelerator.kind}"
    if has_gpu or not accelerator.version or sys.platform == "darwin":
        return accelerator.why
    return f"{version} {'uses' if accelerator.loaded else 'will use'} the processor"


def host_numbers(host: Host) -> list[str]:
    """Processor, memory and disk."""
    busy = "" if host.busy is None else f", {percent(host.busy, 0)} busy"
    free = file_size(max(0, host.memory_total - host.memory_used))
    limited = ", as this container may have" if host.limited else ""
    found = [
        f"Processor: {cores(host)}{busy}",
        f"Memory: {_of(host.memory_used, host.memory_total)} in use, {free} free{limited}",
    ]
    if host.disk_used is not None and host.disk_total is not None:
        left = file_size(host.disk_total - host.disk_used)
        found.append(f"Disk: {_of(host.disk_used, host.disk_total)} in use, {left} free")
    return found


def cores(host: Host) -> str:
    """`1 core`, `2 cores`, `0.5 cores`."""
    return f"{host.cores:g} {'core' if host.cores == 1 else 'cores'}"


def holding(it: Held) -> str:
    """`learn, a learner: 1.2 GB on the GPU`."""
    names = listing(it.names, joint="or")
    what = {
        "learner": f"{names}, a learner" if names else "a learner without a name",
        "variable": names,
        "output": f"Out[{names[1:]}]" if names[1:].isdigit() else f"the last output, {names}",
        "error": "the last error's traceback",
        "rest": "what no name leads to, such as a training's intermediate results or CUDA's own",
        "kept": "kept by PyTorch for what comes next, with nothing in it",
    }[it.kind]
    sizes = [(it.size.on_gpu, "on the GPU"), (it.size.in_memory, "in the main memory")]
    large = [it for it in sizes if it[0] >= LARGE] or sizes  # a few bytes beside them tell nothing
    said = listing(f"{file_size(size)} {where}" for size, where in large if size)
    return f"{what}: {said}{', at work' if it.trains else ''}"


def lasting(seconds: float) -> str:
    """`1 minute`, `25 minutes`, `3 hours`."""
    minutes = int(seconds // 60)
    return plural(minutes, "minute") if minutes < 120 else plural(minutes // 60, "hour")


def us() -> str:
    """What this process is to a person."""
    return "this program" if kernel() is None else "this notebook"


def _label(gpu: Gpu, reading: Reading) -> str:
    return "GPU" if len(reading.gpus) == 1 else f"GPU {gpu.index} ({gpu.name})"


def _of(used: int, total: int | None) -> str:
    """`11.2 of 16 GB`, `0.4 of 16 GB`, `300 MB of 537 MB`; `0.4 GB` where the whole is unknown."""
    gigabytes = f"{used / 1e9:.1f}".removesuffix(".0")
    if total is None:
        return f"{gigabytes} GB"
    return f"{gigabytes if total >= 1e9 else file_size(used)} of {file_size(total)}"
