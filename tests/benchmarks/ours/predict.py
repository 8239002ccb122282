"""Ours: milliseconds from a JPEG's bytes to its label, and the process's size. MODEL JPEG."""

import json
import resource
import sys
import time
from pathlib import Path
from statistics import median

sys.modules["torch"] = None  # from here on `import torch` fails

from coursekit.predict import load_learner

RUNS = 30


def largest() -> float:
    """This process's highest memory use so far, in MB."""
    status = Path("/proc/self/status")
    if status.is_file():  # getrusage would count the parent's
        line = next(li for li in status.read_text().splitlines() if li.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


model, jpeg = sys.argv[1:]
data, predictor = Path(jpeg).read_bytes(), load_learner(model)
times = []
for _ in range(RUNS + 2):
    began = time.perf_counter()
    label, _, _ = predictor.predict(data)
    times.append((time.perf_counter() - began) * 1e3)
assert label == "Bengal", label
print(json.dumps({"ms": median(times[2:]), "n": RUNS, "mb": largest()}))
