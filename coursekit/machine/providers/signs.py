"""What tells one provider's machine from another's, without the network."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MOST = 65536
"""Bytes of a file that are looked at."""


@dataclass(frozen=True)
class Signs:
    """A view of a machine: its environment variables and its files.

    Args:
        environ: The variables, this process's where none are given. They are not in the
            representation, since some of them are secret.
        root: Where its files begin, so that tests can show another machine's.
    """

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    root: Path = Path("/")

    def env(self, name: str) -> str:
        """A variable; "" where it is not set."""
        return self.environ.get(name, "")

    def has(self, path: str) -> bool:
        """Whether there is such a file or folder, given without the first slash."""
        return os.path.exists(self.root / path)  # noqa: PTH110 - never raises, as Path's may

    def text(self, path: str) -> str:
        """The beginning of a file, without space around it; "" where it can't be read."""
        try:
            with (self.root / path).open("rb") as file:
                return file.read(MOST).decode("utf-8", "replace").strip(" \t\r\n\0")
        except (OSError, ValueError):
            return ""

    def dmi(self, name: str) -> str:
        """What the firmware says under a name such as `sys_vendor`; "" where it says nothing."""
        return self.text(f"sys/class/dmi/id/{name}")
