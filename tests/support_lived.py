"""Days of a machine made of real files and real locks, which the real watchdog lives through.

What people, trainings, terminals and faults do is done to files in a folder of its own; NVIDIA's
library is faked at its interface, and Jupyter's servers where they are asked. Only the clocks, the
waiting, the telling and the acting are the simulation's. The facts are kept as `support_watched`
keeps them, whose oracle judges.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pynvml
import pytest
from support_nvml import FakeNvml
from support_watched import (
    DAY,
    PATIENCE,
    TICK,
    Outcome,
    Span,
    Watched,
    early,
    holds,
    jumping_dates,
    missed,
    moments,
    server,
    sessions,
)

from coursekit.core import handing
from coursekit.machine import clocks, traces
from coursekit.machine.idle import Seen
from coursekit.machine.watchdog import acting, log
from coursekit.machine.watchdog import dog as dogs
from coursekit.machine.watchdog.decide import Orders
from coursekit.machine.watchdog.gpu import AGAIN, GpuUse
from coursekit.machine.watchdog.observer import Observer
from coursekit.machine.watchdog.orders import Arming
from coursekit.machine.watchdog.standing import State

SEEN = AGAIN + 2 * TICK
"""Seconds after which a GPU's work, or its end, is seen at the latest, also one that has failed."""

LEAST = 90.0
"""Seconds that a GPU's work or a training takes at least: nobody looks for so long at the most."""

FAILS = (
    pynvml.NVML_ERROR_UNKNOWN,
    pynvml.NVML_ERROR_TIMEOUT,
    pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH,
)
GONE = (pynvml.NVML_ERROR_GPU_IS_LOST, pynvml.NVML_ERROR_DRIVER_NOT_LOADED)


class Over(BaseException):
    """The days are over."""


class Asked:
    """In the place of `watchdog.jupyter.Servers`."""

    def __init__(self, raises: bool) -> None:
        self.seen: dict[str, Seen] = {}
        self.raises = raises

    def look(self, noted: frozenset[str]) -> dict[str, Seen]:
        if self.raises and any(it.unknown for it in self.seen.values()):
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        return dict(self.seen)


