"""What the watchdog sees where a source fails in a way that nobody thought of."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coursekit.machine.idle import IdleClock, Seen, Trace
from coursekit.machine.watchdog import observer as observers
from coursekit.machine.watchdog.observer import SERVERS, Observer

STALE = OSError(errno.ESTALE, os.strerror(errno.ESTALE))
SERVER = {"Jupyter at 8888": Seen(traces={"server": Trace(1, "a start")})}


def fails(*_: Any) -> Any:
    raise STALE


@pytest.fixture
def observer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Observer:
    it = Observer(tmp_path)
    monkeypatch.setattr(observers, "keys", Seen)
    monkeypatch.setattr(it._servers, "look", lambda noted: SERVER)
    return it


def test_all_sources_are_there(observer: Observer) -> None:
    assert set(observer.look()) == {
        "what coursekit notes",
        "the trainings",
        "the cells",
        "the terminals",
        "the GPU",
        SERVERS,
        "Jupyter at 8888",
    }


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("what coursekit notes", lambda it: (it._notes, "look")),
        ("the trainings", lambda it: (observers, "trainings")),
        ("the cells", lambda it: (observers, "cells")),
        ("the terminals", lambda it: (observers, "keys")),
        ("the GPU", lambda it: (it._gpu, "look")),
        (SERVERS, lambda it: (it._servers, "look")),
    ],
)
def test_a_source_that_fails_is_unknown_and_ends_nothing(
    observer: Observer,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    place: Callable[[Observer], tuple[Any, str]],
) -> None:
    clock = IdleClock(0.0)
    clock.look(1.0, observer.look())
    clock.look(2.0, observer.look())
    with monkeypatch.context() as broken:
        broken.setattr(*place(observer), fails)
        clock.look(3.0, observer.look(soon=True))
        what = f"{name[0].upper()}{name[1:]}"
        assert clock.unknown == f"{what} can't be asked (OSError: [Errno 116] Stale file handle)."
    clock.look(4.0, observer.look())
    assert (clock.unknown, clock.since) == ("", 0.0)  # a failure is no sign of life


def test_a_name_that_leads_to_itself_is_unknown(home: Path, observer: Observer) -> None:
    (home / "state").mkdir()
    (home / "state" / "activity-7.json").symlink_to(home / "state" / "activity-7.json")
    assert observer.look()["what coursekit notes"].unknown.endswith("can't be read.")
