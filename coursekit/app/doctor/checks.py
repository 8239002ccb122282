"""The checks in the order in which they are done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from coursekit.app.doctor.finding import Finding


@dataclass(frozen=True)
class Check:
    """One thing to look at.

    Attributes:
        name: What `--only` calls it; also its module here.
        does: What goes on meanwhile, for whoever waits.
        seconds: How long it may take at most.
        online: Whether it asks other computers, which it does only where one says so.
    """

    name: str
    does: str
    seconds: float
    online: bool = False

    def findings(self) -> Iterator[Finding]:
        """What it finds, one after the other."""
        module = import_module(f"coursekit.app.doctor.{self.name}")
        yield from module.findings()


CHECKS = {
    check.name: check
    for check in (
        Check("python", "looking at Python", 10),
        Check("packages", "looking at the installed packages", 20),
        Check("pytorch", "importing PyTorch and trying the GPU", 90),
        Check("widgets", "asking Jupyter for its extensions and kernels", 45),
        Check("kernel", "starting a kernel and moving a slider in it", 60),
        Check("disk", "looking at the disks", 15),
        Check("caches", "measuring the folders", 20),
        Check("memory", "looking at the memory", 15),
        Check("permissions", "writing into the folders", 20),
        Check("database", "reading the database", 45),
        Check("training", "training on handwritten digits", 110),
        Check("reach", "asking for the data sets", 45, online=True),
    )
}
