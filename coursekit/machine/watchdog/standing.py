"""How the watchdog stands, as it keeps it in a file and as others read it there."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from filelock import FileLock

from coursekit.core import locking, paths
from coursekit.machine import clocks

FORMAT = 1
FILE, LOCK = "watchdog.json", "watchdog.lock"

SILENT = 30.0
"""Seconds without a word after which nobody knows how one that is there stands."""

ANOTHERS = (
    "Another account's watchdog is at work here, and tells only that account what it was told."
)

Phase = Literal[
    "off",
    "guarding",
    "countdown",
    "saving",
    "acting",
    "acted",
    "rehearsed",
    "failed",
    "lost",
    "silent",
    "elsewhere",
]
LIVE = ("guarding", "countdown", "saving", "acting")


@dataclass(frozen=True)
class State:
    """How the watchdog stands.

    Attributes:
        phase: `off`: nobody armed it, or it was switched off. `guarding`, `countdown`, `saving`
            (it waits for checkpoints) and `acting` (its command runs): it is at work. `acted`,
            `rehearsed`, `failed`: its command ran well, would have run, or did not. `lost`: it was
            armed and has died, so nothing is guarded. `silent`: it lives but says no more how it
            stands, as on a full disk, where it only acts at its latest moment, or says so to
            another account only. `elsewhere`: it is at work on another machine or in another
            container that shares the home folder, and this one is not guarded.
        idle: Seconds without a sign of life after which it acts.
        most: Seconds after which it acts whatever happens; None for never.
        command: What it runs; "" to stop the machine as its provider says.
        dry_run: Whether it only says what it would do.
        armed: When it was armed, in seconds since 1970.
        beat: When it said so, likewise.
        clock: When it said so, on the machine's clock that nobody sets.
        since: When the last sign of life was, on that clock.
        sign: What it was, in words.
        deadline: When the countdown ends, on that clock; None where there is none.
        latest: Whether it counts down to its latest moment, which no sign of life puts off.
        unknown: Why something can't be asked, so that it does not act; "" where all can.
        why: What came of it, or why it is lost: a sentence, or "".
        pid: Its process, on its own machine.
        host: The name of that.
        place: Where its clock and its process's number hold, see `clocks.place`.
        id: A word for this arming.
    """

    phase: Phase = "off"
    idle: float = 0.0
    most: float | None = None
    command: str = ""
    dry_run: bool = False
    armed: float = 0.0
    beat: float = 0.0
    clock: float = 0.0
    since: float = 0.0
    sign: str = ""
    deadline: float | None = None
    latest: bool = False
    unknown: str = ""
    why: str = ""
    pid: int = 0
    host: str = ""
    place: str = ""
    id: str = ""

    @property
    def guarded(self) -> bool:
        """Whether it is at work, so that a forgotten machine is not forgotten."""
        return self.phase in (*LIVE, "silent")

    def quiet(self) -> float:
        """Seconds since the last sign of life."""
        return max(0.0, time.monotonic() - self.since)

    def left(self) -> float | None:
        """Seconds until the countdown ends; None where there is none."""
        return None if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    def write(self) -> None:
        """Keeps it for this account's other processes.

        Raises:
            OSError: The home can't be written.
        """
        text = json.dumps({"format": FORMAT, **asdict(self)})
        paths.write_private(paths.folder("state") / FILE, text)


def lock() -> FileLock:
    """Held by the watchdog while it lives; the system lets go of it however it ends."""
    # it is empty; other accounts of a shared home may ask whether it is held
    return FileLock(paths.home() / "state" / LOCK, mode=0o644, thread_local=False)


def is_held() -> bool:
    """Whether a watchdog of this home lives, on whatever machine; also where nobody can say."""
    return locking.is_held(lock())


def state() -> State:
    """How the watchdog stands, whether it lives or not; any process may ask."""
    try:
        kept = _read()
        if kept.phase not in LIVE:
            return kept
        if not is_held():
            kept = _read()  # it may have ended in good order since
            return _ended(kept) if kept.phase in LIVE else kept
    except PermissionError:
        return State("silent", why=ANOTHERS) if is_held() else State()
    if kept.place != clocks.place():  # its clock says nothing here
        return replace(kept, phase="elsewhere", deadline=None)
    silent = time.monotonic() - kept.clock
    if 0 <= silent <= SILENT:
        return kept
    return replace(kept, phase="silent", deadline=None, why="")


def _ended(kept: State) -> State:
    """What to say of one that has died in the middle."""
    if kept.phase == "acting":
        why = "It began to run its command, and ended with it"
        return replace(kept, phase="acted", why=f"{why}.")
    why = "It was ended from outside, or the machine was started anew."
    return replace(kept, phase="lost", deadline=None, why=why)


def _read() -> State:
    """What its file says; one that is damaged says that nothing is known.

    Raises:
        PermissionError: It is another account's.
    """
    path = paths.home() / "state" / FILE
    try:
        said: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        known = {it.name: said[it.name] for it in fields(State) if it.name in said}
        if said.get("format") != FORMAT or known.get("phase") not in get_args(Phase):
            raise ValueError(FORMAT)
        numbers = {name: float(known[name]) for name in ("idle", "beat", "clock", "since")}
        return State(**known | numbers | {"pid": int(known["pid"])})
    except (FileNotFoundError, NotADirectoryError):
        return State()
    except PermissionError:
        raise
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return State("lost", why="What it says of itself can't be read.")
