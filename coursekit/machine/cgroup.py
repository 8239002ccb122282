"""What a container, or another of Linux's groups, lets its processes have (cgroup v1 and v2).

Source: https://docs.kernel.org/admin-guide/cgroup-v2.html, .../cgroup-v1/memory.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")


@dataclass(frozen=True)
class Limits:
    """What this process may have; None where no group limits it.

    Attributes:
        cores: Processor cores, 0.5 for half of one.
        memory: Bytes.
    """

    cores: float | None = None
    memory: int | None = None
    _cpu: Path = ROOT
    _account: Path = ROOT
    _memory: Path = ROOT

    def memory_used(self) -> int | None:
        """Bytes that count against the limit, without cached files that would give way."""
        for total, cache in (
            ("memory.current", "inactive_file"),
            ("memory.usage_in_bytes", "total_inactive_file"),
        ):
            if (used := _number(self._memory / total)) is not None:
                return max(0, used - (_field(self._memory / "memory.stat", cache) or 0))
        return None

    def core_seconds(self) -> float | None:
        """Seconds of work that one core would have needed for what was done so far."""
        microseconds = _field(self._cpu / "cpu.stat", "usage_usec")
        if microseconds is not None:
            return microseconds / 1e6
        nanoseconds = _number(self._account / "cpuacct.usage")
        return None if nanoseconds is None else nanoseconds / 1e9


def limits() -> Limits:
    """The tightest limits of this process's groups, from its own up to the outermost seen."""
    cores = [(n, at) for at in _groups("cpu") if (n := _cores(at)) is not None]
    memory = [(n, at) for at in _groups("memory") if (n := _memory(at)) is not None]
    root, _ = _own("cpu")
    most_cores, cpu = min(cores, default=(None, root))
    most_memory, held = min(memory, default=(None, ROOT))
    account = _own("cpuacct")[0] / cpu.relative_to(root)  # v1 may keep its accounts elsewhere
    return Limits(most_cores, most_memory, cpu, account, held)


def _cores(group: Path) -> float | None:
    """Of cpu.max ("200000 100000", "max 100000") or the two files that v1 has for it."""
    quota, _, period = (_line(group / "cpu.max") or "").partition(" ")
    quota = quota or _line(group / "cpu.cfs_quota_us") or ""
    period = period or _line(group / "cpu.cfs_period_us") or ""
    return int(quota) / int(period) if quota.isdigit() and period.isdigit() else None


def _memory(group: Path) -> int | None:
    for name in ("memory.max", "memory.limit_in_bytes"):
        limit = _number(group / name)
        if limit is not None and limit < 2**60:  # v1 says about 2**63 for no limit
            return limit
    return None


def _groups(controller: str) -> Iterator[Path]:
    """The folders of this process's groups, its own first."""
    root, own = _own(controller)
    # a path that leads out of what is mounted here is another container's view of it
    folder = root if ".." in own.parts else root / own
    while folder != root:
        if folder.is_dir():
            yield folder
        folder = folder.parent
    if root.is_dir():
        yield root


def _own(controller: str) -> tuple[Path, Path]:
    """Where a controller's groups are mounted, and this process's below that."""
    lines = [line.split(":", 2) for line in _lines(OWN) if line.count(":") >= 2]
    for _, names, path in lines:
        if controller in names.split(","):
            joined = ROOT / names
            root = joined if joined.is_dir() else ROOT / controller
            return root, Path(path.lstrip("/"))
    unified = next((path for _, names, path in lines if not names), "/")
    return ROOT, Path(unified.lstrip("/"))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _line(path: Path) -> str | None:
    return next(iter(_lines(path)), None)


def _number(path: Path) -> int | None:
    said = _line(path) or ""
    return int(said) if said.isdigit() else None


def _field(path: Path, name: str) -> int | None:
    """The number behind `name` in a file of names and numbers."""
    pairs: Iterable[list[str]] = (line.split() for line in _lines(path))
    return next((int(pair[1]) for pair in pairs if pair and pair[0] == name), None)
