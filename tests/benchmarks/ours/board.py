"""Milliseconds for a board of 100,000 runs of 200 learners. Arguments: KIND TIMES.

KIND is as for due.py. Timed are the top 50 with their places, and one's own best with its place.
"""

import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, text

from coursekit.scores import board
from coursekit.scores.interval import wilson
from coursekit.store.database import Database
from coursekit.store.tables import Learner, Run

RUNS, LEARNERS = 100_000, 200
RECIPE = {"model": {"architecture": "resnet34"}, "call": {"method": "fine_tune", "args": [3]}}


def row(number: int, dice: random.Random) -> dict[str, Any]:
    judged = dice.choice([20, 90, 90, 500, 1000])
    wrong = round(dice.betavariate(2, 12) * judged)
    low, high = wilson(wrong, judged)
    about = {"id": f"{number:026}", "learner_id": f"learner{number % LEARNERS}", "kind": "model"}
    about |= {"name": f"run {number}", "task": "pets", "data": "a" * 32, "judged": judged}
    about |= {"error_rate": wrong / judged, "low": low, "high": high, "chosen": False, "seed": 1}
    about |= {"seconds": 9.0, "hardware": "", "version": "", "recipe": RECIPE, "about": {}}
    return about | {"at": datetime(2026, 5, 4, tzinfo=UTC) + timedelta(seconds=number)}


def fill(database: Database) -> None:
    dice = random.Random(7)
    with database.writing() as session:
        session.add_all(Learner(id=f"learner{n}", name=f"Learner {n}") for n in range(LEARNERS))
        session.flush()
        for start in range(0, RUNS, 5000):
            session.execute(insert(Run), [row(n, dice) for n in range(start, start + 5000)])
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as it:
            it.execute(text("VACUUM ANALYZE"))  # as the server does by itself before long


def milliseconds(database: Database, ask: Callable[[Any], object], times: int) -> list[float]:
    found = []
    for _ in range(times + 1):
        with database.reading() as session:
            began = time.perf_counter()
            assert ask(session)
            found.append((time.perf_counter() - began) * 1e3)
    return found[1:]  # pages come from the disk the first time


kind, times = sys.argv[1], int(sys.argv[2])
with ExitStack() as stack:
    url = None
    if kind == "postgresql":
        from support_postgresql import fresh, serving

        url = fresh(stack.enter_context(serving()))
    database = Database(url)
    fill(database)
    learners = iter(f"learner{n % LEARNERS}" for n in range(10_000))
    figures = {
        "top": milliseconds(database, lambda it: board.top(it, "pets"), times),
        "rank": milliseconds(database, lambda it: board.best_of(it, next(learners), "pets"), times),
    }
    database.close()
print(json.dumps(figures))
