"""Seconds of 10,000 steps in a real kernel, with the monitor shown and without, by turns.

A client is connected and reads all that the kernel sends, as a page does. Argument: PAIRS.
"""

import json
import sys
import time

from jupyter_client.manager import start_new_kernel

STEPS = 10_000
READY = """
import gc, json, time
import psutil, torch
from torch import nn
from coursekit.learn.learner import Learner
from coursekit.panels.training import TrainingMonitor
from IPython.display import display

torch.set_num_threads(1)
x, y = torch.randn(200 * 64, 16), torch.randint(2, (200 * 64,))
batches = list(zip(x.split(64), y.split(64)))

def learner():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 2))
    return Learner((batches, batches[:20]), network, nn.CrossEntropyLoss(), seed=0)

def memory():
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6

def prepare(shown):
    global learn, monitor, before
    learn, before = learner(), memory()
    monitor = TrainingMonitor(learn) if shown else None
    if shown:
        display(monitor)

def train(shown):
    began = time.perf_counter()
    run = learn.start("fit_one_cycle", 50)
    if shown:
        monitor.follow(learn)
    run.wait()
    took = time.perf_counter() - began
    if shown:
        monitor.wait()
        grown = memory() - before
        monitor.close()
    else:
        grown = memory() - before
    assert len(learn.history) == 10_000
    print("FIGURES", json.dumps([took, grown]))
"""

manager, client = start_new_kernel()
heard: list[float] = []
figures: list[float] = []


def hear(message):
    if message["msg_type"] == "comm_msg":
        heard.append(time.perf_counter())
    text = message["content"].get("text", "") if message["msg_type"] == "stream" else ""
    if text.startswith("FIGURES"):
        figures[:] = json.loads(text.removeprefix("FIGURES"))


def run(code):
    """Runs a cell and gives its figures, and how many messages a second its widgets sent.

    The first and the last second are left out: buttons change there, once.
    """
    heard.clear()
    client.execute_interactive(code, timeout=600, output_hook=hear)
    inner = [at for at in heard if heard[0] + 1 < at < heard[-1] - 1]
    rate = len(inner) / max(heard[-1] - heard[0] - 2, 0.1) if heard else 0.0
    return {"seconds": sum(figures[:1]), "mb": sum(figures[1:]), "messages": rate}


def trained(shown):
    """The figures of a training alone, without those of building the panel."""
    run(f"prepare({shown})")
    return run(f"train({shown})")


try:
    run(READY)
    trained(True), trained(False)  # neither pays for what is done once
    pairs = [(trained(True), trained(False)) for _ in range(int(sys.argv[1]))]
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
print(json.dumps({"shown": [a for a, _ in pairs], "plain": [b for _, b in pairs]}))
