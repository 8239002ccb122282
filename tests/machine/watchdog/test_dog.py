"""The watchdog in this process, with what it sees faked and waits of a second or two."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support_disks import full_disk
from support_jupyter import until
from support_watchdog import disarm, lives

from coursekit.core import handing, paths
from coursekit.core.errors import CourseError
from coursekit.machine import clocks, watchdog
from coursekit.machine.idle import Seen, Trace
from coursekit.machine.watchdog import acting, log
from coursekit.machine.watchdog import dog as dogs
from coursekit.machine.watchdog.decide import Decider
from coursekit.machine.watchdog.dog import Dog
from coursekit.machine.watchdog.orders import Arming
from coursekit.machine.watchdog.saving import Asked
from coursekit.machine.watchdog.standing import lock

PATIENCE = 30
Sources = Mapping[str, Seen]

DEAF = {"Jupyter": Seen(unknown="Jupyter does not answer.")}
TRAINS = {"the trainings": Seen(at_work="a training")}


def nothing(soon: bool) -> Sources:
    return {}


def arming(**how: object) -> Arming:
    told = Arming("id", 0.6, None, f"echo done >> '{out()}'", False, "")
    return replace(told, **how)  # type: ignore[arg-type]


def out() -> Path:
    return paths.home() / "out"


def logged() -> str:
    return log.path().read_text()


def ran(told: Arming, look: dogs.Look) -> bool:
    dog = Dog(told, look)
    dog.begin()
    return dog.run()


@pytest.fixture(autouse=True)
def _quick(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dogs, "TICK", 0.05)


def test_it_acts_once_when_its_time_has_come_and_says_why() -> None:
    began = time.monotonic()
    assert ran(arming(), nothing)
    assert 0.6 <= time.monotonic() - began < 10
    assert out().read_text() == "done\n"
    it = watchdog.state()
    assert it.phase == "acted"
    assert it.why.endswith("the last was the start. The command ended well.")
    said = [line[20:].split(".")[0] for line in logged().splitlines()]
    assert said.pop(2).startswith("There was no sign of life for ")
    assert said == ["Armed", "The countdown begins", "The command ended well"]
    assert re.search(r"for \d+ s; the last was the start\. So it acts", logged())


def test_what_a_command_prints_is_in_the_log_and_a_failure_is_told() -> None:
    assert not ran(arming(command="echo some words; exit 3"), nothing)
    assert "some words\n" in logged()
    it = watchdog.state()
    assert it.phase == "failed"
    assert "The command failed (3), so the machine may be on still." in it.why


def test_a_rehearsal_runs_nothing() -> None:
    assert ran(arming(dry_run=True), nothing)
    assert not out().exists()
    assert watchdog.state().phase == "rehearsed"
    assert f"it only says so (in earnest it runs `echo done >> '{out()}'`)." in logged()
    assert "This was a rehearsal, so its command was not run." in logged()


def test_without_a_command_the_provider_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_URL", "http://127.0.0.1:9/hub/api")
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    monkeypatch.delenv("JUPYTERHUB_API_TOKEN", raising=False)
    assert not ran(arming(command=""), nothing)
    assert "The hub gave this server no token, so it can't stop itself." in logged()
    assert watchdog.state().phase == "failed"


class Script:
    """Shows one thing after the other, each for some seconds from its first look; the last stays.

    So none is passed over, however late a look comes.
    """

    def __init__(self, *scenes: tuple[float, Sources]) -> None:
        self.scenes, self.shown = list(scenes), 0.0

    def __call__(self, soon: bool) -> Sources:
        now = time.monotonic()
        if self.shown and len(self.scenes) > 1 and now - self.shown >= self.scenes[0][0]:
            del self.scenes[0]
            self.shown = now
        self.shown = self.shown or now
        return self.scenes[0][1]


class Answered:
    """Shows an answer that is given once the countdown has begun, and when that was."""

    def __init__(self) -> None:
        self.dog, self.at = Dog(arming(), self), 0.0

    def __call__(self, soon: bool) -> Sources:
        if not self.at and self.dog.decision.phase == "countdown":
            self.at = time.monotonic()
        return {"files": Seen(traces={"one": Trace(self.at, "an answer")})}


def test_a_sign_of_life_breaks_the_countdown_off_and_is_logged() -> None:
    answered = Answered()
    answered.dog.begin()
    assert answered.dog.run()
    assert time.monotonic() - answered.at >= 0.6
    assert "The countdown is broken off: a sign of life: an answer." in logged()
    assert logged().count("The countdown begins.") == 2


def test_it_waits_for_a_training_and_for_what_cannot_be_asked() -> None:
    script = Script((0.8, TRAINS), (1.2, DEAF), (0, {}))
    began = time.monotonic()
    assert ran(arming(), script)
    assert time.monotonic() - began >= 2
    assert "Jupyter does not answer. So it does not act." in logged()
    assert "All can be asked again." in logged()


def test_its_latest_moment_comes_whatever_happens() -> None:
    began = time.monotonic()
    assert ran(arming(most=0.8), Script((0, TRAINS | DEAF)))
    assert time.monotonic() - began >= 0.8
    assert "It was armed for 1 s at most. So it acts" in logged()


class Run:
    """A run that writes its checkpoint once it is asked and `writes`, and is at work until `ends`.

    As a look it shows nothing, and lets itself write once the watchdog waits for that.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.there, self.writes, self.ends = (threading.Event() for _ in range(3))
        self.dog = Dog(arming(command=f"ls '{folder}' > '{out()}'"), self)

    def __call__(self, soon: bool) -> Sources:
        if self.dog.decision.phase == "saving":
            self.writes.set()
        return {}

    def work(self) -> None:
        with handing.at_work(self.folder):
            handing.say_waiting(self.folder, True)
            self.there.set()
            self.writes.wait(PATIENCE)
            if handing.wants_checkpoint(self.folder):
                (self.folder / "last.safetensors").touch()
                handing.checkpoint_written(self.folder)
            self.ends.wait(PATIENCE)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    # asked with the countdown's begin: half of one this short passes between two late looks
    monkeypatch.setattr(Decider, "_ahead", 60.0)
    it = Run(tmp_path)
    thread = threading.Thread(target=it.work)
    thread.start()
    assert it.there.wait(PATIENCE)
    yield it
    it.writes.set()
    it.ends.set()
    thread.join(PATIENCE)


