"""What it costs to know how the machine is: memory, threads, modules, a share of a core."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

FIRST = """
from coursekit import machine
machine.status()
import json, psutil, sys
here = psutil.Process().memory_info().rss / 1e6
heavy = [name for name in ("torch", "numpy", "pynvml", "ipywidgets") if name in sys.modules]
print(json.dumps([here, heavy]))
"""

WATCHING = """
import json, threading, time
from coursekit.machine.sampler import sampler
subscribed = time.perf_counter()
subscriptions = [sampler.subscribe(lambda reading: None) for _ in range(5)]
time.sleep(1.5)  # what the first reading loads is no tick
began, work = time.perf_counter(), time.process_time()
time.sleep(5)
share = (time.process_time() - work) / (time.perf_counter() - began)
threads = [it.name for it in threading.enumerate() if it is not threading.main_thread()]
readings = len(sampler.history())
print(json.dumps([share, threads, readings, time.perf_counter() - subscribed]))
"""


def run(code: str) -> list[Any]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found: list[Any] = json.loads(done.stdout)
    return found


def test_a_first_status_takes_less_than_60_mb_and_no_torch() -> None:
    here, heavy = run(FIRST)
    assert here < 60
    assert set(heavy) <= {"pynvml"}  # that one with a GPU


@pytest.mark.slow
def test_five_subscribers_take_one_thread_and_less_than_a_hundredth_of_a_core() -> None:
    share, threads, readings, seconds = run(WATCHING)
    assert share < 0.01
    assert threads == ["coursekit-sampler"]
    assert 2 <= readings <= seconds + 2
