"""Seconds until an answer is kept, of 50 processes that answer without a pause. Argument: EACH."""

import json
import os
import sys
from pathlib import Path

from support_fleet import fleet

from coursekit.store.database import Database

PROCESSES = 50


def share(figures: tuple[float, ...], part: float) -> float:
    """The figure that so large a part does not exceed."""
    return sorted(figures)[min(len(figures) - 1, int(part * len(figures)))]


home = Path(os.environ["COURSEKIT_HOME"])
database = Database()
database.ready()
database.close()
done = fleet(f"sqlite:///{home / 'coursekit.db'}", home, PROCESSES, sys.argv[1])
assert done["stderr"] == "", done["stderr"]
assert done["ends"] == [0] * PROCESSES
assert len({id for id, *_ in done["said"]}) == PROCESSES * int(sys.argv[1])
_, kept, seen, _ = zip(*done["said"], strict=True)
figures = {"kept": share(kept, 0.99), "seen": share(seen, 0.99), "median": share(kept, 0.5)}
print(json.dumps({**figures, "processes": PROCESSES}))
