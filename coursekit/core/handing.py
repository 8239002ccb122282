"""One run, one process: who is at work with a run's folder, and how another speaks with it.

The process that trains holds a lock, which the system lets go of when the process ends, however it
ends. With a file in the folder another asks for a checkpoint, or for the run itself, which it takes
up from there. No torch.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from coursekit.core import paths
from coursekit.core.errors import CourseError
from coursekit.core.locking import held, is_held

LOCK, ASKED, WANTED, WAITS = "run.lock", "hand-over", "checkpoint-wanted", "waits"
LISTED = "at-work"
"""The folder in the home's `state` that names the runs which are at work."""

PATIENCE = 60.0
"""Seconds for a run to write its checkpoint and end: a batch on a slow machine, and some more."""

GLANCE = 0.5
"""Seconds that a run waits for its lock: whoever asks if it is at work holds it for a moment."""


class AtWork(CourseError):
    """Another process trains this run."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"Another notebook or page is training the run {folder.name} and does not let go of "
            "it. Stop it there, or wait until it has ended."
        )


def _lock(folder: Path) -> FileLock:
    return FileLock(folder / LOCK, thread_local=False)


def _locked(folder: Path, patience: float) -> FileLock:
    """The run's lock, held by this process from now on.

    Raises:
        AtWork: Another did not let go of it within `patience` seconds.
    """
    lock = _lock(folder)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        raise AtWork(folder) from None
    return lock


@contextmanager
def at_work(folder: Path) -> Iterator[None]:
    """This process trains the run while the block lasts.

    Raises:
        AtWork: Another does already.
    """
    lock = _locked(folder, GLANCE)
    try:
        _forget(folder, ASKED, WANTED, WAITS)
        with _on_the_list(folder):
            yield
    finally:
        _forget(folder, WANTED, WAITS)
        lock.release()


@contextmanager
def _on_the_list(folder: Path) -> Iterator[None]:
    """Named in the list while the block lasts; a list that can't be written ends no training."""
    entry = paths.home() / "state" / LISTED / f"{folder.name}-{secrets.token_hex(4)}"
    with suppress(OSError):
        entry.parent.mkdir(parents=True, exist_ok=True)
        paths.write_text(entry, str(folder.resolve()))
    try:
        yield
    finally:
        with suppress(OSError):
            entry.unlink(missing_ok=True)


def _forget(folder: Path, *names: str) -> None:
    for name in names:
        with suppress(OSError):
            (folder / name).unlink(missing_ok=True)


@dataclass(frozen=True)
class Listed:
    """What the list of runs at work says.

    Attributes:
        runs: The folders of those that some process trains now, or holds while they wait.
        unknown: What can't be asked, such as a folder that only another account may read.
    """

    runs: list[Path]
    unknown: list[Path]


def listed() -> Listed:
    """The runs that are at work now.

    Raises:
        OSError: There is a list, and it can't be read.
    """
    runs, unknown = set(), set()
    for entry in _entries():
        folder = entry
        try:
            folder = Path(entry.read_text(encoding="utf-8"))
            trains = held(_lock(folder))
        except (FileNotFoundError, IsADirectoryError, ValueError):  # just ended, or no entry
            continue
        except OSError:
            unknown.add(folder)
            continue
        if trains:
            runs.add(folder)
        elif trains is not None:  # nobody can say that of a disk that is missing only here
            with suppress(OSError):
                entry.unlink()  # each start has its own entry, and this one's process died
    return Listed(sorted(runs), sorted(unknown))


def _entries() -> list[Path]:
    """Those that are whole."""
    try:
        found = list((paths.home() / "state" / LISTED).iterdir())
    except FileNotFoundError:
        return []
    return [it for it in found if not it.name.startswith(".")]


def is_at_work(folder: Path) -> bool:
    """Whether some process trains this run now, or may: where nobody can say, it is left alone."""
    return is_held(_lock(folder))


def asked_for(folder: Path) -> bool:
    """Whether another process wants to go on with this run."""
    return (folder / ASKED).exists()


def take_over(folder: Path, patience: float = PATIENCE) -> bool:
    """Asks whoever trains the run to write a checkpoint and end, and waits for that.

    Returns:
        Whether somebody had to be asked.

    Raises:
        AtWork: It did not end within `patience` seconds.
    """
    if not is_at_work(folder):
        return False
    (folder / ASKED).touch()
    try:
        lock = _locked(folder, patience)
    finally:
        (folder / ASKED).unlink(missing_ok=True)
    lock.release()
    return True


def say_waiting(folder: Path, waits: bool) -> None:
    """Keeps whether a run waits for whoever paused it to let it go on."""
    with suppress(OSError):
        (folder / WAITS).touch() if waits else (folder / WAITS).unlink(missing_ok=True)


def is_waiting(folder: Path) -> bool:
    """Whether a run that is at work waits, and so does nothing; not where nobody can say."""
    with suppress(OSError):
        return (folder / WAITS).exists()
    return False


def want_checkpoint(folder: Path) -> None:
    """Asks whoever trains the run to write a checkpoint and to go on.

    Raises:
        OSError: The folder can't be written.
    """
    (folder / WANTED).touch()


def wants_checkpoint(folder: Path) -> bool:
    """Whether that was asked and is not done yet; a run that has ended need not any more."""
    return (folder / WANTED).exists()


def checkpoint_written(folder: Path) -> None:
    """Says to whoever asked that it is done."""
    _forget(folder, WANTED)
