"""A reading of the machine as HTML: a table of what it has, and small charts of the time before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from html import escape
from operator import attrgetter

from coursekit.core.wording import file_size, percent
from coursekit.machine.readings import Gpu, Host, Reading
from coursekit.machine.words import cores, driver, pytorch
from coursekit.panels.machine.sparkline import sparkline

HEAD = ("Part", "In use", "Used of all", "This notebook", "Temperature", "Power")
OF_ALL = 3
"""The first columns, which all have."""
NOT_SAID = "-"


def table(reading: Reading | None) -> str:
    """What each part does now, a row each; "" before the first reading."""
    if reading is None:
        return ""
    # what only a GPU says has no columns without one
    columns = len(HEAD) if reading.gpus else OF_ALL
    head = "".join(f"<th scope='col'>{it}</th>" for it in HEAD[:columns])
    rows = [*map(gpu_row, reading.gpus), *host_rows(reading.host, columns)]
    body = "".join(
        f"<tr><th scope='row'>{escape(name)}</th>"
        f"{''.join(f'<td>{escape(it)}</td>' for it in cells)}</tr>"
        for name, *cells in rows
    )
    return f"<table class='ck-table'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def programs(reading: Reading | None) -> str:
    """What PyTorch can use, or why not, and which driver there is; "" before the first reading."""
    if reading is None:
        return ""
    said = [pytorch(reading.accelerator, bool(reading.gpus)), *driver(reading)]
    return ". ".join(it.rstrip(".") for it in said if it)


def gpu_row(gpu: Gpu) -> tuple[str, ...]:
    """A GPU; what it doesn't say is a dash."""
    part = f"GPU {gpu.index}, {'a part of ' if gpu.mig else ''}{gpu.name}"
    limit = f" of {gpu.power_limit:.0f}" if gpu.power and gpu.power_limit else ""
    return (
        part,
        NOT_SAID if gpu.busy is None else percent(gpu.busy, 0),
        of(gpu.memory_used, gpu.memory_total),
        NOT_SAID if gpu.ours is None else file_size(gpu.ours),
        NOT_SAID if gpu.temperature is None else f"{gpu.temperature:.0f} °C",
        NOT_SAID if gpu.power is None else f"{gpu.power:.0f}{limit} W",
    )


def host_rows(host: Host, columns: int) -> list[tuple[str, ...]]:
    """Processor, memory and disk."""
    busy = NOT_SAID if host.busy is None else percent(host.busy, 0)
    memory = percent(host.memory_used / host.memory_total, 0)
    limit = " (the container's limit)" if host.limited else ""
    rest = ("",) * (columns - OF_ALL)
    rows: list[tuple[str, ...]] = [
        (f"Processor, {cores(host)}", busy, "", *rest),
        (f"Memory{limit}", memory, of(host.memory_used, host.memory_total), *rest),
    ]
    if host.disk_used is not None and host.disk_total:
        share = percent(host.disk_used / host.disk_total, 0)
        rows.append(("Disk", share, of(host.disk_used, host.disk_total), *rest))
    return rows


def of(used: int | None, total: int | None) -> str:
    """`11 GB of 16 GB`, or all that is known of it."""
    if used is None or total is None:
        return NOT_SAID if total is None else f"{file_size(total)} in all"
    return f"{file_size(used)} of {file_size(total)}"


def charts(readings: Sequence[Reading]) -> str:
    """The last ten minutes of each GPU, of the processor and the memory."""
    if not readings:
        return ""
    now = readings[-1].clock
    made = [
        sparkline(name, [(it.clock, share(it)) for it in readings], now)
        for name, share in shares(readings[-1])
    ]
    return f"<div class='ck-sparks'>{''.join(made)}</div>"


def shares(reading: Reading) -> Iterator[tuple[str, Callable[[Reading], float | None]]]:
    """What is drawn, by name: how to get its share from a reading."""
    for gpu in reading.gpus:
        which = f"GPU {gpu.index}" if len(reading.gpus) > 1 else "GPU"
        yield f"{which} at work", partial(of_gpu, gpu, attrgetter("busy"))
        yield f"{which} memory", partial(of_gpu, gpu, memory_share)
    yield "Processor", attrgetter("host.busy")
    yield "Memory", memory_of_host


def of_gpu(wanted: Gpu, share: Callable[[Gpu], float | None], reading: Reading) -> float | None:
    """Of the GPU that is `wanted`, by what tells it apart: one that fell away has none."""
    key = (wanted.maker, wanted.uuid, wanted.index)
    found = (it for it in reading.gpus if (it.maker, it.uuid, it.index) == key)
    return next((share(it) for it in found), None)


def memory_share(gpu: Gpu) -> float | None:
    """How much of its memory is in use, 0 to 1."""
    if gpu.memory_used is None or not gpu.memory_total:
        return None
    return gpu.memory_used / gpu.memory_total


def memory_of_host(reading: Reading) -> float:
    """Likewise of the main memory."""
    return reading.host.memory_used / reading.host.memory_total
