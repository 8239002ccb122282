from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.machine.watchdog import log


def test_each_line_has_its_date() -> None:
    assert log.last() == []
    for number in range(7):
        log.say(f"Line {number}.")
    assert len(log.last()) == 5
    date, time, *words = log.last(1)[0].split()
    assert (len(date), len(time), words) == (10, 8, ["Line", "6."])


def test_the_file_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST", 1000)
    for number in range(200):
        log.say(f"Line {number}.")
    before = log.path().with_name("watchdog.log.1")
    assert log.path().stat().st_size < 1100
    assert 1000 < before.stat().st_size < 1100
    assert log.last(1)[0].endswith("Line 199.")


def test_lines_that_say_nothing_are_passed_over() -> None:
    log.say("It broke down.\n\nOSError: no space\n\n")
    assert log.last(1) == ["OSError: no space"]


def test_only_this_account_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST", 0)
    log.say("One.")
    log.say("Two.")
    for name in ("watchdog.log", "watchdog.log.1"):
        assert log.path().with_name(name).stat().st_mode & 0o777 == 0o600


def test_what_an_earlier_version_left_for_all_to_read_is_closed() -> None:
    log.say("One.")
    before = log.path().with_name("watchdog.log.1")
    before.write_text("An older one.")
    for file in (log.path(), before):
        file.chmod(0o644)
    log.say("Two.")
    for file in (log.path(), before):
        assert file.stat().st_mode & 0o777 == 0o600


def test_a_home_that_cannot_be_written_is_no_error(home: Path) -> None:
    (home / "state").touch()
    log.say("Nobody reads this.")
    assert log.last() == []
