"""`coursekit watch`, with the watchdog's real process."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support_jupyter import until
from support_kernel import kernel
from support_watchdog import disarm, sees_only_the_test
from typer.testing import CliRunner, Result

from coursekit.cli import app
from coursekit.machine import watchdog


def watch(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["watch", *arguments])


@pytest.fixture(autouse=True)
def _ended(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    sees_only_the_test(monkeypatch, tmp_path)
    yield
    disarm()


def test_it_is_armed_asked_refused_a_second_time_and_switched_off(home: Path) -> None:
    armed = watch("--idle", "1h", "--then", "touch nothing", "--max-hours", "8", "--dry-run")
    assert armed.exit_code == 0
    assert armed.stdout.startswith(
        "Guarded. After 1 h without a sign of life, and after 8 h whatever happens it only says "
        "so (in earnest it runs `touch nothing`)."
    )
    assert str(home / "state" / "watchdog.log") in armed.stdout
    status = watch("--status").stdout
    assert status.startswith("Guarded. After 1 h")
    assert "Armed. After 1 h" in status
    second = watch("--idle", "5m", "--then", "true")
    assert (second.exit_code, second.stdout) == (1, "")
    assert second.stderr.startswith("coursekit: A watchdog is armed already: after 1 h without")
    assert second.stderr.endswith("End that one first with `coursekit watch --off`.\n")
    assert watch("--off").stdout == "Switched off.\n"
    assert watch("--off").stdout == "No watchdog was at work.\n"
    assert watch("--status").stdout.startswith("Not guarded: nobody armed a watchdog")


def test_off_says_that_the_command_had_begun_and_was_ended(home: Path) -> None:
    assert watch("--idle", "1s", "--then", f"touch '{home}/begun'; sleep 60").exit_code == 0
    until((home / "begun").exists, "the command")
    assert watch("--off").stdout == (
        "Switched off. Its command had begun, and was ended. What it had done by then stays done.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Say when, and what is done then"),
        (("--idle", "45m"), "Say when, and what is done then"),
        (("--idle", "45m", "--then", " "), "Say when, and what is done then"),
        (("--idle", "45", "--then", "true"), "'45' is no length of time. Say it like 45m"),
    ],
)
def test_what_is_no_order_is_refused_in_a_line(arguments: tuple[str, ...], words: str) -> None:
    result = watch(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"coursekit: {words}")
    assert not watchdog.state().guarded


def test_a_latest_moment_is_order_enough() -> None:
    assert watch("--max-hours", "8", "--then", "true").exit_code == 0
    it = watchdog.state()
    assert (it.guarded, it.idle, it.most) == (True, 8 * 3600, 8 * 3600)


def test_a_provider_that_cannot_stop_this_machine_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from coursekit.machine import providers
    from coursekit.machine.providers.own import PC

    monkeypatch.setattr(providers, "recognise", lambda: PC)
    result = watch("--idle", "45m", "--then", "provider")
    assert result.exit_code == 1
    assert result.stderr == (
        "coursekit: Your own PC can't be stopped from here. Shut it down as ever. Or name a "
        "command that does it.\n"
    )


class Terminal:
    """A command at work in a terminal of its own, whose keys the watchdog that it arms sees."""

    def __init__(self, *arguments: str) -> None:
        self.ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "coursekit.cli", "watch", *arguments]
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        os.set_blocking(self.ours, False)
        self.said = ""

    def shows(self, pattern: str) -> bool:
        with suppress(OSError):  # nothing new, or its end
            self.said += os.read(self.ours, 100_000).decode()
        return re.search(pattern, self.said) is not None

    def close(self) -> None:
        self.process.wait(30)
        os.close(self.ours)


@pytest.mark.slow
def test_a_terminal_counts_down_and_enter_puts_it_off(tmp_path: Path) -> None:
    done = tmp_path / "done"
    terminal = Terminal("--idle", "16s", "--then", f"touch '{done}'")
    until(lambda: terminal.shows("Nothing done for"), "the count")
    until(lambda: terminal.shows("It acts in [3-6] s, unless there is any sign of life"), "the end")
    os.write(terminal.ours, b"\n")
    until(lambda: "broken off" in watch("--status").stdout, "the sign of life")
    until(lambda: terminal.shows("Not guarded any more. There was no sign of life"), "the end")
    assert done.exists()
    assert "the last was keys typed in a terminal" in terminal.said
    terminal.close()


@pytest.mark.slow
def test_ctrl_c_leaves_the_watchdog_at_work() -> None:
    terminal = Terminal("--idle", "1h", "--then", "true")
    until(lambda: terminal.shows("Nothing done for"), "the count")
    terminal.process.send_signal(signal.SIGINT)
    until(lambda: terminal.shows("The watchdog goes on. `coursekit watch --off` ends"), "its words")
    terminal.close()
    assert watchdog.state().guarded


@pytest.mark.slow
def test_a_cell_is_not_kept_busy() -> None:
    with kernel(dict(os.environ)) as front:
        command = f"{sys.executable} -m coursekit.cli watch --idle 1h --then true"
        said = front.run(f"!{command}")
        assert "Guarded. After 1 h without a sign of life" in said
        assert "This notebook may be closed." in said
    assert watchdog.state().guarded