class Lived:
    """Some days; `now` is what `time.monotonic` says.

    Args:
        home: A folder for all of it.
        gpu: NVIDIA's library, with one GPU.
        seed: Of what happens.
        days: How many.
        every_tick: Whether the watchdog looks as often as ever, not only where something is new.

    Attributes:
        facts: What happens, for the oracle.
        slowly: When something can't be asked, as far as that is known only later.
        acts: When the watchdog acted.
    """

    def __init__(
        self, home: Path, gpu: FakeNvml, seed: int, days: int, every_tick: bool = False
    ) -> None:
        self.every_tick = every_tick
        self.home, self.gpu, self.dice = home, gpu, Random(seed)
        self.facts = Watched(self.dice, days * DAY)
        self.slowly: list[Span] = []
        self.now = self.through = 0.0
        self.acts: list[float] = []
        self.said: list[tuple[float, str]] = []
        self.events: list[tuple[float, Callable[[], None]]] = []
        self.hidden: list[Span] = []
        self.servers = Asked(raises=self.dice.random() < 0.5)
        self.stack = ExitStack()
        for name in ("home/state/at-work", "runs", "pts", "runtime"):
            (home / name).mkdir(parents=True)
        jumping_dates(self.facts)
        holds(self.facts)
        self.rests = list(self.facts.held)
        self._plan()
        self.events.sort(key=lambda it: it[0])
        self.facts.heard = sorted((a, self._heard_at(b)) for a, b in self.facts.heard)
        self.facts.life.sort()
        self.facts.deaf.sort()

    @property
    def state(self) -> Path:
        """Where what is written to the home's state lies just now."""
        away = self.home / "home" / "away"
        return away if away.exists() else self.home / "home" / "state"

    def at(self, t: float, job: Callable[[], None]) -> None:
        self.events.append((t, job))

    def signs(self, *spans: Span, late: float = 0.0) -> None:
        """There is life; seen `late`, and where the state can't be read then, once it can."""
        for begin, end in spans:
            self.facts.life.append((begin, end))
            seen = [b for a, b in self.hidden if a - TICK <= end <= b]
            self.facts.heard.append((begin, max([end + late, *seen])))

    def _heard_at(self, t: float) -> float:
        """When the watchdog gets the time to hear of it."""
        return max([t, *(end for begin, end, _ in self.facts.held if begin - TICK <= t <= end)])

    def spans(self, most: int, length: Callable[[], float], apart: float = LEAST) -> list[Span]:
        """Some that do not meet."""
        found, last = [], apart
        for begin in sorted(self.dice.uniform(0, self.facts.length) for _ in range(most)):
            if begin > last + apart:
                last = begin + length()
                found.append((begin, last))
        return found

    def _plan(self) -> None:
        uniform, days = self.dice.uniform, int(self.facts.length / DAY)
        self.hidden = self.spans(days, lambda: uniform(1, 7200))
        for a, b in self.hidden:
            self.at(a, self._hide)
            self.at(b, self._show)
        self.facts.deaf += self.hidden
        awake = sessions(self.facts)
        self._left_behind()
        self._files(moments(self.facts, awake, self.dice.randint(0, 20)), self._note)
        self._files(moments(self.facts, awake, self.dice.randint(0, 8)), self._type)
        self._trainings(2 * days)
        self._gpus(2 * days)
        self._ask_servers(awake)

    def _left_behind(self) -> None:
        """Junk: it stays as it is, or is tidied, and says nothing."""
        for name, text in {
            "state/activity-999999.json": '{"train_step": 9e99}',
            "state/activity-999998.json": '{"train_st',
            "state/activity-x.json": "",
            "state/at-work/.half": "/ru",
            "state/at-work/elsewhere": str(self.home / "runs" / "not here"),
            "state/at-work/dead": str(self.home / "runs" / "dead"),
        }.items():
            (self.home / "home" / name).write_text(text)
        (self.home / "runs" / "dead").mkdir()
        (self.home / "runs" / "dead" / "run.lock").touch()

    def _hide(self) -> None:
        state = self.home / "home" / "state"
        state.rename(self.home / "home" / "away")
        state.touch()  # so that it can't be read, by an administrator neither

    def _show(self) -> None:
        state = self.home / "home" / "state"
        state.unlink()
        (self.home / "home" / "away").rename(state)

    def _files(self, times: list[float], write: Callable[[float], None]) -> None:
        for t in times:
            self.at(t, lambda t=t: write(t))
        self.signs(*((t, t) for t in times))

    def _note(self, t: float) -> None:
        """A process notes something; whole, or as a disk that is full leaves it."""
        file = self.state / f"activity-{self.dice.randint(1, 4)}00000.json"
        whole = f'{{"{self.dice.choice(["cell", "answer", "train_step"])}": {t!r}}}'
        fresh = file.with_suffix(".new")
        fresh.write_text(whole if self.dice.random() < 0.8 else whole[:-4])
        os.utime(fresh, ns=(self.facts.date(t) * 10**6, self.facts.date(t) * 10**6))
        fresh.replace(file)

    def _type(self, t: float) -> None:
        file = self.home / "pts" / str(self.dice.randint(0, 2))
        file.touch()
        os.utime(file, ns=(self.facts.date(t) * 10**6 + int(t) % 1000, 0))

    def _trainings(self, most: int) -> None:
        uniform, shut = self.dice.uniform, self.hidden
        for begin, end in self.spans(most, lambda: uniform(LEAST, 6 * 3600)):
            if any(a - TICK <= begin <= b for a, b in shut):
                continue  # it can't be listed then
            pause, resume = sorted((uniform(begin, end), uniform(begin, end)))
            run = _Run(self, f"{begin:.0f}", killed=self.dice.random() < 0.3)
            if resume - pause < LEAST or pause - begin < LEAST or end - resume < LEAST:
                self.signs((begin, end))
            else:
                self.at(pause, lambda run=run: run.waits(True))
                self.at(resume, lambda run=run: run.waits(False))
                self.signs((begin, pause), (resume, end))
                self._lose_lock(run, pause, resume)
            self.at(begin, run.begin)
            self.at(end, run.end)

    def _lose_lock(self, run: _Run, begin: float, end: float) -> None:
        """For a while nobody can say whether it is at work."""
        if self.dice.random() < 0.5:
            a, b = sorted(self.dice.uniform(begin + 3 * TICK, end) for _ in range(2))
            self.at(a, lambda: run.lose(True))
            self.at(b, lambda: run.lose(False))
            self.facts.deaf.append((a, b))

    def _gpus(self, most: int) -> None:
        uniform = self.dice.uniform
        faults = [
            (a, b, self.dice.choice(FAILS + GONE))
            for a, b in self.spans(most, lambda: uniform(1, 3600))
        ]
        for a, b, code in faults:
            self.at(a, lambda code=code: self._break(code))
            self.at(b, lambda: self._break(0))
            self._look_after(a, b)
            if code in FAILS:
                self.facts.deaf.append((a, b))
                self.slowly.append((a, b + SEEN))
        for begin, end in self.spans(most, lambda: uniform(LEAST, 4 * 3600)):
            met = [it for it in faults if it[0] <= end + SEEN and begin <= it[1] + SEEN]
            if any(code in GONE or (begin <= b and a <= begin + SEEN) for a, b, code in met):
                continue  # one that is lost computes nothing; and this must have been seen once
            self.at(begin, lambda: setattr(self.gpu.cards[0], "percent", 90))
            self.at(end, lambda: setattr(self.gpu.cards[0], "percent", 2))
            self._look_after(begin, end)
            ended = [b for a, b, _ in met if a <= end + SEEN and b >= end - SEEN]
            self.signs((begin, end), late=max([0.0, *(b - end for b in ended)]) + SEEN)

    def _look_after(self, *times: float) -> None:
        """Has the watchdog look again when it asks the GPU next, as it looks every few seconds."""
        for t in times:
            self.at(t + AGAIN + TICK, lambda: None)

    def _break(self, code: int) -> None:
        self.gpu.cards[0].errors = {"all": code} if code else {}

    def _ask_servers(self, awake: list[Span]) -> None:
        scratch = Watched(self.dice, self.facts.length, held=self.facts.held)
        for name in ["Jupyter at 8888"][: self.dice.randint(0, 1)]:
            server(scratch, name, awake)
        for t, name, seen in scratch.changes:
            self.at(t, lambda name=name, seen=seen: self._serve(name, seen))
        self.facts.life += scratch.life
        self.facts.heard += scratch.heard
        self.facts.deaf += scratch.deaf

    def _serve(self, name: str, seen: Seen | None) -> None:
        self.servers.seen.pop(name, None)
        if seen is not None:
            self.servers.seen[name] = seen

    def go_on(self, now: float) -> None:
        """Has all happen that happens until then."""
        self.now = now
        while self.events and self.events[0][0] <= now:
            self.events.pop(0)[1]()
        if now >= self.facts.length:
            raise Over

    def rest(self, dog: dogs.Dog, seconds: float) -> None:
        """In the place of `Dog._rest`: until something happens, a look's time at most later."""
        if dog.decision.phase != "guarding":
            seconds = min(seconds, TICK)
        target, away = self.now + seconds, 0.0
        if not self.every_tick and self.events and self.events[0][0] <= target:
            target = min(target, self.events[0][0] + self.dice.uniform(0, TICK))
        if self.rests and self.rests[0][0] <= target:
            _, end, away = self.rests.pop(0)
            target = max(end, self.now)
        self.go_on(target)
        self.through += seconds + away  # its wait, and what it did not wait for


