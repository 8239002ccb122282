"""What it costs to know how the machine is. Processor time: other programs do not count in it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

FIRST = """
import time
from coursekit import machine
machine.status()
spent = time.process_time()
import json, psutil, sys
here = psutil.Process().memory_info().rss / 1e6
heavy = [name for name in ("torch", "numpy", "pynvml", "ipywidgets") if name in sys.modules]
print(json.dumps([spent, here, heavy]))
"""

WATCHING = """
import json, threading, time
from coursekit.machine.sampler import sampler
subscriptions = [sampler.subscribe(lambda reading: None) for _ in range(5)]
time.sleep(1.5)  # what the first reading loads is no tick
began, work = time.perf_counter(), time.process_time()
time.sleep(5)
share = (time.process_time() - work) / (time.perf_counter() - began)
threads = [it.name for it in threading.enumerate() if it is not threading.main_thread()]
print(json.dumps([share, threads, len(sampler.history())]))
"""


def run(code: str) -> list[Any]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found: list[Any] = json.loads(done.stdout)
    return found


def test_python_import_and_first_status_take_150_ms_and_60_mb_and_no_torch() -> None:
    run(FIRST)  # compiles
    runs = [run(FIRST) for _ in range(5)]
    assert min(spent for spent, _, _ in runs) < 0.15
    assert max(here for _, here, _ in runs) < 60
    assert {tuple(heavy) for _, _, heavy in runs} <= {(), ("pynvml",)}  # that one with a GPU


@pytest.mark.slow
def test_five_subscribers_take_one_thread_and_less_than_a_hundredth_of_a_core() -> None:
    share, threads, readings = run(WATCHING)
    assert share < 0.01
    assert threads == ["coursekit-sampler"]
    assert 5 <= readings <= 8
