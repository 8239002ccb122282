"""Whatever may be kept, and however much of it: it goes out and comes back."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support_exchange import JSON, NOON, a_row, everything, fill

from coursekit.store import exchange
from coursekit.store.database import Database
from coursekit.store.tables import Attempt, Card, Run

Move = Callable[[], None]

LETTERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=26)
KEYS = LETTERS.filter(bool)
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2900, 1, 1), timezones=st.just(UTC))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
OBJECTS = st.dictionaries(st.text(max_size=5), JSON, max_size=3)
ATTEMPTS = st.builds(
    a_row, st.just(Attempt), id=KEYS, question=LETTERS, answer=JSON, share=NUMBERS, at=TIMES,
    hints=st.integers(-(2**31), 2**31 - 1), by_oneself=st.booleans(),
)  # fmt: skip
CARDS = st.builds(a_row, st.just(Card), question=KEYS, due=TIMES, begun=TIMES, state=OBJECTS)
RUNS = st.builds(
    a_row, st.just(Run), id=KEYS, name=LETTERS, error_rate=NUMBERS, recipe=OBJECTS, at=TIMES,
    seed=st.none() | st.integers(-(2**63), 2**63 - 1), judged=st.integers(0, 2**31 - 1),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(ATTEMPTS, max_size=5, unique_by=lambda it: it["id"]),
    st.lists(CARDS, max_size=5, unique_by=lambda it: it["question"]),
    st.lists(RUNS, max_size=3, unique_by=lambda it: it["id"]),
)
def test_whatever_is_kept_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    attempts: list[dict[str, Any]],
    cards: list[dict[str, Any]],
    runs: list[dict[str, Any]],
) -> None:
    folder = tmp_path_factory.mktemp("s")
    one, two = (Database(f"sqlite:///{folder / name}.db") for name in "ab")
    fill(one, **{k: v for k, v in (("attempts", attempts), ("cards", cards), ("runs", runs)) if v})
    exchange.export(one, folder / "a.json")
    exchange.read_in(two, folder / "a.json")
    exchange.export(two, folder / "b.json")
    assert everything(one) == everything(two)
    assert (folder / "a.json").read_bytes() == (folder / "b.json").read_bytes()
    one.close()
    two.close()


def many(n: int) -> list[dict[str, Any]]:
    return [a_row(Attempt, id=f"{it:026}", at=NOON + timedelta(seconds=it)) for it in range(n)]


@pytest.mark.slow
def test_100_000_rows_go_out_and_in(
    database: Database, other: Database, elsewhere: Move, tmp_path: Path
) -> None:
    fill(database, attempts=many(100_000))
    file = tmp_path / "store.json"
    began = time.monotonic()
    assert exchange.export(database, file)["attempts"] == 100_000
    exported = time.monotonic() - began
    elsewhere()
    assert exchange.read_in(other, file)["attempts"] == (100_000, 0)
    imported = time.monotonic() - began - exported
    print(f"{exported:.1f} s out, {imported:.1f} s in, {file.stat().st_size / 1e6:.0f} MB")
    assert exported < 30
    assert imported < 60


def test_only_a_part_of_the_rows_is_in_memory(
    sqlite: Database, other: Database, elsewhere: Move, tmp_path: Path
) -> None:
    file = tmp_path / "store.json"
    fill(sqlite, attempts=many(100))
    exchange.export(sqlite, file)  # so that what is imported and compiled once is not counted
    exchange.read_in(sqlite, file)
    fill(sqlite, attempts=[{**it, "id": f"x{it['id'][1:]}"} for it in many(8000)])
    most = [peak(lambda: exchange.export(sqlite, file))]
    assert file.stat().st_size > 1_500_000
    elsewhere()
    most.append(peak(lambda: exchange.read_in(other, file)))
    assert max(most) < 6_000_000, most


def peak(work: Callable[[], Any]) -> int:
    """Bytes of Python's memory that some work takes at most."""
    tracemalloc.start()
    work()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found