class _Run:
    """A training's folder, with the lock that its process would hold."""

    def __init__(self, lived: Lived, name: str, killed: bool) -> None:
        self.lived, self.folder, self.killed = lived, lived.home / "runs" / name, killed
        self.held = ExitStack()

    def begin(self) -> None:
        self.folder.mkdir()
        before = set((self.lived.state / "at-work").iterdir())
        self.held.enter_context(handing.at_work(self.folder))
        self.lived.stack.enter_context(self.held)
        (self.entry,) = set((self.lived.state / "at-work").iterdir()) - before

    def waits(self, waits: bool) -> None:
        handing.say_waiting(self.folder, waits)

    def lose(self, lost: bool) -> None:
        lock, aside = self.folder / "run.lock", self.folder / "aside"
        if lost:
            lock.rename(aside)
            lock.symlink_to(lock)
        else:
            aside.replace(lock)

    def end(self) -> None:
        """Its process ends, or is killed, which leaves its files."""
        files = (self.lived.state / "at-work" / self.entry.name, self.folder / handing.WAITS)
        kept = {file: file.read_bytes() for file in files if self.killed and file.exists()}
        self.held.close()
        for file, content in kept.items():
            file.write_bytes(content)


def put(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the watchdog live there: its clocks, its waiting, its telling and its acting."""

    def rest(dog: dogs.Dog, seconds: float) -> bool:
        lived.rest(dog, seconds)
        return True

    monkeypatch.setenv("COURSEKIT_HOME", str(lived.home / "home"))
    monkeypatch.setattr(traces, "TERMINALS", lived.home / "pts")
    date = lambda: lived.facts.date(lived.now) / 1000  # noqa: E731
    clock = SimpleNamespace(monotonic=lambda: lived.now, time=date, sleep=lambda seconds: None)
    monkeypatch.setattr(dogs, "time", clock)
    monkeypatch.setattr(clocks, "through_sleep", lambda: lived.through)
    monkeypatch.setattr(dogs, "TICK", TICK if lived.every_tick else DAY)
    monkeypatch.setattr(dogs.Dog, "_rest", rest)
    monkeypatch.setattr(State, "write", lambda state: None)
    monkeypatch.setattr(log, "say", lambda text: lived.said.append((lived.now, text)))

    def act(command: str) -> Any:
        lived.acts.append(lived.now)
        return SimpleNamespace(poll=lambda: 0)

    monkeypatch.setattr(acting, "start", act)


def outcomes(lived: Lived) -> Iterator[Outcome]:
    """Arms a watchdog again and again until the days are over."""
    dice, length = lived.dice, lived.facts.length
    with suppress(Over), lived.stack:
        while lived.now < length - DAY / 4:
            outcome = _watch(lived)
            yield outcome
            if outcome.acted is None:
                return
            start = outcome.acted + dice.uniform(60, DAY / 6)
            start = max([start, *(b + 1 for a, b, _ in lived.facts.held if a <= start <= b)])
            lived.rests = [it for it in lived.rests if it[0] > start]
            lived.go_on(start)


def _watch(lived: Lived) -> Outcome:
    dice, began = lived.dice, lived.now
    idle = dice.choice([900.0, 2700.0, 7200.0]) * dice.uniform(0.8, 1.2)
    most = dice.choice([None, None, None, dice.uniform(600, 2 * DAY)])
    dog = _dog(lived, Arming("id", idle, most, "true", False, str(lived.home / "runtime")))
    lived.said.clear()
    acted = None
    with suppress(Over):
        dog.begin()
        assert dog.run()
        acted = lived.acts[-1]
    warned = max((t for t, text in lived.said if "countdown begins" in text), default=began)
    waits = any("asked for a checkpoint" in text for _, text in lived.said)
    latest, patience = dog.decision.latest, PATIENCE if waits else 0.0
    orders = Orders(idle, most)
    return Outcome(orders, began, lived.facts.length, acted, latest, warned, patience)


def _dog(lived: Lived, told: Arming) -> dogs.Dog:
    observer = Observer(Path(told.runtime))
    lived.gpu.opened = 0  # the one before is a process that has ended
    observer._gpu = GpuUse(lambda: lived.now)
    observer._servers = lived.servers  # type: ignore[assignment]
    return dogs.Dog(told, observer.look)


def faults(lived: Lived, was: Outcome) -> str:
    """What the oracle finds wrong; "" for nothing."""
    later = replace(lived.facts, deaf=sorted([*lived.facts.deaf, *lived.slowly]))
    return early(lived.facts, was) or missed(later, was)
