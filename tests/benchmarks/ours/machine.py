"""Milliseconds to the machine's first status, and the process's size. SECONDS: the sampler's share.

With SECONDS it also samples that long for five subscribers: the share of a core that this takes.
"""

import sys
import time

began = time.perf_counter()
from coursekit import machine

machine.status()
figures: dict[str, object] = {"ms": (time.perf_counter() - began) * 1e3}

import json
import threading
from pathlib import Path


def largest() -> float:
    """This process's highest memory use so far, in MB."""
    import psutil

    status = Path("/proc/self/status")
    if status.is_file():
        line = next(li for li in status.read_text().splitlines() if li.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    return float(psutil.Process().memory_info().rss / 1e6)


def sample(seconds: float) -> dict[str, float]:
    from coursekit.machine.sampler import sampler

    subscriptions = [sampler.subscribe(lambda reading: None) for _ in range(5)]
    time.sleep(2)  # the first reading is no tick
    threads = sum(it.name == "coursekit-sampler" for it in threading.enumerate())
    began, work = time.perf_counter(), time.process_time()
    time.sleep(seconds)
    share = (time.process_time() - work) / (time.perf_counter() - began)
    for subscription in subscriptions:
        subscription.close()
    return {"share": share, "threads": threads}


figures |= {"mb": largest(), "torch": "torch" in sys.modules}
if len(sys.argv) > 1:
    figures |= sample(float(sys.argv[1]))
print(json.dumps(figures))
