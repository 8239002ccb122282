"""What the watchdog takes while it watches, and how late it acts. Arguments: SECONDS TIMES.

It sees a real Jupyter server with an idle kernel, and a terminal.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import psutil
from support_jupyter import jupyter, until

from coursekit.core import activity
from coursekit.machine import watchdog

IDLE = 6.0


def taken(seconds: float) -> dict[str, float]:
    """Megabytes at the most, and per cent of a core."""
    process = psutil.Process(watchdog.arm(3600, "true").pid)
    time.sleep(5)  # its start is not its watch
    before, began = process.cpu_times(), time.monotonic()
    sizes = []
    while time.monotonic() - began < seconds:
        sizes.append(process.memory_info().rss / 1e6)
        time.sleep(1)
    after = process.cpu_times()
    watchdog.off()
    used = after.user + after.system - before.user - before.system
    return {"mb": max(sizes), "percent": 100 * used / (time.monotonic() - began)}


def late(done: Path) -> float:
    """Seconds from its time to its act, after a sign of life between two looks."""
    done.unlink(missing_ok=True)
    watchdog.arm(IDLE, f"date +%s.%N > '{done}.new'; mv '{done}.new' '{done}'")
    time.sleep(1.7)
    sign = time.time()
    activity.record("answer")
    until(done.exists, "the command")
    until(lambda: not watchdog.state().guarded, "its end")
    return float(done.read_text()) - sign - IDLE


with tempfile.TemporaryDirectory() as folder:
    os.environ["JUPYTER_RUNTIME_DIR"] = str(Path(folder) / "runtime")
    with jupyter(Path(folder)) as server:
        server.start_kernel()
        figures = taken(float(sys.argv[1])) | {
            "late": [late(Path(folder) / "done") for _ in range(int(sys.argv[2]))]
        }
print(json.dumps(figures))
