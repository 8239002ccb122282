"""The watchdog in this process, with what it sees faked and waits of a second or two."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from coursekit.core import handing, paths
from coursekit.machine import clocks, watchdog
from coursekit.machine.idle import Seen, Trace
from coursekit.machine.watchdog import dog as dogs
from coursekit.machine.watchdog import log
from coursekit.machine.watchdog.dog import Dog
from coursekit.machine.watchdog.orders import Arming

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


@pytest.fixture(autouse=True)
def _quick(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dogs, "TICK", 0.05)


def test_it_acts_once_when_its_time_has_come_and_says_why() -> None:
    began = time.monotonic()
    assert Dog(arming(), nothing).run()
    assert 0.6 <= time.monotonic() - began < 10
    assert out().read_text() == "done\n"
    it = watchdog.state()
    assert it.phase == "acted"
    assert it.why.endswith("the last was the start. The command ended well.")
    assert [line[20:].split(".")[0] for line in logged().splitlines()] == [
        "Armed",
        "The countdown begins",
        "There was no sign of life for 1 s; the last was the start",
        "The command ended well",
    ]


def test_what_a_command_prints_is_in_the_log_and_a_failure_is_told() -> None:
    assert not Dog(arming(command="echo some words; exit 3"), nothing).run()
    assert "some words\n" in logged()
    it = watchdog.state()
    assert it.phase == "failed"
    assert "The command failed (3), so the machine may be on still." in it.why


def test_a_rehearsal_runs_nothing() -> None:
    assert Dog(arming(dry_run=True), nothing).run()
    assert not out().exists()
    assert watchdog.state().phase == "rehearsed"
    assert f"So it only says so (in earnest it runs `echo done >> '{out()}'`)." in logged()


def test_without_a_command_the_provider_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_URL", "http://127.0.0.1:9/hub/api")
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    monkeypatch.delenv("JUPYTERHUB_API_TOKEN", raising=False)
    assert not Dog(arming(command=""), nothing).run()
    assert "The hub gave this server no token, so it can't stop itself." in logged()
    assert watchdog.state().phase == "failed"


class Script:
    """Shows one thing after the other, each for some seconds; the last for good."""

    def __init__(self, *scenes: tuple[float, Sources]) -> None:
        self.scenes, self.began = scenes, time.monotonic()

    def __call__(self, soon: bool) -> Sources:
        now = time.monotonic() - self.began
        for seconds, seen in self.scenes:
            if now < seconds:
                return seen
            now -= seconds
        return self.scenes[-1][1]


def test_a_sign_of_life_breaks_the_countdown_off_and_is_logged() -> None:
    before, after = (
        {"files": Seen(traces={"one": Trace(mark, "an answer")})} for mark in ("old", "new")
    )
    began = time.monotonic()
    assert Dog(arming(), Script((0.45, before), (0, after))).run()
    assert time.monotonic() - began >= 1.05
    assert "The countdown is broken off: a sign of life: an answer." in logged()
    assert logged().count("The countdown begins.") == 2


def test_it_waits_for_a_training_and_for_what_cannot_be_asked() -> None:
    script = Script((0.8, TRAINS), (1.2, DEAF), (0, {}))
    began = time.monotonic()
    assert Dog(arming(), script).run()
    assert time.monotonic() - began >= 2
    assert "Jupyter does not answer. So it does not act." in logged()
    assert "All can be asked again." in logged()


def test_its_latest_moment_comes_whatever_happens() -> None:
    began = time.monotonic()
    assert Dog(arming(most=0.8), Script((0, TRAINS | DEAF))).run()
    assert time.monotonic() - began >= 0.8
    assert "It was armed for 1 s at most. So it runs" in logged()


@pytest.fixture
def run(tmp_path: Path) -> Callable[[float], Path]:
    """A run that writes its checkpoint so many seconds after it was asked."""
    threads = []

    def make(seconds: float) -> Path:
        there = threading.Event()

        def work() -> None:
            with handing.at_work(tmp_path):
                handing.say_waiting(tmp_path, True)
                there.set()
                while not handing.wants_checkpoint(tmp_path):
                    time.sleep(0.01)
                time.sleep(seconds)
                (tmp_path / "last.safetensors").touch()
                handing.checkpoint_written(tmp_path)
                time.sleep(1.5)

        threads.append(threading.Thread(target=work))
        threads[0].start()
        assert there.wait(PATIENCE)
        return tmp_path

    yield make
    threads[0].join(PATIENCE)


def test_a_live_run_is_asked_for_a_checkpoint_and_waited_for(run: Callable[[float], Path]) -> None:
    folder = run(0.8)  # longer than what is left of the countdown
    command = f"ls '{folder}' > '{out()}'"
    assert Dog(arming(command=command), nothing).run()
    assert "last.safetensors" in out().read_text()
    assert "1 training asked for a checkpoint." in logged()
    assert "It waits for the checkpoints." in logged()


def test_a_run_that_writes_none_is_not_waited_for_for_ever(
    run: Callable[[float], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coursekit.machine.watchdog.decide.PATIENCE", 0.3)
    folder = run(2.0)
    assert Dog(arming(command=f"ls '{folder}' > '{out()}'"), nothing).run()
    assert "last.safetensors" not in out().read_text()


def test_a_run_that_dies_meanwhile_is_not_waited_for(home: Path, tmp_path: Path) -> None:
    with handing.at_work(tmp_path):
        asking = dogs.Checkpoints()
        assert (asking.ask(), asking.ask(), asking.missing()) == (1, 0, 1)
        asking.forget()
        assert (asking.missing(), asking.ask()) == (0, 1)
    handing.want_checkpoint(tmp_path)  # as after a kill, which removes no file
    assert asking.missing() == 0


def test_a_machine_that_slept_gives_all_of_the_time_again(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 3600.0])
    monkeypatch.setattr(clocks, "through_sleep", lambda: next(times, 3600.0))
    assert Dog(arming(), nothing).run()
    assert "the last was the machine's waking up" in logged()


def test_a_home_that_is_full_keeps_it_from_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "state").touch()  # as full as a folder can be
    target = tmp_path / "out"
    assert Dog(arming(command=f"touch '{target}'"), nothing).run()
    assert target.exists()