def test_a_live_run_is_asked_for_a_checkpoint_and_waited_for(run: Run) -> None:
    run.dog.begin()
    assert run.dog.run()
    assert "last.safetensors" in out().read_text()
    assert "1 training asked for a checkpoint." in logged()
    assert "It waits for the checkpoints." in logged()


def test_a_run_that_writes_none_is_not_waited_for_for_ever(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coursekit.machine.watchdog.decide.PATIENCE", 0.3)
    assert ran(arming(command=f"ls '{run.folder}' > '{out()}'"), nothing)
    assert "1 training asked for a checkpoint." in logged()
    assert "last.safetensors" not in out().read_text()


def test_a_run_that_dies_meanwhile_is_not_waited_for(home: Path, tmp_path: Path) -> None:
    with handing.at_work(tmp_path):
        asking = dogs.Checkpoints()
        assert (asking.ask(), asking.ask()) == (Asked([tmp_path]), Asked())
        assert asking.missing() == 1
        asking.forget()
        assert asking.missing() == 0
        assert asking.ask() == Asked([tmp_path])
    handing.want_checkpoint(tmp_path)  # as after a kill, which removes no file
    assert asking.missing() == 0


def unaskable(folder: Path) -> Path:
    """A run that trains as far as anybody can say, in a folder that is not to be read."""
    folder.mkdir(parents=True)
    (folder / handing.LOCK).symlink_to(folder / handing.LOCK)
    (paths.folder("state") / handing.LISTED).mkdir()
    (paths.folder("state") / handing.LISTED / "a-run").write_text(str(folder))
    return folder


def test_at_its_latest_moment_it_acts_though_a_run_cannot_be_asked_and_says_so(
    tmp_path: Path,
) -> None:
    folder = unaskable(tmp_path / "run")
    assert ran(arming(most=0.8), nothing)
    assert f"Nobody could be asked for a checkpoint in {folder}.\n" in logged()


def test_a_run_that_has_just_ended_need_not_be_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    monkeypatch.setattr(handing, "listed", lambda: handing.Listed([gone], []))
    assert dogs.Checkpoints().ask() == Asked()
    gone.symlink_to(gone)
    assert dogs.Checkpoints().ask() == Asked([], [gone])


def test_a_run_that_can_be_asked_only_at_the_end_has_time_for_its_checkpoint(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Decider, "_ahead", 0.0)  # as after a look that took longer than was left
    run.dog.begin()
    assert run.dog.run()
    assert "last.safetensors" in out().read_text()


def test_a_machine_that_slept_gives_all_of_the_time_again(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 3600.0])
    monkeypatch.setattr(clocks, "through_sleep", lambda: next(times, 3600.0))
    assert ran(arming(), nothing)
    assert "the last was the machine's waking up" in logged()


def test_a_home_that_cannot_be_written_when_it_is_armed_ends_it(home: Path) -> None:
    (home / "state").touch()  # as full as a folder can be
    with pytest.raises(CourseError, match="state can't be written: file exists"):
        Dog(arming(), nothing).begin()


