"""Turns at one file."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from coursekit.store.turn import SUFFIX, turn

LONG = 10.0
OTHER = """
import sys
from pathlib import Path
from coursekit.store.turn import turn
with turn(Path(sys.argv[1]), 10):
    print("mine", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "a.db"


def test_turns_come_in_the_order_in_which_they_were_asked_for(database: Path) -> None:
    came: list[int] = []

    def take(number: int) -> None:
        with turn(database, LONG):
            came.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    with turn(database, LONG):
        for thread in threads:
            thread.start()
            time.sleep(0.02)  # so that it stands in the queue
        assert came == []
    for thread in threads:
        thread.join()
    assert came == list(range(8))


def test_a_turn_that_does_not_come_is_not_waited_for_longer_and_blocks_nobody_later(
    database: Path,
) -> None:
    command = [sys.executable, "-c", OTHER, str(database)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdin
        assert other.stdout.readline() == "mine\n"
        began = time.monotonic()
        with turn(database, 0.2):
            assert 0.2 <= time.monotonic() - began < 2
        other.stdin.close()
    began = time.monotonic()
    with turn(database, LONG):
        assert time.monotonic() - began < LONG / 2


def test_where_no_file_can_be_made_the_block_begins_at_once(tmp_path: Path) -> None:
    with turn(tmp_path / "no" / "a.db", LONG):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_beside_the_database(database: Path) -> None:
    with turn(database, LONG):
        assert [it.name for it in database.parent.iterdir()] == [f"a.db{SUFFIX}"]
