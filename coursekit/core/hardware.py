"""What this computer is called, for whoever compares times."""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path

from coursekit.core.processors import processors
from coursekit.core.wording import plural

CPUINFO = Path("/proc/cpuinfo")


@cache
def processor() -> str:
    """The processor's model and how many of its cores may be used: `Intel Core i5-8250U, 4 cores`.

    Nothing in it tells one machine from another of the same make.
    """
    named = _model() or platform.processor() or platform.machine() or "a processor"
    return f"{' '.join(named.split())}, {plural(processors(), 'core')}"


def _model() -> str:
    """The name that Linux has for it; "" elsewhere."""
    try:
        lines = CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    named = (line.partition(":")[2] for line in lines if line.startswith("model name"))
    return next(named, "").replace("(R)", "").replace("(TM)", "").strip()
