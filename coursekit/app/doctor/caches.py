"""How large coursekit's folders are, and which of them may be deleted."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from coursekit.app.doctor.finding import Finding, fine, worth_knowing
from coursekit.core import paths
from coursekit.core.wording import file_size, listing

SECONDS = 8.0
"""For which files are counted; past that a size is "at least"."""

LARGE = 5e9
FOLDERS = {
    "cache": "is made again by itself",
    "datasets": "is downloaded again when it is needed",
    "runs": "holds your trainings: delete single ones that you don't want",
    "models": "holds your models",
}


@dataclass(frozen=True)
class Size:
    """Bytes in a folder, and whether there was time to count all."""

    bytes: int
    whole: bool

    def __str__(self) -> str:
        return file_size(self.bytes) if self.whole else f"at least {file_size(self.bytes)}"


def findings() -> Iterator[Finding]:
    """What is said of the folders in the home folder."""
    home, until = paths.home(), time.monotonic() + SECONDS
    sizes = {it: size_of(home / it, until) for it in FOLDERS if (home / it).is_dir()}
    if not sizes:
        yield fine(f"{home} has no data sets, runs or models yet.")
        return
    known = listing((f"{name} {size}" for name, size in sizes.items()), most=len(sizes))
    large = [name for name, size in sizes.items() if size.bytes > LARGE]
    says = f"In {home}: {known}."
    if large:
        yield worth_knowing(says, "; ".join(f"{home / it} {FOLDERS[it]}" for it in large) + ".")
    else:
        yield fine(f"{says} The folder cache may be deleted: it {FOLDERS['cache']}.")


def size_of(folder: Path, until: float) -> Size:
    """How large a folder is, as far as one gets `until` then, as `time.monotonic` counts.

    Links are not followed; what can't be read counts as nothing.
    """
    total = 0
    for here, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(here, name)).st_size  # noqa: PTH118 - for many
        if time.monotonic() > until:
            return Size(total, whole=False)
    return Size(total, whole=True)
