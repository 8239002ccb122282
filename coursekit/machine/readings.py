"""What is known of the machine at one moment. Bytes, shares from 0 to 1, degrees Celsius, watts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["CUDA", "ROCm", "MPS", "XPU", "none"]
Maker = Literal["NVIDIA", "AMD", "Apple", "Intel"]


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU, or one part of a divided one. What it does not say is None.

    Attributes:
        index: Its number among those of its maker, from 0.
        name: As its driver calls it.
        maker: Whose it is.
        memory_used: Bytes that all programs hold together.
        memory_total: Bytes.
        ours: Bytes that PyTorch holds for this process; None where PyTorch is not loaded.
        busy: Share of the last second in which it worked, 0 to 1.
        idle: Seconds for which it has been seen to do next to nothing; 0 while it works.
        temperature: In degrees Celsius.
        power: In watts; `power_limit` is the most that it may take.
        mig: Whether this is a part of a GPU that is divided (MIG).
        uuid: What tells it from every other: NVIDIA's UUID, elsewhere its address on the bus.
    """

    index: int
    name: str
    maker: Maker
    memory_used: int | None = None
    memory_total: int | None = None
    ours: int | None = None
    busy: float | None = None
    idle: float | None = None
    temperature: float | None = None
    power: float | None = None
    power_limit: float | None = None
    mig: bool = False
    uuid: str = ""

    @property
    def memory_free(self) -> int | None:
        """Bytes that nobody holds."""
        if self.memory_used is None or self.memory_total is None:
            return None
        return self.memory_total - self.memory_used


@dataclass(frozen=True, slots=True)
class Host:
    """Processor, memory and disk; in a container what it may have of them.

    Attributes:
        cores: Processor cores that this process may use, 0.5 for half of one.
        busy: Share of them that was busy since the reading before; None in a first one.
        memory_used: Bytes, without the file cache that would give way.
        memory_total: Bytes; the container's limit where it has one.
        disk_used: Bytes on the disk that the home folder is on; None where it cannot be asked.
        disk_total: Bytes of it that this user may fill, without what the system keeps for itself.
        limited: Whether a container's limit counts for the memory or the cores.
    """

    cores: float
    busy: float | None
    memory_used: int
    memory_total: int
    disk_used: int | None
    disk_total: int | None
    limited: bool


@dataclass(frozen=True, slots=True)
class Accelerator:
    """What PyTorch can train on.

    Attributes:
        kind: The way it reaches the GPU, or "none".
        version: PyTorch's version, "" where it is not installed.
        loaded: Whether PyTorch was asked; else `kind` is what its build is made for.
        why: A sentence that says why it is "none"; else "".
    """

    kind: Kind
    version: str
    loaded: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The machine at one moment.

    Attributes:
        time: Seconds since 1970, by a clock that somebody may set.
        clock: Seconds by a clock that only goes forward; for differences.
        gpus: All that could be read, of every maker.
        host: Processor, memory, disk.
        accelerator: What PyTorch can use.
        driver: NVIDIA's driver, such as "550.54.15"; None without one.
        cuda: The newest CUDA that this driver runs, such as "12.4".
        trouble: Sentences about what could not be read and why.
    """

    time: float
    clock: float
    gpus: tuple[Gpu, ...]
    host: Host
    accelerator: Accelerator
    driver: str | None = None
    cuda: str | None = None
    trouble: tuple[str, ...] = ()

    @property
    def has_gpu(self) -> bool:
        """Whether there is a GPU, or PyTorch can use one that nothing here can read."""
        return bool(self.gpus) or self.accelerator.kind != "none"

    def __str__(self) -> str:
        from coursekit.machine.words import lines  # which knows readings

        return "\n".join(lines(self))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """In a notebook a reading is shown in words."""
        printer.text(str(self))
