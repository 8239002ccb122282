"""What is counted is what somebody saw, once."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coursekit.core.errors import CourseError
from coursekit.machine import month
from coursekit.machine.identity import machine
from coursekit.machine.rate import set_rate
from coursekit.machine.stretches import Stretches
from coursekit.store import answers, stretches, upgrade
from coursekit.store.database import Database
from coursekit.store.database import database as shared
from coursekit.store.tables import Learner, Stretch

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
Spans = list[tuple[datetime, datetime]]


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def seen_at(*seconds: float) -> tuple[Stretches, Spans]:
    """What a process writes that looks at these times."""
    kept: Spans = []
    seen = Stretches(lambda began, ended: kept.append((began, ended)))
    for it in seconds:
        seen.touch(after(it))
    return seen, kept


def test_one_look_is_no_time() -> None:
    assert seen_at(0)[1] == []


def test_looks_within_a_minute_are_written_once() -> None:
    assert seen_at(*range(60))[1] == []
    assert seen_at(*range(61))[1] == [(NOON, after(60))]
    assert seen_at(*range(3600))[1][-1] == (NOON, after(3540))
    assert len(seen_at(*range(3600))[1]) == 59


def test_a_machine_that_slept_is_not_counted_meanwhile() -> None:
    _, kept = seen_at(0, 60, 120, 30_000, 30_060)
    assert kept == [(NOON, after(60)), (NOON, after(120)), (after(30_000), after(30_060))]


def test_what_was_not_written_before_the_sleep_is_written_after_it() -> None:
    assert seen_at(0, 50, 30_000)[1] == [(NOON, after(50))]


def test_a_clock_that_is_put_back_begins_a_new_stretch() -> None:
    _, kept = seen_at(0, 60, -3600, -3540)
    assert kept == [(NOON, after(60)), (after(-3600), after(-3540))]


def test_what_can_t_be_written_goes_with_the_next() -> None:
    fails, kept = [True], []

    def keep(began: datetime, ended: datetime) -> None:
        if fails[0]:
            raise CourseError("The disk is full.")
        kept.append((began, ended))

    seen = Stretches(keep)
    for it in (0, 60, 120):
        seen.touch(after(it))
    fails[0] = False
    seen.touch(after(130))
    seen.touch(after(140))
    assert kept == [(NOON, after(130))]


def test_another_thread_that_writes_keeps_nobody_waiting() -> None:
    writes, may_end = threading.Event(), threading.Event()

    def keep(*_: datetime) -> None:
        writes.set()
        assert may_end.wait(10)

    seen = Stretches(keep)
    seen.touch(NOON)
    thread = threading.Thread(target=seen.touch, args=(after(60),))
    thread.start()
    assert writes.wait(10)
    seen.touch(after(61))  # comes back
    may_end.set()
    thread.join()


def see(database: Database, *pairs: tuple[float, float], of: str = "m", who: str = "") -> None:
    for began, ended in pairs:
        with database.writing() as session:
            learner = who or answers.the_learner(session).id
            stretches.see(session, learner, of, after(began), after(ended))


def total(database: Database, since: float = -1e6, until: float = 1e6, of: str = "m") -> float:
    with database.reading() as session:
        learner = answers.learner_id(session) or ""
        found = stretches.seen(session, learner, of, after(since), after(until))
    return found.total_seconds()


def rows(database: Database) -> int:
    with database.reading() as session:
        return session.query(Stretch).count()


def test_one_process_s_stretch_grows(database: Database) -> None:
    see(database, (0, 60), (0, 120), (0, 180))
    assert (total(database), rows(database)) == (180, 1)


def test_two_processes_don_t_count_twice(database: Database) -> None:
    see(database, (0, 60), (30, 90), (0, 120), (30, 150), (1000, 1060))
    assert (total(database), rows(database)) == (210, 2)


def test_a_stretch_that_joins_two_makes_them_one(database: Database) -> None:
    see(database, (0, 60), (120, 180), (300, 360), (60, 120))
    assert (total(database), rows(database)) == (240, 2)


def test_stretches_that_overlap_all_the_same_count_once(database: Database) -> None:
    see(database, (0, 60))
    with database.writing() as session:  # as two that wrote at once to PostgreSQL may leave them
        learner = answers.the_learner(session).id
        more = [(10, 200), (20, 30), (100, 150)]
        session.add_all(
            Stretch(learner_id=learner, machine="m", began=after(a), ended=after(b))
            for a, b in more
        )
    assert total(database) == 200


def test_machines_and_learners_are_kept_apart(database: Database) -> None:
    with database.writing() as session:
        session.add(Learner(id="bob"))
    see(database, (0, 60))
    see(database, (0, 600), of="other")
    see(database, (0, 6000), who="bob")
    assert (total(database), total(database, of="other")) == (60, 600)


def test_only_what_lies_between_is_counted(database: Database) -> None:
    see(database, (0, 100), (200, 300), (400, 500))
    assert total(database, 50, 450) == 50 + 100 + 50
    assert total(database, 100, 200) == 0
    assert total(database, 220, 230) == 10


def test_nobody_has_seen_nothing(database: Database) -> None:
    assert total(database) == 0


def test_a_database_from_before_gets_the_table(sqlite: Database, file: Path) -> None:
    file.parent.mkdir()
    upgrade.migrate(sqlite, "0003")
    see(sqlite, (0, 60))
    assert total(sqlite) == 60
    assert len(list(file.parent.glob("coursekit-0003-*.db"))) == 1


PROCESS = """
import sys
from datetime import UTC, datetime, timedelta
from coursekit.machine import month
start = datetime(2026, 5, 4, 12, tzinfo=UTC) + timedelta(seconds=float(sys.argv[1]))
for n in range(41):
    month.touch(start + timedelta(seconds=30 * n))
print("sqlalchemy" in sys.modules)
"""


def test_processes_that_look_at_once_are_counted_once() -> None:
    set_rate("1 $")
    own = [
        subprocess.Popen([sys.executable, "-c", PROCESS, str(first)], stdout=subprocess.PIPE)
        for first in (0, 7, 600)
    ]
    assert [process.communicate(timeout=60)[0].strip() for process in own] == [b"True"] * 3
    assert total(shared(), of=machine()) == 1800


def test_without_a_price_nothing_is_written_and_nothing_is_imported(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROCESS, "0"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
    assert not (home / "coursekit.db").exists()


def test_a_database_that_can_t_be_written_stops_nobody(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_rate("1 $")
    (home / "coursekit.db").write_text("no database")
    monkeypatch.setattr(month, "_stretches", Stretches(month._write))
    for it in (0, 60, 120):
        month.touch(after(it))
    (home / "coursekit.db").unlink()
    month.touch(after(180))
    assert total(shared(), of=machine()) == 180