class Fills(Dog):
    """Its disk is full for a while, from the first time on that it says that it is in a phase."""

    def __init__(self, seconds: float, from_phase: str) -> None:
        super().__init__(arming(), nothing)
        self.seconds, self.from_phase = seconds, from_phase
        self.disk, self.freed = ExitStack(), 0.0

    def _tell(self, **changes: Any) -> None:
        now = time.monotonic()
        if not self.freed and self.decision.phase == self.from_phase:
            self.freed = now + self.seconds
            self.disk.enter_context(full_disk())
        if now >= self.freed:
            self.disk.close()
        super()._tell(**changes)


@pytest.mark.parametrize("phase", ["guarding", "countdown"])
def test_while_it_cannot_say_how_it_stands_it_does_not_act(phase: str) -> None:
    fills = Fills(1.5, phase)
    with fills.disk:
        fills.begin()
        assert fills.run()
    assert time.monotonic() >= fills.freed > 0
    assert out().read_text() == "done\n"
    assert watchdog.state().phase == "acted"


def test_a_full_disk_does_not_put_its_latest_moment_off(tmp_path: Path) -> None:
    target = tmp_path / "out"
    dog = Dog(arming(command=f"touch '{target}'", most=0.8), nothing)
    dog.begin()
    with full_disk():
        assert dog.run()
    assert target.exists()
    assert dog.state.unknown == "How it stands can't be written (file too large)."


def test_its_command_is_in_the_log_once() -> None:
    assert ran(arming(command="true 'a secret'"), nothing)
    assert logged().count("a secret") == 1


@pytest.fixture
def at_work() -> Iterator[Callable[[Arming], None]]:
    """Has a watchdog of this process watch, in a thread, as far as its lock says, too."""
    threads = []

    def work(told: Arming) -> None:
        def watch() -> None:
            with lock().acquire(timeout=5):
                dog.begin()
                dog.run()

        dog = Dog(told, nothing)
        (out().parent / "state").mkdir()
        threads.append(threading.Thread(target=watch))
        threads[0].start()
        until(lambda: watchdog.state().guarded, "that it watches")

    yield work
    disarm()
    threads[0].join(PATIENCE)


def test_it_is_switched_off_within_seconds_and_without_a_signal(
    at_work: Callable[[Arming], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dogs, "TICK", 60.0)
    at_work(arming(idle=3600.0))
    began = time.monotonic()
    assert watchdog.off()
    assert time.monotonic() - began < 30
    assert watchdog.state().phase == "off"
    assert logged().endswith("Switched off.\n")
    assert not list((out().parent / "state").glob("*off*"))
    assert not watchdog.off()


def test_switched_off_while_its_command_runs_that_is_ended_with_all_it_started(
    at_work: Callable[[Arming], None],
) -> None:
    at_work(arming(command="sleep 60 & echo begun $$ $!.; wait"))
    until(lambda: re.search(r"^begun .+\.$", logged(), re.MULTILINE), "the command")
    shell, started = map(int, re.findall(r"^begun (\d+) (\d+)\.$", logged(), re.MULTILINE)[0])
    assert lives(started)
    assert watchdog.off()
    it = watchdog.state()
    assert (it.phase, it.guarded) == ("off", False)
    assert watchdog.sentence(it) == (
        "Not guarded. Its command had begun, and was ended. What it had done by then stays done."
    )
    assert "Switched off. Its command had begun, and was ended." in logged()
    assert not lives(shell)
    assert not lives(started)


def test_a_command_that_cannot_be_ended_is_said_to_run(
    at_work: Callable[[Arming], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(command: subprocess.Popen[bytes], kill: bool) -> None:
        begun.add(command)
        raise PermissionError  # as of a command that began with sudo

    begun = set()
    monkeypatch.setattr(acting, "_signal", refused)
    monkeypatch.setattr(acting, "ENDS", 0.1)
    at_work(arming(command="echo begun; sleep 60"))
    until(lambda: "\nbegun" in logged(), "the command")
    with pytest.raises(CourseError, match=r"late .* runs already and could not all be ended: proc"):
        watchdog.off()
    assert watchdog.state().phase == "acted"
    assert "could not all be ended" in logged()
    for command in begun:
        os.killpg(command.pid, signal.SIGKILL)
        command.wait(PATIENCE)


def test_what_ended_before_it_could_be_switched_off_is_told(
    at_work: Callable[[Arming], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dogs.switch, "is_off", lambda arming: False)
    told = out().parent / "state" / "watchdog-off-id"
    wait = f"until test -e '{told}'; do sleep 0.1; done"
    at_work(arming(command=f"{wait}; echo done > '{out()}'"))
    with pytest.raises(CourseError, match=r"It was too late .* The command ended well\."):
        watchdog.off()
    assert out().exists()
